import CCurl
import Testing

@testable import HTTPClient

@Suite struct HeaderLinesTests {
    private func texts(of lines: HeaderLines) -> [String] {
        var texts: [String] = []
        var node: UnsafeMutablePointer<curl_slist>? = lines.list
        while let entry = node?.pointee {
            texts.append(String(cString: entry.data))
            node = entry.next
        }
        return texts
    }

    @Test func everyHeaderIsALineOfTheList() throws {
        let lines = HeaderLines()
        try lines.fill(with: [HTTPHeader("Content-Type", "application/json"), HTTPHeader("X-Empty", "")])
        #expect(texts(of: lines) == ["Content-Type: application/json", "X-Empty;", "Expect:"])
    }

    /// The memory is used again, for fewer, more and longer headers.
    @Test func eachFillingReplacesTheOneBefore() throws {
        let lines = HeaderLines()
        for count in [3, 0, 40, 1] {
            let headers = (0..<count).map { HTTPHeader("X-\($0)", String(repeating: "é", count: $0 * 7)) }
            try lines.fill(with: headers)
            let expected = headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
            #expect(texts(of: lines) == expected + ["Expect:"])
        }
    }

    @Test(arguments: [
        ("X", "a\r\nEvil: 1"), ("X", "a\0"), ("X", "a\u{7F}"), ("", "a"), ("X Y", "a"), ("X:", "a"), ("é", "a"),
    ])
    func whatWouldBeginAnotherHeaderIsRefused(name: String, value: String) {
        #expect(throws: HTTPError.self) { try HeaderLines().fill(with: [HTTPHeader(name, value)]) }
    }
}

@Suite struct ParsedURLTests {
    @Test(arguments: ["", "model", "//host/x", "http://host/a b", "http://host/é", "http://"])
    func onlyAbsoluteURLsOfTheWebAreTaken(url: String) {
        #expect(throws: HTTPError.self) { try ParsedURL(url) }
    }

    @Test func aURLIsParsedOnce() throws {
        var urls = ParsedURLs()
        let first = try urls.url("http://host/a")
        #expect(try urls.url("http://host/a") === first)
        for number in 0..<1000 { _ = try urls.url("http://host/\(number)") }
        #expect(try urls.url("http://host/a") !== first)
    }
}
