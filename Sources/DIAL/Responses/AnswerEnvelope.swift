import JSON

/// The members that every chunk of an answer repeats.
struct AnswerIdentity {
    let id: String
    let created: Int
    var model: String?

    /// Writes members into an open object.
    func write(object: String, to writer: inout JSONWriter) {
        writer.key("id")
        writer.string(id)
        writer.key("created")
        writer.number(created)
        writer.key("object")
        writer.string(object)
        if let model {
            writer.key("model")
            writer.string(model)
        }
    }
}

/// What is told about an answer at its end. Source: DIAL API, statistics.
struct AnswerStatistics {
    let usagePerModel: [ModelUsage]
    let discardedMessages: [Int]?

    var isEmpty: Bool { discardedMessages == nil && usagePerModel.isEmpty }

    /// Writes a member into an open object, if there is anything to tell.
    func write(to writer: inout JSONWriter) {
        guard !isEmpty else { return }
        writer.key("statistics")
        writer.beginObject()
        if !usagePerModel.isEmpty {
            writer.key("usage_per_model")
            writer.beginArray()
            for (index, usage) in usagePerModel.enumerated() { usage.write(index: index, to: &writer) }
            writer.endArray()
        }
        if let discardedMessages {
            writer.key("discarded_messages")
            writer.beginArray()
            for index in discardedMessages { writer.number(index) }
            writer.endArray()
        }
        writer.endObject()
    }
}
