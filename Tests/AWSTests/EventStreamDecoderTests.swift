import RandomTesting
import Testing

@testable import AWS

@Suite struct EventStreamDecoderTests {
    static let delta = """
        00000094 00000057 b4ab9aee 0b3a6576 656e742d 74797065 07001163 6f6e7465 6e74426c 6f636b44 656c7461 0d3a636f
        6e74656e 742d7479 70650700 10617070 6c696361 74696f6e 2f6a736f 6e0d3a6d 65737361 67652d74 79706507 00056576
        656e747b 22636f6e 74656e74 426c6f63 6b496e64 6578223a 302c2264 656c7461 223a7b22 74657874 223a2248 69227d7d
        1f944657
        """.hexBytes
    static let exception =
        "0000008900000061e3615c440f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a22536c6f7720646f776e2e227d3705a772"
        .hexBytes
    static let error =
        "0000007700000067fd06174d0b3a6572726f722d636f646507000f496e7465726e616c4661696c7572650e3a6572726f722d6d657373616765070021416e20696e7465726e616c20736572766572206572726f72206f636375727265640d3a6d6573736167652d747970650700056572726f72e7147636"
        .hexBytes

    private func decodeAll(_ pieces: [[UInt8]]) throws -> [EventStreamMessage] {
        var decoder = EventStreamDecoder()
        var messages: [EventStreamMessage] = []
        for piece in pieces {
            decoder.append(piece)
            while let message = try decoder.next() { messages.append(message) }
        }
        #expect(decoder.isAtMessageBoundary)
        return messages
    }

    @Test func event() throws {
        let message = try #require(try decodeAll([Self.delta]).first)
        #expect(message.kind == .event)
        #expect(message.string(":message-type") == "event")
        #expect(message.string(":event-type") == "contentBlockDelta")
        #expect(message.eventName == "contentBlockDelta")
        #expect(!(message.eventName == "contentBlock"))
        #expect(message.string(":exception-type") == nil)
        #expect(String(decoding: message.payload, as: UTF8.self) == #"{"contentBlockIndex":0,"delta":{"text":"Hi"}}"#)
        #expect(message.headers.map(\.name) == [":event-type", ":content-type", ":message-type"])
        #expect(message.string(":content-type") == "application/json")
        let matched =
            switch message.eventName {
            case "messageStart": false
            case "contentBlockDelta": true
            default: false
            }
        #expect(matched)
    }

