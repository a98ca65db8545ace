import Foundation
import JSON
import Testing

/// A recorded or derived case: a DIAL request, the upstream calls it causes, the DIAL answer.
struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let json: JSON

    var testDescription: String { name }

    static let fixtures = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

    /// The cases of a folder that have to be met, by name.
    static func core(_ folder: String) -> [Vector] { all(folder, profiles: ["core"]) }

    /// The cases of a folder with one of some profiles, by name.
    static func all(_ folder: String, profiles: Set<String>) -> [Vector] {
        let directory = fixtures.appending(path: folder)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return files.sorted().compactMap { file in
            guard file.hasSuffix(".json"), file != "index.json",
                let data = try? Data(contentsOf: directory.appending(path: file)),
                let json = try? JSON(parsing: Array(data)),
                profiles.contains(json["profile"]?.stringValue ?? "")
            else { return nil }
            return Vector(name: String(file.dropLast(5)), json: json)
        }
    }

    var path: String { json["dial_request"]?["path"]?.stringValue ?? "" }
    var requestBody: JSON { json["dial_request"]?["body"] ?? .null }
    var upstream: [JSON] { json["upstream"]?.arrayValue ?? [] }
    /// What is to be answered; a target goes before the recording.
    var answer: JSON { json["target"]?["dial_response"] ?? json["dial_response"] ?? .null }

    /// `/openai/deployments/{id}/{endpoint}`
    var deploymentID: String {
        let segments = path.split(separator: "/")
        return segments.count > 2 ? segments[2].removingPercentEncoding ?? "" : ""
    }

    var endpoint: String {
        let segments = path.split(separator: "/")
        return segments.dropFirst(3).joined(separator: "/")
    }

    /// A recorded body: a text as it is, all else as JSON.
    static func bytes(_ body: JSON?) -> [UInt8] {
        if let text = body?.stringValue { return Array(text.utf8) }
        return body?.serialized() ?? []
    }
}
