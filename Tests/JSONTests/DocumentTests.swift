import JSON
import Testing

@Suite struct DocumentTests {
    private func document(_ text: String) throws -> JSONDocument {
        let document = JSONDocument()
        try document.parse(Array(text.utf8))
        return document
    }

    @Test func readsAnEvent() throws {
        let document = try document(#"{"contentBlockIndex":3,"delta":{"text":"a\n\"b\" é"},"p":"abc"}"#)
        let root = document.root
        #expect(root.kind == .object)
        #expect(root.count == 3)
        #expect(root["contentBlockIndex"]?.int == 3)
        #expect(root["delta"]?["text"]?.string == "a\n\"b\" é")
        #expect(root[String("delta")]?[String("text")]?.string == "a\n\"b\" é")
        #expect(root["p"]?.isString("abc") == true)
        #expect(root["p"]?.isString("abd") == false)
        #expect(root["p"]?.isString("ab") == false)
        #expect(root["missing"] == nil)
        #expect(root["p"]?["x"] == nil)
        #expect(root["delta"]?["text"]?.withUTF8 { Array($0) } == Array("a\n\"b\" é".utf8))
        #expect(root["delta"]?.withUTF8 { $0.count } == nil)
    }

    @Test func readsEveryKind() throws {
        let root = try document(#"[null,true,false,12,-1.5,"s",[1],{"k":1},1e999,123456789012345678901]"#).root
        let kinds = root.elements.map { $0.kind }
        #expect(kinds == [.null, .bool, .bool, .number, .number, .string, .array, .object, .number, .number])
        #expect(root[0]?.tree == .null)
        #expect(root[1]?.tree == true)
        #expect(root[2]?.tree == false)
        #expect(root[3]?.int == 12)
        #expect(root[3]?.double == 12)
        #expect(root[4]?.int == nil)
        #expect(root[4]?.double == -1.5)
        #expect(root[5]?.string == "s")
        #expect(root[5]?.int == nil)
        #expect(root[6]?[0]?.int == 1)
        #expect(root[7]?.tree == ["k": 1])
        #expect(root[8]?.double == .infinity)
        #expect(root[9]?.int == nil)
        #expect(root[9]?.number?.spelling == "123456789012345678901")
        #expect(root[10] == nil)
        #expect(root[-1] == nil)
        #expect(root["k"] == nil)
        #expect(root.string == nil)
    }

    @Test func keysOfOneCharacter() throws {
        let root = try document(#"{"n":"n","é":"é"}"#).root
        #expect(root["n"]?.isString("n") == true)
        #expect(root["é"]?.isString("é") == true)
        #expect(root["é"]?.isString("n") == false)
    }

    @Test(arguments: [
        ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("-0", 0), ("9223372036854775808", nil),
        ("-9223372036854775809", nil), ("92233720368547758070", nil), ("1.0", nil),
    ])
    func integersDoNotOverflow(text: String, value: Int?) throws {
        #expect(try document(text).root.int == value)
        #expect(try document(text).root.double == Double(text))
    }

    @Test func negativeZeroKeepsItsSign() throws {
        #expect(try document("-0").root.double?.sign == .minus)
    }

    @Test func aDuplicateKeyGivesTheLastValue() throws {
        let root = try document(#"{"a":1,"b":[{"a":5}],"a":2}"#).root
        #expect(root["a"]?.int == 2)
        #expect(root.count == 3)
        #expect(root.tree.objectValue?.keys == ["a", "b"])
    }

    @Test func reuseAfterSmallLargeAndBrokenDocuments() throws {
        let document = JSONDocument()
        #expect(document.root.kind == .null)
        let large = Array(JSON.array((0..<50_000).map { ["n": JSON($0), "s": "text \"\($0)\""] }).serialized())
        for _ in 0..<3 {
            try document.parse(Array(#"{"a":1}"#.utf8))
            #expect(document.root["a"]?.int == 1)
            try document.parse(large)
            #expect(document.root.count == 50_000)
            #expect(document.root[49_999]?["s"]?.string == "text \"49999\"")
            #expect(throws: JSONParseError(reason: "Expecting value", offset: 5)) {
                try document.parse(Array(#"{"a":}"#.utf8))
            }
            #expect(document.root.kind == .null)
            #expect(document.root["a"] == nil)
            #expect(document.root.tree == .null)
            #expect(throws: JSONParseError.self) { try document.parse([UInt8]()) }
        }
    }

    @Test func aTreeOutlivesItsDocument() throws {
        let document = try document(#"{"a":["long enough to live outside of the string itself"]}"#)
        let tree = document.root.tree
        try document.parse(Array("[1,2,3]".utf8))
        #expect(tree == ["a": ["long enough to live outside of the string itself"]])
    }
}
