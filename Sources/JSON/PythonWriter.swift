/// Writes JSON with the separators and escapes of Python's `json.dumps`.
struct PythonWriter {
    let ensuresASCII: Bool
    private(set) var bytes: [UInt8] = []

    mutating func append(_ value: JSON) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .number(let value): append(value.pythonSpelling)
        case .string(let value): appendQuoted(value)
        case .array(let elements):
            append("[")
            var separator = ""
            for element in elements {
                append(separator)
                separator = ", "
                append(element)
            }
            append("]")
        case .object(let members):
            append("{")
            var separator = ""
            for (key, value) in members {
                append(separator)
                separator = ", "
                appendQuoted(key)
                append(": ")
                append(value)
            }
            append("}")
        }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func appendQuoted(_ text: String) {
        append("\"")
        var text = text
        text.withUTF8 { utf8 in
            if ensuresASCII {
                appendASCII(utf8)
            } else {
                JSONWriter.appendEscaped(utf8, to: &bytes)
            }
        }
        append("\"")
    }

    /// Runs of ASCII go out in one piece, the characters between them (and U+007F, as Python does) as UTF-16 escapes.
    private mutating func appendASCII(_ utf8: UnsafeBufferPointer<UInt8>) {
        var rest = utf8[...]
        while !rest.isEmpty {
            let ascii = rest.prefix { $0 < 0x7F }
            JSONWriter.appendEscaped(UnsafeBufferPointer(rebasing: ascii), to: &bytes)
            let other = rest[ascii.endIndex...].prefix { $0 >= 0x7F }
            for unit in String(decoding: other, as: UTF8.self).utf16 {
                bytes.append(UInt8(ascii: "\\"))
                JSONWriter.appendHexadecimal(unit, to: &bytes)
            }
            rest = rest[other.endIndex...]
        }
    }
}
