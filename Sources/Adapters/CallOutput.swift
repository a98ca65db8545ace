import DIAL

/// Hands the model's calls to the client, in the way in which it wants to hear of them.
struct CallOutput: Sendable {
    let mode: CallMode
    private var hasFunctionCall = false
    /// Calls whose arguments have not come, or only white space of them.
    private var withoutArguments: Set<Int> = []

    init(_ mode: CallMode) {
        self.mode = mode
    }

    /// - Parameters:
    ///   - name: the client's own.
    ///   - arguments: JSON text as the model wrote it, or its beginning.
    /// - Returns: the call, for the rest of its arguments; nil for one that the client does not hear of.
    @discardableResult
    mutating func open(id: String, name: String, arguments: String = "", _ choice: ChoiceOutput) -> Int? {
        let call: Int
        switch mode {
        case .none:
            return nil
        case .tools:
            call = choice.toolCall(id: id, name: name, arguments: arguments)
        case .functions:
            // The legacy form has room for one.
            guard !hasFunctionCall else { return nil }
            hasFunctionCall = true
            choice.functionCall(name: name, arguments: arguments)
            call = 0
        }
        if arguments.isBlank { withoutArguments.insert(call) }
        return call
    }

    mutating func append(_ piece: String, to call: Int, _ choice: ChoiceOutput) {
        if !withoutArguments.isEmpty, !piece.isBlank { withoutArguments.remove(call) }
        if mode == .functions {
            choice.functionCallArguments(piece)
        } else {
            choice.toolCallArguments(call, piece)
        }
    }

    /// No more arguments will come. Clients want JSON for them, also where the model had none.
    mutating func complete(_ choice: ChoiceOutput) {
        for call in withoutArguments.sorted() { append("{}", to: call, choice) }
    }
}
