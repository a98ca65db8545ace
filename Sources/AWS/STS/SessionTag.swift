/// A tag of a role session. STS takes keys of 1 to 128 characters, values of 0 to 256, and 50 tags.
public struct SessionTag: Sendable, Hashable {
    public var key: String
    public var value: String

    public static let maximumCount = 50
    static let maximumKeyLength = 128
    static let maximumValueLength = 256

    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    /// Tags that STS will accept, from any texts.
    ///
    /// Characters that tags must not hold become `_`; keys and values are cut; an empty key is left out; a key that
    /// stands already gets `_1`, `_2` and so on; what comes after 50 tags is left out.
    public static func sanitized(_ pairs: [(key: String, value: String)]) -> [SessionTag] {
        var tags: [SessionTag] = []
        var keys: Set<String> = []
        for pair in pairs where tags.count < maximumCount {
            let wanted = clean(pair.key, limit: maximumKeyLength)
            guard !wanted.isEmpty else { continue }
            var key = wanted
            var number = 1
            while !keys.insert(key).inserted {
                let suffix = "_\(number)"
                key = clean(wanted, limit: maximumKeyLength - suffix.unicodeScalars.count) + suffix
                number += 1
            }
            tags.append(SessionTag(key: key, value: clean(pair.value, limit: maximumValueLength)))
        }
        return tags
    }

    private static func clean(_ text: String, limit: Int) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(limit) {
            result.append(isAllowed(scalar) ? scalar : "_")
        }
        return String(result)
    }

    /// Letters, numbers and separators of any script, and a few signs.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "_", ".", ":", "/", "=", "+", "-", "@": return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .spaceSeparator, .lineSeparator, .paragraphSeparator:
            return true
        default: return false
        }
    }
}

/// How the adapter's role sessions are called.
public enum RoleSessionName {
    public static let adapter = "BedrockAccessSession"

    /// `Project_<value>` with characters that session names must not hold as `_`, at most 64; the adapter's own name
    /// when the value is empty or the JSON text `null`.
    public static func project(_ value: String) -> String {
        guard !value.isEmpty, value != "null" else { return adapter }
        let scalars = ("Project_" + value).unicodeScalars.prefix(64).map { scalar -> Character in
            switch scalar {
            case "A"..."Z", "a"..."z", "0"..."9", "_", "+", "=", ",", ".", "@", "-": Character(scalar)
            default: "_"
            }
        }
        return String(scalars)
    }
}
