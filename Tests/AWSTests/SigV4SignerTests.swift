import Foundation
import Testing

@testable import AWS

struct SigV4Vector: Decodable, Sendable, CustomTestStringConvertible {
    struct Credentials: Decodable, Sendable {
        var accessKeyId: String
        var secretAccessKey: String
        var sessionToken: String?
    }
    struct Request: Decodable, Sendable {
        var method: String
        var url: String
        var headers: [[String]]
        var body: String?
        var bodyBase64: String?
    }
    struct Expected: Decodable, Sendable {
        var payloadSha256: String
        var canonicalUri: String
        var canonicalQueryString: String
        var canonicalHeaders: String
        var signedHeaders: String
        var canonicalRequest: String
        var credentialScope: String
        var stringToSign: String
        var signingKeyHex: String
        var signature: String
        var addedHeaders: [[String]]
    }
    struct File: Decodable {
        var vectors: [SigV4Vector]
    }

    var name: String
    var credentials: Credentials
    var region: String
    var service: String
    var amzDate: String
    var request: Request
    var expected: Expected

    var testDescription: String { name }

    static let all: [SigV4Vector] = {
        guard let data = try? Fixtures.data("sigv4.json") else { return [] }
        return (try? JSONDecoder.snakeCase.decode(File.self, from: data).vectors) ?? []
    }()

    var unixSeconds: Int { UTCTime.unixSeconds(iso8601: amzDate).map { Int($0) } ?? 0 }

    var scope: SigningKeyCache.Scope {
        .init(
            secretAccessKey: credentials.secretAccessKey,
            date: String(amzDate.prefix(8)),
            region: region,
            service: service
        )
    }

    func sign(_ selection: SignedHeaderSelection, with signer: SigV4Signer = SigV4Signer()) throws -> SigV4Signature {
        let body =
            request.bodyBase64.flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? Array((request.body ?? "").utf8)
        return try signer.sign(
            method: request.method,
            url: request.url,
            headers: request.headers.map { ($0[0], $0[1]) },
            body: body,
            credentials: AWSCredentials(
                accessKeyID: credentials.accessKeyId,
                secretAccessKey: credentials.secretAccessKey,
                sessionToken: credentials.sessionToken
            ),
            region: region,
            service: service,
            unixSeconds: unixSeconds,
            selection: selection
        )
    }
}