    /// The usual headers are compared as a whole; in another order, or with another type, the same ones mean the same.
    @Test(arguments: ["contentBlockDelta", "chunk", "chunks", "n", "é", ""] as [StaticString])
    func usualAndOtherHeaders(_ name: StaticString) throws {
        let usual = [
            (":event-type", name.description), (":content-type", "application/json"), (":message-type", "event"),
        ]
        for headers in [usual, usual.reversed(), [usual[0], (":content-type", "application/JSON"), usual[2]]] {
            let message = try #require(
                try decodeAll([EventStreamEncoder.encode(headers: headers, payload: [0x7B, 0x7D])]).first
            )
            #expect(message.kind == .event)
            #expect(message.eventName == name)
            #expect(message.headers.map(\.name) == headers.map(\.0))
            #expect(Array(message.payload) == [0x7B, 0x7D])
        }
    }

    @Test func exceptionAndError() throws {
        let messages = try decodeAll([Self.exception + Self.error])
        #expect(messages.count == 2)
        #expect(messages[0].kind == .exception)
        #expect(messages[0].string(":exception-type") == "throttlingException")
        #expect(messages[0].eventName == "throttlingException")
        #expect(messages[0].string(":event-type") == nil)
        #expect(messages[1].kind == .error)
        #expect(messages[1].string(":error-code") == "InternalFailure")
        #expect(messages[1].string(":error-message") == "An internal server error occurred")
        #expect(messages[1].payload.isEmpty)
    }

    @Test func everySplitInTwo() throws {
        let bytes = Self.delta + Self.exception + Self.error
        for split in 0...bytes.count {
            let messages = try decodeAll([Array(bytes[..<split]), Array(bytes[split...])])
            #expect(messages.map(\.kind) == [.event, .exception, .error])
            #expect(messages[0].payload.count == 45)
        }
    }

    @Test(arguments: [1, 2, 3, 7, 11, 64, 149])
    func piecesOfOneSize(size: Int) throws {
        let bytes = Array(repeatElement(Self.delta + Self.error, count: 5).joined())
        let pieces = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        let messages = try decodeAll(pieces)
        #expect(messages.count == 10)
        #expect(messages.allSatisfy { $0.kind != .other })
    }

    /// Every bit of a message is covered by a checksum: flipping one never goes unnoticed.
    @Test func everyFlippedBitIsFound() {
        for index in Self.delta.indices {
            for bit in 0..<8 {
                var broken = Self.delta
                broken[index] ^= 1 << bit
                var decoder = EventStreamDecoder()
                decoder.append(broken)
                #expect(throws: EventStreamError.self) { _ = try decoder.next() }
                #expect(!decoder.isAtMessageBoundary)
            }
        }
    }

    @Test func checksumWording() {
        var broken = Self.delta
        broken[120] ^= 1
        var decoder = EventStreamDecoder()
        decoder.append(broken)
        do {
            _ = try decoder.next()
            Issue.record("a broken checksum went unnoticed")
        } catch {
            #expect(error.description.hasPrefix("Checksum mismatch: expected 0x1f944657, calculated 0x"))
            #expect(error.description.count == "Checksum mismatch: expected 0x1f944657, calculated 0x".count + 8)
        }
        // The stream is over, whatever comes.
        decoder.append(Self.delta)
        #expect(throws: EventStreamError.self) { _ = try decoder.next() }
    }

    @Test func aCutOffStreamIsNotAtABoundary() throws {
        var decoder = EventStreamDecoder()
        #expect(decoder.isAtMessageBoundary)
        decoder.append(Array(Self.delta.dropLast()))
        #expect(try decoder.next() == nil)
        #expect(!decoder.isAtMessageBoundary)
    }

    private static func prelude(total: UInt32, headers: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in [total, headers] {
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
        }
        return withChecksum(bytes)
    }

    @Test func absurdLengthsFailAtOnce() throws {
        let cases: [(UInt32, UInt32, EventStreamError)] = [
            (0, 0, .invalidLength(total: 0, headers: 0)),
            (15, 0, .invalidLength(total: 15, headers: 0)),
            (16, 1, .invalidLength(total: 16, headers: 1)),
            (0xFFFF_FFFF, 0, .tooLarge(total: 0xFFFF_FFFF, headers: 0)),
            (33_554_433, 0, .tooLarge(total: 33_554_433, headers: 0)),
            (1_000_000, 131_073, .tooLarge(total: 1_000_000, headers: 131_073)),
            (64, 0xFFFF_FFFF, .tooLarge(total: 64, headers: 0xFFFF_FFFF)),
        ]
        for (total, headers, expected) in cases {
            var decoder = EventStreamDecoder()
            decoder.append(Self.prelude(total: total, headers: headers))
            #expect(throws: expected) { _ = try decoder.next() }
        }
        var largest = EventStreamDecoder()
        largest.append(Self.prelude(total: 33_554_432, headers: 131_072))
        #expect(try largest.next() == nil)
    }

    @Test func duplicateHeadersAreRefused() {
        let many = (0..<40).map { ("name\($0)", "v") }
        for headers in [[("a", "1"), ("a", "2")], many + [("name3", "v")], many + [("name39", "v")]] {
            var decoder = EventStreamDecoder()
            decoder.append(EventStreamEncoder.encode(headers: headers, payload: []))
            #expect(throws: EventStreamError.duplicateHeader(name: headers[headers.count - 1].0)) {
                _ = try decoder.next()
            }
        }
        #expect(EventStreamError.duplicateHeader(name: "a").description == "Duplicate header present: 'a'")
    }

    @Test func manyHeadersTakeTheirTime() throws {
        let headers = (0..<9000).map { ("n\($0)", "") }
        let message = try #require(try decodeAll([EventStreamEncoder.encode(headers: headers, payload: [1])]).first)
        #expect(message.headers.count == 9000)
    }

    /// Headers that the encoder would never write: the block is put between a proper prelude and checksum.
    @Test(arguments: [
        [0x01, 0x61], [0x01, 0x61, 0x0A], [0x01, 0x61, 0x07, 0x00], [0x01, 0x61, 0x07, 0x00, 0x02, 0x61],
        [0x00, 0x07, 0x00, 0x00], [0x05, 0x61, 0x00], [0x01, 0x61, 0x05, 0, 0, 0, 0], [0x01, 0xFF, 0x00],
        [0x01, 0x61, 0x07, 0x00, 0x01, 0xC3], [0x01, 0x61, 0x00, 0xFF],
    ])
    func malformedHeaders(block: [UInt8]) {
        var decoder = EventStreamDecoder()
        decoder.append(Self.message(headerBlock: block))
        #expect(throws: EventStreamError.malformedHeader) { _ = try decoder.next() }
    }

    /// A message whose header block is arbitrary, with the checksums that belong to it.
    private static func message(headerBlock: [UInt8], payload: [UInt8] = []) -> [UInt8] {
        let total = headerBlock.count + payload.count + 16
        return withChecksum(
            prelude(total: UInt32(total), headers: UInt32(headerBlock.count)) + headerBlock + payload
        )
    }

    /// CRC-32 bit by bit, apart from the library that the decoder uses.
    private static func withChecksum(_ bytes: [UInt8]) -> [UInt8] {
        var checksum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xEDB8_8320 : checksum >> 1 }
        }
        return bytes + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: ~checksum >> UInt32($0)) }
    }

    /// Values that are no strings, which Bedrock never sends, are skipped by their length.
    @Test func everyHeaderType() throws {
        let headers: [(name: String, type: EventStreamHeaderType, value: [UInt8])] = [
            ("true", .true, []), ("false", .false, []), ("byte", .int8, [0xFE]), ("short", .int16, [0xFE, 0xD4]),
            ("int", .int32, [0xFF, 0xFE, 0xEE, 0x90]), ("long", .int64, [0x80, 0, 0, 0, 0, 0, 0, 0]),
            ("bytes", .bytes, [0, 255]), ("text", .string, Array("grüße".utf8)),
            ("time", .timestamp, [0, 0, 0x01, 0x97, 0xC6, 0, 0, 1]), ("uuid", .uuid, Array(0..<16)),
            ("näme", .string, []),
        ]
        var block: [UInt8] = []
        for header in headers {
            block.append(UInt8(header.name.utf8.count))
            block += Array(header.name.utf8)
            block.append(header.type.rawValue)
            if header.type.fixedLength == nil { block += [0, UInt8(header.value.count)] }
            block += header.value
        }
        let message = try #require(try decodeAll([Self.message(headerBlock: block, payload: [1, 2, 3])]).first)
        #expect(message.headers.map(\.name) == headers.map(\.name))
        #expect(message.headers.map(\.value) == headers.map(\.value))
        #expect(message.kind == .other)
        #expect(message.string("int") == nil)
        #expect(message.string("text") == "grüße")
        #expect(message.string("näme") == "")
        #expect(Array(message.payload) == [1, 2, 3])
    }

    @Test func encoderWritesTheKnownBytes() {
        let encoded = EventStreamEncoder.encode(
            headers: [
                (":event-type", "contentBlockDelta"), (":content-type", "application/json"),
                (":message-type", "event"),
            ],
            payload: Array(#"{"contentBlockIndex":0,"delta":{"text":"Hi"}}"#.utf8)
        )
        #expect(encoded == Self.delta)
    }

    @Test func encoderCutsWhatTheFormatCannotHold() throws {
        let name = String(repeating: "é", count: 200)
        let bytes = EventStreamEncoder.encode(
            headers: [(name, String(repeating: "x", count: 70_000)), ("", "y")],
            payload: []
        )
        let message = try #require(try decodeAll([bytes]).first)
        #expect(message.headers.count == 1)
        #expect(message.headers[0].name == String(repeating: "é", count: 127))
        #expect(message.headers[0].value == [UInt8](repeating: UInt8(ascii: "x"), count: 65_535))
    }

    @Test func aMessageHeldBackStaysWhole() throws {
        var decoder = EventStreamDecoder()
        decoder.append(Self.delta + Self.exception.prefix(50))
        let held = try #require(try decoder.next())
        #expect(try decoder.next() == nil)
        decoder.append(Array(Self.exception.dropFirst(50)))
        let second = try #require(try decoder.next())
        #expect(held.eventName == "contentBlockDelta")
        #expect(held.payload.first == UInt8(ascii: "{"))
        #expect(second.string(":exception-type") == "throttlingException")
    }

    @Test func randomBytesNeverCrash() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            let count = Int.random(in: 0...80, using: &generator)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if Bool.random(using: &generator) {
                let total = UInt32.random(in: 0...100, using: &generator)
                bytes = Self.prelude(total: total, headers: UInt32.random(in: 0...100, using: &generator)) + bytes
            } else if Bool.random(using: &generator) {
                bytes = Self.message(headerBlock: bytes)
            }
            var decoder = EventStreamDecoder()
            decoder.append(bytes)
            while let message = try? decoder.next() { _ = message.string(":error-code") }
        }
    }
}

extension EventStreamMessage {
    /// All headers in their order, the values as they were sent.
    fileprivate var headers: [(name: String, value: [UInt8])] {
        buffer.withUnsafeBufferPointer { bytes in
            var position = headerRange.lowerBound
            var result: [(name: String, value: [UInt8])] = []
            while let header = EventStreamHeaderPosition(bytes, at: &position, end: headerRange.upperBound) {
                result.append((String(decoding: bytes[header.name], as: UTF8.self), Array(bytes[header.value])))
            }
            return result
        }
    }
}
