import AWS
import JSON

@testable import BedrockSandbox

/// A request to Claude over one of the two transports; the body is told without what only one of them wants.
struct MessagesCall {
    static let bedrock = MessagesCall(transport: .bedrock)
    static let anthropic = MessagesCall(transport: .anthropic)
    static let both = [bedrock, anthropic]

    var transport: MessagesTransport
    var sandbox = Sandbox.quick()
    var model = Model.claude
    var headers: [SandboxHeader] = []

    func send(_ body: JSON, stream: Bool = false) -> SandboxAnswer {
        guard case .object(var members) = body else { return SandboxAnswer(status: 0) }
        if members["max_tokens"] == nil { members["max_tokens"] = 4096 }
        guard transport == .anthropic else {
            if members["anthropic_version"] == nil { members["anthropic_version"] = "bedrock-2023-05-31" }
            return sandbox.invoke(.object(members), model: model, stream: stream, headers: headers)
        }
        if members["model"] == nil { members["model"] = .string(SandboxModel.table[model]?.anthropicName ?? model) }
        members["stream"] = .bool(stream)
        return post(.object(members), path: "/v1/messages")
    }

    func send(_ text: String, stream: Bool = false, _ more: JSONObject = [:]) -> SandboxAnswer {
        var members = more
        members["messages"] = [.said("user", text)]
        return send(.object(members), stream: stream)
    }

    /// Sends a body to Anthropic's API as it is.
    func post(
        _ body: JSON,
        path: String,
        key: String? = "sandbox-anthropic-api-key",
        version: String? = "2023-06-01"
    ) -> SandboxAnswer {
        var headers = headers
        if let key { headers.append(SandboxHeader("X-Api-Key", key)) }
        if let version { headers.append(SandboxHeader("anthropic-version", version)) }
        return sandbox.answer(
            SandboxRequest(method: "POST", target: path, headers: headers, body: body.serialized()),
            at: Sandbox.now
        )
    }
}

extension SandboxAnswer {
    /// The content blocks of a message in one piece.
    var blocks: [JSON] { (try? json()["content"]?.arrayValue) ?? [] }

    /// What a refusal says, whichever transport it came over.
    var refusal: String? {
        guard let body = try? json() else { return nil }
        return body["error"]?["message"]?.stringValue ?? body["message"]?.stringValue
    }

    /// Anthropic's events of a stream, out of the frames of either transport; an exception is an event of its name.
    func messageEvents() throws -> [JSON] {
        if header("content-type")?.hasPrefix("text/event-stream") == true {
            return try String(decoding: streamed, as: UTF8.self).split(separator: "\n")
                .filter { $0.hasPrefix("data: ") }
                .map { try JSON(parsing: String($0.dropFirst(6))) }
        }
        var decoder = EventStreamDecoder()
        decoder.append(streamed)
        var events: [JSON] = []
        while let message = try decoder.next() {
            let payload = message.payload.isEmpty ? .null : try JSON(parsing: message.payload)
            if message.eventName == "chunk", let bytes = payload["bytes"]?.stringValue {
                events.append(try JSON(parsing: Base64.prefix(bytes, .max)))
            } else {
                let name =
                    message.string(":event-type") ?? message.string(":exception-type") ?? message.string(":error-code")
                    ?? ""
                events.append(["type": .string(name), "payload": payload])
            }
        }
        return events
    }
}

extension JSON {
    static func said(_ role: String, _ blocks: JSON...) -> JSON {
        ["role": .string(role), "content": .array(blocks)]
    }
    static func said(_ role: String, _ text: String) -> JSON { ["role": .string(role), "content": .string(text)] }
    static func textBlock(_ text: String, mark: JSON? = nil) -> JSON {
        var block: JSONObject = ["type": "text", "text": .string(text)]
        block["cache_control"] = mark
        return .object(block)
    }
    static func call(_ id: String, _ name: String = "look", _ input: JSON = [:]) -> JSON {
        ["type": "tool_use", "id": .string(id), "name": .string(name), "input": input]
    }
    static func result(_ id: String, _ content: JSON = "found") -> JSON {
        ["type": "tool_result", "tool_use_id": .string(id), "content": content]
    }
    static func thought(_ text: String, signature: String? = nil) -> JSON {
        [
            "type": "thinking", "thinking": .string(text),
            "signature": .string(signature ?? ReasoningSeal.signature(of: text)),
        ]
    }
    static func picture(
        _ bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A],
        type: String = "image/png"
    )
        -> JSON
    {
        [
            "type": "image",
            "source": ["type": "base64", "media_type": .string(type), "data": .string(Base64.encode(bytes))],
        ]
    }
    static func customTools(_ names: String...) -> JSON {
        .array(
            names.map { name in
                [
                    "name": .string(name), "description": "",
                    "input_schema": [
                        "type": "object", "properties": ["key": ["type": "string"]], "required": ["key"],
                    ],
                ]
            }
        )
    }
    static let shortMark: JSON = ["type": "ephemeral"]
    static let longMark: JSON = ["type": "ephemeral", "ttl": "1h"]
    static let budget: JSON = ["type": "enabled", "budget_tokens": 1024]
}
