import Glibc
import JSON

/// Small files: configuration, tokens, profiles, what the kernel says of the process.
public enum LocalFile {
    public enum Content: Equatable, Sendable {
        case bytes([UInt8])
        case missing
        /// It is there and cannot be read; the reason is for the log.
        case unreadable(reason: String)
    }

    /// Bytes; a longer file counts as unreadable.
    private static let limit = 1 << 20

    /// Waits for the file system.
    public static func read(_ path: String) -> Content {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return [ENOENT, ENOTDIR].contains(errno) ? .missing : .unreadable(reason: String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT != S_IFDIR else { return .unreadable(reason: "it is a directory") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .unreadable(reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
                var received = Glibc.read(descriptor, buffer.baseAddress, 16_384)
                while received < 0, errno == EINTR {
                    received = Glibc.read(descriptor, buffer.baseAddress, 16_384)
                }
                if received < 0 { failure = errno }
                count = max(received, 0)
            }
            guard failure == 0 else { return .unreadable(reason: String(cString: strerror(failure))) }
            if chunk.isEmpty { return .bytes(bytes) }
            bytes += chunk
        }
        return .unreadable(reason: "it has more than \(limit) bytes")
    }

    /// `~`, `$NAME` and `${NAME}` filled in from the environment; unknown names stay. Nil when `~` has no meaning.
    static func expand(_ path: String, environment: [String: String]) -> String? {
        var rest = Substring(path)
        var result = ""
        if rest == "~" || rest.hasPrefix("~/") {
            guard let home = environment["HOME"]?.nonEmpty else { return nil }
            result = home
            rest = rest.dropFirst()
        }
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...].dropFirst()
            let isBraced = rest.first == "{"
            let name = (isBraced ? rest.dropFirst() : rest).prefix {
                $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber))
            }
            let end =
                isBraced ? rest[name.endIndex...].first == "}" ? rest.index(after: name.endIndex) : nil : name.endIndex
            if let end, !name.isEmpty, let value = environment[String(name)] {
                result += value
                rest = rest[end...]
            } else {
                result += "$"
            }
        }
        return result + rest
    }
}
