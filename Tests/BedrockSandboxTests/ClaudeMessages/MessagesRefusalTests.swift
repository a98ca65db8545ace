import JSON
import Testing

@testable import BedrockSandbox

struct MessagesRefusalTests {
    @Test(arguments: MessagesCall.both)
    func areRefusedInAnthropicsWords(call: MessagesCall) {
        for refusal in MessagesRefusal.all {
            var call = call
            call.model = refusal.model
            if let betas = refusal.betas { call.headers = [SandboxHeader("anthropic-beta", betas)] }
            for stream in [false, true] {
                let answer = call.send(refusal.body, stream: stream)
                let message = answer.refusal ?? ""
                #expect(answer.status == 400, "\(refusal.testDescription)")
                if refusal.message.hasSuffix("…") {
                    #expect(message.hasPrefix(refusal.message.dropLast()), "\(refusal.testDescription)")
                } else {
                    #expect(message == refusal.message, "\(refusal.testDescription)")
                }
            }
        }
    }

    @Test func whatOnlyBedrockRefuses() {
        var call = MessagesCall.bedrock
        let body: JSON = ["messages": [MessagesRefusal.hello]]
        #expect(
            call.send(["messages": [MessagesRefusal.hello], "model": "a"]).refusal
                == "model: Extra inputs are not permitted"
        )
        #expect(
            call.send(["messages": [MessagesRefusal.hello], "stream": true]).refusal
                == "stream: Extra inputs are not permitted"
        )
        #expect(
            call.send(["messages": [MessagesRefusal.hello, MessagesRefusal.hello]]).refusal
                == "messages: roles must alternate between \"user\" and \"assistant\", but found multiple \"user\" roles "
                + "in a row"
        )
        let version = call.send(["messages": [MessagesRefusal.hello], "anthropic_version": "2023-06-01"])
        #expect(version.refusal == "Invalid API version: 2023-06-01")
        let flagged = call.send(["messages": [MessagesRefusal.hello], "anthropic_beta": ["files-api-2025-04-14"]])
        #expect(flagged.refusal == "invalid beta flag")
        call.headers = [SandboxHeader("anthropic-beta", "interleaved-thinking-2025-05-14")]
        #expect(call.send(body).refusal == "invalid beta flag")
        call.model = MessagesRefusal.sonnet45
        #expect(call.send(body).status == 200)
        call.headers = []
        call.model = "anthropic.claude-3-5-haiku-20241022-v1:0"
        let image = call.send(["messages": [.said("user", .picture())]])
        #expect(image.refusal == "'claude-3-5-haiku-20241022' does not support image input.")
        #expect(image.errorType == "ValidationException")
    }

    @Test func whatOnlyAnthropicRefuses() {
        var call = MessagesCall.anthropic
        call.headers = [SandboxHeader("anthropic-beta", "files-api-2025-04-14,nothing-2020-01-01")]
        let answer = call.send(["messages": [MessagesRefusal.hello]])
        #expect(
            answer.refusal?.hasPrefix("Unexpected value(s) `nothing-2020-01-01` for the `anthropic-beta` header.")
                == true
        )
        call.headers = []
        let version = call.send(["messages": [MessagesRefusal.hello], "anthropic_version": "bedrock-2023-05-31"])
        #expect(version.refusal == "anthropic_version: Extra inputs are not permitted")
    }

    @Test(arguments: MessagesCall.both)
    func moreTokensWithBeta(call: MessagesCall) {
        var call = call
        call.headers = [SandboxHeader("anthropic-beta", "output-128k-2025-02-19")]
        #expect(call.send(["messages": [MessagesRefusal.hello], "max_tokens": 128_000]).status == 200)
    }
}
