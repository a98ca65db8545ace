/// Why a text is no JSON document that this module accepts.
public struct JSONParseError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of rule was broken, for those who mend or tolerate some.
    public enum Kind: Sendable, Equatable {
        /// A rule of RFC 8259 is broken.
        case syntax
        case invalidUTF8
        /// A `\ud800`…`\udfff` escape without its other half: no Unicode text can hold it.
        case loneSurrogate
        /// `NaN`, `Infinity` or `-Infinity`, which Python reads and writes; nothing else is wrong.
        case nonFiniteNumber
        /// More nested arrays and objects than ``JSON/maximumDepth``.
        case tooDeep
        /// The document does not fit the parser: above 4 GB, of too many tokens, or there is no memory for it.
        case tooLarge
    }

    /// What was wrong, in the words of Python's `json` module ("Expecting value"), without the position.
    public let reason: String
    /// Bytes before the defect.
    public let offset: Int
    public let kind: Kind

    public init(reason: String, offset: Int, kind: Kind = .syntax) {
        self.reason = reason
        self.offset = offset
        self.kind = kind
    }

    public var description: String { "\(reason) at byte \(offset)" }
}
