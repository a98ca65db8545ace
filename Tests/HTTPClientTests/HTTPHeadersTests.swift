import Testing

@testable import HTTPClient

@Suite struct HTTPHeadersTests {
    private func headers(_ lines: String...) -> HTTPHeaders {
        var headers = HTTPHeaders()
        for line in lines { Array(line.utf8).withUnsafeBytes { headers.append($0) } }
        return headers
    }

    @Test func namesAreFoundInAnyCase() {
        let headers = headers("Content-Type: application/json", "x-amzn-RequestId:1")
        #expect(headers["content-type"] == "application/json")
        #expect(headers["X-AMZN-REQUESTID"] == "1")
        #expect(headers["content-typ"] == nil)
        #expect(headers["ontent-type"] == nil)
    }

    @Test func valuesHaveNoBlanksAround() {
        let headers = headers("A: \t b c \t", "Empty:", "Blank: \t ", "Colons: a:b")
        #expect(headers["a"] == "b c")
        #expect(headers["empty"] == "")
        #expect(headers["blank"] == "")
        #expect(headers["colons"] == "a:b")
    }

    @Test func theFirstOfSeveralCounts() {
        #expect(headers("A: 1", "B: 2", "a: 3")["A"] == "1")
    }

    @Test func aLineWithoutColonIsNoField() {
        #expect(headers("garbage", "A: 1")["garbage"] == nil)
        #expect(headers("garbage", "A: 1")["a"] == "1")
    }

    @Test func literalsAreEqualToWhatCame() {
        let literal: HTTPHeaders = [HTTPHeader("A", "1")]
        #expect(literal == headers("A:  1"))
    }
}
