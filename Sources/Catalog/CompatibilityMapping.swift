import JSON

/// Deployment ids that behave like a supported model: `COMPATIBILITY_MAPPING`.
public struct CompatibilityMapping: Sendable {
    /// One member of the variable.
    public struct Entry: Sendable, Hashable {
        /// The deployment id of requests, which is also what is called upstream.
        public let id: String
        /// The supported model whose behaviour the deployment has.
        public let modelID: String
        /// That of the supported model.
        public let kind: ModelProfile.Kind
    }

    /// In the order of the variable, which is the order of the listing.
    public let entries: [Entry]
    /// Sentences for the log: nothing is wrong, but worth knowing.
    public let warnings: [String]
    private let targets: [String: String]

    /// Maps nothing.
    public init() {
        self.init(entries: [], warnings: [])
    }

    private init(entries: [Entry], warnings: [String]) {
        self.entries = entries
        self.warnings = warnings
        targets = Dictionary(entries.map { ($0.id, $0.modelID) }, uniquingKeysWith: { _, last in last })
    }

    /// - Parameter text: the value of the variable; nil when it is not set.
    /// - Throws: ``CompatibilityMappingError`` that says what to correct.
    public init(_ text: String?) throws(CompatibilityMappingError) {
        guard let text else {
            self.init()
            return
        }
        var entries: [Entry] = []
        var warnings: [String] = []
        var unsupported = JSONObject()
        for (id, modelID) in try Self.decode(text) {
            let chat = Catalog.match(modelID, kind: .chat) != nil
            guard chat || Catalog.match(modelID, kind: .embeddings) != nil else {
                unsupported[id] = .string(modelID)
                continue
            }
            let kind: ModelProfile.Kind = chat ? .chat : .embeddings
            let other: ModelProfile.Kind = chat ? .embeddings : .chat
            if Catalog.match(id, kind: other) != nil {
                throw CompatibilityMappingError(
                    message: """
                        COMPATIBILITY_MAPPING maps '\(id)', \(Self.article(other)) model, to '\(modelID)', \(Self.article(kind)) model. \
                        Map it to \(Self.article(other)) model or remove it.
                        """
                )
            }
            if Catalog.match(id, kind: kind) != nil {
                warnings.append(
                    """
                    COMPATIBILITY_MAPPING maps '\(id)', which is supported natively, to '\(modelID)': the mapping wins and \
                    features of the native model may be lost.
                    """
                )
            }
            entries.append(Entry(id: id, modelID: modelID, kind: kind))
        }
        guard unsupported.isEmpty else {
            throw CompatibilityMappingError(
                message: """
                    COMPATIBILITY_MAPPING maps to ids that are not supported: \(JSON.object(unsupported).serializedString()). \
                    Every value must be the id of a supported model, not another key of the mapping.
                    """
            )
        }
        self.init(entries: entries, warnings: warnings)
    }

    /// Exact and case-sensitive: no prefixes are stripped.
    public subscript(id: String) -> String? { targets[id] }

    private static func decode(_ text: String) throws(CompatibilityMappingError) -> [(String, String)] {
        guard let json = try? JSON(parsing: text) else { throw malformed("it is not valid JSON") }
        guard let object = json.objectValue else { throw malformed("it is not a JSON object") }
        var pairs: [(String, String)] = []
        for (key, value) in object {
            guard let value = value.stringValue else { throw malformed("the value of '\(key)' is not a string") }
            pairs.append((key, value))
        }
        return pairs
    }

    private static func malformed(_ reason: String) -> CompatibilityMappingError {
        CompatibilityMappingError(
            message: """
                COMPATIBILITY_MAPPING must be a string-to-string JSON dictionary, such as {"my-model": "amazon.nova-pro-v1:0"}, but \
                \(reason). Correct the variable or unset it.
                """
        )
    }

    private static func article(_ kind: ModelProfile.Kind) -> String { kind == .chat ? "a chat" : "an embeddings" }
}

/// The variable cannot be used; the message says why and what to do.
public struct CompatibilityMappingError: Error, Sendable, Hashable, CustomStringConvertible {
    public let message: String
    public var description: String { message }
}
