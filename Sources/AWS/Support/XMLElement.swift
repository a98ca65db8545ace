import JSON

/// An element of an XML document that is nothing but elements, attributes and text.
public struct XMLElement: Sendable {
    /// With its prefix, if it has one.
    public let name: String
    public fileprivate(set) var attributes: [(name: String, value: String)] = []
    public fileprivate(set) var children: [XMLElement] = []
    /// Up to the first child.
    public fileprivate(set) var text = ""

    /// Why a text is not such a document.
    public struct SyntaxError: Error {
        public let reason: String
        /// In bytes.
        public let offset: Int
    }

    /// The root element. Strict about well-formedness; document types, and with them entities of one's own, are refused.
    ///
    /// Source: W3C "Extensible Markup Language (XML) 1.0".
    public init(parsing text: [UInt8]) throws(SyntaxError) {
        var parser = XMLParser(text: Self.withNormalizedLineEnds(text))
        self = try parser.document()
    }

    fileprivate init(name: String) {
        self.name = name
    }

    private static func withNormalizedLineEnds(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(0x0D) else { return text }
        var result: [UInt8] = []
        for (index, byte) in text.enumerated() {
            if byte == 0x0D {
                result.append(0x0A)
            } else if byte != 0x0A || index == 0 || text[index - 1] != 0x0D {
                result.append(byte)
            }
        }
        return result
    }
}

/// Walks the document with the open elements on a stack, so that nesting costs no recursion.
private struct XMLParser {
    let text: [UInt8]
    var position = 0
    private var open: [XMLElement] = []

    /// Deeper documents are neither an answer of STS nor a tool call.
    private static let maximumDepth = 64

    init(text: [UInt8]) {
        self.text = text
    }

    mutating func document() throws(XMLElement.SyntaxError) -> XMLElement {
        var root: XMLElement?
        while position < text.count {
            guard text[position] == UInt8(ascii: "<") else {
                try characterData(isOutside: open.isEmpty)
                continue
            }
            if try skipCommentOrInstruction() { continue }
            if take("<![CDATA[") {
                guard !open.isEmpty else { throw failure("a section outside the root element") }
                append(try upTo("]]>"))
            } else if take("</") {
                if let element = try closeElement() { root = element }
            } else {
                guard root == nil else { throw failure("more than one root element") }
                if let element = try openElement() { root = element }
            }
        }
        guard open.isEmpty, let root else { throw failure("an element is not closed") }
        return root
    }

    private mutating func skipCommentOrInstruction() throws(XMLElement.SyntaxError) -> Bool {
        if take("<!--") {
            _ = try upTo("--")
            guard take(">") else { throw failure("-- in a comment") }
            return true
        }
        if take("<?") {
            _ = try upTo("?>")
            return true
        }
        if starts("<!"), !starts("<![CDATA[") { throw failure("a document type") }
        return false
    }

    /// - Returns: the element when it is the root and empty.
    private mutating func openElement() throws(XMLElement.SyntaxError) -> XMLElement? {
        position += 1
        var element = XMLElement(name: try name())
        var names: Set<ExactString> = []
        while true {
            let hadSpace = skipSpace()
            if take("/>") { return close(element) }
            if take(">") { break }
            guard hadSpace else { throw failure("no space before an attribute") }
            let attribute = try attribute()
            guard names.insert(ExactString(attribute.name)).inserted else { throw failure("an attribute twice") }
            element.attributes.append(attribute)
        }
        guard open.count < Self.maximumDepth else { throw failure("elements nested too deep") }
        open.append(element)
        return nil
    }

    private mutating func closeElement() throws(XMLElement.SyntaxError) -> XMLElement? {
        let name = try name()
        _ = skipSpace()
        guard take(">"), let element = open.popLast(), element.name.utf8.elementsEqual(name.utf8) else {
            throw failure("a closing tag that fits no opening one")
        }
        return close(element)
    }

    /// - Returns: the element when it is the root.
    private mutating func close(_ element: XMLElement) -> XMLElement? {
        guard !open.isEmpty else { return element }
        open[open.count - 1].children.append(element)
        return nil
    }

