import Bedrock
import Catalog
import DIAL
import JSON

/// Cache points where the model takes them. Source: AWS user guide "Prompt caching".
extension ConversePrompt {
    mutating func placeCachePoints() {
        anchorCachePoints()
        switch profile.cachePoints {
        case .none: break
        case .conversation:
            if tools?.tools.contains(where: { $0.cachePoint != nil }) == true {
                tools?.tools.removeAll { $0.cachePoint != nil }
                notes.append("Cache breakpoints of tools are not sent: the model takes none among the tools")
            }
            separateCachePoints(from: \.isFile)
        case .everywhereButText:
            separateCachePoints { block in
                if case .document(let format, _, _) = block { format != DocumentFormat.pdf.rawValue } else { false }
            }
        }
    }

    /// A point stands behind something, and behind one thing there is one: those of blank messages have nothing of their own.
    private mutating func anchorCachePoints() {
        for index in turns.indices where turns[index].hasContent {
            guard turns[index].blocks.contains(where: { $0.cachePoint != nil }) else { continue }
            var placed: [ConverseContentBlock] = []
            var waiting: ConverseContentBlock?
            for block in turns[index].blocks {
                if block.cachePoint == nil {
                    placed.append(block)
                    if let point = waiting { placed.append(point) }
                    waiting = nil
                } else if placed.isEmpty {
                    waiting = waiting ?? block
                } else if placed.last?.cachePoint == nil {
                    placed.append(block)
                }
            }
            turns[index].blocks = placed
        }
    }

    /// A point right behind some files is refused: the text beside the file goes between them, or a placeholder.
    private mutating func separateCachePoints(from isRefused: (ConverseContentBlock) -> Bool) {
        for index in turns.indices where turns[index].blocks.contains(where: { $0.cachePoint != nil }) {
            var placed: [ConverseContentBlock] = []
            for block in turns[index].blocks {
                if block.cachePoint != nil, let last = placed.last, isRefused(last) {
                    placed.append(placed.removeLastText() ?? .text(Placeholder.text))
                }
                placed.append(block)
            }
            turns[index].blocks = placed
        }
    }

    mutating func limitCachePoints() {
        let (points, support) = (cachePoints, profile.cachePoints)
        guard !points.isEmpty else { return }
        let limit = support == .none ? 0 : CacheMarks.most
        var marks = CacheMarks(count: points.count, long: points.count { $0.isLong }, limit: limit, &notes)
        updateCachePoints { point in
            switch marks.verdict(isLong: point.isLong) {
            case .dropped: nil
            // Models with a cache for messages alone know one time to live.
            case _ where support == .conversation: ConverseCachePoint()
            case .kept: point
            case .prolonged: ConverseCachePoint(timeToLive: "1h")
            }
        }
    }

    var cachePoints: [ConverseCachePoint] {
        var points = tools?.tools.compactMap(\.cachePoint) ?? []
        for block in system { if let point = block.cachePoint { points.append(point) } }
        for turn in turns { for block in turn.blocks { if let point = block.cachePoint { points.append(point) } } }
        return points
    }

    private mutating func updateCachePoints(_ update: (ConverseCachePoint) -> ConverseCachePoint?) {
        if let definitions = tools?.tools {
            tools?.tools = definitions.compactMap { tool in
                if let point = tool.cachePoint { update(point).map { .cachePoint($0) } } else { tool }
            }
        }
        system = system.compactMap { block in
            if let point = block.cachePoint { update(point).map { .cachePoint($0) } } else { block }
        }
        for index in turns.indices {
            turns[index].blocks = turns[index].blocks.compactMap { block in
                if let point = block.cachePoint { update(point).map { .cachePoint($0) } } else { block }
            }
        }
    }
}

extension ConverseCachePoint {
    /// - Parameter breakpoint: what it says of the time to live counts where it is one of AWS's words.
    init(_ breakpoint: CacheBreakpoint) {
        let known = ["5m", "1h"]
        self.init(timeToLive: breakpoint.ttl.flatMap { known.contains(where: $0.hasSameBytes) ? $0 : nil })
    }
}

extension ConverseContentBlock {
    var cachePoint: ConverseCachePoint? {
        if case .cachePoint(let point) = self { point } else { nil }
    }

    var isFile: Bool {
        switch self {
        case .image, .document: true
        default: false
        }
    }
}

extension ConverseSystemBlock {
    fileprivate var cachePoint: ConverseCachePoint? {
        if case .cachePoint(let point) = self { point } else { nil }
    }
}

extension ConverseToolConfiguration.Tool {
    fileprivate var cachePoint: ConverseCachePoint? {
        if case .cachePoint(let point) = self { point } else { nil }
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
