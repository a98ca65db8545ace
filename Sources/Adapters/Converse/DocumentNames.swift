import AWS
import DIAL

/// Names for the documents of a request: of the characters the service accepts, and each of them once.
///
/// Source: AWS API reference "DocumentBlock".
struct DocumentNames {
    static let maximumLength = 200

    private var taken: Set<String> = []
    /// The next number by how a name begins: names that are cut for theirs share it with all that begin alike.
    private var nextNumbers: [String: Int] = [:]
    /// How often a content without a title has come, by its first name.
    private var copies: [String: UInt64] = [:]

    /// - Parameter title: of the attachment, a file name perhaps.
    mutating func name(title: String?, content: [UInt8]) -> String {
        let title = title.map(Self.sanitised) ?? ""
        let base = title.isEmpty ? anonymousName(content) : title
        let stem = String(base.prefix(Self.maximumLength - 8))
        var name = base
        while !taken.insert(name).inserted {
            let number = nextNumbers[stem, default: 2]
            nextNumbers[stem] = number + 1
            let suffix = " (\(number))"
            name = String(base.prefix(Self.maximumLength - suffix.utf8.count)).trimmingTrailingPythonWhitespace + suffix
        }
        return name
    }

    /// A UUID made of the content, so that the prompt of the next turn begins alike and can come from the cache.
    private mutating func anonymousName(_ content: [UInt8]) -> String {
        let digest = Self.digest(of: content)
        let name = Self.uuid(digest)
        let copy = copies[name, default: 0]
        copies[name] = copy + 1
        guard copy > 0 else { return name }
        return Self.uuid(Self.digest(of: digest + withUnsafeBytes(of: copy.littleEndian) { Array($0) }))
    }

    private static func digest(of bytes: [UInt8]) -> [UInt8] {
        (try? SHA256.digest(of: bytes)) ?? (0..<32).map { _ in .random(in: 0...255) }
    }

    /// Of the digest's first 16 bytes.
    private static func uuid(_ digest: [UInt8]) -> String {
        func half(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return UUIDVersion4.text(high: half(digest[..<8]), low: half(digest[8..<16]))
    }

    /// Without the extension, runs of white space as one space, other characters than the service's as `_`.
    static func sanitised(_ title: String) -> String {
        var name = String.UnicodeScalarView()
        var length = 0
        var endsWithSpace = true
        for scalar in withoutExtension(title).unicodeScalars {
            guard length < maximumLength else { break }
            if scalar.isPythonWhitespace {
                guard !endsWithSpace else { continue }
                name.append(" ")
                endsWithSpace = true
            } else {
                name.append(isAllowed(scalar) ? scalar : "_")
                endsWithSpace = false
            }
            length += 1
        }
        return String(name).trimmingTrailingPythonWhitespace
    }

    /// `.` and one to eight letters or digits at the end.
    private static func withoutExtension(_ title: String) -> Substring {
        guard let dot = title.utf8.lastIndex(of: UInt8(ascii: ".")) else { return title[...] }
        let suffix = title.utf8[title.utf8.index(after: dot)...]
        let isExtension =
            (1...8).contains(suffix.count)
            && suffix.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: false
                }
            }
        return isExtension ? title[..<dot] : title[...]
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "-", "(", ")", "[", "]", "_": true
        default: false
        }
    }
}
