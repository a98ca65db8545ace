import Foundation
import JSON
import RandomTesting
import Testing

@testable import DIAL

@Suite("Attachments")
struct AttachmentTests {
    let storage: FileStorage

    init() throws {
        storage = try FileStorage(baseURL: "http://core:8080/")
    }

    @Test("Base64 agrees with Foundation at every length")
    func base64() {
        var generator = SeededGenerator(seed: 1)
        for length in 0..<100 {
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            let text = Base64.encode(bytes)
            #expect(text == Data(bytes).base64EncodedString())
            #expect(Base64.decode(text) == bytes)
        }
    }

    @Test(
        "Strict base64",
        arguments: ["A", "AA", "AAA", "AA=A", "====", "A===", "=AAA", "AAAA\n", "AA-_", "AA A", "AAA=AAAA", "é==="]
    )
    func strictBase64(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: [
        ("YWJj\r\nYWJj", "abcabc"), ("YW!J=", "ab"), (" \tYQ==\n", "a"), ("%%%", nil), ("", ""), ("YQ===", "a"),
        ("YQ==YQ==", "a"),
        ("YW=J=j=", "ab"), ("YWJj=", "abc"), ("YQ=", nil), ("=", nil),
    ])
    func lenientBase64(_ text: String, _ content: String?) {
        #expect(Base64.decodeLeniently(text) == content.map { Array($0.utf8) })
    }

    @Test("Data URLs")
    func dataURLs() throws {
        let url = try #require(DataURL("data:image/png;base64,aGk="))
        #expect(url.mediaType == "image/png")
        #expect(try url.decoded() == Array("hi".utf8))
        #expect(DataURL("DATA:text/plain;charset=utf-8;BASE64,")?.mediaType == "text/plain")
        for text in ["data:image/png,aGk=", "data:;base64,aGk=", "data:image/png;base64", "http://x/;base64,", ""] {
            #expect(DataURL(text) == nil)
        }
        #expect(throws: DIALError.self) { try DataURL("data:image/png;base64,a")?.decoded() }
        #expect(DataURL("data:a;" + String(repeating: "b;", count: 1000) + "base64,")?.mediaType == "a")
        #expect(DataURL("data:a;" + String(repeating: "b;", count: 3000) + "base64,") == nil)
    }

    @Test("Parts of a URL")
    func urlParts() throws {
        let url = try URLReference("HTTP://user:pw@Example.com:8080/a/b?c=d#e")
        #expect(url.scheme == "http")
        #expect(url.userInfo == "user:pw")
        #expect(url.host == "example.com")
        #expect(url.port == 8080)
        #expect(url.path == "/a/b")
        #expect(url.query == "c=d")
        let address = try URLReference("https://[::FFFF:1.2.3.4]")
        #expect(address.host == "[::ffff:1.2.3.4]")
        #expect(address.effectivePort == 443)
        #expect(address.path.isEmpty)
        #expect(try URLReference("http://h?q").host == "h")
        #expect(try URLReference("ftp:x").host.isEmpty)
    }

    @Test(
        "Texts that are no URL",
        arguments: [
            "", "x", "://h", "1:x", "http://h h/", "http://h\n/", "http://h\u{0}/", "http://h\\@e/", "http://h:0/",
            "http://h:70000/", "http://h:8a/", "http://[1.2.3.4]/", "http://[::1/", "http://h%00/", "http://ä/",
            "http://h@\u{301}e/",
        ]
    )
    func noURL(_ text: String) {
        #expect(throws: URLReference.SyntaxError.self) { try URLReference(text) }
    }

