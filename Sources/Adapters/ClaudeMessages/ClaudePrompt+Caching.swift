import DIAL

/// Cache marks within the limits of the service. Source: Anthropic API reference "Prompt caching".
extension ClaudePrompt {
    private static let mostMarks = 4

    /// - Parameter topLevel: the request has a mark of its own, which takes one of the places.
    mutating func limitCacheMarks(topLevel: ClaudeCacheControl?) {
        let marks = cacheMarks
        var surplus = profile.promptCaching ? marks.count - Self.mostMarks + (topLevel == nil ? 0 : 1) : marks.count
        if surplus > 0 {
            notes.append(
                "\(surplus) of \(marks.count) cache breakpoints were not sent: the model takes \(Self.mostMarks)"
            )
        }
        // A long-lived mark must not come after a short-lived one; the order is tools, system, messages.
        var longMarksAhead = marks.count { $0.isLong } + (topLevel?.isLong == true ? 1 : 0)
        updateCacheMarks { mark in
            if mark.isLong { longMarksAhead -= 1 }
            guard surplus <= 0 else {
                surplus -= 1
                return nil
            }
            return longMarksAhead > 0 && !mark.isLong ? ClaudeCacheControl(timeToLive: "1h") : mark
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

extension CacheReport {
    /// As ``init(_:)``, with a breakpoint of the whole request, which stands for its last message.
    init?(claude request: ChatCompletionRequest) {
        let report = CacheReport(request)
        guard let breakpoint = request.customFields?.cacheBreakpoint else {
            guard let report else { return nil }
            self = report
            return
        }
        let ownTimeToLive = breakpoint.timeToLive
        self.init(
            path: "prefix.body.messages[\(max(0, request.messages.count - 1))]",
            timeToLive: max(report?.timeToLive ?? 0, ownTimeToLive)
        )
    }
}
