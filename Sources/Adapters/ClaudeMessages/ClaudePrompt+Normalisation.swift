import DIAL
import JSON

/// Makes a conversation one that the service accepts. Source: Anthropic API reference "Messages", "Tool use".
extension ClaudePrompt {
    /// - Throws: 422 when the model cannot continue what the conversation ends with.
    mutating func normalise() throws(DIALError) {
        moveFilesToUser()
        turns.pairToolResults(&notes)
        for index in turns.indices where turns[index].blocks.isEmpty {
            turns[index].blocks = [.text(Placeholder.text)]
        }
        turns.renameCalls(.anthropicCallID)
        dropBlankTexts()
        mendThinking()
        mendCitations()
        turns.beginWithUser()
        if !profile.prefill, turns.last?.role == .assistant {
            throw .validation(
                "The model doesn't continue an assistant message: the last message must be a user, tool or function message"
            )
        }
    }

    /// The service takes no files of the assistant: those it made stand before what the user says next.
    private mutating func moveFilesToUser() {
        for index in turns.indices where turns[index].role == .assistant {
            let files = turns[index].blocks.filter(\.isFile)
            guard !files.isEmpty else { continue }
            notes.append("Files of an assistant message were moved to the user's next")
            turns[index].blocks.removeAll(where: \.isFile)
            if turns[index].blocks.allSatisfy(\.isBlankText) { turns[index].blocks = [.text(Placeholder.text)] }
            if turns.indices.contains(index + 1) {
                turns[index + 1].blocks.insert(contentsOf: files, at: 0)
            } else {
                turns.append(.user(files))
            }
        }
    }

    /// Blank texts beside other content mean nothing, and the service refuses them.
    private mutating func dropBlankTexts() {
        for index in turns.indices {
            let blocks = turns[index].blocks
            guard blocks.contains(where: \.isBlankText), !blocks.allSatisfy(\.isBlankText) else { continue }
            var kept: [ClaudeContentBlock] = []
            // Where the last block stands that may have a mark.
            var markable: Int?
            // Set where a block that goes held the mark and nothing stands before it to take it.
            var pending: ClaudeCacheControl?
            for var block in blocks {
                guard block.isBlankText else {
                    block.cacheControl = block.cacheControl ?? (block.isThinking ? nil : pending)
                    pending = nil
                    if !block.isThinking { markable = kept.count }
                    kept.append(block)
                    continue
                }
                guard let mark = block.cacheControl else { continue }
                if let markable {
                    kept[markable].cacheControl = kept[markable].cacheControl ?? mark
                } else {
                    pending = mark
                }
            }
            turns[index].blocks = kept
        }
    }
}

extension ClaudeContentBlock {
    /// Models write such texts too, which makes them no more acceptable when they come back.
    fileprivate var isBlankText: Bool { text?.isBlank == true }
}
