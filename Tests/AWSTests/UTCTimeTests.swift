import Foundation
import Testing

@testable import AWS

@Suite struct UTCTimeTests {
    @Test func thereAndBack() {
        for seconds in stride(from: -62_167_219_200, through: 253_402_300_799, by: 86_400 * 37 + 12_345) {
            #expect(UTCTime(unixSeconds: seconds).unixSeconds == seconds)
        }
    }

    @Test(arguments: [0, 951_782_400, 1_751_373_296, 1_709_164_800, -1, 4_102_444_800])
    func agreesWithFoundation(seconds: Int) {
        let formatter = ISO8601DateFormatter()
        #expect(
            UTCTime(unixSeconds: seconds).extendedISO8601
                == formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
        )
    }

    @Test(arguments: [
        ("2025-07-01T13:34:56Z", 1_751_376_896.0), ("20250701T133456Z", 1_751_376_896),
        ("2025-07-01T13:34:56.250Z", 1_751_376_896.25), ("2025-07-01T15:34:56+02:00", 1_751_376_896),
        ("2025-07-01T13:34:56", 1_751_376_896), ("2025-07-01T08:34:56-0500", 1_751_376_896),
    ])
    func parsesISO8601(text: String, seconds: Double) throws {
        let parsed = try #require(UTCTime.unixSeconds(iso8601: text))
        #expect(abs(parsed - seconds) < 0.001)
    }

    @Test(arguments: [
        "", "2025", "2025-07-01", "2025-13-01T00:00:00Z", "2025-07-01T25:00:00Z", "2025-07-01T00:00:00Zx",
        "2025-07-01T00:00:00.Z", "٢٠٢٥-07-01T00:00:00Z",
    ])
    func refusesOtherTexts(text: String) {
        #expect(UTCTime.unixSeconds(iso8601: text) == nil)
    }

    @Test func parsesHTTPDates() {
        #expect(UTCTime.unixSeconds(httpDate: "Tue, 01 Jul 2025 13:34:56 GMT") == 1_751_376_896)
        #expect(UTCTime.unixSeconds(httpDate: "Tue, 01 Foo 2025 13:34:56 GMT") == nil)
        #expect(UTCTime.unixSeconds(httpDate: "yesterday") == nil)
    }

    @Test func clockOffsetsAreLearntPerHost() {
        let offsets = ClockOffsets()
        let date = "Tue, 01 Jul 2025 13:34:56 GMT"
        func learn(_ host: String, _ date: String?, behind: Double, signed: Double = 0) -> Bool {
            offsets.learn(host: host, date: date, unixSeconds: 1_751_376_896 - behind, signedOffset: signed)
        }
        #expect(!learn("a", date, behind: 30))
        #expect(offsets.offset(forHost: "a") == 0)
        #expect(learn("A", date, behind: 600))
        #expect(offsets.offset(forHost: "a") == 600)
        // Signed for the right time: once more would not help.
        #expect(!learn("a", date, behind: 601, signed: 600))
        // Another call that was under way when that was learnt.
        #expect(learn("a", date, behind: 601))
        #expect(offsets.offset(forHost: "b") == 0)
        #expect(!learn("b", nil, behind: 600))
    }
}
