import CSimdJSON

/// A reusable parser: reads a document into its own buffers, to be walked through ``root`` without building a tree.
///
/// Once its buffers have grown to the size of the documents at hand, parsing allocates nothing. Not thread-safe: use a
/// document from one thread at a time. The next ``parse(_:)-(UnsafeRawBufferPointer)`` ends the life of all views of the
/// document before.
public final class JSONDocument {
    /// Of the pool, from the first parse until `recycle`.
    private var parser: OpaquePointer?
    private(set) var result = json_result()
    /// Tells the views of one parse from those of the next.
    private(set) var generation: UInt32 = 0

    /// Takes no memory before the first parse.
    public init() {}

    deinit {
        if let parser { ParserPool.giveBack(parser) }
    }

    /// Ends the life of all views and lends the buffers to other documents, until the next parse.
    public func recycle() {
        guard let parser else { return }
        self.parser = nil
        generation &+= 1
        result = json_result()
        ParserPool.giveBack(parser)
    }

    /// Reads one document, as ``JSON/init(parsing:)-(Collection<UInt8>)`` does; copies `bytes`.
    ///
    /// After an error the document's ``root`` is `null`.
    public func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONParseError) {
        generation &+= 1
        result.node_count = 0
        if parser == nil { parser = ParserPool.take() }
        guard let parser else { throw JSONDocument.outOfMemory }
        let result = json_parser_parse(
            parser,
            bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
            bytes.count
        )
        switch result.status {
        case json_ok:
            self.result = result
        case json_too_large:
            throw JSONParseError(reason: "Document too large: at most 4 GB", offset: 0, kind: .tooLarge)
        case json_too_many_tokens:
            let limit = Int(json_token_limit)
            throw JSONParseError(
                reason: "Document too large: more than \(limit) brackets, commas, colons and values",
                offset: 0,
                kind: .tooLarge
            )
        case json_out_of_memory:
            throw JSONDocument.outOfMemory
        default:
            throw Diagnosis.firstDefect(in: bytes) ?? JSONParseError(reason: "Expecting value", offset: 0)
        }
    }

    /// See ``parse(_:)-(UnsafeRawBufferPointer)``.
    @inlinable
    public func parse(_ bytes: some Collection<UInt8>) throws(JSONParseError) {
        try bytes.lend { (bytes) throws(JSONParseError) in try parse(bytes) }
    }

    /// The document's value; `null` before the first document and after an error.
    public var root: JSONView { JSONView(document: self, index: 0, generation: generation) }

    private static var outOfMemory: JSONParseError {
        JSONParseError(reason: "Not enough memory for the document", offset: 0, kind: .tooLarge)
    }
}

extension Collection where Element == UInt8 {
    /// Calls `body` with the bytes, which are copied only where they do not lie in one piece.
    ///
    /// Inlinable as its callers are: for a slice, in which the payload of a streamed event is, nothing generic is left.
    @inlinable
    func lend(to body: (UnsafeRawBufferPointer) throws(JSONParseError) -> Void) throws(JSONParseError) {
        let outcome: Result<Void, JSONParseError>? = withContiguousStorageIfAvailable { bytes in
            Result { () throws(JSONParseError) in try body(UnsafeRawBufferPointer(bytes)) }
        }
        guard let outcome else { return try Array(self).lend(to: body) }
        try outcome.get()
    }
}
