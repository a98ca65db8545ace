import Glibc

/// A `.env` file: `NAME=VALUE` lines, `#` comments, optional `export`, optional quotes.
public enum EnvironmentFile {
    /// The variables of the process, with those of `.env` in the working directory beneath them.
    public static func processEnvironment() -> [String: String] {
        var variables = read(".env").map(parse) ?? [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return variables
    }

    static func parse(_ text: String) -> [String: String] {
        var variables: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            var rest = line.trimmingBlanks
            if rest.hasPrefix("export ") { rest = rest.dropFirst(7).trimmingBlanks }
            guard !rest.hasPrefix("#"), let equals = rest.firstIndex(of: "=") else { continue }
            let name = rest[..<equals].trimmingBlanks
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { continue }
            variables[String(name)] = value(rest[rest.index(after: equals)...])
        }
        return variables
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
        guard let comment = text.firstRange(of: " #") else { return String(text) }
        return String(text[..<comment.lowerBound].trimmingBlanks)
    }

    private static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while bytes.count < 1 << 20 {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
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
