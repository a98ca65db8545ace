import JSON

/// The answer to `GET /openai/models`: chat deployments first. Source: DIAL API, models.
public struct ModelListing: Sendable {
    /// In the order of the listing.
    public var models: [Entry]

    /// A deployment, and the one thing that it can do.
    public struct Entry: Sendable, Hashable {
        public let id: String
        public let capability: Capability
        /// Who made the model.
        public let vendor: String

        public init(id: String, capability: Capability, vendor: String) {
            self.id = id
            self.capability = capability
            self.vendor = vendor
        }
    }

    /// The one of the five `capabilities` that is true.
    public enum Capability: Sendable, Hashable {
        case chatCompletion, embeddings
    }

    public init(models: [Entry]) {
        self.models = models
    }

    /// The body of the answer, JSON.
    /// - Parameter isForOpenAI: as `GET /openai/v1/models` has it, with what OpenAI's API has besides.
    public func body(isForOpenAI: Bool = false) -> [UInt8] {
        let data = models.map { JSON.object(isForOpenAI ? $0.openAIMembers : $0.members) }
        let listing: JSON = ["object": "list", "data": .array(data)]
        return listing.serialized()
    }
}

extension ModelListing.Entry {
    /// The answer to `GET /openai/v1/models/{id}`. Source: OpenAI API reference, "The model object".
    public var openAIMembers: JSONObject {
        var members = members
        // Nobody tells when; clients that decode by type need a number.
        members["created"] = 0
        members["owned_by"] = .string(vendor)
        return members
    }

    fileprivate var members: JSONObject {
        [
            "object": "model",
            "capabilities": [
                "chat_completion": .bool(capability == .chatCompletion),
                "completion": false,
                "embeddings": .bool(capability == .embeddings),
                "fine_tune": false,
                "inference": false,
            ],
            "id": .string(id),
        ]
    }
}
