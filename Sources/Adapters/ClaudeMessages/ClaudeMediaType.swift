import Catalog
import DIAL

/// What the Messages API takes a file of some media type for.
///
/// Source: Anthropic API reference "Vision", "PDF support", "Files".
enum ClaudeMediaType: Sendable, Equatable {
    case image(ImageFormat)
    case pdf
    case text

    /// Nil for a type the API does not take.
    init?(_ name: String, documents: Bool) {
        let essence = MediaType.essence(of: name)
        if let format = ImageFormat(mediaType: essence) {
            self = .image(format)
        } else if documents, essence == "application/pdf" {
            self = .pdf
        } else if documents, Self.texts.contains(where: { $0.type == essence }) {
            self = .text
        } else {
            return nil
        }
    }

    private static let texts: [(type: String, extensions: [String])] = [
        ("text/plain", ["txt"]),
        ("text/html", ["html"]),
        ("text/css", ["css"]),
        ("text/javascript", ["js"]),
        ("application/x-javascript", []),
        ("text/x-typescript", ["ts"]),
        ("application/x-typescript", []),
        ("text/csv", ["csv"]),
        ("text/markdown", ["md"]),
        ("text/x-python", ["py"]),
        ("application/x-python-code", []),
        ("application/json", ["json"]),
        ("text/xml", ["xml"]),
        ("application/rtf", ["rtf"]),
        ("text/rtf", []),
    ]

    /// File extensions for the person who attached something else.
    static func extensions(documents: Bool) -> [String] {
        let images = ["png", "jpeg", "jpg", "gif", "webp"]
        return documents ? images + ["pdf"] + texts.flatMap(\.extensions) : images
    }
}
