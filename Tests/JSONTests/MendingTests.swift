import JSON
import Testing

@Suite("Lone surrogates mended")
struct MendingTests {
    static let cases: [(text: String, value: String)] = [
        (#""a\ud83db""#, "a\u{FFFD}b"),
        (#""\udc00\ud83d""#, "\u{FFFD}\u{FFFD}"),
        (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\ud83d\u0041""#, "\u{FFFD}A"),
        (#""\\ud83d \ud83d""#, #"\ud83d "# + "\u{FFFD}"),
        (#""\uD83D\uDE00\ud800\n""#, "😀\u{FFFD}\n"),
    ]

    @Test(arguments: cases)
    func halfPairsAreReplaced(_ text: String, _ value: String) throws {
        #expect(try JSON(mending: text.utf8) == .string(value))
    }

    @Test(arguments: cases)
    func inDocuments(_ text: String, _ value: String) throws {
        let document = JSONDocument()
        try document.parse(mending: Array(text.utf8))
        #expect(document.root.string == value)
    }

    @Test(arguments: [#"["\ud800"#, #""\ud800\x""#, #""\ud80"#, #""\ud800" \"#, "\\"])
    func otherDefectsRemain(_ text: String) {
        #expect(throws: JSONParseError.self) { try JSON(mending: text.utf8) }
    }
}
