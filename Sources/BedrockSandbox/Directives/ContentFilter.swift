/// What an image model's content filter stops, or the model fails at.
enum ContentFilter: String, Sendable {
    case prompt, input, output, error

    /// As `finish_reasons` tells it.
    var reason: String {
        switch self {
        case .prompt: "Filter reason: prompt"
        case .input: "Filter reason: input image"
        case .output: "Filter reason: output image"
        case .error: "Inference error"
        }
    }
}
