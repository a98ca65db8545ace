import RandomTesting
import Testing

@testable import FastCGI

/// Records as a web server sends them.
enum Records {
    static func record(_ type: UInt8, _ content: [UInt8] = [], id: UInt16 = 1, padding: Int = 0) -> [UInt8] {
        [
            1, type, UInt8(id >> 8), UInt8(id & 0xFF), UInt8(content.count >> 8), UInt8(content.count & 0xFF),
            UInt8(padding), 0,
        ] + content + [UInt8](repeating: 0, count: padding)
    }

    /// Lengths of one byte below 128, of four bytes else.
    static func pairs(_ pairs: [(name: String, value: String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in pairs {
            for length in [name.utf8.count, value.utf8.count] {
                guard length >= 128 else {
                    bytes.append(UInt8(length))
                    continue
                }
                bytes += [UInt8(truncatingIfNeeded: length >> 24) | 0x80]
                bytes += [16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
            }
            bytes += Array(name.utf8) + Array(value.utf8)
        }
        return bytes
    }

    static func request(
        _ parameters: [(name: String, value: String)],
        body: [UInt8] = [],
        id: UInt16 = 1,
        keepsConnection: Bool = true
    ) -> [UInt8] {
        var bytes = record(1, [0, 1, keepsConnection ? 1 : 0, 0, 0, 0, 0, 0], id: id)
        bytes += record(4, pairs(parameters), id: id, padding: 3) + record(4, id: id)
        var rest = body[...]
        while !rest.isEmpty {
            bytes += record(5, Array(rest.prefix(30_000)), id: id)
            rest = rest.dropFirst(30_000)
        }
        return bytes + record(5, id: id)
    }
}

extension RequestScanner {
    mutating func scanAll(_ bytes: [UInt8]) -> [RequestEvent] {
        var events: [RequestEvent] = []
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                guard let event = scan(&rest) else { break }
                events.append(event)
                // Nothing that comes after a violation means anything.
                if case .violation = event { break }
            }
        }
        return events
    }
}

@Suite struct RecordScannerTests {
    let parameters = [
        (name: "REQUEST_METHOD", value: "POST"), (name: "LONG", value: String(repeating: "x", count: 300)),
    ]

