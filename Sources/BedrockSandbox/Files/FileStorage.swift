import JSON
import Synchronization

/// DIAL's file storage in memory, as an application sees it through DIAL Core.
///
/// Source: DIAL API, file storage: `/v1/bucket`, `/v1/files/{bucket}/{path}`.
final class FileStorage: Sendable {
    struct File: Sendable {
        var bytes: [UInt8]
        var contentType: String
        var entityTag: String
    }

    private struct State {
        var files: [String: File] = [:]
        var order: [String] = []
        var byteCount = 0
    }

    /// The bucket of the application itself.
    static let bucket = "sandbox-bucket"
    /// The folder of the user's bucket that the application may write to.
    static let applicationData = "sandbox-user/appdata/bedrock%20adapter"
    /// Files in this bucket are there, but not for the caller.
    static let forbiddenBucket = "forbidden"

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: bytes held at most; the oldest files make room for new ones.
    init(limit: Int) { self.limit = limit }

    /// Answers `/v1/…`; nil when the path is none of the storage's.
    func answer(_ request: SandboxRequest, segments: [String]) -> SandboxAnswer? {
        guard segments.first == "bucket" || segments.first == "files" else { return nil }
        guard let key = request.header("api-key"), !key.isEmpty else {
            return .text("At least API-KEY or Authorization header must be provided", status: 401)
        }
        switch (segments[0], request.method) {
        case ("bucket", "GET") where segments.count == 1:
            return .json(["bucket": .string(Self.bucket), "appdata": .string(Self.applicationData)])
        case ("files", _) where segments.count > 2:
            guard segments[1] != Self.forbiddenBucket else {
                return .text("You don't have an access to: \(segments.joined(separator: "/"))", status: 403)
            }
            let isFolder = request.rawPath.hasSuffix("/")
            guard !isFolder, !segments.contains(".."), !segments.contains(".") else {
                return .text("File name is missing or the path is not allowed", status: 400)
            }
            return file(request, name: segments.dropFirst().joined(separator: "/"), path: Array(segments.dropFirst()))
        default: return .text("Not found", status: 404)
        }
    }

    private func file(_ request: SandboxRequest, name: String, path: [String]) -> SandboxAnswer {
        switch request.method {
        case "GET": return read(name)
        case "PUT": return write(request, name: name, path: path)
        case "DELETE":
            return remove(name) ? .text("", status: 200) : .text("Not found: \(name)", status: 404)
        default: return .text("Method not allowed", status: 405)
        }
    }

    private func read(_ name: String) -> SandboxAnswer {
        guard let file = state.withLock({ $0.files[name] }) else {
            return .text("Not found: \(name)", status: 404)
        }
        return SandboxAnswer(
            status: 200,
            headers: [SandboxHeader("Content-Type", file.contentType), SandboxHeader("ETag", file.entityTag)],
            body: .bytes(file.bytes)
        )
    }

    private func write(_ request: SandboxRequest, name: String, path: [String]) -> SandboxAnswer {
        guard let part = Multipart.file(in: request) else {
            return .text("The body must be multipart/form-data with a part named 'file'", status: 400)
        }
        guard part.bytes.count <= limit else { return .text("The file is too large", status: 413) }
        let tag = ASCII.hex(Digest.sha256(part.bytes).prefix(16))
        let file = File(bytes: part.bytes, contentType: part.contentType, entityTag: tag)
        let stored = state.withLock { state -> Bool in
            let existing = state.files[name]
            if request.header("if-none-match") == "*", existing != nil { return false }
            if let wanted = request.header("if-match"), wanted != existing?.entityTag { return false }
            Self.put(file, name, in: &state, limit: limit)
            return true
        }
        guard stored else { return .text("The file does not meet the condition of the request", status: 412) }
        return .json(metadata(file, path: path), headers: [SandboxHeader("ETag", tag)])
    }

    private static func put(_ file: File, _ name: String, in state: inout State, limit: Int) {
        if let old = state.files[name] {
            state.byteCount -= old.bytes.count
            state.order.removeAll { $0 == name }
        }
        state.files[name] = file
        state.order.append(name)
        state.byteCount += file.bytes.count
        while state.byteCount > limit, state.order.count > 1 {
            let oldest = state.order.removeFirst()
            state.byteCount -= state.files.removeValue(forKey: oldest)?.bytes.count ?? 0
        }
    }

    private func remove(_ name: String) -> Bool {
        state.withLock { state in
            guard let file = state.files.removeValue(forKey: name) else { return false }
            state.byteCount -= file.bytes.count
            state.order.removeAll { $0 == name }
            return true
        }
    }

    private func metadata(_ file: File, path: [String]) -> JSON {
        let encoded = path.map { PercentEncoding.encode($0) }.joined(separator: "/")
        var metadata: JSONObject = ["name": .string(path.last ?? "")]
        if path.count > 2 { metadata["parentPath"] = .string(path[1..<(path.count - 1)].joined(separator: "/")) }
        metadata["bucket"] = .string(path[0])
        metadata["url"] = .string("files/" + encoded)
        metadata["nodeType"] = "ITEM"
        metadata["resourceType"] = "FILE"
        metadata["contentLength"] = JSON(file.bytes.count)
        metadata["contentType"] = .string(file.contentType)
        metadata["etag"] = .string(file.entityTag)
        return .object(metadata)
    }
}
