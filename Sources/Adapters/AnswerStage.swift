import DIAL

/// A stage that opens with its first content.
struct AnswerStage {
    private let name: String
    private var index: Int?

    init(_ name: String) {
        self.name = name
    }

    mutating func append(_ content: String, _ choice: ChoiceOutput) {
        let stage = index ?? choice.openStage(name)
        index = stage
        choice.appendStage(stage, content: content)
    }

    mutating func close(_ choice: ChoiceOutput) {
        if let index { choice.closeStage(index) }
        index = nil
    }
}
