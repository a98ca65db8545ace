import JSON

/// What chunks and whole messages write alike.
extension JSONWriter {
    mutating func toolCallMembers(id: String, name: String, arguments: String?) {
        key("id")
        string(id)
        key("type")
        string("function")
        key("function")
        beginObject()
        key("name")
        string(name)
        if let arguments {
            key("arguments")
            string(arguments)
        }
        endObject()
    }

    mutating func functionCallMembers(_ call: FunctionCall) {
        key("name")
        string(call.name)
        key("arguments")
        string(call.arguments)
    }

    /// Fields that are null or empty are left out; the index stands in chunks only.
    mutating func attachments(_ attachments: [(index: Int?, attachment: Attachment)]) {
        beginArray()
        for (index, attachment) in attachments {
            beginObject()
            if let index {
                key("index")
                number(index)
            }
            member("type", attachment.type)
            member("title", attachment.title)
            member("data", attachment.data)
            member("url", attachment.url)
            member("reference_url", attachment.referenceURL)
            member("reference_type", attachment.referenceType)
            endObject()
        }
        endArray()
    }

    private mutating func member(_ name: StaticString, _ text: String?) {
        guard let text, !text.isEmpty else { return }
        key(name)
        string(text)
    }
}
