/// The format of AWS's shared files: sections of `key = value` lines.
///
/// Rules: `#` and `;` start comments at the beginning of a line only; a line indented deeper than its key goes on with
/// that key's value; keys ignore case; a value that starts on the next line is a nested map. A section or key given
/// twice is an error, because it is not clear which one is meant.
/// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files", "Format of the config file".
struct INIFile: Sendable, Equatable {
    struct Section: Sendable, Equatable {
        var name: String
        /// Keys in lower case.
        var values: [String: String] = [:]
        /// Keys whose value is a map of its own.
        var nested: [String: [String: String]] = [:]
    }

    struct ParseError: Error, Equatable {
        /// From 1.
        var line: Int
        var reason: StaticReason

        enum StaticReason: String, Sendable {
            case noSection = "a line before the first section"
            case noDelimiter = "a line without '='"
            case unclosedSection = "a section header without ']'"
            case duplicateSection = "a section for the second time"
            case duplicateKey = "a key for the second time"
        }
    }

    let sections: [Section]

    init(parsing text: String) throws(ParseError) {
        var parser = Parser()
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            try parser.take(line)
        }
        sections = try parser.finish()
    }

    private struct Parser {
        private var sections: [Section] = []
        private var names: Set<String> = []
        private var lineNumber = 0
        private var key: String?
        private var keyIndentation = 0
        private var keyLine = 0
        private var value: [Substring] = []

        mutating func take(_ line: Substring) throws(ParseError) {
            lineNumber += 1
            let content = line.trimmed
            guard let first = content.first, first != "#", first != ";" else { return }
            let indentation = line.prefix { $0 == " " || $0 == "\t" }.count
            if key != nil, indentation > keyIndentation {
                value.append(content)
                return
            }
            try endKey()
            if first == "[" {
                try startSection(content)
            } else {
                try startKey(content, indentation: indentation)
            }
        }

        mutating func finish() throws(ParseError) -> [Section] {
            try endKey()
            return sections
        }

        private mutating func startSection(_ content: Substring) throws(ParseError) {
            guard let end = content.lastIndex(of: "]") else { throw failure(.unclosedSection) }
            let name = String(content[content.index(after: content.startIndex)..<end])
            guard names.insert(name).inserted else { throw failure(.duplicateSection) }
            sections.append(Section(name: name))
        }

        private mutating func startKey(_ content: Substring, indentation: Int) throws(ParseError) {
            guard !sections.isEmpty else { throw failure(.noSection) }
            guard let delimiter = content.firstIndex(where: { $0 == "=" || $0 == ":" }),
                delimiter != content.startIndex
            else { throw failure(.noDelimiter) }
            let name = content[..<delimiter].trimmed.lowercased()
            let section = sections[sections.count - 1]
            guard section.values[name] == nil, section.nested[name] == nil else { throw failure(.duplicateKey) }
            key = name
            keyIndentation = indentation
            keyLine = lineNumber
            value = [content[content.index(after: delimiter)...].trimmed]
        }

        /// Stores the key that was read last, now that it is known where its value ends.
        private mutating func endKey() throws(ParseError) {
            guard let name = key else { return }
            key = nil
            let section = sections.count - 1
            guard let head = value.first, head.isEmpty, value.count > 1 else {
                sections[section].values[name] = value.joined(separator: "\n")
                return
            }
            var map: [String: String] = [:]
            for line in value.dropFirst() {
                guard let delimiter = line.firstIndex(of: "=") else {
                    throw ParseError(line: keyLine, reason: .noDelimiter)
                }
                map[line[..<delimiter].trimmed.lowercased()] = String(line[line.index(after: delimiter)...].trimmed)
            }
            sections[section].nested[name] = map
        }

        private func failure(_ reason: ParseError.StaticReason) -> ParseError {
            ParseError(line: lineNumber, reason: reason)
        }
    }
}

extension Substring {
    /// Without spaces and tabs around it.
    var trimmed: Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" || last == "\r" { text.removeLast() }
        return text
    }
}
