import Bedrock
import Catalog

/// Cache points where the model takes them. Source: AWS user guide "Prompt caching".
extension ConversePrompt {
    mutating func placeCachePoints(_ support: CachePointSupport) {
        switch support {
        case .none, .everywhere: return
        case .conversation:
            guard let tools = tools?.tools, tools.contains(.cachePoint) else { return }
            self.tools?.tools.removeAll { $0 == .cachePoint }
            notes.append("Cache breakpoints of tools are not sent: the model takes none among the tools")
        case .everywhereButText:
            for index in turns.indices { turns[index].blocks = Self.withTextBeforeCachePoints(turns[index].blocks) }
        }
    }

    /// A point right behind a text document is refused: the text beside the document goes between them, or a placeholder.
    private static func withTextBeforeCachePoints(_ blocks: [ConverseContentBlock]) -> [ConverseContentBlock] {
        var placed: [ConverseContentBlock] = []
        for block in blocks {
            if block == .cachePoint, case .document(let format, _, _)? = placed.last,
                format != DocumentFormat.pdf.rawValue
            {
                placed.append(placed.removeLastText() ?? .text(ConversePlaceholder.text))
            }
            placed.append(block)
        }
        return placed
    }
}

extension [ConverseContentBlock] {
    /// Takes out the text that belongs to the files at the end.
    fileprivate mutating func removeLastText() -> ConverseContentBlock? {
        for index in indices.reversed() {
            switch self[index] {
            case .image, .document: continue
            case .text: return remove(at: index)
            default: return nil
            }
        }
        return nil
    }
}
