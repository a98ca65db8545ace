import Testing

@testable import BedrockSandbox

struct ModelTests {
    @Test(arguments: [
        ("amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", false),
        ("us.amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", true),
        ("us-gov.anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-3-haiku-20240307-v1:0", true),
        ("arn:aws:bedrock:us-east-1::foundation-model/deepseek.r1-v1:0", "deepseek.r1-v1:0", false),
        (
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.meta.llama3-2-1b-instruct-v1:0",
            "meta.llama3-2-1b-instruct-v1:0", true
        ),
        ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123", "amazon.nova-lite-v1:0", true),
    ])
    func isResolved(identifier: String, model: String, isProfile: Bool) {
        let resolution = SandboxModel.resolve(identifier)
        #expect(resolution?.model.id == model)
        #expect(resolution?.isProfile == isProfile)
    }

    @Test(arguments: [
        "", "nova", "us.nova", "arn:aws:bedrock:us-east-1",
        "arn:aws:s3:us-east-1:1:inference-profile/us.deepseek.r1-v1:0",
        "arn:aws:bedrock:us-east-1:1:inference-profile/deepseek.r1-v1:0", "us.us.deepseek.r1-v1:0",
    ])
    func isUnknown(_ identifier: String) { #expect(SandboxModel.resolve(identifier) == nil) }

    @Test func profilesCanBeRequired() {
        let sandbox = Sandbox.quick { $0.requiresProfiles = true }
        let answer = sandbox.converse("hi", model: Model.claude)
        #expect(answer.message?.hasPrefix("Invocation of model ID \(Model.claude) with on-demand throughput") == true)
        #expect(sandbox.converse("hi", model: "us." + Model.claude).status == 200)
        #expect(sandbox.converse("hi", model: Model.nova).status == 200)
    }

    @Test func unknownPaths() {
        let sandbox = Sandbox.quick()
        for (method, target) in [("GET", "/model/x/converse"), ("POST", "/"), ("POST", "/model/x/nothing")] {
            let answer = sandbox.answer(SandboxRequest(method: method, target: target), at: Sandbox.now)
            #expect(answer.status == 404)
            #expect(answer.errorType == "UnknownOperationException")
        }
    }
}
