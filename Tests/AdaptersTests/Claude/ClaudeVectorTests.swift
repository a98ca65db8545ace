import JSON
import Testing

@testable import Adapters
@testable import DIAL

/// The recorded cases at the level of the adapter.
struct ClaudeVectorTests {
    /// What the gateway does, not the adapter: covered by the tests of the whole program.
    private static let gatewayCases: [String: String] = [
        "retry_529_then_ok": "retries are the client's",
        "retry_x_should_retry_false": "retries are the client's",
        "ssrf_link_local_refused": "downloads are the gateway's",
        "ssrf_localhost_refused_with_storage": "downloads are the gateway's",
    ]

    static let vectors = (Vector.all("claude", profiles: ["core", "newest"])).filter { gatewayCases[$0.name] == nil }
    static let chats = vectors.filter { $0.endpoint.hasPrefix("chat/completions") }

    @Test func thereAreCases() {
        #expect(Self.chats.count > 90)
        #expect(Self.vectors.count > Self.chats.count)
    }

    @Test(arguments: chats, [UInt64(1), 7])
    func chat(_ vector: Vector, seed: UInt64) async throws {
        var replay = ClaudeReplay(vector, seed: seed)
        let (answer, prepared) = try await replay.chat()
        if let expected = replay.calls.first?["request"], let prepared {
            let body = try JSON(parsing: prepared.call.body)
            #expect(JSONMatch.difference(expected["body"] ?? .null, body) == nil)
            let operation = prepared.call.operation
            var path = operation.path(modelID: prepared.call.modelID).replacing("%3A", with: ":")
            if case .anthropicMessages = operation { path += "?beta=true" }
            #expect(path == expected["path"]?.stringValue)
            let betas = prepared.call.headers.first { $0.name == "anthropic-beta" }?.value
            #expect(betas == expected["headers"]?["anthropic-beta"]?.stringValue)
        } else {
            #expect(replay.calls.isEmpty == (prepared == nil))
        }
        #expect(answer.status == vector.answer["status"]?.intValue)
        if let chunks = vector.answer["sse_chunks"] {
            let events = JSON.array(answer.events ?? [])
            // Chunks of several choices may come in any order; here they come one choice after the other.
            if vector.json["unordered"]?.boolValue == true {
                #expect(Self.texts(events) == Self.texts(chunks))
            } else {
                #expect(JSONMatch.difference(chunks, events) == nil)
            }
        } else {
            #expect(JSONMatch.difference(vector.answer["body"] ?? .null, answer.body ?? .null) == nil)
        }
        let cachePath = vector.answer["headers"]?["x-dial-cache-breakpoint-path"]?.stringValue
        #expect(prepared?.cache?.path == cachePath)
    }

    /// What all choices say, whichever is which.
    private static func texts(_ chunks: JSON) -> [String] {
        var texts: [Int: String] = [:]
        for chunk in chunks.arrayValue ?? [] {
            guard let choice = chunk["choices"]?[0] else { continue }
            texts[choice["index"]?.intValue ?? -1, default: ""] += choice["delta"]?["content"]?.stringValue ?? ""
        }
        return texts.values.sorted()
    }

    @Test(arguments: vectors.filter { $0.endpoint == "tokenize" })
    func tokenize(_ vector: Vector) async throws {
        let request = try TokenizeRequest(decoding: vector.requestBody)
        let response = try await ClaudeMessagesAdapter().count(request, ClaudeReplay(vector).context)
        let body = try JSON(parsing: response.body())
        #expect(JSONMatch.difference(vector.answer["body"] ?? .null, body) == nil)
    }

    @Test(arguments: vectors.filter { $0.endpoint == "truncate_prompt" })
    func truncate(_ vector: Vector) async throws {
        let request = try TruncatePromptRequest(decoding: vector.requestBody)
        let response = try await ClaudeMessagesAdapter().truncate(request, ClaudeReplay(vector).context)
        let body = try JSON(parsing: response.body())
        #expect(JSONMatch.difference(vector.answer["body"] ?? .null, body) == nil)
    }

    @Test(arguments: vectors.filter { $0.endpoint == "configuration" })
    func configuration(_ vector: Vector) throws {
        let schema = try #require(ClaudeMessagesAdapter().configurationSchema(ClaudeReplay(vector).context.deployment))
        #expect(JSONMatch.difference(vector.answer["body"] ?? .null, schema) == nil)
    }
}
