import Testing

@testable import Bedrock

struct ServerSentEventDecoderTests {
    private static func events(_ pieces: [[UInt8]]) throws -> [String] {
        var decoder = ServerSentEventDecoder()
        var events: [String] = []
        for piece in pieces {
            decoder.append(piece)
            while let event = try decoder.next() {
                events.append("\(event.event ?? "-")=\(String(decoding: event.data, as: UTF8.self))")
            }
        }
        return events
    }

    @Test(arguments: [
        ("event: a\ndata: 1\n\n", ["a=1"]), ("event: a\r\ndata: 1\r\n\r\n", ["a=1"]),
        ("event: a\rdata: 1\r\r", ["a=1"]),
        ("data: 1\n\ndata: 2\n\n", ["-=1", "-=2"]), ("data: 1\ndata: 2\n\n", ["-=1\n2"]), ("data:1\n\n", ["-=1"]),
        ("data:  1\n\n", ["-= 1"]), (": comment\nid: 7\nretry: 5\ndata: 1\nunknown\n\n", ["-=1"]), ("event: a\n\n", []),
        ("event: a\n\ndata: 1\n\n", ["-=1"]), ("data\n\n", ["-="]), ("data: 1\n", []), ("\n\n\n", []),
        ("\u{FEFF}data: ü\n\n", ["-=ü"]), ("\u{FEFF}\ndata: 1\n\n", ["-=1"]),
        ("event: content_block_delta\ndata: {}\n\n", ["content_block_delta={}"]),
    ])
    func everyCutGivesTheSameEvents(_ text: String, _ expected: [String]) throws {
        let bytes = Array(text.utf8)
        #expect(try Self.events([bytes]) == expected)
        #expect(try Self.events(bytes.map { [$0] }) == expected)
        for cut in 0...bytes.count {
            #expect(try Self.events([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected)
        }
    }

    /// In one line, or in many.
    @Test(arguments: [
        [UInt8](repeating: 0x78, count: 1 << 20), Array("x\ndata: ".utf8) + [UInt8](repeating: 0x78, count: 1 << 20),
    ])
    func anEventIsNotWithoutEnd(_ piece: [UInt8]) throws {
        var decoder = ServerSentEventDecoder()
        decoder.append(Array("data: ".utf8))
        for _ in 0..<31 {
            decoder.append(piece)
            #expect(try decoder.next() == nil)
        }
        decoder.append(piece)
        #expect(throws: ServerSentEventTooLarge()) { _ = try decoder.next() }
    }

    @Test func aLongStreamInLargePieces() throws {
        let text = (0..<2000).map { "event: ping\ndata: \($0)\n\n" }.joined()
        let bytes = Array(text.utf8)
        let pieces = stride(from: 0, to: bytes.count, by: 1000).map { Array(bytes[$0..<min($0 + 1000, bytes.count)]) }
        #expect(try Self.events(pieces) == (0..<2000).map { "ping=\($0)" })
    }
}
