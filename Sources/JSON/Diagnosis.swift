/// Finds the first defect of a text and words it as Python's `json` module does.
///
/// The fast parser only says that there is one; this slow pass runs on rejected texts alone.
struct Diagnosis {
    private let text: UnsafeRawBufferPointer
    private var position = 0
    private var firstNonFiniteNumber: Int?

    /// Nil when the text is a valid document.
    static func firstDefect(in text: UnsafeRawBufferPointer) -> JSONParseError? {
        var diagnosis = Diagnosis(text: text)
        do throws(JSONParseError) {
            try diagnosis.checkEncoding()
            try diagnosis.checkDocument()
            return nil
        } catch {
            return error
        }
    }

    private func failure(_ reason: String, at offset: Int, _ kind: JSONParseError.Kind = .syntax) -> JSONParseError {
        JSONParseError(reason: reason, offset: offset, kind: kind)
    }

    private var byte: UInt8? { position < text.count ? text[position] : nil }

    private mutating func skipWhitespace() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func checkEncoding() throws(JSONParseError) {
        if let offset = text.firstInvalidUTF8Offset {
            throw failure("Invalid UTF-8", at: offset, .invalidUTF8)
        }
        if text.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw failure("Unexpected UTF-8 BOM (byte order mark): send the document without it", at: 0)
        }
    }

    private mutating func checkDocument() throws(JSONParseError) {
        // True for an object, false for an array.
        var open: [Bool] = []
        skipWhitespace()
        repeat {
            var isComplete = true
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = byte == UInt8(ascii: "{")
                guard open.count < JSON.maximumDepth else {
                    throw failure(
                        "Nested too deep: more than \(JSON.maximumDepth) arrays and objects inside each other",
                        at: position,
                        .tooDeep
                    )
                }
                position += 1
                skipWhitespace()
                if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    position += 1
                } else {
                    open.append(isObject)
                    if isObject { try checkKey() }
                    isComplete = false
                }
            case UInt8(ascii: "\""):
                try checkString()
            default:
                try checkScalar()
            }
            if isComplete { try checkWhatFollows(&open) }
        } while !open.isEmpty
        guard position == text.count else { throw failure("Extra data", at: position) }
        if let firstNonFiniteNumber { throw failure("Expecting value", at: firstNonFiniteNumber, .nonFiniteNumber) }
    }

    /// After a value: closes containers up to the next comma, and goes on to the value after it.
    private mutating func checkWhatFollows(_ open: inout [Bool]) throws(JSONParseError) {
        skipWhitespace()
        while let isObject = open.last {
            if byte == UInt8(ascii: ",") {
                position += 1
                skipWhitespace()
                if isObject { try checkKey() }
                return
            }
            guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                throw failure("Expecting ',' delimiter", at: position)
            }
            position += 1
            open.removeLast()
            skipWhitespace()
        }
    }

    /// A key, its colon and the blanks behind it.
    private mutating func checkKey() throws(JSONParseError) {
        guard byte == UInt8(ascii: "\"") else {
            throw failure("Expecting property name enclosed in double quotes", at: position)
        }
        try checkString()
        skipWhitespace()
        guard byte == UInt8(ascii: ":") else { throw failure("Expecting ':' delimiter", at: position) }
        position += 1
        skipWhitespace()
    }

    private mutating func checkScalar() throws(JSONParseError) {
        let rest = UnsafeRawBufferPointer(rebasing: text[position...])
        for word in ["true", "false", "null"] where rest.starts(with: word.utf8) {
            position += word.utf8.count
            return
        }
        for word in NonFiniteNumbers.words where rest.starts(with: word.utf8) {
            firstNonFiniteNumber = firstNonFiniteNumber ?? position
            position += word.utf8.count
            return
        }
        let length = NumberSyntax.length(in: rest)
        guard length > 0 else { throw failure("Expecting value", at: position) }
        position += length
    }

    private mutating func checkString() throws(JSONParseError) {
        let start = position
        position += 1
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                position += 1
                try checkEscape(ofStringAt: start)
            case 0..<0x20:
                throw failure("Invalid control character at", at: position)
            default:
                position += 1
            }
        }
        throw failure("Unterminated string starting at", at: start)
    }

    /// The position is right after the backslash.
    private mutating func checkEscape(ofStringAt start: Int) throws(JSONParseError) {
        guard let byte else { throw failure("Unterminated string starting at", at: start) }
        guard byte == UInt8(ascii: "u") else {
            guard "\"\\/bfnrt".utf8.contains(byte) else { throw failure("Invalid \\escape", at: position - 1) }
            position += 1
            return
        }
        let escape = position - 1
        var unit = try hexadecimal(at: position)
        position += 5
        if unit & 0xFC00 == 0xD800, position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
            text[position + 1] == UInt8(ascii: "u")
        {
            let second = try hexadecimal(at: position + 1)
            if second & 0xFC00 == 0xDC00 {
                position += 6
                unit = 0
            }
        }
        if unit & 0xF800 == 0xD800 {
            throw failure(
                "Lone surrogate \\u\(String(unit, radix: 16)) in a string: "
                    + "escape a character beyond U+FFFF as a high and a low surrogate",
                at: escape,
                .loneSurrogate
            )
        }
    }

    /// The code unit of a `\u` escape whose `u` is at `letter`.
    private func hexadecimal(at letter: Int) throws(JSONParseError) -> Int {
        // Where the text ends right behind the digits, Python blames the escape, not the string.
        guard letter + 5 < text.count else { throw failure("Invalid \\uXXXX escape", at: letter) }
        var unit = 0
        for offset in letter + 1...letter + 4 {
            guard let digit = Character(Unicode.Scalar(text[offset])).hexDigitValue else {
                throw failure("Invalid \\uXXXX escape", at: letter)
            }
            unit = unit << 4 | digit
        }
        return unit
    }
}

extension UnsafeRawBufferPointer {
    /// Where the first ill-formed UTF-8 sequence starts.
    var firstInvalidUTF8Offset: Int? {
        var decoder = UTF8.ForwardParser()
        var bytes = makeIterator()
        var offset = 0
        while true {
            switch decoder.parseScalar(from: &bytes) {
            case .valid(let scalar): offset += scalar.count
            case .emptyInput: return nil
            case .error: return offset
            }
        }
    }
}
