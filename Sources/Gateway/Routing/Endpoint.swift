import Catalog

/// The endpoints of one deployment.
enum Endpoint: String, Sendable, CaseIterable {
    case chatCompletions = "chat/completions"
    case embeddings = "embeddings"
    case tokenize = "tokenize"
    case truncatePrompt = "truncate_prompt"
    case configuration = "configuration"
    case rate = "rate"

    var method: String { self == .configuration ? "GET" : "POST" }

    /// What a deployment must be to have the endpoint.
    var kind: ModelProfile.Kind { self == .embeddings ? .embeddings : .chat }
}
