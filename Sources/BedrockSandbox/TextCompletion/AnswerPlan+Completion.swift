// MARK: - What a model that completes texts says

extension AnswerPlan {
    /// Plans an answer in one text; a call of a tool is written into it.
    /// - Parameter opening: what the model's texts begin with.
    init(
        completing question: Question,
        _ directives: Directives,
        model: SandboxModel,
        opening: String
    ) throws(AWSError) {
        let said = try AnswerPlan(question, directives, model: model, callPrefix: "")
        var texts: [AnswerText] = []
        for case .text(let text) in said.blocks { texts.append(text) }
        for case .toolUse(_, let name, let input, _) in said.blocks {
            texts.append(AnswerText(ToolXML.call(name, input)))
        }
        self.init(blocks: [.text(Self.joined(texts, opening))])
        end(question, directives)
    }

    /// Generated texts stay what they are: they are not held in memory.
    private static func joined(_ texts: [AnswerText], _ opening: String) -> AnswerText {
        switch texts.first {
        case .vocabulary? where texts.count == 1, .filler? where texts.count == 1: return texts[0]
        default: return AnswerText(opening + texts.map(\.text).joined(separator: "\n"))
        }
    }

    /// All that is said.
    var text: AnswerText {
        for case .text(let text) in blocks { return text }
        return .literal([])
    }
}
