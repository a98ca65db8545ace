/// A run of delta events of one block, encoded one by one as they are asked for.
struct DeltaRun: Sendable {
    var content: AnswerText
    /// Pieces before this one are left out.
    var start = 0
    /// The bytes of the event that holds the piece at an index.
    private let encode: @Sendable (AnswerText, Int) -> [UInt8]

    init(_ content: AnswerText, encode: @escaping @Sendable (AnswerText, Int) -> [UInt8]) {
        self.content = content
        self.encode = encode
    }

    var count: Int { content.pieceCount - start }

    /// The bytes of the event at `position` of the run.
    func frame(at position: Int) -> [UInt8] { encode(content, start + position) }
}
