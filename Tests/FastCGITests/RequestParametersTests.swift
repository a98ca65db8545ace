import Testing

@testable import FastCGI

@Suite struct RequestParametersTests {
    private let parameters = RequestParameters([
        ("REQUEST_METHOD", "POST"), ("HTTP_API_KEY", "first"), ("HTTP_API_KEY", "second"), ("HTTP_X_LONG", "é"),
        ("CONTENT_LENGTH", ""), ("API_KEY", "no header"),
    ])

    @Test func parametersAreFoundByTheirExactName() {
        #expect(parameters["REQUEST_METHOD"] == "POST")
        #expect(parameters["CONTENT_LENGTH"] == "")
        #expect(parameters["request_method"] == nil)
        #expect(parameters["REQUEST"] == nil)
        #expect(parameters["REQUEST_METHOD_"] == nil)
    }

    @Test func headersAreFoundInAnyCaseAndTheFirstCounts() {
        #expect(parameters.header("Api-Key") == "first")
        #expect(parameters.header("api-key") == "first")
        #expect(parameters.header("x-long") == "é")
        #expect(parameters.header("Request-Method") == nil)
        #expect(parameters.header("Key") == nil)
        #expect(parameters.header("") == nil)
    }

    @Test func pairsKeepTheirOrder() {
        #expect(parameters.pairs.map(\.value) == ["POST", "first", "second", "é", "", "no header"])
        #expect(RequestParameters().pairs.isEmpty)
        #expect(RequestParameters()["A"] == nil)
    }

    @Test func lengthsOfFourBytesAreRead() {
        let pairs = [(name: String(repeating: "n", count: 200), value: String(repeating: "v", count: 70_000))]
        #expect(RequestParameters(nameValuePairs: Records.pairs(pairs))?.pairs.elementsEqual(pairs, by: ==) == true)
    }

    /// A length beyond the bytes, at every place where one can be.
    @Test func everyCutIsNoticed() {
        let bytes = Records.pairs([("NAME", "value"), ("LONG", String(repeating: "v", count: 300))])
        let whole = [0, 11, bytes.count]
        for count in 0...bytes.count {
            let parsed = RequestParameters(nameValuePairs: Array(bytes.prefix(count)))
            #expect((parsed != nil) == whole.contains(count), "cut after \(count) bytes")
        }
        #expect(RequestParameters(nameValuePairs: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) == nil)
    }

    @Test func headersOfSCGIAreTextsWithANULEach() {
        #expect(RequestParameters(scgi: Array("A\01\0B\0\0".utf8))?.pairs.map(\.value) == ["1", ""])
        for text in ["", "A", "A\0", "A\01", "\01\0", "A\01\0B\0"] {
            #expect(RequestParameters(scgi: Array(text.utf8)) == nil, "\(text.debugDescription)")
        }
    }
}
