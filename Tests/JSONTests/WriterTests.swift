import JSON
import Testing

@Suite struct WriterTests {
    private func text(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func commasAreSet() {
        let written = text { writer in
            writer.beginObject()
            writer.key("a")
            writer.beginArray()
            writer.number(1)
            writer.null()
            writer.beginObject()
            writer.endObject()
            writer.beginArray()
            writer.endArray()
            writer.bool(true)
            writer.bool(false)
            writer.endArray()
            writer.key(String("b\"c"))
            writer.string("d")
            writer.key("e")
            writer.value(["f": [1.5, nil]])
            writer.key("g")
            writer.value(1)
            writer.key("é")
            writer.value([:])
            writer.endObject()
        }
        #expect(written == #"{"a":[1,null,{},[],true,false],"b\"c":"d","e":{"f":[1.5,null]},"g":1,"é":{}}"#)
    }

    @Test func framesStandBetweenDocuments() {
        let written = text { writer in
            for number in 1...2 {
                writer.bytes += "data: ".utf8
                writer.beginObject()
                writer.key("n")
                writer.number(number)
                writer.endObject()
                writer.bytes += "\n\n".utf8
            }
        }
        #expect(written == "data: {\"n\":1}\n\ndata: {\"n\":2}\n\n")
    }

    @Test func takeStartsAnew() {
        var writer = JSONWriter(reservingCapacity: 64)
        writer.beginArray()
        writer.number(1)
        #expect(writer.take() == Array("[1".utf8))
        #expect(writer.bytes.isEmpty)
        writer.beginArray()
        writer.endArray()
        #expect(writer.bytes == Array("[]".utf8))
    }

    @Test(arguments: [0, 7, -7, 10, 1_234_567_890, Int.max, Int.min])
    func integers(value: Int) {
        #expect(text { $0.number(value) } == String(value))
    }

    @Test func doubles() {
        #expect(text { $0.number(0.1) } == "0.1")
        #expect(text { $0.number(3.0) } == "3.0")
        #expect(text { $0.number(Double.nan) } == "null")
        #expect(text { $0.number(-Double.infinity) } == "null")
    }

    @Test func escapes() {
        var bytes: [UInt8] = []
        JSONWriter.appendQuoted("\"\\/\0\u{8}\t\n\u{B}\u{C}\r\u{1F} \u{7F}é\u{2028}😀", to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "\"\\\"\\\\/\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f \u{7F}é\u{2028}😀\""
        )
    }

    /// Every byte at every place in and around the eight bytes that are searched at once, beside other bytes to escape.
    @Test func eachCharacterIsEscapedAtEachPlace() throws {
        for scalar in 0..<0x100 as Range<UInt32> {
            let character = String(try #require(Unicode.Scalar(scalar)))
            for place in 0..<17 {
                for neighbour in ["!", "#", "\u{1}", "\u{80}"] {
                    let text = String(repeating: "x", count: place) + character + neighbour + "xxxxxxxx"
                    var bytes: [UInt8] = []
                    JSONWriter.appendQuoted(text, to: &bytes)
                    let isClean = bytes.allSatisfy { $0 >= 0x20 }
                    let readsBack = try JSON(parsing: bytes) == .string(text)
                    let isLong = scalar < 0x20 || scalar == 0x22 || scalar == 0x5C || neighbour == "\u{1}"
                    let isEscaped = bytes.count > text.utf8.count + 2
                    #expect(isClean && readsBack && isEscaped == isLong, "\(scalar) at \(place) before \(neighbour)")
                }
            }
        }
    }
}
