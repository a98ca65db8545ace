import JSON
import Testing

@testable import BedrockSandbox

/// What InvokeModel does before the body of a model's own matters.
struct InvokeModelTests {
    let sandbox = Sandbox.quick()

    @Test(arguments: [false, true])
    func needsAuthentication(stream: Bool) {
        let answer = sandbox.invoke([:], key: "wrong", stream: stream)
        #expect(answer.status == 403)
        #expect(answer.errorType == "AccessDeniedException")
    }

    @Test(arguments: [false, true])
    func unknownModel(stream: Bool) {
        let answer = sandbox.invoke([:], model: "amazon.nova-huge-v1:0", stream: stream)
        #expect(answer.status == 400)
        #expect(answer.message == "The provided model identifier is invalid.")
    }

    @Test(arguments: [Model.nova, Model.llama, Model.deepSeek, Model.jamba, Model.commandR])
    func modelsOverConverseOnly(model: String) {
        let answer = sandbox.invoke(["messages": [.user("hi")]], model: model)
        #expect(answer.status == 400)
        #expect(answer.message == "The sandbox knows this model over Converse only.")
    }
}