    private mutating func attribute() throws(XMLElement.SyntaxError) -> (name: String, value: String) {
        let name = try name()
        _ = skipSpace()
        guard take("=") else { throw failure("an attribute without value") }
        _ = skipSpace()
        guard position < text.count, text[position] == UInt8(ascii: "\"") || text[position] == UInt8(ascii: "'") else {
            throw failure("an attribute's value without quotes")
        }
        let quote = text[position]
        position += 1
        var value: [UInt8] = []
        while position < text.count, text[position] != quote {
            switch text[position] {
            case UInt8(ascii: "<"): throw failure("< in an attribute")
            case UInt8(ascii: "&"): value += try reference()
            case 0x09, 0x0A:
                value.append(0x20)
                position += 1
            default: value.append(try character())
            }
        }
        guard position < text.count else { throw failure("an attribute's value does not end") }
        position += 1
        return (name, String(decoding: value, as: UTF8.self))
    }

    /// Text up to the next tag. Outside the root only white space may stand.
    private mutating func characterData(isOutside: Bool) throws(XMLElement.SyntaxError) {
        var data: [UInt8] = []
        while position < text.count, text[position] != UInt8(ascii: "<") {
            if isOutside, !isSpace(text[position]) { throw failure("text outside the root element") }
            if starts("]]>") { throw failure("]]> in text") }
            if text[position] == UInt8(ascii: "&") { data += try reference() } else { data.append(try character()) }
        }
        if !isOutside { append(data) }
    }

    private mutating func append(_ data: [UInt8]) {
        let last = open.count - 1
        // Text behind a child means nothing to either.
        if open[last].children.isEmpty { open[last].text += String(decoding: data, as: UTF8.self) }
    }

    private mutating func reference() throws(XMLElement.SyntaxError) -> [UInt8] {
        let start = position
        guard let length = text[start...].prefix(12).firstIndex(of: UInt8(ascii: ";")).map({ $0 - start }) else {
            throw failure("a bare &")
        }
        let name = String(decoding: text[start + 1..<start + length], as: UTF8.self)
        position += length + 1
        switch name {
        case "amp": return [UInt8(ascii: "&")]
        case "lt": return [UInt8(ascii: "<")]
        case "gt": return [UInt8(ascii: ">")]
        case "quot": return [UInt8(ascii: "\"")]
        case "apos": return [UInt8(ascii: "'")]
        default:
            let number = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst(1))
            guard name.hasPrefix("#"), !name.contains("+"), !name.contains("-"), let number,
                let scalar = Unicode.Scalar(number), Self.isAllowed(number)
            else { throw failure("an unknown reference") }
            return Array(String(Character(scalar)).utf8)
        }
    }

    private static func isAllowed(_ scalar: UInt32) -> Bool {
        scalar >= 0x20 && scalar != 0xFFFE && scalar != 0xFFFF || scalar == 0x09 || scalar == 0x0A || scalar == 0x0D
    }

    private mutating func character() throws(XMLElement.SyntaxError) -> UInt8 {
        let byte = text[position]
        guard byte >= 0x20 || byte == 0x09 || byte == 0x0A else { throw failure("a control character") }
        position += 1
        return byte
    }

    /// Letters, digits and `_ : - .`; every character outside ASCII passes for a letter.
    private mutating func name() throws(XMLElement.SyntaxError) -> String {
        let start = position
        while position < text.count, Self.isNameByte(text[position], isFirst: position == start) { position += 1 }
        guard position > start else { throw failure("no name where one is due") }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"),
            UInt8(ascii: ":"), 0x80...0xFF:
            true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): !isFirst
        default: false
        }
    }

    private mutating func upTo(_ end: StaticString) throws(XMLElement.SyntaxError) -> [UInt8] {
        let start = position
        while position < text.count {
            if starts(end) {
                let content = Array(text[start..<position])
                position += end.utf8CodeUnitCount
                return content
            }
            _ = try character()
        }
        throw failure("a section that does not end")
    }

    private mutating func skipSpace() -> Bool {
        let start = position
        while position < text.count, isSpace(text[position]) { position += 1 }
        return position > start
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private func starts(_ pattern: StaticString) -> Bool {
        text[position...].starts(with: UnsafeBufferPointer(start: pattern.utf8Start, count: pattern.utf8CodeUnitCount))
    }

    private mutating func take(_ pattern: StaticString) -> Bool {
        guard starts(pattern) else { return false }
        position += pattern.utf8CodeUnitCount
        return true
    }

    private func failure(_ reason: String) -> XMLElement.SyntaxError {
        XMLElement.SyntaxError(reason: reason, offset: position)
    }
}
