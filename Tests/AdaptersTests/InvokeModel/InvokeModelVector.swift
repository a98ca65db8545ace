import Foundation
import JSON
import Testing

/// A case of `Fixtures/invoke-model`: a DIAL request, the exchanges with Bedrock and DIAL it causes, the DIAL answer; where
/// it has a target, that is what counts.
struct InvokeModelVector: Sendable, CustomTestStringConvertible {
    let name: String
    let json: JSON

    var testDescription: String { name }

    static let all: [InvokeModelVector] = {
        let directory = Vector.fixtures.appending(path: "invoke-model")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return files.sorted().compactMap { file in
            guard file.hasSuffix(".json"), let data = try? Data(contentsOf: directory.appending(path: file)),
                let json = try? JSON(parsing: Array(data))
            else { return nil }
            return InvokeModelVector(name: String(file.dropLast(5)), json: json)
        }
    }()

    static func all(_ endpoint: String) -> [InvokeModelVector] {
        all.filter { $0.endpoint == endpoint && $0.json["compare"]?.stringValue != "none" }
    }

    private var segments: [Substring] { (json["dial_request"]?["path"]?.stringValue ?? "").split(separator: "/") }

    /// `/openai/deployments/{id}/{endpoint}`
    var deploymentID: String { segments.count > 2 ? segments[2].removingPercentEncoding ?? "" : "" }
    var endpoint: String { segments.dropFirst(3).joined(separator: "/") }

    var requestBytes: [UInt8] {
        let request = json["dial_request"]
        return request?["body"]?.serialized() ?? Array((request?["body_raw"]?.stringValue ?? "").utf8)
    }

    func exchanges(_ host: String) -> [JSON] {
        (json["upstream"]?.arrayValue ?? []).filter { $0["host"]?.stringValue == host }
    }

    /// Bodies of the calls of Bedrock, in any order.
    var upstreamBodies: [JSON] {
        json["target"]?["upstream_bodies"]?.arrayValue ?? exchanges("bedrock").compactMap { $0["request"]?["body"] }
    }

    var hasStorage: Bool { json["env"]?["DIAL_URL"] != nil }
    var comparesStatusOnly: Bool { json["compare"]?.stringValue == "status" }
    var comparesUsage: Bool { json["compare"]?.stringValue != "all-but-usage" }

    var expectedError: JSON? { json["target"]?["error"] }
    var expectedStatus: Int? {
        expectedError?["status"]?.intValue ?? json["dial_response"]?["status"]?.intValue
    }
    var expectedBody: JSON? {
        json["target"]?["merged"] ?? json["target"]?["body"] ?? json["dial_response"]?["merged"]
            ?? json["dial_response"]?["body"]
    }
}
