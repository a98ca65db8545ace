/// White space as Python's `str.strip` knows it, which is what prompts and answers have always been trimmed by:
/// Unicode's, and the four information separators.
///
/// Source: Python library reference "str.isspace".
extension Unicode.Scalar {
    var isPythonWhitespace: Bool {
        // `properties.isWhitespace` looks it up in Unicode's tables, ten times as slow.
        switch value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }
}

extension String {
    /// Empty or white space only, which models refuse.
    var isBlank: Bool { unicodeScalars.allSatisfy(\.isPythonWhitespace) }

    var trimmingLeadingPythonWhitespace: String {
        guard let first = unicodeScalars.first, first.isPythonWhitespace else { return self }
        return String(unicodeScalars.drop(while: \.isPythonWhitespace))
    }

    var trimmingTrailingPythonWhitespace: String {
        var scalars = unicodeScalars[...]
        while let last = scalars.last, last.isPythonWhitespace { scalars.removeLast() }
        return String(scalars)
    }

    var trimmingPythonWhitespace: String {
        trimmingLeadingPythonWhitespace.trimmingTrailingPythonWhitespace
    }
}
