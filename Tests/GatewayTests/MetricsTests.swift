import AWS
import Bedrock
import DIAL
import FastCGI
import Testing

@testable import Gateway

@Suite("Metrics")
struct MetricsTests {
    static let operation = Metrics.Operation(name: .chat, provider: "aws.bedrock", model: "m")

    @Test func histogramsCountByUpperBound() {
        var histogram = Histogram(bounds: [1, 5])
        for value in [0.5, 1, 1.1, 5, 6, 100] { histogram.record(value) }
        #expect(histogram.counts == [2, 2, 2])
        #expect(histogram.count == 6 && histogram.sum == 113.6)
        let sum = histogram + histogram
        #expect(sum.counts == [4, 4, 4] && sum.sum == 227.2)
    }

    @Test func bucketsAscend() {
        for bounds in [
            Histogram.requestMilliseconds, Histogram.operationSeconds, Histogram.firstChunkSeconds, Histogram.tokens,
        ] {
            #expect(bounds == bounds.sorted() && Set(bounds).count == bounds.count)
        }
    }

    @Test func loopsAddUp() {
        let loops = [Metrics(), Metrics()]
        for loop in loops {
            loop.streamBegan()
            loop.used(Self.operation, inputTokens: 3, outputTokens: nil)
            loop.count(.obtained(source: "environment", expiration: nil))
            loop.count(.expirationExtended(until: 1))
            loop.requestEnded(Metrics.Request(method: "GET", target: "/health", status: 200), milliseconds: 1)
        }
        loops[0].streamEnded()
        var sum = Metrics.Values()
        for loop in loops { sum.merge(loop.values) }
        #expect(sum.openStreams == 1)
        #expect(sum.tokens.count == 1 && sum.tokens.values.first?.sum == 6)
        #expect(
            sum.credentialRefreshes == [
                .init(source: "environment", succeeded: true): 2, .init(source: "environment", succeeded: false): 0,
            ]
        )
        #expect(sum.requests.values.first?.count == 2)
    }

    static func errorType(_ error: any Error) -> (String?, counts: Bool) {
        var meter = OperationMeter(operation)
        meter.failed(error)
        return (meter.errorType, meter.isUpstreamFailure)
    }

    @Test func failuresHaveKnownNamesOnly() {
        func upstream(_ status: Int, _ code: String?) -> UpstreamError {
            UpstreamError(status: status, code: code, message: "m", operation: "Converse")
        }
        #expect(Self.errorType(upstream(429, "ThrottlingException")) == ("ThrottlingException", true))
        // As a stream spells it.
        #expect(Self.errorType(upstream(429, "throttlingException")) == ("ThrottlingException", true))
        #expect(Self.errorType(upstream(529, "overloaded_error")) == ("overloaded_error", true))
        #expect(Self.errorType(upstream(418, "somebody's free text")) == ("418", true))
        #expect(Self.errorType(upstream(9999, "x")) == ("_OTHER", true))
        #expect(Self.errorType(UpstreamError(.timeout, operation: .converse)) == ("504", true))
        #expect(Self.errorType(UpstreamError(.poolExhausted, operation: .converse)) == ("503", true))
        #expect(Self.errorType(UpstreamError(.cancelled, operation: .converse)) == ("cancelled", false))
        #expect(Self.errorType(DIALError.internalServerError("x")) == ("invalid_response", true))
        #expect(Self.errorType(DIALError.contentFilter("x")) == (nil, false))
        #expect(Self.errorType(ResponseError.peerIsGone) == ("cancelled", false))
        #expect(Self.errorType(CancellationError()) == ("cancelled", false))
    }

    @Test func whatFailsAfterTheAnswerIsNotTheModels() {
        var meter = OperationMeter(Self.operation)
        meter.answered()
        meter.failed(DIALError.internalServerError("DIAL's file storage"))
        #expect(meter.errorType == nil && !meter.isUpstreamFailure)
    }

    @Test func attemptsAfterTheFirstAreRetries() {
        let metrics = Metrics()
        var meter = OperationMeter(Self.operation)
        metrics.operationEnded(meter)
        #expect(metrics.values.retries.isEmpty && metrics.values.errors.isEmpty && metrics.values.firstChunks.isEmpty)
        meter.received()
        meter.failed(UpstreamError(status: 503, message: "m", operation: "Converse", attempts: 3))
        metrics.operationEnded(meter)
        #expect(metrics.values.retries == [Self.operation: 2])
        #expect(metrics.values.errors.values.reduce(0, +) == 1)
        #expect(metrics.values.firstChunks.count == 1)
        #expect(metrics.values.operations.count == 2)
    }

    @Test func theTextIsPrometheus() {
        var text = MetricsText()
        text.add("a_total", "counter", help: "A.", [([("l", "x\"y\\z\n")], 2), ([("l", "b")], 0.5)])
        text.add("none", "gauge", help: "Left out.", [])
        var histogram = Histogram(bounds: [1, 2.5])
        histogram.record(2)
        text.add("h", help: "H.", [([], histogram)])
        #expect(
            text.text == """
                # HELP a_total A.
                # TYPE a_total counter
                a_total{l="b"} 0.5
                a_total{l="x\\"y\\\\z\\n"} 2
                # HELP h H.
                # TYPE h histogram
                h_bucket{le="1"} 0
                h_bucket{le="2.5"} 1
                h_bucket{le="+Inf"} 1
                h_sum 2
                h_count 1

                """
        )
    }

    @Test(arguments: [
        ("GET /metrics HTTP/1.1\r\n\r\n", ScrapeRequest.metrics(hasBody: true)),
        ("HEAD /metrics?a=b HTTP/1.0\r\nX: y\r\n\r\n", .metrics(hasBody: false)),
        ("POST /metrics HTTP/1.1\r\n\r\n", .otherMethod), ("GET /metricsx HTTP/1.1\r\n\r\n", .otherPath),
        ("GET / HTTP/1.1\r\n\r\n", .otherPath), ("GET /metrics\r\n\r\n", .malformed), ("\r\n\r\n", .malformed),
        ("GET /metrics HTTP/2\r\n\r\n", .malformed), ("GET  /metrics HTTP/1.1\r\n\r\n", .malformed),
    ])
    func scrapes(_ head: String, _ expected: ScrapeRequest) {
        #expect(ScrapeRequest(Array(head.utf8)) == expected)
    }

    @Test func theProcessHasANameWithAnything() throws {
        let numbers = (1...50).map(String.init).joined(separator: " ")
        let fields = try #require(ProcessMetrics.fields(of: "77 (a) b ( c) \(numbers)"))
        #expect(fields.count == 50 && fields[11] == 12)
        #expect(ProcessMetrics.fields(of: "77 (cut) S 1") == nil)
        #expect(ProcessMetrics.fields(of: "") == nil)
        let now = ProcessMetrics.now()
        let resident = try #require(now.residentBytes)
        #expect(resident > 1_000_000)
        #expect(try #require(now.openDescriptors) >= 3)
        #expect(try #require(now.cpuSeconds) > 0)
    }
}
