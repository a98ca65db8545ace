import JSON
import Testing

@testable import Bedrock

struct TextDeltaTests {
    private static func text(_ payload: ArraySlice<UInt8>) -> String? { TextDelta(converse: payload)?.text }

    private static func claude(_ event: [UInt8]) -> TextDelta? { event.withUnsafeBytes { TextDelta(claude: $0) } }

    @Test(
        arguments: [
            (#"{"contentBlockIndex":0,"delta":{"text":"Hi"},"p":"abcdef"}"#, "Hi"),
            (#"{"contentBlockIndex":7,"delta":{"text":"Hi"}}"#, "Hi"),
            (#"{"contentBlockIndex":0,"delta":{"text":""},"p":""}"#, ""),
            (#"{"contentBlockIndex":0,"delta":{"text":"Grüße, 世界 🌍"},"p":"a"}"#, "Grüße, 世界 🌍"),
            ("{\"contentBlockIndex\":0,\"delta\":{\"text\":\"},\u{7F}\"}}", "},\u{7F}"),
            (
                #"{"contentBlockIndex":0,"delta":{"text":" a"},"p":"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"}"#,
                " a"
            ),
        ]
    )
    func theUsualSpellingIsRead(_ payload: String, _ text: String) {
        #expect(Self.text(Array(payload.utf8)[...]) == text)
        #expect(Self.text((Array("before".utf8) + payload.utf8)[6...]) == text)
    }

    @Test(
        arguments: [
            "", "{}", #"{"contentBlockIndex":0,"delta":{"text":"a\n"},"p":"abc"}"#,
            #"{"contentBlockIndex":0,"delta":{"text":"\u0061"}}"#, #"{"contentBlockIndex":10,"delta":{"text":"a"}}"#,
            #"{"contentBlockIndex":-1,"delta":{"text":"a"}}"#, #"{"contentBlockIndex":0, "delta":{"text":"a"}}"#,
            #"{"delta":{"text":"a"},"contentBlockIndex":0}"#,
            #"{"contentBlockIndex":0,"delta":{"text":"a"},"p":"abd"}"#,
            #"{"contentBlockIndex":0,"delta":{"text":"a"},"p":"abc","q":1}"#,
            #"{"contentBlockIndex":0,"delta":{"text":"a","text":"b"},"p":"abc"}"#,
            #"{"contentBlockIndex":0,"delta":{"text":"a"},"delta":{"text":"b"}}"#,
            #"{"contentBlockIndex":0,"delta":{"text":"a"}}}"#, #"{"contentBlockIndex":0,"delta":{"text":"a"}"#,
            #"{"contentBlockIndex":0,"delta":{"text":"a"},"p":"ab"}}"#,
            #"{"contentBlockIndex":0,"delta":{"text":"a"},"p":""#,
            #"{"contentBlockIndex":0,"delta":{"text":"a"},"p":"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789a"}"#,
            #"{"contentBlockIndex":0,"delta":{"toolUse":{"input":"a"}},"p":"abc"}"#,
        ]
    )
    func anythingElseIsLeftToTheParser(_ payload: String) {
        #expect(Self.text(Array(payload.utf8)[...]) == nil)
    }

    @Test(arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0x0A], [0x00]] as [[UInt8]])
    func whatIsNoTextIsLeftToTheParser(_ bytes: [UInt8]) {
        let payload = Array(#"{"contentBlockIndex":0,"delta":{"text":"a"#.utf8) + bytes + Array(#""}}"#.utf8)
        #expect(Self.text(payload[...]) == nil)
    }

    @Test(
        arguments: [
            (#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}"#, 0, "Hi"),
            (#"{"type":"content_block_delta","index":9,"delta":{"type":"text_delta","text":"世界"}}"#, 9, "世界"),
            (#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":""}        }"#, 1, ""),
        ]
    )
    func theUsualSpellingOfClaudeIsRead(_ event: String, _ index: Int, _ text: String) throws {
        let delta = try #require(Self.claude(Array(event.utf8)))
        #expect(delta.index == index)
        #expect(delta.text == text)
    }

    @Test(
        arguments: [
            "", "{}", #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\n"}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"a"}}"#,
            #"{"type":"content_block_delta","index":10,"delta":{"type":"text_delta","text":"a"}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}} "#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"},"index":1}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a","text":"b"}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}}"#,
            #"{"index":0,"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}"#,
        ]
    )
    func anythingElseOfClaudeIsLeftToTheParser(_ event: String) {
        #expect(Self.claude(Array(event.utf8)) == nil)
    }

    /// Of an event that a byte was changed in, put in or taken out of it says what the parser says, or nothing.
    @Test(arguments: [
        #"{"contentBlockIndex":0,"delta":{"text":"Hé"},"p":"abc"}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hé"} }"#,
    ])
    func itAgreesWithTheParser(_ event: String) throws {
        let usual = Array(event.utf8)
        let document = JSONDocument()
        var agreed = 0
        for position in usual.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = usual
                changed[position] = byte
                var longer = usual
                longer.insert(byte, at: position)
                for payload in [changed, longer, Array(usual[..<position])] {
                    guard let delta = TextDelta(converse: payload[...]) ?? Self.claude(payload) else { continue }
                    try document.parse(payload)
                    #expect(document.root["delta"]?["text"]?.string == delta.text)
                    #expect((document.root["contentBlockIndex"] ?? document.root["index"])?.int == delta.index)
                    agreed += 1
                }
            }
        }
        #expect(agreed > 500)
    }
}
