import DIAL
import JSON

/// What became of the call that the model had to answer by: its arguments are the client's answer.
struct StructuredAnswer: Sendable {
    private let tool: String
    /// What the model said beside its calls: the answer only if it makes none. Clients parse whatever there is.
    private var words = ""
    private var hasBegun = false
    private var isBlank = true

    init(tool: String) {
        self.tool = tool
    }

    /// Whether a call of this name is the answer.
    func isAnswer(_ name: String) -> Bool { tool.hasSameBytes(as: name) }

    mutating func say(_ words: String) {
        self.words += words
    }

    /// - Returns: false for another answer after the first, which has no place.
    mutating func begin() -> Bool {
        defer { hasBegun = true }
        return !hasBegun
    }

    mutating func add(_ piece: String, _ choice: ChoiceOutput) {
        guard !piece.isEmpty else { return }
        isBlank = isBlank && piece.isBlank
        choice.content(piece)
    }

    /// A call without arguments is an empty object.
    func complete(_ choice: ChoiceOutput) {
        if isBlank { choice.content("{}") }
    }

    /// The model made no call.
    func giveWords(_ choice: ChoiceOutput) {
        guard !hasBegun, !words.isEmpty else { return }
        choice.content(words)
    }
}
