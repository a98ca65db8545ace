import Testing

@testable import FastCGI

/// Requests as a web server sends them.
enum Netstring {
    static func headers(_ pairs: [(String, String)]) -> [UInt8] {
        pairs.flatMap { Array($0.0.utf8) + [0] + Array($0.1.utf8) + [0] }
    }

    static func wrap(_ content: [UInt8]) -> [UInt8] {
        Array("\(content.count):".utf8) + content + [0x2C]
    }

    static func request(_ pairs: [(String, String)], body: [UInt8] = []) -> [UInt8] {
        wrap(headers([("CONTENT_LENGTH", String(body.count)), ("SCGI", "1")] + pairs)) + body
    }
}

@Suite struct SCGIScannerTests {
    let pairs = [("REQUEST_METHOD", "POST"), ("HTTP_EMPTY", ""), ("LONG", String(repeating: "x", count: 300))]

    @Test func aRequestIsCompleteAtEverySplit() {
        let body = Array("{\"messages\":[]}".utf8)
        let bytes = Netstring.request(pairs, body: body)
        for split in 1..<bytes.count {
            var scanner = SCGIScanner(limits: FastCGILimits())
            #expect(scanner.isIdle)
            #expect(scanner.scanAll(Array(bytes[..<split])) == [])
            #expect(!scanner.isIdle)
            guard case .request(let request) = scanner.scanAll(Array(bytes[split...])).last else {
                return #expect(Bool(false), "no request when split at \(split)")
            }
            #expect(request.body == body)
            #expect(!request.keepsConnection)
            #expect(request.parameters.pairs.count == 5)
        }
    }

    @Test(arguments: [0, 1, 70_000]) func aRequestIsCompleteByteByByte(size: Int) {
        let body = [UInt8](repeating: 0x61, count: size)
        var scanner = SCGIScanner(limits: FastCGILimits())
        var events: [RequestEvent] = []
        for byte in Netstring.request(pairs, body: body) {
            #expect(events.isEmpty)
            events += scanner.scanAll([byte])
        }
        guard case .request(let request) = events.last else { return #expect(Bool(false), "no request") }
        #expect(request.body == body)
    }

    @Test(arguments: [(1000, 1000), (1001, nil)] as [(Int, Int?)])
    func aBodyIsAnnouncedWhileItIsRead(length: Int, announced: Int?) {
        var scanner = SCGIScanner(limits: FastCGILimits(body: 1000))
        #expect(scanner.announcedBody == nil)
        let bytes = Netstring.request(pairs, body: [UInt8](repeating: 1, count: length))
        _ = scanner.scanAll(Array(bytes.dropLast(7)))
        #expect(scanner.announcedBody == announced)
        #expect(scanner.scanAll(Array(bytes.suffix(7))).count == 1)
        #expect(scanner.announcedBody == nil)
    }

    @Test func aBodyWithoutRoomIsReadAndDropped() {
        var scanner = SCGIScanner(limits: FastCGILimits())
        let bytes = Netstring.request(pairs, body: [UInt8](repeating: 1, count: 100_000))
        _ = scanner.scanAll(Array(bytes.prefix(50_000)))
        scanner.dropBody()
        #expect(scanner.announcedBody == nil)
        guard case .request(let request) = scanner.scanAll(Array(bytes.dropFirst(50_000))).first else {
            return #expect(Bool(false), "no request")
        }
        #expect(request.body.isEmpty && request.bodyFault == .noRoom)
    }

    @Test func namesAndValuesAreKeptInOrder() {
        let headers = RequestParameters(scgi: Netstring.headers([("A", "1"), ("B", ""), ("A", "2")]))
        #expect(headers?.pairs.map(\.name) == ["A", "B", "A"])
        #expect(headers?.pairs.map(\.value) == ["1", "", "2"])
    }

    @Test func whatComesAfterTheBodyIsDropped() {
        var scanner = SCGIScanner(limits: FastCGILimits())
        let bytes = Netstring.request(pairs, body: [1, 2])
        #expect(scanner.scanAll(bytes + bytes).count == 1)
        #expect(scanner.scanAll(bytes) == [])
    }

    @Test func aBodyOverTheLimitIsReadAndDropped() {
        var scanner = SCGIScanner(limits: FastCGILimits(body: 1000))
        let bytes = Netstring.request(pairs, body: [UInt8](repeating: 1, count: 100_000))
        guard case .request(let request) = scanner.scanAll(bytes).first else {
            return #expect(Bool(false), "no request")
        }
        #expect(request.bodyFault == .tooLarge)
        #expect(request.body.isEmpty)
    }

    static let violations: [[UInt8]] = [
        Array("GET / HTTP/1.1\r\n".utf8),
        Array(":".utf8),
        Array("0:,".utf8),
        Array("05:A\0B\0C,".utf8),
        Array("-5:".utf8),
        Array(String(repeating: "9", count: 40).utf8),
        Netstring.wrap(Array("CONTENT_LENGTH".utf8)),
        Netstring.wrap(Netstring.headers([("CONTENT_LENGTH", "0"), ("SCGI", "1")]) + [0x41, 0]),
        Netstring.wrap(Netstring.headers([("CONTENT_LENGTH", "0"), ("SCGI", "1"), ("", "x")])),
        Netstring.wrap(Netstring.headers([("SCGI", "1"), ("CONTENT_LENGTH", "0")])),
        Netstring.wrap(Netstring.headers([("CONTENT_LENGTH", ""), ("SCGI", "1")])),
        Netstring.wrap(Netstring.headers([("CONTENT_LENGTH", "-1"), ("SCGI", "1")])),
        Netstring.wrap(Netstring.headers([("CONTENT_LENGTH", "1x"), ("SCGI", "1")])),
        Netstring.wrap(Netstring.headers([("CONTENT_LENGTH", "99999999999999999999"), ("SCGI", "1")])),
        Netstring.wrap(Netstring.headers([("CONTENT_LENGTH", "0")])),
        Netstring.wrap(Netstring.headers([("CONTENT_LENGTH", "0"), ("SCGI", "2")])),
        Netstring.wrap(Netstring.headers([("CONTENT_LENGTH", "0"), ("SCGI", "1")])).dropLast() + [0x3B],
        [UInt8](repeating: 0, count: 64),
    ]

    @Test(arguments: violations)
    func aBrokenProtocolIsNoticed(bytes: [UInt8]) {
        for size in [1, bytes.count] {
            var scanner = SCGIScanner(limits: FastCGILimits())
            var events: [RequestEvent] = []
            for start in stride(from: 0, to: bytes.count, by: size) where events.isEmpty {
                events += scanner.scanAll(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            guard case .violation = events.last else { return #expect(Bool(false), "not noticed: \(events)") }
        }
    }

    @Test func tooManyHeadersAreRefusedBeforeTheyCome() {
        var scanner = SCGIScanner(limits: FastCGILimits(parameters: 100))
        guard case .violation = scanner.scanAll(Array("300:".utf8)).last else {
            return #expect(Bool(false), "300 bytes passed a limit of 100")
        }
    }

    /// Whatever comes, the scanner ends and holds no more than its limits.
    @Test func randomBytesNeverCrash() {
        for _ in 0..<2000 {
            var scanner = SCGIScanner(limits: FastCGILimits(parameters: 1000, body: 1000))
            var bytes = Netstring.request(pairs, body: [1, 2, 3])
            for _ in 0..<Int.random(in: 1...8) {
                bytes[Int.random(in: 0..<bytes.count)] = UInt8.random(in: 0...255)
            }
            _ = scanner.scanAll(bytes)
        }
    }
}
