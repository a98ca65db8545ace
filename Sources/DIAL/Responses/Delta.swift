import JSON

/// One step of a choice: a chunk carries exactly one. Source: DIAL API, delta kinds.
///
/// Indices count per choice, those of a stage's attachments per stage.
enum Delta {
    case content(String)
    case reasoning(String)
    case toolCall(index: Int, ToolCallStep)
    case functionCall(FunctionCallStep)
    case attachment(index: Int, Attachment)
    case stage(index: Int, StageStep)
    case formSchema(JSON)
    case state(JSONObject)

    enum ToolCallStep {
        case opened(id: String, name: String, arguments: String?)
        case arguments(String)
    }

    enum FunctionCallStep {
        case opened(FunctionCall)
        case arguments(String)
    }

    enum StageStep {
        case opened(name: String, parent: Int?)
        /// The rest of the name.
        case name(String)
        case content(String)
        case attachment(index: Int, Attachment)
        case closed(failed: Bool)
    }
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
        case .toolCall(let index, let step):
            writer.key("content")
            writer.null()
            writer.key("tool_calls")
            writer.only(index, step.write)
        case .functionCall(let step):
            writer.key("content")
            writer.null()
            writer.key("function_call")
            writer.beginObject()
            step.write(to: &writer)
            writer.endObject()
        case .attachment(let index, let attachment):
            writer.customContent("attachments") { $0.attachments([(index, attachment)]) }
        case .stage(let index, let step):
            writer.customContent("stages") { $0.only(index, step.write) }
        case .formSchema(let schema):
            writer.customContent("form_schema") { $0.value(schema) }
        case .state(let state):
            writer.customContent("state") { $0.object(state) }
        }
        writer.endObject()
    }
}

extension Delta.ToolCallStep {
    /// Writes members into an open object.
    fileprivate func write(to writer: inout JSONWriter) {
        switch self {
        case .opened(let id, let name, let arguments):
            writer.toolCallMembers(id: id, name: name, arguments: arguments)
        case .arguments(let piece):
            writer.key("function")
            writer.beginObject()
            writer.key("arguments")
            writer.string(piece)
            writer.endObject()
        }
    }
}

extension Delta.FunctionCallStep {
    /// Writes members into an open object.
    fileprivate func write(to writer: inout JSONWriter) {
        switch self {
        case .opened(let call):
            writer.functionCallMembers(call)
        case .arguments(let piece):
            writer.key("arguments")
            writer.string(piece)
        }
    }
}

extension Delta.StageStep {
    /// Writes members into an open object.
    fileprivate func write(to writer: inout JSONWriter) {
        switch self {
        case .opened(let name, let parent):
            writer.key("name")
            writer.string(name)
            writer.openStatus()
            if let parent {
                writer.key("parent_stage_index")
                writer.number(parent)
            }
        case .name(let suffix):
            writer.key("name")
            writer.string(suffix)
            writer.openStatus()
        case .content(let piece):
            writer.key("content")
            writer.string(piece)
            writer.openStatus()
        case .attachment(let index, let attachment):
            writer.key("attachments")
            writer.attachments([(index, attachment)])
            writer.openStatus()
        case .closed(let failed):
            writer.key("status")
            writer.string(failed ? "failed" : "completed")
        }
    }
}

extension JSONWriter {
    fileprivate mutating func customContent(_ name: StaticString, _ write: (inout JSONWriter) -> Void) {
        key("custom_content")
        beginObject()
        key(name)
        write(&self)
        endObject()
    }

    /// A list of the one element that a chunk speaks of.
    fileprivate mutating func only(_ index: Int, _ writeMembers: (inout JSONWriter) -> Void) {
        beginArray()
        beginObject()
        key("index")
        number(index)
        writeMembers(&self)
        endObject()
        endArray()
    }

    fileprivate mutating func openStatus() {
        key("status")
        null()
    }
}
