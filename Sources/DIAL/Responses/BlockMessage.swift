import JSON

/// The message of a choice in an answer without streaming: what its deltas come to.
///
/// A block answer is defined as the merge of the chunks of the stream it would have been: texts are concatenated,
/// members stand in the order in which they first appeared, and `content` is null where only calls were made.
///
/// Source: DIAL API, merging chunks into a block answer.
struct BlockMessage {
    private enum Member {
        case content, reasoning, customContent, toolCalls, functionCall
    }

    private enum CustomMember {
        case stages, attachments, formSchema, state
    }

    private struct ToolCallRecord {
        let id: String
        let name: String
        var arguments: String?
    }

    private struct StageRecord {
        var name: String
        var parent: Int?
        /// True once closed as failed, nil while open.
        var failed: Bool?
        var content: String?
        var attachments: [Attachment] = []
    }

    private var members: [Member] = []
    private var customMembers: [CustomMember] = []
    private var content: String?
    private var reasoning = ""
    private var toolCalls: [ToolCallRecord] = []
    private var functionCall: FunctionCall?
    private var stages: [StageRecord] = []
    private var attachments: [Attachment] = []
    private var formSchema: JSON = .null
    private var state = JSONObject()

    mutating func merge(_ delta: Delta) {
        switch delta {
        case .content(let text):
            note(.content)
            Self.append(text, to: &content)
        case .reasoning(let text):
            note(.reasoning)
            reasoning.append(text)
        case .toolCall(_, .opened(let id, let name, let arguments)):
            note(.content)
            note(.toolCalls)
            toolCalls.append(ToolCallRecord(id: id, name: name, arguments: arguments))
        case .toolCall(let index, .arguments(let piece)):
            guard toolCalls.indices.contains(index) else { return }
            Self.append(piece, to: &toolCalls[index].arguments)
        case .functionCall(.opened(let call)):
            note(.content)
            note(.functionCall)
            functionCall = call
        case .functionCall(.arguments(let piece)):
            functionCall?.arguments.append(piece)
        case .attachment(_, let attachment):
            note(.attachments)
            attachments.append(attachment)
        case .stage(_, .opened(let name, let parent)):
            note(.stages)
            stages.append(StageRecord(name: name, parent: parent))
        case .stage(let index, let step):
            guard stages.indices.contains(index) else { return }
            Self.merge(step, into: &stages[index])
        case .formSchema(let schema):
            note(.formSchema)
            formSchema = schema
        case .state(let object):
            note(.state)
            state = object
        }
    }

    private static func merge(_ step: Delta.StageStep, into stage: inout StageRecord) {
        switch step {
        // It is there: the stage was opened.
        case .opened: break
        case .name(let suffix): stage.name.append(suffix)
        case .content(let piece): append(piece, to: &stage.content)
        case .attachment(_, let attachment): stage.attachments.append(attachment)
        case .closed(let failed): stage.failed = failed
        }
    }

    private static func append(_ piece: String, to text: inout String?) {
        if text == nil { text = piece } else { text?.append(piece) }
    }

    private mutating func note(_ member: Member) {
        if !members.contains(member) { members.append(member) }
    }

    private mutating func note(_ member: CustomMember) {
        note(.customContent)
        if !customMembers.contains(member) { customMembers.append(member) }
    }
}

extension BlockMessage {
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("role")
        writer.string("assistant")
        for member in members {
            switch member {
            case .content:
                writer.key("content")
                if let content { writer.string(content) } else { writer.null() }
            case .reasoning:
                writer.key("reasoning_content")
                writer.string(reasoning)
            case .customContent:
                writer.key("custom_content")
                writeCustomContent(to: &writer)
            case .toolCalls:
                writer.key("tool_calls")
                writer.beginArray()
                for call in toolCalls {
                    writer.beginObject()
                    writer.toolCallMembers(id: call.id, name: call.name, arguments: call.arguments)
                    writer.endObject()
                }
                writer.endArray()
            case .functionCall:
                guard let functionCall else { continue }
                writer.key("function_call")
                writer.beginObject()
                writer.functionCallMembers(functionCall)
                writer.endObject()
            }
        }
        writer.endObject()
    }

    private func writeCustomContent(to writer: inout JSONWriter) {
        writer.beginObject()
        for member in customMembers {
            switch member {
            case .stages:
                writer.key("stages")
                writer.beginArray()
                for stage in stages { write(stage, to: &writer) }
                writer.endArray()
            case .attachments:
                writer.key("attachments")
                writer.attachments(attachments.map { (nil, $0) })
            case .formSchema:
                writer.key("form_schema")
                writer.value(IndexedMerge.merged(formSchema))
            case .state:
                writer.key("state")
                writer.value(IndexedMerge.merged(.object(state)))
            }
        }
        writer.endObject()
    }

    private func write(_ stage: StageRecord, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.string(stage.name)
        writer.key("status")
        if let failed = stage.failed { writer.string(failed ? "failed" : "completed") } else { writer.null() }
        if let parent = stage.parent {
            writer.key("parent_stage_index")
            writer.number(parent)
        }
        if let content = stage.content {
            writer.key("content")
            writer.string(content)
        }
        if !stage.attachments.isEmpty {
            writer.key("attachments")
            writer.attachments(stage.attachments.map { (nil, $0) })
        }
        writer.endObject()
    }
}