    static let links: [(link: String, resolved: AttachmentLink)] = [
        ("files/B/a%20b.png", .storage(url: "http://core:8080/v1/files/B/a%20b.png")),
        ("files/B/a.png?x#y", .storage(url: "http://core:8080/v1/files/B/a.png?x")),
        ("files/B/a\"<b>.png", .storage(url: "http://core:8080/v1/files/B/a%22%3Cb%3E.png")),
        ("files/B/я.png", .storage(url: "http://core:8080/v1/files/B/%D1%8F.png")),
        ("files/B/a b.png?c d", .storage(url: "http://core:8080/v1/files/B/a%20b.png?c%20d")),
        ("https://example.com/a b?c d", .external(url: "https://example.com/a%20b?c%20d")),
        ("https://example.com/é/x?q=ü#é", .external(url: "https://example.com/%C3%A9/x?q=%C3%BC")),
        ("http://CORE:8080/v1/files/B/a.png", .storage(url: "http://CORE:8080/v1/files/B/a.png")),
        ("http://core/v1/files/B/a.png", .external(url: "http://core/v1/files/B/a.png")),
        ("https://core:8080/x", .external(url: "https://core:8080/x")),
        ("https://example.com/a/../b", .external(url: "https://example.com/a/../b")),
    ]

    @Test("Links", arguments: links)
    func link(_ link: String, _ resolved: AttachmentLink) throws {
        #expect(try AttachmentLink(resolving: link, storage: storage) == resolved)
    }

    @Test("DIAL below a path shares its host", arguments: ["http://core:8080/dial", "http://core:8080/dial/"])
    func basePath(_ base: String) throws {
        let storage = try FileStorage(baseURL: base)
        func resolved(_ link: String) throws -> AttachmentLink { try AttachmentLink(resolving: link, storage: storage) }
        #expect(try resolved("files/B/x") == .storage(url: "http://core:8080/dial/v1/files/B/x"))
        let own = "http://core:8080/dial/v1/files/B/x"
        #expect(try resolved(own) == .storage(url: own))
        for others in ["http://core:8080/admin?x=1", "http://core:8080/dialog/v1/files/B/x", "http://core:8080/dial"] {
            #expect(try resolved(others) == .external(url: others))
        }
    }

