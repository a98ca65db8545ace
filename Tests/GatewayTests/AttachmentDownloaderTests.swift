import DIAL
import HTTPClient
import HTTPClientTesting
import Synchronization
import Testing

@testable import Gateway

/// Answers by URL and remembers what it was asked.
private final class Servers: HTTPTransport {
    enum Reply: Sendable {
        case answer(Int, String = "", headers: [HTTPHeader] = [])
        case failure(HTTPError)

        static func redirect(_ location: String, _ status: Int = 302) -> Reply {
            .answer(status, headers: [HTTPHeader("Location", location)])
        }
    }

    private let replies: [String: Reply]
    private let log = Mutex<[HTTPRequest]>([])

    private let delay: Duration

    init(_ replies: [String: Reply], delay: Duration = .zero) {
        self.replies = replies
        self.delay = delay
    }

    var requests: [HTTPRequest] { log.withLock { $0 } }
    var urls: [String] { requests.map(\.url) }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        log.withLock { $0.append(request) }
        if delay > .zero { try? await Task.sleep(for: delay) }
        switch replies[request.url] ?? .answer(404) {
        case .answer(let status, let text, let headers):
            return HTTPResponse(
                status: status,
                headers: HTTPHeaders(headers),
                body: HTTPBody(ScriptedBody(text.utf8.map { [$0] }))
            )
        case .failure(let error): throw error
        }
    }
}

extension HTTPRequest {
    fileprivate var apiKey: String? { headers.first { $0.name == "api-key" }?.value }
}

@Suite struct AttachmentDownloaderTests {
    private static let core = "http://core:8080"
    private static let network = IPNetwork("10.1.0.0/16")

    private func downloader(
        _ servers: Servers,
        limit: Int = 10,
        withStorage: Bool = true,
        takeRoom: @escaping @Sendable (Int) -> Bool = { _ in true }
    ) throws -> AttachmentDownloader {
        AttachmentDownloader(
            transport: servers,
            executor: globalConcurrentExecutor,
            storage: withStorage ? try FileStorage(baseURL: Self.core) : nil,
            apiKey: "request-key",
            trace: nil,
            limits: AttachmentLimits(
                bytes: limit,
                totalBytes: 100,
                seconds: 600,
                networks: [Self.network].compactMap { $0 }
            ),
            takeRoom: takeRoom
        )
    }

    private func error(_ downloader: AttachmentDownloader, _ url: String) async -> DIALError? {
        do {
            _ = try await downloader.load(url: url)
            return nil
        } catch {
            return error
        }
    }

    // MARK: Whom the key is for

    @Test(arguments: [
        "files/bucket/a.png", "http://core:8080/v1/files/bucket/a.png", "HTTP://CORE:8080/v1/files/bucket/a.png",
    ])
    func theStorageGetsTheKey(link: String) async throws {
        let url = link.hasPrefix("files/") ? Self.core + "/v1/" + link : link
        let servers = Servers([url: .answer(200, "image", headers: [HTTPHeader("Content-Type", "image/png")])])
        let file = try await downloader(servers).load(url: link)
        #expect(file == Array("image".utf8))
        let request = try #require(servers.requests.first)
        #expect(request.apiKey == "request-key")
        #expect(request.addressPolicy == .any)
        let timeout = try #require(request.totalTimeout)
        #expect(timeout <= .seconds(600) && timeout > .seconds(500))
    }

