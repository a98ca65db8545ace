import JSON

// MARK: - Answers over Converse

extension AnswerPlan {
    /// Plans the answer to a request that passed the rules.
    init(_ request: ConverseRequest, _ directives: Directives, model: SandboxModel) throws(AWSError) {
        let question = Question(request, model: model)
        try self.init(question, directives, model: model, callPrefix: "tooluse_")
        end(question, directives)
        // What the guardrail says is not the model's: no limit of the request holds for it.
        if let guardrail = request.guardrail { intervene(guardrail) }
    }

    /// `blocked` refuses the input, `blockedoutput` the answer; any other guardrail lets everything pass.
    private mutating func intervene(_ guardrail: ConverseRequest.Guardrail) {
        let side: String
        switch guardrail.identifier {
        case "blocked":
            side = "inputAssessment"
            blocks = []
        case "blockedoutput":
            side = "outputAssessments"
            if !guardrail.isAsynchronous { blocks = [] }
        default: return
        }
        let notice = AnswerText((blocks.isEmpty ? "" : "\n") + "Sorry, the guardrail has blocked this.")
        blocks.append(.text(notice))
        stopReason = "guardrail_intervened"
        stopSequence = nil
        guard guardrail.isTraced else { return }
        let assessment: JSON = [
            "wordPolicy": [
                "customWords": [["match": "blocked", "action": "BLOCKED", "detected": true]],
                "managedWordLists": [],
            ]
        ]
        let value: JSON = side == "inputAssessment" ? assessment : [assessment]
        trace = [
            "guardrail": .object([side: [guardrail.identifier: value], "actionReason": "Guardrail blocked."])
        ]
    }
}