    @Test(
        "Links that are refused",
        arguments: [
            "http://core:8080@evil/x", "http://core:8080.evil/x", "ftp://host/x", "file:///etc/passwd", "http:///x",
            "http://core:8080/v1/files/../x", "http://core:8080/v1/%2E%2e/x", "/files/B/x", "//evil/x", "v1/files/B/x",
            "files/B/../x", "files/B/.%2E/x", "files/B/..%2fx", "files/..%5C..%5cx", "files/B/..;/x",
            "files/B/%2e%2e%3Ba/x", "files/B/%2e/x", "files/B/../\u{301}x", "files/B/\u{301}/../x",
            "files\\B", "metadata/files/B/f/", "files/B/a\tb", "http://a b/x", "data:image/png,x", "bucket", "",
        ]
    )
    func refusedLink(_ link: String) throws {
        let error = #expect(throws: DIALError.self) {
            try AttachmentLink(resolving: link, storage: storage)
        }
        #expect(error?.status == 422)
    }

    @Test("Links have an end")
    func longLinks() throws {
        for start in ["files/B/", "https://x/"] {
            let longest = start + String(repeating: "x", count: 8192 - start.utf8.count)
            _ = try AttachmentLink(resolving: longest, storage: storage)
            let error = #expect(throws: DIALError.self) {
                try AttachmentLink(resolving: longest + "x", storage: storage)
            }
            #expect(error?.status == 422)
        }
    }

    @Test("A storage link without storage names the setting")
    func noStorage() throws {
        let error = #expect(throws: DIALError.self) { try AttachmentLink(resolving: "files/B/x", storage: nil) }
        #expect(error?.message.contains("DIAL_URL") == true)
        #expect(try AttachmentLink(resolving: "http://core/x", storage: nil) == .external(url: "http://core/x"))
    }

    @Test("Content types")
    func contentTypes() {
        #expect(Attachment(type: "image/png", url: "x.jpg").contentType() == "image/png")
        #expect(
            Attachment(type: "application/octet-stream", url: "files/B/x.JPG?a=b.png").contentType() == "image/jpeg"
        )
        #expect(Attachment(url: "data:image/gif;base64,").contentType() == "image/gif")
        #expect(Attachment(type: "application/octet-stream", url: "x").contentType() == "application/octet-stream")
        #expect(Attachment(type: "application/octet-stream", data: "x").contentType() == "application/octet-stream")
        #expect(Attachment(url: "files/a.b/noextension").contentType() == nil)
        #expect(Attachment(type: "", url: "x.jpg").contentType() == "image/jpeg")
        #expect(Attachment(type: "", data: "x").contentType() == nil)
        #expect(MediaType.fileExtension(of: "image/jpeg; q=1") == "jpg")
    }

    @Test("Of a media type only the essence counts, and names have an end")
    func essences() {
        #expect(MediaType.essence(of: "Image/PNG ; q=\"a;b\"") == "image/png")
        #expect(MediaType.essence(of: ";") == "")
        #expect(MediaType.essence(of: "a/" + String(repeating: "b", count: 1000)).utf8.count == 256)
        #expect(MediaType.guess(fromURL: "files/B/.png") == nil)
        #expect(MediaType.guess(fromURL: "https://a.pdf/b/c.d.Md?x=/e.png#f.png") == "text/markdown")
        #expect(MediaType.guess(fromURL: "x." + String(repeating: "b", count: 1000)) == nil)
    }

    @Test("An absent type is the SDK's default or unknown, as the caller likes")
    func absentType() throws {
        let request = try ChatCompletionRequest(decoding: [
            "messages": [
                ["role": "user", "custom_content": ["attachments": [["url": "files/B/x.png"], ["data": "x"]]]]
            ]
        ])
        let attachments = request.messages[0].attachments
        #expect(attachments.map { $0.contentType() } == ["text/markdown", "text/markdown"])
        #expect(attachments.map { $0.contentType(derivingAbsentType: true) } == ["image/png", nil])
    }

    @Test("Names shown to people")
    func displayNames() {
        #expect(Attachment(title: "T", url: "x").displayName == "T")
        #expect(Attachment(url: "files/B/dir/a.png").displayName == "dir/a.png")
        #expect(Attachment(url: "files/B/a%20b.png").displayName == "'a b.png'")
        #expect(Attachment(url: "files/B/a%-0%+1%.png").displayName == "a%-0%+1%.png")
        #expect(Attachment(url: String(repeating: "x", count: 80)).displayName.count == 50)
    }

    @Test("An upload is one part with the digest for a name")
    func upload() throws {
        let path = FileStorage.imagePath(digest: "abc", contentType: "image/png")
        let request = storage.uploadRequest(
            appdata: "U/appdata/m",
            path: path,
            contentType: "image/png",
            content: [1, 2],
            apiKey: "k",
            boundary: "B"
        )
        #expect(request.method == "PUT")
        #expect(request.url == "http://core:8080/v1/files/U/appdata/m/images/abc.png")
        #expect(request.headers.map(\.value) == ["k", "multipart/form-data; boundary=B"])
        let head = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"abc.png\"\r\n"
        #expect(
            request.body == Array((head + "Content-Type: image/png\r\n\r\n").utf8) + [1, 2]
                + Array("\r\n--B--\r\n".utf8)
        )
        #expect(storage.bucketRequest(apiKey: "k").url == "http://core:8080/v1/bucket")
    }

    @Test("Answers of the storage")
    func storageAnswers() throws {
        let body = Array(#"{"bucket":"b","appdata":"u/appdata/m"}"#.utf8)
        #expect(try FileStorage.writableFolder(status: 200, body: body) == "u/appdata/m")
        #expect(try FileStorage.uploadedURL(status: 200, body: Array(#"{"url":"files/x"}"#.utf8)) == "files/x")
        let plain = #expect(throws: DIALError.self) {
            try FileStorage.writableFolder(status: 403, body: Array("Forbidden".utf8))
        }
        #expect(plain?.message.hasSuffix("status 403: Forbidden") == true)
        let object = Array(#"{"error":{"message":"No"}}"#.utf8)
        #expect(FileStorage.failureText(status: 404, body: object) == "status 404: No")
        #expect(throws: DIALError.self) { try FileStorage.uploadedURL(status: 200, body: [0xFF]) }
    }
}
