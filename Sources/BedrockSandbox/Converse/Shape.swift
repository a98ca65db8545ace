/// The form a JSON value must have, as the service model declares it.
///
/// Source: the Bedrock Runtime service model (2023-09-30).
indirect enum Shape: Sendable {
    case structure([Member])
    /// Exactly one of the members.
    case union([Member])
    case list(Shape, count: ClosedRange<Int> = 0...Int.max)
    case map(key: TextRule, value: Shape, count: ClosedRange<Int> = 0...Int.max)
    case text(TextRule = TextRule())
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case boolean
    /// Base64 of at least this many bytes.
    case blob(minimum: Int = 1)
    /// Any JSON value.
    case document

    struct Member: Sendable {
        var name: String
        var shape: Shape
        var isRequired: Bool

        init(_ name: String, _ shape: Shape, required: Bool = false) {
            self.name = name
            self.shape = shape
            isRequired = required
        }
    }
}

/// Limits of a string.
struct TextRule: Sendable {
    /// Length in characters.
    var length: ClosedRange<Int> = 0...Int.max
    var pattern: TextPattern?
    /// The only values allowed.
    var values: [String]?
}

/// A character class repeated over the whole string, with the spelling AWS reports.
struct TextPattern: Sendable {
    var spelling: String
    var matches: @Sendable (String) -> Bool

    /// One or more ASCII letters, digits and the bytes of `others`.
    static func alphanumeric(and others: String, spelling: String) -> TextPattern {
        let allowed = Array(others.utf8)
        return TextPattern(spelling: spelling) { text in
            !text.isEmpty && text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || allowed.contains($0) }
        }
    }

    static let toolName = alphanumeric(and: "_-", spelling: "[a-zA-Z0-9_-]+")
    static let toolUseID = alphanumeric(and: "_.:-", spelling: "[a-zA-Z0-9_.:-]+")
    static let guardrailVersion = TextPattern(spelling: "(|([1-9][0-9]{0,7})|(DRAFT))") { text in
        text.isEmpty || text == "DRAFT"
            || text.utf8.allSatisfy(ASCII.isDigit) && text.utf8.count <= 8 && !text.hasPrefix("0")
    }
    static let guardrailIdentifier = TextPattern(
        spelling: "(|([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+))"
    ) { text in
        let name =
            text.hasPrefix("arn:aws") && text.contains(":guardrail/")
            ? text.split(separator: "/").last ?? "" : text[...]
        return name.utf8.allSatisfy { ASCII.isDigit($0) || $0 >= 0x61 && $0 <= 0x7A }
    }
    static let requestMetadata = TextPattern(spelling: #"[a-zA-Z0-9\s:_@$#=/+,-.]{1,256}"#) { text in
        text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || ASCII.isWhitespace($0) || ":_@$#=/+,-.".utf8.contains($0) }
    }
}
