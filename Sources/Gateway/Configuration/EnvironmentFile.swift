import AWS
import Glibc

/// A `.env` file: `NAME=VALUE` lines, `#` comments, optional `export`, optional quotes.
public struct EnvironmentFile: Sendable {
    public private(set) var variables: [String: String] = [:]
    /// What of it counts for nothing: sentences without any of its words, which may be secrets.
    public private(set) var warnings: [String] = []

    /// The variables of the process, with those of `.env` in the working directory beneath them.
    public static func processEnvironment() -> EnvironmentFile {
        var file: EnvironmentFile
        switch LocalFile.read(".env") {
        case .bytes(let bytes): file = EnvironmentFile(bytes)
        case .missing: file = EnvironmentFile([])
        case .unreadable(let reason):
            file = EnvironmentFile([])
            file.warnings = ["The file .env was not read: \(reason)"]
        }
        file.addProcessEnvironment()
        return file
    }

    private mutating func addProcessEnvironment() {
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
    }

    init(_ bytes: [UInt8]) {
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        guard let text = String(validating: bytes.dropFirst(hasMark ? 3 : 0), as: UTF8.self), !bytes.contains(0) else {
            warnings = ["The file .env was not read: it is not text in UTF-8"]
            return
        }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            var rest = line.trimmingBlanks
            if ["export ", "export\t"].contains(where: rest.hasPrefix) { rest = rest.dropFirst(7).trimmingBlanks }
            guard !rest.isEmpty, !rest.hasPrefix("#") else { continue }
            guard let equals = rest.firstIndex(of: "="), case let name = rest[..<equals].trimmingBlanks,
                !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else {
                warnings.append("Line \(index + 1) of .env counts for nothing: write NAME=VALUE")
                continue
            }
            variables[String(name)] = Self.value(rest[rest.index(after: equals)...])
        }
    }

    private static func value(_ given: Substring) -> String {
        let text = given.trimmingBlanks
        // Nothing but a comment.
        if text.first == "#", given.first != "#" { return "" }
        if let quote = text.first, quote == "\"" || quote == "'", text.count > 1,
            let end = text.dropFirst().firstIndex(of: quote)
        {
            return String(text[text.index(after: text.startIndex)..<end])
        }
        // A comment after an unquoted value needs a blank before it: keys may contain '#'.
        let comments = [" #", "\t#"].compactMap { text.firstRange(of: $0)?.lowerBound }
        return String(text[..<(comments.min() ?? text.endIndex)].trimmingBlanks)
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var result = self
        while let first = result.first, first == " " || first == "\t" || first == "\r" { result.removeFirst() }
        while let last = result.last, last == " " || last == "\t" || last == "\r" { result.removeLast() }
        return result
    }
}
