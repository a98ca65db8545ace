extension JSON {
    /// Reads one document: strict RFC 8259, strict UTF-8, nothing behind the value.
    ///
    /// Of a duplicate key the last value wins, at the place of the first.
    /// - Parameter maximumDepth: how many arrays and objects may be nested, at most 512.
    public init(parsing bytes: UnsafeRawBufferPointer, maximumDepth: Int = 128) throws(JSONParseError) {
        let document = JSONDocument()
        try document.parse(bytes, maximumDepth: maximumDepth)
        self = document.root.tree
    }

    /// See ``init(parsing:maximumDepth:)-(UnsafeRawBufferPointer,_)``.
    public init(parsing bytes: [UInt8], maximumDepth: Int = 128) throws(JSONParseError) {
        let document = JSONDocument()
        try document.parse(bytes, maximumDepth: maximumDepth)
        self = document.root.tree
    }

    /// See ``init(parsing:maximumDepth:)-(UnsafeRawBufferPointer,_)``.
    public init(parsing bytes: ArraySlice<UInt8>, maximumDepth: Int = 128) throws(JSONParseError) {
        let document = JSONDocument()
        try document.parse(bytes, maximumDepth: maximumDepth)
        self = document.root.tree
    }

    /// See ``init(parsing:maximumDepth:)-(UnsafeRawBufferPointer,_)``.
    public init(parsing text: String, maximumDepth: Int = 128) throws(JSONParseError) {
        try self.init(parsing: Array(text.utf8), maximumDepth: maximumDepth)
    }
}
