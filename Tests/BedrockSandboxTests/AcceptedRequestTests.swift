import JSON
import Testing

@testable import BedrockSandbox

/// A request that Bedrock takes, close to the limits of the rules.
struct AcceptedRequest: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var model: String
    var body: JSON

    init(_ name: String, _ model: String, _ body: JSON) {
        testDescription = name
        self.model = model
        self.body = body
    }
}

struct AcceptedRequestTests {
    @Test(arguments: requests)
    func isTaken(_ request: AcceptedRequest) {
        for streaming in [false, true] where !(streaming && request.model == Model.llama) {
            let answer = Sandbox.quick().converse(request.body, model: request.model, stream: streaming)
            #expect(answer.status == 200, "\(answer.message ?? "")")
        }
    }

    static let requests: [AcceptedRequest] = [
        AcceptedRequest("prefill on Nova", Model.nova, ["messages": [.user("a"), .assistant("So")]]),
        AcceptedRequest("prefill on Claude", Model.claude, ["messages": [.user("a"), .assistant("So")]]),
        AcceptedRequest(
            "results in another order, one empty, text behind",
            Model.claude,
            [
                "messages": [
                    .user("a"), .assistant(.text("I look."), .toolUse("a"), .toolUse("b")),
                    .user(.toolResult("b"), .toolResult("a", []), .text("and?")),
                ],
                "toolConfig": .tools("look"),
            ]
        ),
        AcceptedRequest(
            "tools on Llama with auto",
            Model.llama,
            [
                "messages": [.user("a"), .assistant(.toolUse("a")), .user(.toolResult("a", [["json": ["x": 1]]]))],
                "toolConfig": .tools("look", choice: ["auto": [:]]),
            ]
        ),
        AcceptedRequest(
            "everything at once",
            Model.nova,
            [
                "messages": [
                    .user(.text("see"), .image("jpeg", Media.jpeg), .document("A-b (1) [c]_d"), .cachePoint)
                ],
                "system": [["text": "s"], .cachePoint],
                "inferenceConfig": ["temperature": 0, "topP": 1, "maxTokens": 5, "stopSequences": ["x"]],
                "guardrailConfig": [
                    "guardrailIdentifier": "arn:aws:bedrock:us-east-1:123456789012:guardrail/a1",
                    "guardrailVersion": "DRAFT", "trace": "enabled_full",
                ],
                "performanceConfig": ["latency": "standard"], "requestMetadata": ["a": "b c"],
                "serviceTier": ["type": "default"],
            ]
        ),
        AcceptedRequest(
            "cache point in tools of Claude",
            Model.claude,
            ["messages": [.user("a")], "toolConfig": ["tools": [.tool("a"), .cachePoint]]]
        ),
        AcceptedRequest(
            "null members",
            Model.nova,
            ["messages": [.user("a")], "system": nil, "toolConfig": nil]
        ),
        AcceptedRequest("tools on Jamba", Model.jamba, ["messages": [.user("a")], "toolConfig": .tools("look")]),
        AcceptedRequest(
            "twenty images",
            Model.nova,
            ["messages": [["role": "user", "content": .array(Array(repeating: .image(), count: 20))]]]
        ),
        AcceptedRequest(
            "longest name and id",
            Model.claude,
            [
                "messages": [
                    .user("a"), .assistant(.toolUse(String(repeating: "i", count: 64))),
                    .user(.toolResult(String(repeating: "i", count: 64))),
                ],
                "toolConfig": .tools(String(repeating: "n", count: 64)),
            ]
        ),
    ]
}
