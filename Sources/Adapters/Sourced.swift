import DIAL

/// What a message became, and the positions in the request's `messages` it stands for, ascending.
struct Sourced<Value> {
    let value: Value
    /// Its own, and those of messages dropped beside it.
    var sources: [Int]
}

extension [Message] {
    /// - Parameter translate: gives nil for a message that is to be dropped.
    /// - Throws: 422 when nothing is left.
    func withSources<Value>(
        _ translate: (Message) throws(DIALError) -> Value?
    ) throws(DIALError) -> [Sourced<Value>] {
        var kept: [Sourced<Value>] = []
        var sources: [Int] = []
        for (index, message) in enumerated() {
            sources.append(index)
            guard let value = try translate(message) else { continue }
            kept.append(Sourced(value: value, sources: sources))
            sources = []
        }
        guard let last = kept.indices.last else { throw .noMessages }
        kept[last].sources += sources
        return kept
    }

    /// Without blank system messages, which services refuse.
    /// - Throws: 422 when nothing is left, or a part of a system message is not text.
    var withoutBlankSystem: [Sourced<Message>] {
        get throws(DIALError) {
            try withSources { (message: Message) throws(DIALError) -> Message? in
                guard message.isSystem else { return message }
                return try message.systemTexts.isEmpty ? nil : message
            }
        }
    }
}

extension DIALError {
    static var noMessages: DIALError { .validation("List of messages must not be empty") }
}
