extension JSON {
    /// Compact text in UTF-8: members in their order, numbers in their spelling, no escapes but the required ones.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// See ``serialized()``.
    public func serializedString() -> String { String(decoding: serialized(), as: UTF8.self) }

    /// The text that Python's `json.dumps` makes of this value, except that numbers keep their spelling.
    /// - Parameter ensureASCII: escape all characters beyond ASCII, as `json.dumps` does unless told otherwise.
    public func pythonSerialized(ensureASCII: Bool = true) -> String {
        var bytes: [UInt8] = []
        appendPythonText(to: &bytes, ensureASCII: ensureASCII)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func appendPythonText(to bytes: inout [UInt8], ensureASCII: Bool) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
        case .number(let value): bytes.append(contentsOf: value.spelling.utf8)
        case .string(let value): JSON.appendPythonString(value, to: &bytes, ensureASCII: ensureASCII)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            var separator = ""
            for element in elements {
                bytes.append(contentsOf: separator.utf8)
                separator = ", "
                element.appendPythonText(to: &bytes, ensureASCII: ensureASCII)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            var separator = ""
            for (key, value) in members {
                bytes.append(contentsOf: separator.utf8)
                separator = ", "
                JSON.appendPythonString(key, to: &bytes, ensureASCII: ensureASCII)
                bytes.append(contentsOf: ": ".utf8)
                value.appendPythonText(to: &bytes, ensureASCII: ensureASCII)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func appendPythonString(_ text: String, to bytes: inout [UInt8], ensureASCII: Bool) {
        guard ensureASCII else { return JSONWriter.appendQuoted(text, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
        for unit in text.utf16 {
            switch unit {
            case 0x80...:
                bytes.append(UInt8(ascii: "\\"))
                JSONWriter.appendHexadecimal(unit, to: &bytes)
            case 0x22, 0x5C, 0..<0x20:
                JSONWriter.appendEscape(of: UInt8(truncatingIfNeeded: unit), to: &bytes)
            default:
                bytes.append(UInt8(truncatingIfNeeded: unit))
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
