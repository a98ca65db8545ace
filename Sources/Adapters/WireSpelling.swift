import AWS

/// How a service wants names and ids spelled: ASCII letters, digits and some punctuation, up to a length.
struct WireSpelling: Sendable {
    let punctuation: Set<Unicode.Scalar>
    let maximumLength: Int
    /// Whether nothing shorter is taken either.
    var isFixedLength = false

    /// The text with `_` in place of what is not taken.
    func allowed(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isAllowed($0) ? $0 : "_" }))
    }

    /// A spelling cut so that eight hexadecimal digits of the text's digest follow it: the same from turn to turn.
    func shortened(_ spelling: String, of text: String) -> String {
        let digest = (try? SHA256.hexDigest(of: Array(text.utf8))) ?? ""
        return "\(spelling.prefix(maximumLength - 9))_\(digest.prefix(8))"
    }

    private func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: punctuation.contains(scalar)
        }
    }
}
