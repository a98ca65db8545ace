/// The words of AWS's errors.
public enum AWSErrorMessage {
    /// Where a signature does not match, AWS quotes what it should have been made of: the session token is part of it.
    public static func withoutCanonicalRequest(_ message: String) -> String {
        let quotation = "The Canonical String for this request".utf8
        guard let quoted = message.utf8.firstRange(of: quotation) else { return message }
        let said = message[..<quoted.lowerBound].utf8
        let end = said.lastIndex { $0 > 0x20 }.map { said.index(after: $0) } ?? said.startIndex
        return String(message[..<end])
    }
}
