import EventLoop
import JSON
import Logging
import Testing

@testable import Gateway

@Suite("Lines of the log")
struct LoggingTests {
    static func text(_ line: LogLine) -> String {
        String(decoding: line.bytes, as: UTF8.self)
    }

    @Test func textLinesHaveTheirColumns() throws {
        var line = LogLine(.text, level: .warning, label: "bedrock-adapter", message: "hello")
        line.add("name", "value")
        let columns = Self.text(line).split(separator: " | ")
        #expect(columns.count == 5)
        #expect(columns[0] == "WARNING" && columns[2] == "bedrock-adapter")
        #expect(columns[1].wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/) != nil)
        #expect(Int(columns[3]) != nil)
        #expect(columns[4] == "hello name=value")
    }

    @Test func aLineStaysOneLine() {
        var line = LogLine(.text, level: .info, label: "l", message: "a\nERROR | forged\r\u{7F}\u{0}")
        line.add("id", "x\ny\tz")
        #expect(line.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    }

    @Test(arguments: [
        ("abc", "abc"), ("a b", #""a b""#), ("x status=200", #""x status=200""#), ("a=b", #""a=b""#),
        (#"a"b\c"#, #""a\"b\\c""#), ("a\u{7F}\nb", #""a  b""#), (#"a\b"#, #"a\b"#), ("é", #""é""#), ("", ""),
        ("a\u{85}b\u{2028}c", #""a b c""#),
    ])
    func aValueStaysOneValue(_ value: String, _ shown: String) {
        var line = LogLine(.text, level: .info, label: "l", message: "m")
        line.add("name", value)
        #expect(Self.text(line).hasSuffix(" | m name=\(shown)"))
    }

    @Test func jsonLinesAreJSON() throws {
        var line = LogLine(.json, level: .error, label: "bedrock-adapter", message: "a \"b\"\n\\ é")
        line.add("na\"me", "va\nlue\u{1}")
        let json = try JSON(parsing: line.bytes + Array("}".utf8))
        #expect(json["level"] == "ERROR" && json["logger"] == "bedrock-adapter")
        #expect(json["message"] == "a \"b\"\n\\ é" && json["na\"me"] == "va\nlue\u{1}")
        #expect(json["time"]?.stringValue?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
        #expect(!line.bytes.contains(0x0A))
    }

    @Test func aRequestTellsWhatIsKnown() throws {
        var log = RequestLog()
        log.method = "POST"
        log.endpoint = "chat/completions"
        log.deployment = "mine"
        log.upstreamModel = "us.amazon.nova-lite-v1:0"
        log.region = "us-east-1"
        log.status = 200
        log.isStream = true
        log.finishReason = "stop"
        log.promptTokens = 11
        log.completionTokens = 7
        log.attempts = 2
        log.traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
        log.bytes = 512
        log.firstByteIsOut()
        let json = try JSON(parsing: log.line(id: "request", format: .json).bytes + Array("}".utf8))
        let expected: [String: JSON] = [
            "message": "POST chat/completions", "id": "request", "deployment": "mine",
            "upstream_model": "us.amazon.nova-lite-v1:0", "region": "us-east-1", "status": 200, "stream": true,
            "finish_reason": "stop", "prompt_tokens": 11, "completion_tokens": 7, "attempts": 2,
            "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "bytes": 512,
        ]
        for (name, value) in expected { #expect(json[name] == value, "\(name)") }
        for name in ["ttft_ms", "total_ms", "overhead_ms"] {
            #expect(json[name]?.numberValue?.spelling.wholeMatch(of: /\d+\.\d\d/) != nil, "\(name)")
        }
    }

    @Test func whatIsNotKnownIsLeftOut() {
        var log = RequestLog()
        log.method = "GET"
        log.deployment = "same"
        log.upstreamModel = "same"
        log.attempts = 1
        let line = Self.text(log.line(id: "i", format: .text))
        #expect(line.contains("| GET id=i deployment=same status=0 total_ms="))
        for name in ["upstream_model", "attempts", "stream", "bytes", "ttft_ms", "trace_id", "region"] {
            #expect(!line.contains(" \(name)="))
        }
    }

    @Test(arguments: [
        ("POST", 200, "POST", 200), ("BREW", 418, "_OTHER", 418), ("post", 0, "_OTHER", 0), ("GET", 7000, "GET", 0),
    ])
    func metricsHaveFewMethodsAndStatuses(_ method: String, _ status: Int, _ counted: String, _ countedStatus: Int) {
        var log = RequestLog()
        log.method = method
        log.status = status
        log.routePattern = "/health"
        let request = Metrics.Request(method: counted, target: "/health", status: countedStatus)
        #expect(log.metricsRequest == request)
    }
}
