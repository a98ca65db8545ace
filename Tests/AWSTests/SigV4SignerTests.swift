import Foundation
import HTTPClient
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
        var canonicalRequest: String
        var stringToSign: String
        var signingKeyHex: String
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

    /// What botocore signs and the adapter does not, as it stands in the canonical request and in `Authorization`.
    private static let uncovered = [
        "custom-endpoint-port-unsigned-headers": ["x-custom:a b c\n", ";x-custom"],
        "sts-get-caller-identity-get": ["accept:application/json\n", "accept;"],
    ]

    /// botocore's values; where it signs more than the adapter, they are computed anew without that header.
    func expectedOfAdapter() throws -> Expected {
        guard let uncovered = Self.uncovered[name], let header = expected.addedHeaders.last else { return expected }
        var adapted = expected
        var authorization = header[1]
        for part in uncovered {
            adapted.canonicalRequest = adapted.canonicalRequest.replacing(part, with: "")
            authorization = authorization.replacing(part, with: "")
        }
        let hash = try SHA256.hexDigest(of: adapted.canonicalRequest.utf8)
        adapted.stringToSign = String(adapted.stringToSign.dropLast(64)) + hash
        let code = try HMAC.authenticationCode(for: adapted.stringToSign.utf8, key: adapted.signingKeyHex.hexBytes)
        authorization = String(authorization.dropLast(64)) + Hexadecimal.encode(code)
        adapted.addedHeaders = adapted.addedHeaders.dropLast() + [[header[0], authorization]]
        return adapted
    }

    func sign() throws -> SigV4Signature {
        let body =
            request.bodyBase64.flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? Array((request.body ?? "").utf8)
        return try SigV4Signer().sign(
            HTTPRequest(
                method: request.method,
                url: request.url,
                headers: request.headers.map { HTTPHeader($0[0], $0[1]) },
                body: body
            ),
            credentials: AWSCredentials(
                accessKeyID: credentials.accessKeyId,
                secretAccessKey: credentials.secretAccessKey,
                sessionToken: credentials.sessionToken
            ),
            region: region,
            service: service,
            unixSeconds: unixSeconds
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
        let signature = try vector.sign()
        let expected = try vector.expectedOfAdapter()
        #expect(String(decoding: signature.canonicalRequest.bytes, as: UTF8.self) == expected.canonicalRequest)
        #expect(String(decoding: signature.text.bytes, as: UTF8.self) == expected.stringToSign)
        #expect(Hexadecimal.encode(try SigningKeyCache.derive(vector.scope)) == expected.signingKeyHex)
        #expect(signature.addedHeaders.map { [$0.name, $0.value] } == expected.addedHeaders)
    }

    @Test func acceptIsSignedOnInvokeModelOnly() {
        #expect(CanonicalHeaders.covers("accept", path: "/model/m/invoke"))
        #expect(!CanonicalHeaders.covers("accept", path: "/model/m/converse"))
        #expect(!CanonicalHeaders.covers("accept", path: "/model/m/invoke-with-response-stream"))
        #expect(CanonicalHeaders.covers("x-amzn-bedrock-guardrailidentifier", path: "/model/m/invoke"))
        #expect(!CanonicalHeaders.covers("amz-sdk-request", path: "/model/m/invoke"))
    }

    @Test func signingAgainReplacesTheOldSignature() throws {
        let vector = try #require(SigV4Vector.all.first)
        var again = vector
        again.request.headers += [
            ["Authorization", "old"], ["x-amz-date", "20200101T000000Z"], ["X-Amz-Security-Token", "old"],
        ]
        #expect(try again.sign().addedHeaders.map { [$0.name, $0.value] } == vector.expected.addedHeaders)
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
            ("X-Amz-B", "1"), ("Content-Type", "  x \t y "), ("X-amz-b", "0"), ("X-Amz-Date", "old"), ("HOST", "other"),
            ("x-amz-a", ""), ("x", "not covered"),
        ] {
            try headers.add(HTTPHeader(name, value), url: url)
        }
        var lines: [UInt8] = []
        headers.appendLines(to: &lines)
        #expect(String(decoding: lines, as: UTF8.self) == "content-type:x y\nhost:host\nx-amz-a:\nx-amz-b:1,0\n")
        var names: [UInt8] = []
        headers.appendNames(to: &names)
        #expect(String(decoding: names, as: UTF8.self) == "content-type;host;x-amz-a;x-amz-b")
    }

    @Test(arguments: ["a\r\nEvil: 1", "a\nb", "a\rb", "a\0b"])
    func headersWithLineBreaksAreRefused(value: String) throws {
        let vector = try #require(SigV4Vector.all.first)
        // Also where the header would not be signed.
        for name in ["X-Amz-Custom", "X-Custom"] {
            var broken = vector
            broken.request.headers.append([name, value])
            #expect(throws: SigV4Error.unsafeHeader(name: name)) { try broken.sign() }
        }
    }

    @Test func credentialsThatAreNoHeaderValuesAreRefused() throws {
        var vector = try #require(SigV4Vector.all.first)
        vector.credentials.accessKeyId = "AKID\r\nX: y"
        #expect(throws: SigV4Error.unsafeCredential(name: "the access key id")) { try vector.sign() }
        vector.credentials.accessKeyId = "AKID"
        vector.credentials.sessionToken = "tökən"
        #expect(throws: SigV4Error.unsafeCredential(name: "the session token")) { try vector.sign() }
    }

    @Test(arguments: [
        "", "/model/x", "ftp://host/x", "https:///x", "https://user@host/", "https://h:70000/", "https://h o/",
    ])
    func urlsThatCannotBeSigned(url: String) throws {
        var vector = try #require(SigV4Vector.all.first)
        vector.request.url = url
        #expect(throws: SigV4Error.invalidURL) { try vector.sign() }
    }

    @Test func hostIsLowerCaseAndBracketed() throws {
        #expect(URLParts("HTTPS://API.Example.com:443/x")?.hostHeader == "api.example.com")
        #expect(URLParts("http://[::1]:8080/x")?.hostHeader == "[::1]:8080")
        #expect(URLParts("http://h:80?q=1")?.hostHeader == "h")
        #expect(URLParts("http://h:80?q=1")?.path == "")
    }

    @Test func signingKeysGoWithTheirScope() throws {
        let cache = SigningKeyCache()
        func scope(_ date: Int) -> SigningKeyCache.Scope {
            .init(secretAccessKey: "secret", date: "\(date)", region: "us-east-1", service: "bedrock")
        }
        func code(_ date: Int) throws -> [UInt8] {
            let code = try cache.key(for: scope(date)).authenticationCode(for: [])
            return code.indices.map { code[$0] }
        }
        let first = try code(1)
        for date in 2...300 { #expect(try code(date) != first) }
        #expect(try code(1) == first)
    }

    @Test func aFullCacheForgetsWhatWasNotUsedForTheLongest() {
        var cache = LeastRecentlyUsedCache<Int, String>(capacity: 2)
        cache[1] = "a"
        cache[2] = "b"
        #expect(cache[1] == "a")
        cache[3] = "c"
        #expect(cache[2] == nil)
        #expect(cache[1] == "a" && cache[3] == "c")
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
