import Foundation
import JSON
import Testing

@testable import BedrockSandbox

struct FileStorageTests {
    let sandbox = Sandbox.quick { $0.storageLimit = 100 }

    private func send(
        _ method: String,
        _ target: String,
        headers: [SandboxHeader] = [],
        body: [UInt8] = [],
        key: String? = "key"
    ) -> SandboxAnswer {
        let own = key.map { [SandboxHeader("Api-Key", $0)] } ?? []
        return sandbox.answer(
            SandboxRequest(method: method, target: target, headers: own + headers, body: body),
            at: Sandbox.now
        )
    }

    private func put(_ path: String, _ bytes: [UInt8], headers: [SandboxHeader] = []) -> SandboxAnswer {
        let head =
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\nContent-Type: image/png\r\n\r\n"
        return send(
            "PUT",
            path,
            headers: [SandboxHeader("Content-Type", "multipart/form-data; boundary=\"B\"")] + headers,
            body: Array(head.utf8) + bytes + Array("\r\n--B--\r\n".utf8)
        )
    }

    @Test func bucket() throws {
        let answer = try send("GET", "/v1/bucket").json()
        #expect(answer["bucket"] == "sandbox-bucket")
        #expect(answer["appdata"] == "sandbox-user/appdata/bedrock%20adapter")
        #expect(send("GET", "/v1/bucket", key: nil).status == 401)
    }

    @Test func thereAndBack() throws {
        let bytes: [UInt8] = [0, 13, 10, 45, 45, 66, 255]
        let answer = put("/v1/files/sandbox-user/appdata/bedrock%20adapter/images/a%20b.png", bytes)
        #expect(answer.status == 200)
        let metadata = try answer.json()
        #expect(metadata["url"] == "files/sandbox-user/appdata/bedrock%20adapter/images/a%20b.png")
        #expect(metadata["name"] == "a b.png")
        #expect(metadata["parentPath"] == "appdata/bedrock adapter/images")
        #expect(metadata["contentLength"] == 7)
        #expect(metadata["contentType"] == "image/png")
        #expect(metadata["etag"]?.stringValue == answer.header("etag"))
        let read = send("GET", "/v1/" + (metadata["url"]?.stringValue ?? ""))
        #expect(read.bytes == bytes)
        #expect(read.header("content-type") == "image/png")
    }

    @Test func refusals() {
        #expect(send("GET", "/v1/files/b/none.png").status == 404)
        #expect(send("GET", "/v1/files/forbidden/a.png").status == 403)
        #expect(send("GET", "/v1/files/b/folder/").status == 400)
        #expect(send("GET", "/v1/files/b/%2E%2E/a").status == 400)
        #expect(send("GET", "/v1/files/b/a.png", key: nil).status == 401)
        #expect(send("PUT", "/v1/files/b/a.png", body: [1, 2]).status == 400)
        #expect(put("/v1/files/b/a.png", [UInt8](repeating: 1, count: 101)).status == 413)
        #expect(send("POST", "/v1/files/b/a.png").status == 405)
    }

    @Test func conditions() {
        let none = SandboxHeader("If-None-Match", "*")
        let first = put("/v1/files/b/a", [1], headers: [none])
        #expect(first.status == 200)
        #expect(put("/v1/files/b/a", [2], headers: [none]).status == 412)
        #expect(put("/v1/files/b/a", [2], headers: [SandboxHeader("If-Match", "other")]).status == 412)
        #expect(
            put("/v1/files/b/a", [2], headers: [SandboxHeader("If-Match", first.header("etag") ?? "")]).status == 200
        )
        #expect(send("DELETE", "/v1/files/b/a").status == 200)
        #expect(send("GET", "/v1/files/b/a").status == 404)
    }

    @Test func oldestFilesMakeRoom() {
        for name in ["a", "b", "c"] {
            #expect(put("/v1/files/x/" + name, [UInt8](repeating: 1, count: 40)).status == 200)
        }
        #expect(send("GET", "/v1/files/x/a").status == 404)
        #expect(send("GET", "/v1/files/x/b").status == 200)
        #expect(send("GET", "/v1/files/x/c").status == 200)
    }

    @Test(arguments: [
        "", "--B", "--B\r\n\r\n--B--", "--B\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--B--",
    ])
    func oddMultipartBodies(_ body: String) {
        let request = SandboxRequest(
            method: "PUT",
            target: "/",
            headers: [SandboxHeader("content-type", "multipart/form-data; boundary=B")],
            body: Array(body.utf8)
        )
        #expect(Multipart.file(in: request) == nil)
    }
}

struct ConfigurationTests {
    @Test func variables() throws {
        let configuration = try SandboxConfiguration(environment: [
            "SANDBOX_ACCESS_KEY_ID": "AK", "SANDBOX_SECRET_ACCESS_KEY": "s", "SANDBOX_TOKENS_PER_SECOND": "12.5",
            "SANDBOX_REQUIRE_PROFILES": "true", "SANDBOX_REGION": "",
        ])
        #expect(configuration.credentials.contains { $0.accessKeyID == "AK" && $0.secretAccessKey == "s" })
        #expect(configuration.tokensPerSecond == 12.5)
        #expect(configuration.requiresProfiles)
        #expect(configuration.region == nil)
    }

    @Test(arguments: [
        ["SANDBOX_TOKENS_PER_SECOND": "fast"], ["SANDBOX_TOKENS_PER_SECOND": "-1"],
        ["SANDBOX_TOKENS_PER_SECOND": "1e-12"], ["SANDBOX_REQUIRE_PROFILES": "1"],
        ["SANDBOX_ACCESS_KEY_ID": "AK"], ["SANDBOX_STORAGE_LIMIT_BYTES": "1 GB"],
    ])
    func badValuesAreNamed(_ environment: [String: String]) {
        do {
            _ = try SandboxConfiguration(environment: environment)
            Issue.record("accepted")
        } catch { #expect(environment.keys.contains(error.name)) }
    }

    @Test func helpListsEverything() {
        let text = HelpText.reference
        for fault in Fault.table { #expect(text.contains("  \(fault.name) ")) }
        for variable in SandboxConfiguration.variables { #expect(text.contains(variable.name)) }
        for row in Directives.table { #expect(text.contains(row.form)) }
    }

    @Test func documentationListsEverything() throws {
        let page = String(decoding: try Fixtures.data("../../docs/sandbox.md"), as: UTF8.self)
        for fault in Fault.table { #expect(page.contains("`\(fault.name)`")) }
        for variable in SandboxConfiguration.variables { #expect(page.contains("`\(variable.name)`")) }
        for row in Directives.table { #expect(page.contains("`\(row.form)`")) }
    }
}
