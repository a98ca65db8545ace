import AWS
import Foundation
import JSON

@testable import BedrockSandbox

enum Fixtures {
    static func data(_ name: String, file: String = #filePath) throws -> Data {
        let tests = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
        return try Data(contentsOf: tests.appendingPathComponent("Fixtures").appendingPathComponent(name))
    }
}

/// Model ids by what they are tried for.
enum Model {
    static let nova = "amazon.nova-lite-v1:0"
    static let novaMicro = "amazon.nova-micro-v1:0"
    static let claude = "anthropic.claude-3-7-sonnet-20250219-v1:0"
    static let claudeWithoutCache = "anthropic.claude-3-haiku-20240307-v1:0"
    static let llama = "meta.llama3-1-70b-instruct-v1:0"
    static let smallLlama = "meta.llama3-2-1b-instruct-v1:0"
    static let deepSeek = "deepseek.r1-v1:0"
    static let commandR = "cohere.command-r-v1:0"
    static let jamba = "ai21.jamba-1-5-mini-v1:0"
    static let claude21 = "anthropic.claude-v2:1"
    static let claude2 = "anthropic.claude-v2"
    static let titan = "amazon.titan-tg1-large"
    static let command = "cohere.command-text-v14"
    static let sdxl = "stability.stable-diffusion-xl-v1"
    static let sd35 = "stability.sd3-5-large-v1:0"
    static let ultra = "stability.stable-image-ultra-v1:0"
    static let titanEmbeddingOld = "amazon.titan-embed-text-v1"
    static let titanEmbedding = "amazon.titan-embed-text-v2:0"
    static let titanImageEmbedding = "amazon.titan-embed-image-v1"
    static let cohereEmbedding = "cohere.embed-english-v3"
}

extension Sandbox {
    static let now = 1_751_371_200

    static func quick(_ change: (inout SandboxConfiguration) -> Void = { _ in }) -> Sandbox {
        var configuration = SandboxConfiguration()
        configuration.tokensPerSecond = 0
        change(&configuration)
        return Sandbox(configuration: configuration)
    }

    /// Sends a body to Converse with the API key.
    func converse(
        _ body: JSON,
        model: String = Model.nova,
        stream: Bool = false,
        headers: [SandboxHeader] = []
    ) -> SandboxAnswer {
        answer(
            SandboxRequest(
                method: "POST",
                target: "/model/\(PercentEncoding.encode(model))/converse" + (stream ? "-stream" : ""),
                headers: [SandboxHeader("authorization", "Bearer sandbox-bedrock-api-key")] + headers,
                body: body.serialized()
            ),
            at: Self.now
        )
    }

    /// Sends a body to InvokeModel.
    func invoke(
        _ body: JSON,
        model: String = Model.claude,
        key: String = "sandbox-bedrock-api-key",
        stream: Bool = false,
        headers: [SandboxHeader] = []
    ) -> SandboxAnswer {
        answer(
            SandboxRequest(
                method: "POST",
                target: "/model/\(PercentEncoding.encode(model))/invoke" + (stream ? "-with-response-stream" : ""),
                headers: [SandboxHeader("authorization", "Bearer \(key)")] + headers,
                body: body.serialized()
            ),
            at: Self.now
        )
    }

    func converse(
        _ text: String,
        model: String = Model.nova,
        stream: Bool = false,
        headers: [SandboxHeader] = []
    ) -> SandboxAnswer {
        converse(["messages": [.user(text)]], model: model, stream: stream, headers: headers)
    }
}

extension SandboxAnswer {
    var bytes: [UInt8] {
        if case .bytes(let bytes) = body { bytes } else { [] }
    }

    func json() throws -> JSON { try JSON(parsing: bytes) }

    /// The first value of a header.
    func header(_ name: String) -> String? { headers.first { $0.isNamed(name) }?.value }

    var message: String? { try? json()["message"]?.stringValue }

    /// The error type as clients read it.
    var errorType: String? { header("x-amzn-errortype").map { String($0.prefix { $0 != ":" }) } }

    var text: String? { try? json()["output"]?["message"]?["content"]?[0]?["text"]?.stringValue }

    var steps: [StreamScript.Step] {
        guard case .script(var script) = body else { return [] }
        var steps: [StreamScript.Step] = []
        while let step = script.next() {
            steps.append(step)
            if step == .hang || step == .drop { break }
        }
        return steps
    }

    var streamed: [UInt8] {
        steps.flatMap { step in if case .send(let bytes, _) = step { bytes } else { [UInt8]() } }
    }

    /// The messages of a stream, read by the adapter's decoder.
    func events() throws -> [(name: String, payload: JSON)] {
        var decoder = EventStreamDecoder()
        decoder.append(streamed)
        var events: [(String, JSON)] = []
        while let message = try decoder.next() {
            let name =
                message.string(":event-type") ?? message.string(":exception-type") ?? message.string(":error-code")
                ?? ""
            events.append((name, message.payload.isEmpty ? .null : try JSON(parsing: message.payload)))
        }
        return events
    }

    func streamedText() throws -> String {
        try events().compactMap { $0.payload["delta"]?["text"]?.stringValue }.joined()
    }
}

extension JSON {
    static func user(_ blocks: JSON...) -> JSON { ["role": "user", "content": .array(blocks)] }
    static func user(_ text: String) -> JSON { .user(["text": .string(text)]) }
    static func assistant(_ blocks: JSON...) -> JSON { ["role": "assistant", "content": .array(blocks)] }
    static func assistant(_ text: String) -> JSON { .assistant(["text": .string(text)]) }
    static func text(_ text: String) -> JSON { ["text": .string(text)] }
    static func toolUse(_ id: String, _ name: String = "look", input: JSON = [:]) -> JSON {
        ["toolUse": ["toolUseId": .string(id), "name": .string(name), "input": input]]
    }
    static func toolResult(_ id: String, _ content: JSON = [["text": "found"]], status: String = "success") -> JSON {
        ["toolResult": ["toolUseId": .string(id), "content": content, "status": .string(status)]]
    }
    static let cachePoint: JSON = ["cachePoint": ["type": "default"]]

    static func tools(_ names: String..., choice: JSON? = nil) -> JSON {
        var configuration: JSONObject = ["tools": .array(names.map { .tool($0) })]
        if let choice { configuration["toolChoice"] = choice }
        return .object(configuration)
    }
    static func tool(_ name: String, schema: JSON = ["type": "object", "properties": [:]]) -> JSON {
        ["toolSpec": ["name": .string(name), "description": "d", "inputSchema": ["json": schema]]]
    }
    static func image(_ format: String = "png", _ bytes: [UInt8] = Media.png) -> JSON {
        ["image": ["format": .string(format), "source": ["bytes": .string(Data(bytes).base64EncodedString())]]]
    }
    static func document(_ name: String, format: String = "txt", _ bytes: [UInt8] = Array("words".utf8)) -> JSON {
        [
            "document": [
                "format": .string(format), "name": .string(name),
                "source": ["bytes": .string(Data(bytes).base64EncodedString())],
            ]
        ]
    }
}

enum Media {
    static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 7, count: 24)
    static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 7, count: 24)
}
