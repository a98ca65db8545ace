import JSON

/// The answer to `GET /openai/models`: chat deployments first. Source: DIAL API, models.
public struct ModelListing: Sendable {
    /// In the order of the listing.
    public var models: [Entry]

    /// A deployment, and the one thing that it can do.
    public struct Entry: Sendable, Hashable {
        public let id: String
        public let capability: Capability

        public init(id: String, capability: Capability) {
            self.id = id
            self.capability = capability
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
    public func body() -> [UInt8] {
        let data = models.map { model -> JSON in
            [
                "object": "model",
                "capabilities": [
                    "chat_completion": .bool(model.capability == .chatCompletion),
                    "completion": false,
                    "embeddings": .bool(model.capability == .embeddings),
                    "fine_tune": false,
                    "inference": false,
                ],
                "id": .string(model.id),
            ]
        }
        let listing: JSON = ["object": "list", "data": .array(data)]
        return listing.serialized()
    }
}
