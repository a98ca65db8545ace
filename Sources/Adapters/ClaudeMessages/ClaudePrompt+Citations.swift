import JSON

/// Citations of earlier answers as the service takes them back.
///
/// Source: Anthropic API reference "Citations".
extension ClaudePrompt {
    /// How many documents there are.
    var documentCount: Int { turns.reduce(0) { $0 + $1.blocks.reduce(0) { $0 + $1.documents.count } } }

    /// Puts right what the service refuses: citations by numbers that no document before them has, since the conversation was cut or
    /// edited, and those without a title, which may be null but not be missing, as it is from the state of an answer.
    mutating func mendCitations() {
        guard turns.contains(where: { $0.isAssistant && $0.blocks.contains(where: \.isCiting) }) else { return }
        var documents = 0
        var dropsSome = false
        for turn in turns.indices {
            for index in turns[turn].blocks.indices {
                documents += turns[turn].blocks[index].documents.count
                if turns[turn].blocks[index].mendCitations(documents: documents, discarded: discardedDocuments) {
                    dropsSome = true
                }
            }
        }
        if dropsSome { notes.append("Citations were dropped whose documents are not in the request") }
    }
}

extension ClaudeContentBlock {
    /// In the order the service counts them in, those of a tool's result among them.
    var documents: [ClaudeDocument] {
        switch content {
        case .document(let document): [document]
        case .toolResult(_, let content, _): content.flatMap(\.documents)
        case .text, .image, .toolUse, .replayed: []
        }
    }

    fileprivate var isCiting: Bool { replayedCitations != nil }

    private var replayedCitations: [JSON]? {
        guard case .replayed(let members) = content, type == "text",
            let citations = members["citations"]?.arrayValue, !citations.isEmpty
        else { return nil }
        return citations
    }

    /// The member that has the title of what is cited, by the types of citations that need one.
    private static let titles = [
        "char_location": "document_title", "page_location": "document_title",
        "content_block_location": "document_title",
        "web_search_result_location": "title", "search_result_location": "title",
    ]

    /// - Parameters:
    ///   - documents: how many stand before this block.
    ///   - discarded: how many stood before them.
    /// - Returns: whether some were dropped.
    fileprivate mutating func mendCitations(documents: Int, discarded: Int) -> Bool {
        guard let citations = replayedCitations, case .replayed(var members) = content else { return false }
        let kept = citations.compactMap { citation -> JSON? in
            guard var object = citation.objectValue, let type = object["type"]?.wordValue, let title = Self.titles[type]
            else { return citation }
            if let number = object["document_index"]?.intValue {
                guard (discarded..<discarded + documents).contains(number) else { return nil }
                object["document_index"] = .number(JSONNumber(number - discarded))
            }
            if object[title] == nil { object[title] = .null }
            return .object(object)
        }
        members["citations"] = kept.isEmpty ? nil : .array(kept)
        content = .replayed(members)
        return kept.count < citations.count
    }
}
