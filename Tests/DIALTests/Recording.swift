import Foundation
import JSON
import Testing

/// A recorded request and answer of the DIAL SDK.
struct Recording: Sendable, CustomTestStringConvertible {
    let name: String
    let path: String
    let requestBody: [UInt8]
    let status: Int
    let headers: JSON
    let body: JSON?
    let events: [JSON]?
    let raw: String?

    var testDescription: String { name }

    /// The request's body as a value; null where it is no JSON.
    var request: JSON { (try? JSON(parsing: requestBody)) ?? .null }

    /// `echo` of `/openai/deployments/echo/chat/completions`.
    var deployment: String {
        let segments = path.split(separator: "/")
        return segments.count > 2 ? String(segments[2]) : ""
    }

    /// `chat/completions`, `tokenize` and so on.
    var endpoint: String {
        path.split(separator: "?")[0].split(separator: "/").dropFirst(3).joined(separator: "/")
    }

    /// All recordings whose name starts with one of the prefixes.
    static func all(_ prefixes: String...) throws -> [Recording] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/dial-sdk").standardized
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return
            try files
            .filter { file in
                file.pathExtension == "json" && prefixes.contains { file.lastPathComponent.hasPrefix($0) }
            }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { try Recording(JSON(parsing: [UInt8](Data(contentsOf: $0)))) }
    }

    private init(_ json: JSON) throws {
        guard let name = json["name"]?.stringValue, let path = json["request"]?["path"]?.stringValue,
            let status = json["response"]?["status"]?.intValue
        else { throw MalformedRecording() }
        self.name = name
        self.path = path
        self.status = status
        requestBody = try Self.bytes(json["request"]?["body"] ?? .null)
        headers = json["response"]?["headers"] ?? [:]
        body = json["response"]?["body"]
        events = json["response"]?["sse"]?.arrayValue
        raw = json["response"]?["raw"]?.stringValue
    }

    private static func bytes(_ body: JSON) throws -> [UInt8] {
        if let text = body.stringValue { return Array(text.utf8) }
        guard let digits = body["bytes_hex"]?.stringValue else { return body.serialized() }
        return try stride(from: 0, to: digits.count, by: 2).map { offset in
            let start = digits.index(digits.startIndex, offsetBy: offset)
            guard let byte = UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16) else {
                throw MalformedRecording()
            }
            return byte
        }
    }
}

struct MalformedRecording: Error {}
