import JSON

/// The names of a request's tools as the service accepts them, and back.
struct ToolNames: Sendable {
    private let rule: WireSpelling
    private var wireNames: [ExactString: String] = [:]
    private var originals: [ExactString: String] = [:]

    init(allowsHyphen: Bool) {
        rule = allowsHyphen ? .toolName : .toolNameWithoutHyphen
    }

    /// The name sent for a client's name; the first name to ask for a spelling gets it.
    mutating func wireName(for name: String) -> String {
        let key = ExactString(name)
        if let known = wireNames[key] { return known }
        var wireName = rule.allowed(name)
        if wireName.isEmpty || wireName.utf8.count > rule.maximumLength || originals[ExactString(wireName)] != nil {
            wireName = rule.shortened(wireName, of: name)
        }
        wireNames[key] = wireName
        originals[ExactString(wireName)] = name
        return wireName
    }

    /// The name sent for a tool that is not the client's: none of the client's has it.
    mutating func wireName(forOwn name: String) -> String {
        var name = name
        while wireNames[ExactString(name)] != nil { name += "_" }
        return wireName(for: name)
    }

    /// The client's name for one in an answer; a name that was not sent is passed through.
    func original(of wireName: String) -> String {
        originals[ExactString(wireName)] ?? wireName
    }
}

extension WireSpelling {
    /// Source: AWS API reference "ToolSpecification": `[a-zA-Z0-9_-]{1,64}`.
    static let toolName = WireSpelling(punctuation: ["_", "-"], maximumLength: 64)
    /// Nova fails on hyphens.
    static let toolNameWithoutHyphen = WireSpelling(punctuation: ["_"], maximumLength: 64)
}
