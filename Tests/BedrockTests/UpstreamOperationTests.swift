import Testing

@testable import Bedrock

@Suite("Upstream operations")
struct UpstreamOperationTests {
    @Test(arguments: [
        ("amazon.nova-lite-v1:0", "amazon.nova-lite-v1%3A0"),
        ("us.meta.llama3-3-70b-instruct-v1:0", "us.meta.llama3-3-70b-instruct-v1%3A0"),
        (
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0",
            "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.amazon.nova-lite-v1%3A0"
        ),
        ("a b~_é", "a%20b~_%C3%A9"),
        ("..", "%2E%2E"),
    ])
    func modelIDsAreOneSegment(_ id: String, _ segment: String) {
        #expect(UpstreamOperation.converse.path(modelID: id) == "/model/\(segment)/converse")
        #expect(UpstreamOperation.converseStream.path(modelID: id) == "/model/\(segment)/converse-stream")
        #expect(UpstreamOperation.invokeModel.path(modelID: id) == "/model/\(segment)/invoke")
        #expect(
            UpstreamOperation.invokeModelWithResponseStream.path(modelID: id)
                == "/model/\(segment)/invoke-with-response-stream"
        )
    }

    @Test func names() {
        #expect(UpstreamOperation.converse.name == "Converse")
        #expect(UpstreamOperation.converseStream.name == "ConverseStream")
        #expect(UpstreamOperation.invokeModel.name == "InvokeModel")
        #expect(UpstreamOperation.invokeModelWithResponseStream.name == "InvokeModelWithResponseStream")
        #expect(UpstreamOperation.anthropicMessages(stream: true).path(modelID: "x") == "/v1/messages")
        #expect(UpstreamOperation.anthropicMessages(stream: true).isStreaming)
        #expect(!UpstreamOperation.anthropicMessages(stream: false).isStreaming)
    }
}
