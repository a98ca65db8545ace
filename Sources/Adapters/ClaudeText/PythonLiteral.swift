import JSON

/// JSON values as Python prints the objects it makes of them.
///
/// Source: Python library reference "repr", language reference "string and bytes literals".
enum PythonLiteral {
    static func text(_ value: JSON) -> String {
        switch value {
        case .null: "None"
        case .bool(let value): value ? "True" : "False"
        case .number(let number): text(number)
        case .string(let text): quoted(text)
        case .array(let elements): "[\(elements.map(text).joined(separator: ", "))]"
        case .object(let members):
            "{\(members.map { "\(quoted($0.key)): \(text($0.value))" }.joined(separator: ", "))}"
        }
    }

    private static func text(_ number: JSONNumber) -> String {
        let value = number.doubleValue
        return number.isIntegerSpelling || value.isFinite ? number.pythonSpelling : value.description
    }

    private static func quoted(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
        var literal = String.UnicodeScalarView()
        literal.append(quote)
        for scalar in scalars {
            switch scalar {
            case quote, "\\": literal.append(contentsOf: ["\\", scalar])
            case "\n": literal.append(contentsOf: "\\n".unicodeScalars)
            case "\r": literal.append(contentsOf: "\\r".unicodeScalars)
            case "\t": literal.append(contentsOf: "\\t".unicodeScalars)
            case _ where isPrintable(scalar): literal.append(scalar)
            default: literal.append(contentsOf: escape(scalar.value).unicodeScalars)
            }
        }
        literal.append(quote)
        return String(literal)
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    private static func escape(_ value: UInt32) -> String {
        let (prefix, width) = value < 0x100 ? ("\\x", 2) : value < 0x10000 ? ("\\u", 4) : ("\\U", 8)
        let digits = String(value, radix: 16)
        return prefix + String(repeating: "0", count: width - digits.count) + digits
    }
}