    @Test(arguments: [1, 2, 3, 7, 8, 9, 64, 100_000])
    func aRequestIsCompleteAtAnySplit(size: Int) {
        let body = [UInt8](repeating: 0x61, count: 70_000)
        let bytes = Records.request(parameters, body: body)
        var scanner = RecordScanner(limits: FastCGILimits())
        var events: [RequestEvent] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            #expect(events.isEmpty)
            events += scanner.scanAll(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        let expected = ScannedRequest(
            id: 1,
            keepsConnection: true,
            parameters: RequestParameters(parameters),
            body: body
        )
        #expect(events == [.request(expected)])
    }

    @Test func requestsFollowOneAnother() {
        var scanner = RecordScanner(limits: FastCGILimits())
        #expect(scanner.isIdle)
        for id in [UInt16(1), 1, 7] {
            #expect(scanner.scanAll(Records.request(parameters, id: id)).count == 1)
            #expect(!scanner.isIdle)
            scanner.responseIsComplete()
            #expect(scanner.isIdle)
        }
    }

    @Test func anAbortOfTheRunningRequestIsSeen() {
        var scanner = RecordScanner(limits: FastCGILimits())
        _ = scanner.scanAll(Records.request(parameters))
        #expect(scanner.scanAll(Records.record(2)) == [.aborted])
        scanner.responseIsComplete()
        #expect(scanner.scanAll(Records.record(2)) == [])
    }

    @Test func aBodyOverTheLimitIsReadAndDropped() {
        var scanner = RecordScanner(limits: FastCGILimits(body: 1000))
        let events = scanner.scanAll(Records.request(parameters, body: [UInt8](repeating: 1, count: 100_000)))
        guard case .request(let request) = events.first else { return #expect(Bool(false), "no request: \(events)") }
        #expect(request.bodyFault == .tooLarge)
        #expect(request.body.isEmpty)
    }

    @Test(
        arguments: [("1000", 1000), ("1001", nil), ("", 0), ("-1", 0), ("9999999999999999999", 0)]
            as [(String, Int?)]
    )
    func aBodyIsAnnouncedWhileItIsRead(length: String, announced: Int?) {
        var scanner = RecordScanner(limits: FastCGILimits(body: 1000))
        #expect(scanner.announcedBody == nil)
        let bytes = Records.request([(name: "CONTENT_LENGTH", value: length)], body: [1, 2, 3])
        let endOfBody = Records.record(5)
        _ = scanner.scanAll(Array(bytes.dropLast(endOfBody.count)))
        #expect(scanner.announcedBody == announced)
        #expect(scanner.scanAll(endOfBody).count == 1)
        #expect(scanner.announcedBody == nil)
    }

    @Test(arguments: [(false, BodyFault.tooLarge), (true, .noRoom)])
    func aBodyThatIsNotToBeKeptIsDroppedAsItComes(fits: Bool, fault: BodyFault) {
        var scanner = RecordScanner(limits: FastCGILimits(body: fits ? 1_000_000 : 99_999))
        let parameters = [(name: "CONTENT_LENGTH", value: "100000")]
        let bytes = Records.request(parameters, body: [UInt8](repeating: 1, count: 100_000))
        _ = scanner.scanAll(Array(bytes.prefix(50_000)))
        if fits { scanner.dropBody() }
        #expect(scanner.announcedBody == nil)
        let dropped = ScannedRequest(
            id: 1,
            keepsConnection: true,
            parameters: RequestParameters(parameters),
            bodyFault: fault
        )
        #expect(scanner.scanAll(Array(bytes.dropFirst(50_000))) == [.request(dropped)])
        scanner.responseIsComplete()
        // The next one has nothing of it.
        guard case .request(let next) = scanner.scanAll(Records.request(self.parameters, body: [1, 2])).first else {
            return #expect(Bool(false), "no request")
        }
        #expect(next.body == [1, 2] && next.bodyFault == nil)
    }

    static let violations: [[UInt8]] = [
        [2, 1, 0, 1, 0, 8, 0, 0],
        Records.record(1, [0, 1, 0]),
        Records.record(1, [0, 2, 0, 0, 0, 0, 0, 0]),
        Records.record(4, [1, 1, 65, 66]),
        Records.record(5),
        Records.record(1, [0, 1, 0, 0, 0, 0, 0, 0]) + Records.record(4, [0xFF, 0xFF, 0xFF, 0xFF, 0, 65])
            + Records.record(4),
        Records.record(1, [0, 1, 0, 0, 0, 0, 0, 0]) + Records.record(4, [5, 0, 65]) + Records.record(4),
        Records.record(1, [0, 1, 0, 0, 0, 0, 0, 0]) + Records.record(4, [1, 0, 65], id: 2),
        Records.record(1, [0, 1, 0, 0, 0, 0, 0, 0]) + Records.record(2),
        [UInt8](repeating: 0x47, count: 64),
    ]

    @Test(arguments: violations)
    func aBrokenProtocolIsNoticed(bytes: [UInt8]) {
        var scanner = RecordScanner(limits: FastCGILimits())
        let events = scanner.scanAll(bytes)
        guard case .violation = events.last else { return #expect(Bool(false), "not noticed: \(events)") }
    }

    @Test func tooManyParametersAreRefused() {
        var scanner = RecordScanner(limits: FastCGILimits(parameters: 100))
        guard case .violation = scanner.scanAll(Records.request(parameters)).last else {
            return #expect(Bool(false), "300 bytes passed a limit of 100")
        }
    }

    @Test func managementRecordsAreReported() {
        var scanner = RecordScanner(limits: FastCGILimits())
        #expect(scanner.scanAll(Records.record(9, [1, 0, 65], id: 0)) == [.management(type: 9)])
    }

    /// Whatever comes, the scanner ends and hands out no more than its limits.
    @Test func randomBytesNeverCrash() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            var scanner = RecordScanner(limits: FastCGILimits(parameters: 1000, body: 2))
            var bytes = Records.request(parameters, body: [1, 2, 3])
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            for case .request(let request) in scanner.scanAll(bytes) { #expect(request.body.count <= 2) }
        }
    }
}