@Suite struct SigV4SignerTests {
    private func canonicalPath(_ path: String) throws -> String {
        var text: [UInt8] = []
        CanonicalURL.appendPath(of: try #require(URLParts("https://host" + path)), to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private func canonicalQuery(_ query: String) throws -> String {
        var text: [UInt8] = []
        CanonicalURL.appendQuery(of: try #require(URLParts("https://host/?" + query)), to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    @Test func theVectorsAreThere() {
        #expect(SigV4Vector.all.count == 12)
    }

    @Test(arguments: SigV4Vector.all)
    func everyIntermediateValue(of vector: SigV4Vector) throws {
        let signature = try vector.sign(.all)
        let canonical = signature.canonicalRequest
        let expected = vector.expected
        #expect(canonical.payloadHash == expected.payloadSha256)
        #expect(canonical.uri == expected.canonicalUri)
        #expect(canonical.queryString == expected.canonicalQueryString)
        #expect(canonical.headers == expected.canonicalHeaders)
        #expect(canonical.signedHeaders == expected.signedHeaders)
        #expect(canonical.text == expected.canonicalRequest)
        #expect(signature.credentialScope == expected.credentialScope)
        #expect(signature.stringToSign == expected.stringToSign)
        #expect(Hexadecimal.encode(try SigningKeyCache.derive(vector.scope)) == expected.signingKeyHex)
        #expect(signature.signature == expected.signature)
        #expect(signature.addedHeaders.map { [$0.name, $0.value] } == expected.addedHeaders)
    }

    /// The adapter's own choice of headers gives the same signature wherever the request holds no others.
    @Test(arguments: SigV4Vector.all)
    func essentialHeaders(of vector: SigV4Vector) throws {
        let signature = try vector.sign(.essential)
        switch vector.name {
        case "custom-endpoint-port-unsigned-headers":
            #expect(signature.canonicalRequest.signedHeaders == "content-type;host;x-amz-date")
        case "sts-get-caller-identity-get":
            #expect(signature.canonicalRequest.signedHeaders == "host;x-amz-date")
        default:
            #expect(signature.signature == vector.expected.signature)
        }
    }

    @Test func acceptIsSignedOnInvokeModelOnly() {
        let selection = SignedHeaderSelection.essential
        #expect(selection.includes("accept", path: "/model/m/invoke"))
        #expect(!selection.includes("accept", path: "/model/m/converse"))
        #expect(!selection.includes("accept", path: "/model/m/invoke-with-response-stream"))
        #expect(selection.includes("x-amzn-bedrock-guardrailidentifier", path: "/model/m/invoke"))
        #expect(!selection.includes("amz-sdk-request", path: "/model/m/invoke"))
    }

    @Test func signingAgainReplacesTheOldSignature() throws {
        let vector = try #require(SigV4Vector.all.first)
        var again = vector
        again.request.headers += [
            ["Authorization", "old"], ["x-amz-date", "20200101T000000Z"], ["X-Amz-Security-Token", "old"],
        ]
        #expect(try again.sign(.all).signature == vector.expected.signature)
    }

    @Test func dotSegmentsAndDoubleSlashesAreRemoved() throws {
        #expect(try canonicalPath("") == "/")
        #expect(try canonicalPath("/") == "/")
        #expect(try canonicalPath("/a/./b/../c") == "/a/c")
        #expect(try canonicalPath("/../a//b/") == "/a/b/")
        #expect(try canonicalPath("/a%2Fb~ü") == "/a%252Fb~%C3%BC")
    }

    @Test func queryWithoutValues() throws {
        #expect(try canonicalQuery("b&a=2&a=1&a-b=") == "a=1&a=2&a-b=&b=")
    }

    @Test func headersAreSortedMergedAndTrimmed() throws {
        let url = try #require(URLParts("https://host/"))
        var headers = CanonicalHeaders(capacity: 0)
        headers.add("host", "host")
        for (name, value) in [
            ("X-B", "1"), ("a", "  x \t y "), ("X-b", "0"), ("X-Amz-Date", "old"), ("HOST", "other"), ("x", ""),
        ] {
            try headers.add((name, value), selection: .all, url: url)
        }
        var lines: [UInt8] = []
        headers.appendLines(to: &lines)
        #expect(String(decoding: lines, as: UTF8.self) == "a:x y\nhost:host\nx:\nx-b:1,0\n")
        var names: [UInt8] = []
        headers.appendNames(to: &names)
        #expect(String(decoding: names, as: UTF8.self) == "a;host;x;x-b")
    }

    @Test(arguments: ["a\r\nEvil: 1", "a\nb", "a\rb", "a\0b"])
    func headersWithLineBreaksAreRefused(value: String) throws {
        var vector = try #require(SigV4Vector.all.first)
        vector.request.headers.append(["X-Custom", value])
        #expect(throws: SigV4Error.unsafeHeader(name: "X-Custom")) { try vector.sign(.all) }
        // Also where the header would not be signed.
        #expect(throws: SigV4Error.unsafeHeader(name: "X-Custom")) { try vector.sign(.essential) }
    }

    @Test func credentialsThatAreNoHeaderValuesAreRefused() throws {
        var vector = try #require(SigV4Vector.all.first)
        vector.credentials.accessKeyId = "AKID\r\nX: y"
        #expect(throws: SigV4Error.unsafeCredential(name: "the access key id")) { try vector.sign(.all) }
        vector.credentials.accessKeyId = "AKID"
        vector.credentials.sessionToken = "tökən"
        #expect(throws: SigV4Error.unsafeCredential(name: "the session token")) { try vector.sign(.all) }
    }

    @Test(arguments: [
        "", "/model/x", "ftp://host/x", "https:///x", "https://user@host/", "https://h:70000/", "https://h o/",
    ])
    func urlsThatCannotBeSigned(url: String) throws {
        var vector = try #require(SigV4Vector.all.first)
        vector.request.url = url
        #expect(throws: SigV4Error.invalidURL) { try vector.sign(.all) }
    }

    @Test func hostIsLowerCaseAndBracketed() throws {
        #expect(URLParts("HTTPS://API.Example.com:443/x")?.hostHeader == "api.example.com")
        #expect(URLParts("http://[::1]:8080/x")?.hostHeader == "[::1]:8080")
        #expect(URLParts("http://h:80?q=1")?.hostHeader == "h")
        #expect(URLParts("http://h:80?q=1")?.path == "")
    }

    @Test func signingKeysAreKeptWithinBounds() throws {
        let cache = SigningKeyCache()
        func scope(_ date: Int) -> SigningKeyCache.Scope {
            .init(secretAccessKey: "secret", date: "\(date)", region: "us-east-1", service: "bedrock")
        }
        func code(_ date: Int) throws -> [UInt8] {
            let code = try cache.key(for: scope(date)).authenticationCode(for: [])
            return code.indices.map { code[$0] }
        }
        let first = try code(1)
        for date in 1...SigningKeyCache.capacity + 8 { _ = try cache.key(for: scope(date)) }
        #expect(cache.count == SigningKeyCache.capacity)
        #expect(try code(1) == first)
        #expect(try code(2) != first)
    }

    @Test func secretsStayOutOfDescriptions() throws {
        let credentials = AWSCredentials(
            accessKeyID: "AKID",
            secretAccessKey: "very-secret",
            sessionToken: "token-secret"
        )
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped] {
            #expect(!text.contains("secret"))
        }
    }
}

extension JSONDecoder {
    fileprivate static var snakeCase: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}
