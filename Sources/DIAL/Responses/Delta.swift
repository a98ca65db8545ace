import JSON

/// One step of a choice: a chunk carries exactly one. Source: DIAL API, delta kinds.
///
/// Indices count per choice, those of a stage's attachments per stage.
enum Delta {
    case content(String)
    case reasoning(String)
    case toolCall(index: Int, id: String, name: String, arguments: String?)
    case toolCallArguments(index: Int, piece: String)
    case functionCall(name: String, arguments: String)
    case functionCallArguments(piece: String)
    case attachment(index: Int, Attachment)
    case stageOpened(index: Int, name: String, parent: Int?)
    case stageName(index: Int, suffix: String)
    case stageContent(index: Int, piece: String)
    case stageAttachment(stage: Int, index: Int, Attachment)
    case stageClosed(index: Int, failed: Bool)
    case formSchema(JSON)
    case state(JSONObject)
}

extension Delta {
    /// Writes the delta object as it stands in a chunk.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        switch self {
        case .content(let text):
            writer.key("content")
            writer.string(text)
        case .reasoning(let text):
            writer.key("reasoning_content")
            writer.string(text)
        case .toolCall, .toolCallArguments:
            writer.key("content")
            writer.null()
            writer.key("tool_calls")
            writer.beginArray()
            writeToolCall(to: &writer)
            writer.endArray()
        case .functionCall, .functionCallArguments:
            writer.key("content")
            writer.null()
            writer.key("function_call")
            writeFunctionCall(to: &writer)
        case .attachment, .stageOpened, .stageName, .stageContent, .stageAttachment, .stageClosed, .formSchema, .state:
            writer.key("custom_content")
            writer.beginObject()
            writeCustomContent(to: &writer)
            writer.endObject()
        }
        writer.endObject()
    }

    private func writeToolCall(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("index")
        switch self {
        case .toolCall(let index, let id, let name, let arguments):
            writer.number(index)
            writer.toolCallMembers(id: id, name: name, arguments: arguments)
        case .toolCallArguments(let index, let piece):
            writer.number(index)
            writer.key("function")
            writer.beginObject()
            writer.key("arguments")
            writer.string(piece)
            writer.endObject()
        default: break
        }
        writer.endObject()
    }

    private func writeFunctionCall(to writer: inout JSONWriter) {
        writer.beginObject()
        switch self {
        case .functionCall(let name, let arguments):
            writer.key("name")
            writer.string(name)
            writer.key("arguments")
            writer.string(arguments)
        case .functionCallArguments(let piece):
            writer.key("arguments")
            writer.string(piece)
        default: break
        }
        writer.endObject()
    }

    private func writeCustomContent(to writer: inout JSONWriter) {
        switch self {
        case .attachment(let index, let attachment):
            writer.key("attachments")
            writer.attachments([(index, attachment)])
        case .formSchema(let schema):
            writer.key("form_schema")
            writer.value(schema)
        case .state(let state):
            writer.key("state")
            writer.object(state)
        default:
            writer.key("stages")
            writer.beginArray()
            writer.beginObject()
            writeStage(to: &writer)
            writer.endObject()
            writer.endArray()
        }
    }

    private func writeStage(to writer: inout JSONWriter) {
        writer.key("index")
        switch self {
        case .stageOpened(let index, let name, let parent):
            writer.number(index)
            writer.key("name")
            writer.string(name)
            writer.openStatus()
            if let parent {
                writer.key("parent_stage_index")
                writer.number(parent)
            }
        case .stageName(let index, let suffix):
            writer.number(index)
            writer.key("name")
            writer.string(suffix)
            writer.openStatus()
        case .stageContent(let index, let piece):
            writer.number(index)
            writer.key("content")
            writer.string(piece)
            writer.openStatus()
        case .stageAttachment(let stage, let index, let attachment):
            writer.number(stage)
            writer.key("attachments")
            writer.attachments([(index, attachment)])
            writer.openStatus()
        case .stageClosed(let index, let failed):
            writer.number(index)
            writer.key("status")
            writer.string(failed ? "failed" : "completed")
        default: break
        }
    }
}

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

    fileprivate mutating func openStatus() {
        key("status")
        null()
    }
}
