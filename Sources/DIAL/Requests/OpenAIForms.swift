import JSON

/// Brings what clients made for OpenAI's API send into the forms of the DIAL API, before a request is decoded.
///
/// What has no such form is left for the decoder to judge. Source: OpenAI API reference, "Create chat completion".
enum OpenAIForms {
    static func rewritten(_ request: JSONObject) -> JSONObject {
        var request = request
        // Usage is always told; `streamForm` says where.
        request["stream_options"] = nil
        if request["stream"]?.isNull == true { request["stream"] = nil }
        if request["max_tokens"].isMissing { request["max_tokens"] = request["max_completion_tokens"] }
        if let effort = request["reasoning_effort"]?.wordValue, ["xhigh", "max"].contains(effort) {
            request["reasoning_effort"] = "high"
        }
        if let format = request["response_format"], format["type"] == "json_schema",
            format["json_schema"]?["schema"].isMissing ?? true
        {
            request["response_format"] = ["type": "json_object"]
        }
        request.rewriteEach("tools", tool)
        if request["tool_choice"]?["type"] == "allowed_tools" { allowTools(in: &request) }
        request.rewriteEach("messages", message)
        return request
    }

    private static func tool(_ tool: inout JSONObject) {
        if tool["strict"]?.isNull == true { tool["strict"] = nil }
        guard var function = tool["function"]?.objectValue, function["strict"]?.isNull == true else { return }
        function["strict"] = nil
        tool["function"] = .object(function)
    }

    /// Some of the tools may be called, or have to be.
    private static func allowTools(in request: inout JSONObject) {
        let choice = request["tool_choice"]?["allowed_tools"]
        guard let mode = choice?["mode"]?.stringValue, let allowed = choice?["tools"]?.arrayValue,
            let tools = request["tools"]?.arrayValue
        else { return }
        let names = Set(allowed.compactMap(name(of:)))
        guard names.count == allowed.count, names.isSubset(of: tools.compactMap(name(of:))) else { return }
        request["tool_choice"] = .string(mode)
        // What the service runs itself has no name there, and stays.
        request["tools"] = .array(tools.filter { name(of: $0).map(names.contains) ?? true })
    }

    private static func name(of tool: JSON) -> ExactString? {
        (tool["function"]?["name"] ?? tool["name"])?.stringValue.map { ExactString($0) }
    }

    private static func message(_ message: inout JSONObject) {
        if message["tool_calls"]?.arrayValue?.isEmpty == true { message["tool_calls"] = nil }
        message.rewriteEach("content", part)
        let role = message["role"]?.wordValue
        let isCalling = !message["tool_calls"].isMissing || !message["function_call"].isMissing
        if role == "tool" || role == "function" || isCalling, let text = joined(message["content"]) {
            message["content"] = .string(text)
        }
        // Models take no empty text. What an answer had instead of one may stand in its state.
        let refusal = message["refusal"]?.stringValue.flatMap { isBlank(.string($0)) ? nil : $0 }
        if role == "assistant", !isCalling, message["custom_content"]?["state"].isMissing ?? true,
            isBlank(message["content"])
        {
            message["content"] = .string(refusal ?? ".")
        }
    }

    private static func part(_ part: inout JSONObject) {
        switch part["type"]?.wordValue {
        case "refusal":
            part = ["type": "text", "text": part["refusal"] ?? .null]
        case "image_url":
            // Of no effect, and OpenAI has more values than DIAL.
            guard var image = part["image_url"]?.objectValue else { return }
            image["detail"] = nil
            part["image_url"] = .object(image)
        default: break
        }
    }

    /// The text of parts that are all text.
    private static func joined(_ content: JSON?) -> String? {
        guard let parts = content?.arrayValue else { return nil }
        let texts = parts.compactMap { $0["type"] == "text" ? $0["text"]?.stringValue : nil }
        return texts.count == parts.count ? texts.joined(separator: "\n") : nil
    }

    private static func isBlank(_ content: JSON?) -> Bool {
        guard let content, !content.isNull else { return true }
        guard let text = content.stringValue ?? joined(content) else { return false }
        return text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }
}

extension JSON? {
    fileprivate var isMissing: Bool { self?.isNull ?? true }
}

extension JSONObject {
    /// Changes every object of a list.
    fileprivate mutating func rewriteEach(_ key: String, _ rewrite: (inout JSONObject) -> Void) {
        guard case .array(let elements)? = self[key] else { return }
        self[key] = .array(
            elements.map { element in
                guard var object = element.objectValue else { return element }
                rewrite(&object)
                return .object(object)
            }
        )
    }
}
