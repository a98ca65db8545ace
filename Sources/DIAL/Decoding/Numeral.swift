/// Numbers written inside strings, as lenient fields accept them.
enum Numeral {
    /// Sign, digits, and maybe a point with zeros behind it; single underscores between digits; blanks around. Beyond the
    /// range of `Int` its nearest value.
    static func integer(_ text: String) -> Int? {
        guard var digits = trimmed(text) else { return nil }
        if let point = digits.firstIndex(of: ".") {
            let fraction = digits[digits.index(after: point)...]
            guard !fraction.isEmpty, fraction.allSatisfy({ $0 == "0" }) else { return nil }
            digits = digits[..<point]
        }
        guard let plain = withoutGrouping(digits) else { return nil }
        if let integer = Int(plain) { return integer }
        let isSigned = plain.hasPrefix("-") || plain.hasPrefix("+")
        let isNumeral =
            plain.utf8.count > (isSigned ? 1 : 0) && plain.utf8.dropFirst(isSigned ? 1 : 0).allSatisfy(isDigit)
        return isNumeral ? (plain.hasPrefix("-") ? .min : .max) : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Decimal notation, `inf` and `nan`; not hexadecimal.
    static func double(_ text: String) -> Double? {
        guard let plain = trimmed(text).flatMap(withoutGrouping),
            // The C library would read no further than a zero byte.
            plain.utf8.allSatisfy({
                $0 != 0 && $0 != UInt8(ascii: "x") && $0 != UInt8(ascii: "X") && $0 != UInt8(ascii: "(")
            })
        else { return nil }
        return Double(plain)
    }

    /// Without blanks around; nil where something else than ASCII is left, since no numeral has any.
    private static func trimmed(_ text: String) -> Substring? {
        var rest = text.unicodeScalars[...]
        while let first = rest.first, first.properties.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
        return rest.allSatisfy(\.isASCII) ? Substring(rest) : nil
    }

    private static func withoutGrouping(_ text: Substring) -> String? {
        guard text.contains("_") else { return String(text) }
        let groups = text.split(separator: "_", omittingEmptySubsequences: false)
        let isGrouped = groups.enumerated().allSatisfy { position, group in
            guard let first = group.first, let last = group.last else { return false }
            return (position == 0 || first.isNumber) && (position == groups.count - 1 || last.isNumber)
        }
        return isGrouped ? groups.joined() : nil
    }
}
