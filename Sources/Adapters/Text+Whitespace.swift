extension String {
    /// Empty or white space only, which models refuse.
    var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }

    var trimmingTrailingWhitespace: String {
        var scalars = unicodeScalars[...]
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return String(scalars)
    }
}
