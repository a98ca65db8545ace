import Testing

@testable import Bedrock

struct InvokeModelChunkDecoderTests {
    private static func event(_ payload: String) -> String? {
        var decoder = InvokeModelChunkDecoder()
        return decoder.withEvent(in: Array(payload.utf8)[...]) { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        arguments: [
            (#"{"bytes":"YQ=="}"#, "a"), (#"{"bytes":"YWI=","p":"abc"}"#, "ab"), (#"{"bytes":"YWJj"}"#, "abc"),
            (#"{"p":"x", "bytes" : "YWJjZA=="}"#, "abcd"), (#"{"bytes":"Pz\/+"}"#, "??\u{FFFD}"),
            (#"{"bytes":""}"#, nil), (#"{"bytes":"YQ"}"#, nil), (#"{"bytes":"Y==="}"#, nil),
            (#"{"bytes":"===="}"#, nil),
            (#"{"bytes":"Y*Jj"}"#, nil), (#"{"bytes":7}"#, nil), (#"{"p":"x"}"#, nil), ("", nil),
            (#"{"bytes":"YWJj"#, nil),
        ] as [(String, String?)]
    )
    func theEventIsTakenOut(_ payload: String, _ expected: String?) {
        #expect(Self.event(payload) == expected)
    }

    @Test func memoryIsUsedAgain() {
        var decoder = InvokeModelChunkDecoder()
        let long = #"{"bytes":"\#(String(repeating: "YWJj", count: 1000))"}"#
        #expect(decoder.withEvent(in: Array(long.utf8)[...]) { $0.count } == 3000)
        let short = decoder.withEvent(in: Array(#"{"bytes":"YQ=="}"#.utf8)[...]) { Array($0) }
        #expect(short == [UInt8(ascii: "a")])
    }
}
