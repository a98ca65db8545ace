import DIAL

/// Cache marks within the limits of the service. Source: Anthropic API reference "Prompt caching".
extension ClaudePrompt {
    /// - Parameter topLevel: the request has a mark of its own, which takes one of the places.
    mutating func limitCacheMarks(topLevel: ClaudeCacheControl?) {
        let all = cacheMarks + (topLevel.map { [$0] } ?? [])
        var marks = CacheMarks(count: all.count, long: all.count { $0.isLong }, &notes)
        updateCacheMarks { mark in
            switch marks.verdict(isLong: mark.isLong) {
            case .kept: mark
            case .dropped: nil
            case .prolonged: ClaudeCacheControl(timeToLive: "1h")
            }
        }
    }

    private var cacheMarks: [ClaudeCacheControl] {
        tools.definitions.compactMap(\.cacheControl) + system.compactMap(\.cacheControl)
            + turns.flatMap { $0.blocks.compactMap(\.cacheControl) }
    }

    private mutating func updateCacheMarks(_ update: (ClaudeCacheControl) -> ClaudeCacheControl?) {
        for index in tools.definitions.indices {
            tools.definitions[index].cacheControl = tools.definitions[index].cacheControl.flatMap(update)
        }
        for index in system.indices { system[index].cacheControl = system[index].cacheControl.flatMap(update) }
        for turn in turns.indices {
            for index in turns[turn].blocks.indices {
                turns[turn].blocks[index].cacheControl = turns[turn].blocks[index].cacheControl.flatMap(update)
            }
        }
    }
}
