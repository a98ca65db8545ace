import JSON
import Testing

@testable import Bedrock

struct ConverseTextDeltaTests {
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
        #expect(ConverseTextDelta.text(Array(payload.utf8)[...]) == text)
        #expect(ConverseTextDelta.text((Array("before".utf8) + payload.utf8)[6...]) == text)
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
        #expect(ConverseTextDelta.text(Array(payload.utf8)[...]) == nil)
    }

    @Test(arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0x0A], [0x00]] as [[UInt8]])
    func whatIsNoTextIsLeftToTheParser(_ bytes: [UInt8]) {
        let payload = Array(#"{"contentBlockIndex":0,"delta":{"text":"a"#.utf8) + bytes + Array(#""}}"#.utf8)
        #expect(ConverseTextDelta.text(payload[...]) == nil)
    }

    /// Of a text that a byte was changed, put in or taken out of, as of any other, it says what the parser says, or nothing.
    @Test func itAgreesWithTheParser() throws {
        let usual = Array(#"{"contentBlockIndex":0,"delta":{"text":"Hé"},"p":"abc"}"#.utf8)
        let document = JSONDocument()
        var agreed = 0
        for position in usual.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = usual
                changed[position] = byte
                var longer = usual
                longer.insert(byte, at: position)
                for payload in [changed, longer, Array(usual[..<position])] {
                    guard let text = ConverseTextDelta.text(payload[...]) else { continue }
                    try document.parse(payload)
                    #expect(document.root["delta"]?["text"]?.string == text)
                    agreed += 1
                }
            }
        }
        #expect(agreed > 500)
    }
}