    @Test(arguments: [
        "http://core/x.png", "http://core:8081/x.png", "https://core:8080/x.png", "http://core.example:8080/x.png",
        "http://other/http://core:8080/x.png", "http://core:8080.example/x.png",
    ])
    func othersGetNoKeyAndMustBePublic(link: String) async throws {
        let servers = Servers([link: .answer(200, "image")])
        let refusal = await error(try downloader(servers), link)
        // A port that is none is refused before anything is sent.
        #expect((refusal == nil) == !link.contains("8080.example"))
        guard refusal == nil else { return #expect(servers.requests.isEmpty) }
        let request = try #require(servers.requests.first)
        #expect(request.apiKey == nil && request.headers.isEmpty)
        #expect(request.addressPolicy == .publicOnly(besides: [Self.network].compactMap { $0 }))
        #expect(!request.useProxy)
    }

    @Test(arguments: [
        "http://core:8080@evil.example/x.png", "http://user:pw-1234@core:8080/v1/files/b/x.png",
        "http://core:8080\\@evil.example/x.png", "http://evil.example\\.core:8080/x.png", "//evil.example/x.png",
        "files/../../secret", "files/b/%2e%2e/%2E%2e/secret", "files/b/./x.png", "../v1/files/b/x.png",
        "/v1/files/b/x.png",
        "http://core:8080/v1/files/../admin", "http://core:8080/v1/files/b/%2e%2e/x", "bucket/x.png", "",
        "files/b/x\ny.png", "http://core:8080/\r\nHost: evil", "file:///etc/passwd",
        "ftp://example.com/x", "gopher://example.com/x", "http:///x.png", "http://", "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http://ex ample/", "http://example.com:0/", "http://example.com:99999/", "http://exa%6dple.com/",
        "javascript:alert(1)",
        "data:image/png,notbase64", "data:image/png;base64,***",
    ])
    func refusedWithoutAnyRequest(link: String) async throws {
        let servers = Servers([:])
        let error = try #require(await error(try downloader(servers), link))
        #expect(error.status == 422)
        #expect(servers.requests.isEmpty)
        #expect(!error.message.contains("pw-1234"))
    }

    @Test func withoutStorageItsLinksNameTheSetting() async throws {
        let error = await error(try downloader(Servers([:]), withStorage: false), "files/b/x.png")
        #expect(error?.status == 422 && error?.message.contains("DIAL_URL") == true)
    }

    // MARK: Redirects

    @Test(arguments: [301, 302, 303, 307, 308])
    func redirectsAreFollowed(status: Int) async throws {
        let servers = Servers([
            "https://a.example/x/y.png?q": .redirect("z.png", status),
            "https://a.example/x/z.png": .redirect("/w", status),
            "https://a.example/w": .redirect("//b.example/v", status),
            "https://b.example/v": .redirect("http://c.example/u", status), "http://c.example/u": .answer(200, "image"),
        ])
        let file = try await downloader(servers).load(url: "https://a.example/x/y.png?q")
        #expect(file == Array("image".utf8))
        #expect(servers.requests.allSatisfy { $0.apiKey == nil && $0.addressPolicy != .any })
    }

    /// Source: RFC 3986, section 5.4.
    @Test(arguments: [
        ("?token=1", "/b/c/d;p?token=1"), ("g?y#s", "/b/c/g?y#s"), ("#s", "/b/c/d;p?q#s"), ("./g", "/b/c/g"),
        ("g/", "/b/c/g/"), (".", "/b/c/"), ("..", "/b/"), ("../g", "/b/g"), ("../../../g", "/g"), ("/./g/../h", "/h"),
        ("g..", "/b/c/g.."), ("g?y/./x", "/b/c/g?y/./x"), ("g//h", "/b/c/g//h"),
    ])
    func relativeLocations(_ location: String, _ expected: String) {
        #expect(URLReference.join(location, to: "http://a/b/c/d;p?q") == "http://a\(expected)")
    }

    @Test func redirectsShareOneTimeLimit() async throws {
        let servers = Servers(
            [
                "https://a.example/0": .redirect("/1"), "https://a.example/1": .redirect("/2"),
                "https://a.example/2": .answer(200, "image"),
            ],
            delay: .milliseconds(20)
        )
        _ = try await downloader(servers).load(url: "https://a.example/0")
        let timeouts = servers.requests.compactMap(\.totalTimeout)
        #expect(timeouts.count == 3 && timeouts[1] <= timeouts[0] - .milliseconds(20))
        #expect(timeouts[2] <= timeouts[1] - .milliseconds(20))
    }

    @Test func theStorageMayRedirectWithinItself() async throws {
        let servers = Servers([
            Self.core + "/v1/files/b/x.png": .redirect("/v1/files/b/y.png"),
            Self.core + "/v1/files/b/y.png": .answer(200, "image"),
        ])
        _ = try await downloader(servers).load(url: "files/b/x.png")
        #expect(servers.requests.map(\.apiKey) == ["request-key", "request-key"])
    }

    @Test func theKeyStaysBehindWhenTheStorageLeadsElsewhere() async throws {
        let servers = Servers([
            Self.core + "/v1/files/b/x.png": .redirect("https://objects.example/x"),
            "https://objects.example/x": .answer(200, "image"),
        ])
        _ = try await downloader(servers).load(url: "files/b/x.png")
        #expect(servers.requests.map(\.apiKey) == ["request-key", nil])
        #expect(servers.requests.last?.addressPolicy != .any)
    }

    @Test func othersCannotLeadToTheStorage() async throws {
        let servers = Servers([
            "https://evil.example/x.png": .redirect(Self.core + "/v1/files/victim/secret"),
            Self.core + "/v1/files/victim/secret": .answer(200, "secret"),
        ])
        _ = await error(try downloader(servers), "https://evil.example/x.png")
        // It is asked like any other server: without the key, and only if it is public.
        #expect(servers.requests.map(\.apiKey) == [nil, nil])
        #expect(servers.requests.last?.addressPolicy != .any)
    }

    @Test(arguments: [
        "file:///etc/passwd", "ftp://a.example/", "data:image/png;base64,aGk=", "http://user@b.example/", "http://[",
        "",
        "http://b.example:0/", "\\\\b.example\\x", "gopher://b.example/",
    ])
    func redirectsThatAreNotFollowed(location: String) async throws {
        let servers = Servers(["https://a.example/x.png": .redirect(location)])
        let error = try #require(await error(try downloader(servers), "https://a.example/x.png"))
        #expect(error.status == 422 || error.status == 502)
        #expect(servers.urls.allSatisfy { $0.hasPrefix("https://a.example/") })
    }

    @Test func sixRedirectsAreTooMany() async throws {
        var replies: [String: Servers.Reply] = [:]
        for number in 0..<20 { replies["https://a.example/\(number)"] = .redirect("/\(number + 1)") }
        let servers = Servers(replies)
        let error = await error(try downloader(servers), "https://a.example/0")
        #expect(error?.status == 422 && error?.message == "The file URL has too many redirects")
        #expect(servers.requests.count == 6)
    }

    // MARK: Answers

    @Test func theLimitCountsWithAndWithoutALength() async throws {
        let servers = Servers([
            "https://a.example/exact": .answer(200, "0123456789"),
            "https://a.example/more": .answer(200, "0123456789+"),
            "https://a.example/said": .answer(200, "x", headers: [HTTPHeader("Content-Length", "11")]),
        ])
        #expect(try await downloader(servers).load(url: "https://a.example/exact").count == 10)
        for name in ["more", "said"] {
            let error = try #require(await error(try downloader(servers), "https://a.example/\(name)"))
            #expect(error.status == 422)
            #expect(error.message.contains("10 bytes") && error.message.contains("DIAL_ADAPTER_MAX_ATTACHMENT_BYTES"))
        }
    }

    /// By its announced length before it is read, by what came where that is more.
    @Test(
        arguments: [("said", [10, 0]), ("unsaid", [0, 10]), ("less", [4, 6]), ("negative", [0, 10])]
            as [(String, [Int])]
    )
    func roomIsAskedForFiles(name: String, asked: [Int]) async throws {
        let text = "0123456789"
        let servers = Servers([
            "https://a.example/said": .answer(200, text, headers: [HTTPHeader("Content-Length", "10")]),
            "https://a.example/unsaid": .answer(200, text),
            "https://a.example/less": .answer(200, text, headers: [HTTPHeader("Content-Length", "4")]),
            "https://a.example/negative": .answer(200, text, headers: [HTTPHeader("Content-Length", "-4")]),
        ])
        let log = Mutex<[Int]>([])
        let downloader = try downloader(servers) { bytes in
            log.withLock { $0.append(bytes) }
            return true
        }
        #expect(try await downloader.load(url: "https://a.example/\(name)").count == 10)
        #expect(log.withLock { $0 } == asked)
    }

    @Test(arguments: [0, 1]) func withoutRoomForAFileOneIsToTryAgain(refused: Int) async throws {
        let servers = Servers(["https://a.example/x": .answer(200, "0123456789")])
        let count = Mutex(0)
        let downloader = try downloader(servers) { _ in
            count.withLock { count in
                count += 1
                return count - 1 != refused
            }
        }
        let error = try #require(await error(downloader, "https://a.example/x"))
        #expect(error.status == 503 && error.message.contains("DIAL_ADAPTER_MAX_HELD_BYTES"))
        #expect(error.headers == [DIALError.Header(name: "Retry-After", value: "1")])
    }

    @Test(arguments: [
        (Servers.Reply.answer(404), 422), (.answer(403), 422), (.answer(500), 502), (.answer(304), 502),
        (.failure(.addressNotAllowed("127.0.0.1")), 422), (.failure(.hostNotFound("a.example")), 422),
        (.failure(.connectFailed("a.example")), 502), (.failure(.tls("a.example")), 502), (.failure(.timeout), 504),
        (.failure(.connectTimeout("a.example")), 504), (.failure(.connectionLost("a.example")), 502),
        (.failure(.tooManyLookups), 503), (.failure(.poolExhausted), 502),
    ])
    private func failuresHaveTheirStatus(reply: Servers.Reply, status: Int) async throws {
        let servers = Servers(["https://a.example/x.png?token=secret": reply])
        let error = try #require(await error(try downloader(servers), "https://a.example/x.png?token=secret"))
        #expect(error.status == status)
        #expect(!error.message.contains("secret") && !error.message.contains("request-key"))
    }

    @Test func failuresOfTheStorageNameTheFile() async throws {
        let servers = Servers([Self.core + "/v1/files/b/x.png": .answer(503)])
        let failure = await error(try downloader(servers), "files/b/x.png")
        #expect(failure?.status == 502 && failure?.message.contains("files/b/x.png") == true)
        let missing = await error(try downloader(Servers([:])), "files/b/y.png")
        #expect(missing?.status == 500 && missing?.message.contains("files/b/y.png") == true)
        let elsewhere = await error(try downloader(Servers([:])), Self.core + "/a.png?b")
        #expect(elsewhere?.message.hasSuffix("for the file \(Self.core)/a.png") == true)
    }
}
