import Testing

@testable import Gateway

struct GzipTests {
    /// `printf abc | gzip -n`
    static let file: [UInt8] = [
        0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B, 0x4C, 0x4A, 6, 0, 0xC2, 0x41, 0x24, 0x35, 3, 0, 0, 0,
    ]

    @Test func aFileIsUnpacked() throws {
        #expect(try Gzip.inflate(Self.file, limit: 3) == Array("abc".utf8))
    }

    @Test func filesMayStandOneAfterTheOther() throws {
        #expect(try Gzip.inflate(Self.file + Self.file, limit: 6) == Array("abcabc".utf8))
    }

    @Test func whatFollowsIsNothing() throws {
        #expect(try Gzip.inflate(Self.file + [0, 0, 7], limit: 6) == Array("abc".utf8))
    }

    @Test func theLimitIsThatOfTheContent() {
        #expect(throws: Gzip.Failure.tooLarge) { try Gzip.inflate(Self.file, limit: 2) }
        #expect(throws: Gzip.Failure.tooLarge) { try Gzip.inflate(Self.file + Self.file, limit: 5) }
    }

    @Test func aCutFileIsDamaged() {
        for count in 0..<Self.file.count {
            #expect(throws: Gzip.Failure.damaged, "\(count)") {
                try Gzip.inflate(Array(Self.file.prefix(count)), limit: 9)
            }
        }
    }

    @Test func aWrongChecksumIsDamaged() {
        var file = Self.file
        file[15] ^= 1
        #expect(throws: Gzip.Failure.damaged) { try Gzip.inflate(file, limit: 9) }
    }
}
