/// An element of the small XML documents that STS answers with.
///
/// Tolerant where it does no harm: namespaces, attributes, comments and unknown elements are skipped. A document type
/// declaration is refused, so entities are the five predefined ones and character references.
struct XMLElement: Sendable, Equatable {
    /// Without the namespace prefix.
    var name: String
    /// Character data directly inside, entities decoded.
    var text = ""
    var children: [XMLElement] = []

    init(name: String) {
        self.name = name
    }

    /// The root element; nil when the document is not well-formed or nested too deep.
    init?(parsing bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var scanner = XMLScanner(text)
        guard let root = scanner.document() else { return nil }
        self = root
    }

    /// The first element of that name, this one included, in document order.
    func first(_ name: String) -> XMLElement? {
        if self.name == name { return self }
        for child in children {
            if let found = child.first(name) { return found }
        }
        return nil
    }

    /// The text of the first element of that name, without white space around it; nil when there is none or it is empty.
    func text(of name: String) -> String? {
        guard let element = first(name) else { return nil }
        let trimmed = element.text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        return trimmed.isEmpty ? nil : String(trimmed)
    }
}

private struct XMLScanner {
    private static let maximumDepth = 64
    private var rest: Substring

    init(_ text: String) {
        rest = text[...]
    }

    /// Elements are kept on a stack of their own, so that depth costs no call stack.
    mutating func document() -> XMLElement? {
        var open: [XMLElement] = []
        var root: XMLElement?
        while let mark = rest.firstIndex(of: "<") {
            let text = rest[..<mark]
            rest = rest[mark...].dropFirst()
            if open.isEmpty {
                guard text.allSatisfy({ $0.isWhitespace || $0 == "\u{FEFF}" }) else { return nil }
            } else {
                guard let decoded = Self.decode(text) else { return nil }
                open[open.count - 1].text += decoded
            }
            if take("!--") {
                guard skip(past: "-->") != nil else { return nil }
            } else if take("![CDATA[") {
                guard !open.isEmpty, let data = skip(past: "]]>") else { return nil }
                open[open.count - 1].text += data
            } else if take("?") {
                guard skip(past: "?>") != nil else { return nil }
            } else if take("/") {
                guard let tag = skip(past: ">"), let element = open.popLast(),
                    Self.localName(tag) == element.name
                else { return nil }
                if !Self.close(element, &open, &root) { return nil }
            } else {
                guard let tag = startTag(), open.count < Self.maximumDepth else { return nil }
                let element = XMLElement(name: tag.name)
                if tag.isEmpty {
                    if !Self.close(element, &open, &root) { return nil }
                } else {
                    open.append(element)
                }
            }
        }
        guard open.isEmpty, rest.allSatisfy(\.isWhitespace) else { return nil }
        return root
    }

    private static func close(_ element: XMLElement, _ open: inout [XMLElement], _ root: inout XMLElement?) -> Bool {
        if open.isEmpty {
            guard root == nil else { return false }
            root = element
        } else {
            open[open.count - 1].children.append(element)
        }
        return true
    }

    private mutating func take(_ prefix: String) -> Bool {
        guard rest.hasPrefix(prefix) else { return false }
        rest = rest.dropFirst(prefix.count)
        return true
    }

    /// What stands before `end`.
    private mutating func skip(past end: String) -> Substring? {
        var position = rest.startIndex
        while position < rest.endIndex {
            if rest[position...].hasPrefix(end) {
                let skipped = rest[..<position]
                rest = rest[position...].dropFirst(end.count)
                return skipped
            }
            position = rest.index(after: position)
        }
        return nil
    }

    /// The rest of `<name attribute="value">`; a `>` may stand inside a quoted value.
    private mutating func startTag() -> (name: String, isEmpty: Bool)? {
        var quote: Character?
        var position = rest.startIndex
        while position < rest.endIndex {
            let character = rest[position]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == ">" {
                break
            } else if character == "<" {
                return nil
            }
            position = rest.index(after: position)
        }
        guard position < rest.endIndex else { return nil }
        var tag = rest[..<position]
        rest = rest[position...].dropFirst()
        let isEmpty = tag.last == "/"
        if isEmpty { tag.removeLast() }
        guard let name = Self.localName(tag) else { return nil }
        return (name, isEmpty)
    }

    private static func localName(_ tag: Substring) -> String? {
        let name = tag.prefix { !$0.isWhitespace }
        guard let first = name.first, first.isLetter || first == "_" else { return nil }
        return name.split(separator: ":").last.map(String.init)
    }

    private static func decode(_ text: Substring) -> String? {
        guard text.contains("&") else { return String(text) }
        var result = ""
        var rest = text
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            rest = rest[mark...].dropFirst()
            guard let end = rest.firstIndex(of: ";"), let character = entity(rest[..<end]) else { return nil }
            result.unicodeScalars.append(character)
            rest = rest[end...].dropFirst()
        }
        return result + rest
    }

    private static func entity(_ name: Substring) -> Unicode.Scalar? {
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#") else { return nil }
            let digits = name.dropFirst()
            let isHexadecimal = digits.first == "x" || digits.first == "X"
            return UInt32(isHexadecimal ? digits.dropFirst() : digits, radix: isHexadecimal ? 16 : 10)
                .flatMap(Unicode.Scalar.init)
        }
    }
}
