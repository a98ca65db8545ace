/// White space as Python's `str.strip` knows it, which is what prompts and answers have always been trimmed by:
/// Unicode's, and the four information separators.
///
/// Source: Python library reference "str.isspace".
extension Unicode.Scalar {
    var isPythonWhitespace: Bool {
        properties.isWhitespace || (0x1C...0x1F).contains(value)
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
