import JSON
import Testing

@testable import Adapters
@testable import Bedrock
@testable import DIAL

@Suite("Upstream errors as clients see them")
struct UpstreamErrorMappingTests {
    static func error(_ status: Int, _ message: String, code: String = "X") -> UpstreamError {
        UpstreamError(status: status, code: code, message: message, operation: "Converse")
    }

    @Test(arguments: [
        (400, "invalid_request_error" as String?), (403, nil), (404, nil), (408, nil), (413, nil),
        (422, "invalid_request_error"),
        (424, nil), (429, nil), (500, "internal_server_error"), (502, nil), (503, nil), (504, nil), (529, nil),
    ])
    func statuses(_ status: Int, _ type: String?) {
        let error = DIALError(Self.error(status, "m"))
        var expected = DIALError(
            status: status,
            message: "An error occurred (X) when calling the Converse operation: m",
            type: type
        )
        expected.isQuotation = true
        expected.upstreamName = "X"
        #expect(error == expected)
        #expect(DIALError(Self.error(status, "m"), wording: .verbatim).message == "m")
        #expect(DIALError(Self.error(status, ""), wording: .verbatim).message == "Error code: \(status)")
    }

    /// Claude's adapter has always said so; Converse's gives the reason phrase.
    @Test(arguments: [400, 500, 503]) func noBodyAtAll(_ status: Int) {
        let error = UpstreamError(operation: .invokeModel, status: status, errorType: nil, body: [])
        #expect(DIALError(error, wording: .verbatim).message == "Error code: \(status)")
    }

    @Test(arguments: [301, 304, 307])
    func redirectsAreTheUpstreamsFault(_ status: Int) {
        let error = DIALError(Self.error(status, ""))
        #expect(error.status == 502 && error.code == "502" && error.message.contains("(\(status))"))
    }

    @Test(arguments: [
        (424, "Model produced invalid sequence as part of ToolUse. Please refer to the guide.", "temperature 0"),
        (400, "Guardrail was enabled but input is in incorrect format.", "guardrailConfig"),
    ])
    func remediesThatAWSDoesNotTell(_ status: Int, _ message: String, _ remedy: String) {
        let error = DIALError(Self.error(status, message), wording: .verbatim)
        #expect(error.status == status && error.message.hasPrefix(message + " ") && error.message.contains(remedy))
        #expect(DIALError(Self.error(status, "m"), wording: .verbatim).message == "m")
    }

    /// Only Claude's requests can take another way.
    @Test func noRemedyThatWouldNotHelp() {
        let message = "Guardrail was enabled but input is in incorrect format."
        #expect(DIALError(Self.error(400, message)).message.hasSuffix(message))
    }

    @Test func filteredWords() {
        let error = DIALError(Self.error(400, "One or more prompts contains filtered words."))
        #expect(error.json == DIALError.contentFilter("One or more prompts contains filtered words.").json)
    }

    @Test func endOfLife() {
        let message = "This model version has reached the end of its life. See the docs."
        let error = DIALError(Self.error(404, message))
        #expect(error.status == 404 && error.code == "DeploymentNotFound" && error.type == nil)
        #expect(error.message == message)
        #expect(error.displayMessage == "This model version has reached the end of its life")
        #expect(DIALError(Self.error(400, message)).code == "400")
    }

    @Test(arguments: [
        "Input is too long for requested model.", "prompt is too long: 208463 tokens > 200000 maximum",
        "Too many input tokens. Max input tokens: 8192", "expected maxLength: 50000, actual: 60000",
        "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length",
        "This model's maximum context length is 8192 tokens. Please reduce the length of the prompt",
        "The request has too many total text bytes",
    ])
    func contextOverflow(_ message: String) {
        let error = DIALError(Self.error(400, message))
        #expect(error.code == "context_length_exceeded" && error.param == "messages" && error.status == 400)
        #expect(error.message.hasSuffix(message))
        #expect(DIALError(Self.error(429, message)).code == "429")
    }

    @Test func inferenceProfilesAreNamed() {
        let message = "Invocation of model ID x with on-demand throughput isn’t supported."
        let error = DIALError(Self.error(400, message), modelID: "amazon.nova-pro-v1:0")
        #expect(error.message.contains(message))
        #expect(
            error.message.hasSuffix(
                "'us.amazon.nova-pro-v1:0', 'eu.amazon.nova-pro-v1:0', 'apac.amazon.nova-pro-v1:0'."
            )
        )
        #expect(DIALError(Self.error(400, message), modelID: "us.amazon.nova-pro-v1:0").message.hasSuffix(message))
        #expect(DIALError(Self.error(400, message), modelID: "cohere.command-r-v1:0").message.hasSuffix(message))
        #expect(DIALError(Self.error(400, message)).message.hasSuffix(message))
    }

    @Test(arguments: [600, 999, 42]) func aStatusThatIsNone(_ status: Int) {
        let error = DIALError(Self.error(status, "odd"))
        #expect(error.status == 502 && error.code == "502" && error.message.hasSuffix("odd"))
    }

    @Test func retryAfterIsCopied() {
        var upstream = Self.error(429, "Slow")
        upstream.retryAfter = "7"
        upstream.retryAfterMilliseconds = "7000"
        let headers = DIALError(upstream).headers
        #expect(headers == [.init(name: "Retry-After", value: "7"), .init(name: "Retry-After-Ms", value: "7000")])
    }

    @Test func transport() {
        let error = DIALError(UpstreamError(.timeout, operation: .converse))
        #expect(error.status == 504 && error.code == "504" && error.type == nil)
    }
}
