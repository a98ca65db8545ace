import CSimdJSON

extension JSON {
    /// How many arrays and objects may be nested in a document.
    public static let maximumDepth = Int(json_depth_limit)

    /// Reads one document: strict RFC 8259, strict UTF-8, nothing behind the value.
    ///
    /// Of a duplicate key the last value wins, at the place of the first.
    public init(parsing bytes: some Collection<UInt8>) throws(JSONParseError) {
        let document = JSONDocument()
        try document.parse(bytes)
        self = document.root.tree
    }

    /// See ``init(parsing:)-(Collection<UInt8>)``.
    public init(parsing text: String) throws(JSONParseError) {
        try self.init(parsing: text.utf8)
    }
}
