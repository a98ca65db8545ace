import Bedrock
import JSON

/// Makes a conversation one that the service accepts. Source: AWS user guide "Converse API: tool use", "Message".
extension ConversePrompt {
    mutating func normalise() {
        mergeNeighbours()
        turns.pairToolResults(&notes)
        if profile.tools == .unsupported { flattenCalls() }
        turns.renameCalls(profile.callIDs == .nineCharacters ? .mistralCallID : .converseCallID)
        fillEmptyTurns()
        placeCachePoints()
        if !profile.toolResultsShareTurn { separateToolResults() }
        turns.beginWithUser()
        trimPrefill()
        limitCachePoints()
    }

    /// Turns of one role that follow each other become one.
    private mutating func mergeNeighbours() {
        guard turns.indices.dropFirst().contains(where: { turns[$0].role == turns[$0 - 1].role }) else { return }
        var merged: [Turn] = []
        for turn in turns {
            if let last = merged.indices.last, merged[last].role == turn.role {
                merged[last].blocks += turn.blocks
                merged[last].sources += turn.sources
                merged[last].resultSources += turn.resultSources
            } else {
                merged.append(turn)
            }
        }
        turns = merged
    }

    /// The service takes no files of the assistant: those it made stand before what the user says next. After truncation, which
    /// drops them with their message.
    mutating func moveFilesToUser() {
        guard turns.contains(where: { $0.role == .assistant && $0.blocks.contains(where: \.isFile) }) else { return }
        notes.append("Files of an assistant message were moved to the user's next")
        for index in turns.indices where turns[index].role == .assistant {
            let files = turns[index].blocks.filter(\.isFile)
            guard !files.isEmpty else { continue }
            turns[index].blocks = turns[index].blocks.withoutFiles
            if turns.indices.contains(index + 1) {
                let results = turns[index + 1].blocks.prefix { $0.answeredToolUseID != nil }.count
                turns[index + 1].blocks.insert(contentsOf: files, at: results)
            } else {
                turns.append(.user(files))
            }
        }
        fillEmptyTurns()
        if !profile.toolResultsShareTurn { separateToolResults() }
    }

    /// For models without a system prompt: what it says begins the conversation. After truncation, which never drops it.
    mutating func moveSystemToUser() {
        let texts = system.compactMap { block in
            if case .text(let text) = block { ConverseContentBlock.text(text) } else { nil }
        }
        system = []
        guard !texts.isEmpty else { return }
        if turns.first?.role == .user {
            turns[0].blocks.insert(contentsOf: texts, at: 0)
        } else {
            turns.insert(.user(texts), at: 0)
        }
        notes.append("The system prompt went into the user's first message: the model takes none")
    }

    /// Calls of legacy functions as text: a model without tools has seen them with another model.
    private mutating func flattenCalls() {
        var hasCalls = false
        for index in turns.indices {
            turns[index].blocks = turns[index].blocks.map { block in
                switch block {
                case .toolUse(_, let name, let input):
                    hasCalls = true
                    return .text("\(toolNames.original(of: name))(\(JSON.object(input).serializedString()))")
                case .toolResult(let result):
                    hasCalls = true
                    return .text(result.text)
                default:
                    return block
                }
            }
        }
        if hasCalls { notes.append("Function calls of the history are sent as text: the model has no tools") }
    }

    /// The service refuses turns without content, and documents without a text beside them.
    private mutating func fillEmptyTurns() {
        guard turns.contains(where: { !$0.hasContent || $0.needsTextForDocuments }) else { return }
        var kept: [Turn] = []
        // Positions of removed turns that nothing precedes belong to what follows.
        var orphanedSources: [Int] = []
        for var turn in turns {
            if turn.role == .assistant, !turn.hasContent {
                if kept.isEmpty {
                    orphanedSources += turn.sources
                } else {
                    kept[kept.count - 1].sources += turn.sources
                }
                continue
            }
            turn.sources = orphanedSources + turn.sources
            orphanedSources = []
            if turn.role == .user, !turn.hasContent || turn.needsTextForDocuments {
                let position = turn.blocks.prefix { $0.answeredToolUseID != nil }.count
                turn.blocks.insert(.text(Placeholder.text), at: position)
            }
            kept.append(turn)
        }
        turns = kept
        mergeNeighbours()
    }

    /// Results of tools get a turn of their own; what stood beside them follows in another.
    private mutating func separateToolResults() {
        turns = turns.flatMap { turn -> [Turn] in
            let results = turn.blocks.filter { $0.answeredToolUseID != nil }
            let others = turn.blocks.filter { $0.answeredToolUseID == nil }
            guard !results.isEmpty, others.contains(where: { $0.cachePoint == nil }) else { return [turn] }
            let resultSources = Set(turn.resultSources)
            return [
                Turn(role: .user, blocks: results, sources: turn.resultSources, resultSources: turn.resultSources),
                Turn(role: .assistant, blocks: [.text(Placeholder.text)], sources: []),
                Turn(role: .user, blocks: others, sources: turn.sources.filter { !resultSources.contains($0) }),
            ]
        }
    }

    /// The service refuses white space at the end of a last assistant turn.
    private mutating func trimPrefill() {
        guard let last = turns.indices.last, turns[last].role == .assistant else { return }
        for index in turns[last].blocks.indices.reversed() {
            guard case .text(let text) = turns[last].blocks[index] else { continue }
            turns[last].blocks[index] = .text(text.trimmingTrailingPythonWhitespace)
            break
        }
    }
}

extension [ConverseContentBlock] {
    /// Cache points that stood behind files alone go with them.
    fileprivate var withoutFiles: [ConverseContentBlock] {
        var kept: [ConverseContentBlock] = []
        for block in self where !block.isFile {
            if block.cachePoint != nil, kept.last.map({ $0.cachePoint != nil }) ?? true { continue }
            kept.append(block)
        }
        return kept
    }
}

extension ConversePrompt.Turn {
    fileprivate var needsTextForDocuments: Bool {
        var hasDocument = false
        for block in blocks {
            switch block {
            case .text: return false
            case .document: hasDocument = true
            default: break
            }
        }
        return hasDocument
    }
}
