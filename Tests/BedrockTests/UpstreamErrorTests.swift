import AWS
import HTTPClient
import Testing

@testable import Bedrock

@Suite("Upstream errors")
struct UpstreamErrorTests {
    struct Answer: Sendable, CustomTestStringConvertible {
        let status: Int
        var errorType: String?
        let body: String
        let text: String

        var testDescription: String { text }
    }

    static let prefix = "when calling the Converse operation:"

    @Test(arguments: [
        Answer(
            status: 400,
            errorType: "ValidationException:http://internal.amazon.com/coral/",
            body: #"{"message":"Bad."}"#,
            text: "An error occurred (ValidationException) \(prefix) Bad."
        ),
        Answer(
            status: 403,
            body: ##"{"__type":"com.amazon.coral.service#UnrecognizedClientException","Message":"No."}"##,
            text: "An error occurred (UnrecognizedClientException) \(prefix) No."
        ),
        Answer(
            status: 429,
            body: #"{"code":"ThrottlingException","__type":"Other","message":"Slow."}"#,
            text: "An error occurred (ThrottlingException) \(prefix) Slow."
        ),
        Answer(status: 413, body: "{}", text: "An error occurred (413) \(prefix) "),
        Answer(
            status: 502,
            errorType: "X",
            body: "<html><body>Bad</body></html>",
            text: "An error occurred (502) \(prefix) Bad Gateway"
        ),
        Answer(status: 503, body: "", text: "An error occurred (503) \(prefix) Service Unavailable"),
        Answer(
            status: 424,
            errorType: "ModelErrorException",
            body: #"{"message":"m","originalMessage":"orig","originalStatusCode":500}"#,
            text: "An error occurred (ModelErrorException) \(prefix) m (orig)"
        ),
        Answer(status: 400, body: #"{"error":{"message":"m"}}"#, text: "An error occurred (400) \(prefix) m"),
        Answer(status: 500, body: "plain text", text: "An error occurred (500) \(prefix) plain text"),
        Answer(status: 403, body: "<html>no</html>", text: "An error occurred (403) \(prefix) Forbidden"),
        Answer(
            status: 407,
            body: "\n<!DOCTYPE HTML PUBLIC ...><p>proxy-7.internal",
            text: "An error occurred (407) \(prefix) Proxy Authentication Required"
        ),
        Answer(status: 403, errorType: "A:b", body: "<html>", text: "An error occurred (A) \(prefix) Forbidden"),
        Answer(status: 404, body: "no such thing", text: "An error occurred (404) \(prefix) no such thing"),
    ])
    func answer(_ answer: Answer) {
        let error = UpstreamError(
            operation: .converse,
            status: answer.status,
            errorType: answer.errorType,
            body: Array(answer.body.utf8)
        )
        #expect(error.text == answer.text)
        #expect(error.status == answer.status)
        #expect(error.kind == .service)
    }

    @Test func exhaustedRetriesAreNamed() {
        var error = UpstreamError(
            operation: .converseStream,
            status: 503,
            errorType: "ServiceUnavailableException",
            body: Array(#"{"message":"Busy"}"#.utf8),
            retryAfter: "3",
            attempts: 5
        )
        error.exhaustedRetries = true
        #expect(
            error.text == """
                An error occurred (ServiceUnavailableException) when calling the ConverseStream operation \
                (reached max retries: 4): Busy
                """
        )
        #expect(error.retryAfter == "3")
    }

    @Test func anthropicBodies() {
        let error = UpstreamError(
            operation: .anthropicMessages(stream: true),
            status: 529,
            errorType: nil,
            body: Array(#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#.utf8)
        )
        #expect(error.code == "overloaded_error")
        #expect(error.message == "Overloaded")
    }

    @Test(arguments: [
        ("internalServerException", 500), ("modelStreamErrorException", 424), ("validationException", 400),
        ("throttlingException", 429), ("serviceUnavailableException", 503), ("modelTimeoutException", 408),
        ("somethingNewException", 500),
    ])
    func streamException(_ name: String, _ status: Int) throws {
        let frame = EventStreamEncoder.encode(
            headers: [
                (":message-type", "exception"), (":exception-type", name), (":content-type", "application/json"),
            ],
            payload: Array(#"{"message":"Oh.","originalStatusCode":418}"#.utf8)
        )
        let error = try #require(UpstreamError(try Self.message(frame), operation: .converseStream))
        #expect(error.status == status)
        #expect(error.text == "An error occurred (\(name)) when calling the ConverseStream operation: Oh.")
        #expect(error.kind == .stream)
    }

    @Test func errorMessagesOfStreams() throws {
        let frame = EventStreamEncoder.encode(
            headers: [(":message-type", "error"), (":error-code", "InternalFailure"), (":error-message", "Broken")],
            payload: []
        )
        let error = try #require(UpstreamError(try Self.message(frame), operation: .converseStream))
        #expect(error.status == 500)
        #expect(error.text == "An error occurred (InternalFailure) when calling the ConverseStream operation: Broken")
    }

    @Test func originalMessagesAreKept() throws {
        let frame = EventStreamEncoder.encode(
            headers: [(":message-type", "exception"), (":exception-type", "modelStreamErrorException")],
            payload: Array(#"{"message":"Failed.","originalMessage":"out of memory"}"#.utf8)
        )
        #expect(
            UpstreamError(try Self.message(frame), operation: .converseStream)?.message == "Failed. (out of memory)"
        )
    }

    @Test func eventsAreNoErrors() throws {
        let frame = EventStreamEncoder.encode(
            headers: [(":message-type", "event"), (":event-type", "messageStart")],
            payload: Array("{}".utf8)
        )
        #expect(UpstreamError(try Self.message(frame), operation: .converseStream) == nil)
    }

    @Test(arguments: [
        (HTTPError.connectFailed("refused"), 502), (.connectTimeout("h"), 502), (.hostNotFound("h"), 502),
        (.tls("x"), 502),
        (.timeout, 504), (.connectionLost("reset"), 502), (.poolExhausted, 503), (.tooManyLookups, 503),
        (.tooLarge(limit: 1), 502),
    ])
    func transport(_ error: HTTPError, _ status: Int) {
        let upstream = UpstreamError(error, operation: .converse)
        #expect(upstream.status == status)
        #expect(upstream.kind == .transport)
        #expect(upstream.text == upstream.message)
        #expect(!upstream.text.isEmpty)
    }

    private static func message(_ frame: [UInt8]) throws -> EventStreamMessage {
        var decoder = EventStreamDecoder()
        decoder.append(frame)
        return try #require(try decoder.next())
    }
}
