/// Makes an answer of what a text model writes: without the white space and the cue it begins with, and only up to the place
/// where it begins to speak for the user.
///
/// Takes text piece by piece; a cue or a stop sequence may be spread over pieces.
struct TextOutputFilter {
    private enum Stage {
        /// Only white space so far.
        case beforeCue
        /// Gathers enough to tell whether the text begins with the cue.
        case cue
        case afterCue
        case text
        /// A stop sequence was found.
        case cut
    }

    private let cue: [UInt8]
    private var stops: [TextSearch]
    private let longestStop: Int
    private var stage = Stage.beforeCue
    /// Text that is held back.
    private var pending: [UInt8] = []
    /// How many of these bytes were searched for stop sequences.
    private var searched = 0

    /// Some text was passed on.
    private(set) var hasOutput = false

    /// - Parameters:
    ///   - cue: what the model may repeat at the start.
    ///   - stops: texts that end the answer; empty ones do not count.
    init(cue: String, stops: [String]) {
        self.cue = Array(cue.utf8)
        self.stops = stops.filter { !$0.isEmpty }.map(TextSearch.init)
        longestStop = stops.map(\.utf8.count).max() ?? 0
    }

    /// Only cuts: what comes before a stop sequence is passed on as it is.
    init(stops: [String]) {
        self.init(cue: "", stops: stops)
        stage = .text
    }

    /// A stop sequence ended the answer.
    var isCut: Bool { if case .cut = stage { true } else { false } }

    /// - Returns: text to pass on, maybe none.
    mutating func push(_ text: String) -> String {
        guard !isCut else { return "" }
        pending.append(contentsOf: text.utf8)
        return advance(isEnd: false)
    }

    /// The text has ended; another may follow, and no stop sequence reaches over from one to the other.
    /// - Returns: what was held back.
    mutating func finish() -> String {
        guard !isCut else { return "" }
        defer { for stop in stops.indices { stops[stop].restart() } }
        return advance(isEnd: true)
    }

    private mutating func advance(isEnd: Bool) -> String {
        if case .beforeCue = stage {
            dropLeadingWhitespace()
            if pending.isEmpty { return "" }
            stage = .cue
        }
        if case .cue = stage {
            if pending.count < cue.count, !isEnd { return "" }
            if pending.starts(with: cue) { pending.removeFirst(cue.count) }
            stage = .afterCue
        }
        if case .afterCue = stage {
            dropLeadingWhitespace()
            if pending.isEmpty { return "" }
            stage = .text
        }
        return passOn(isEnd: isEnd)
    }

    private mutating func passOn(isEnd: Bool) -> String {
        var end = pending.count
        if let stop = earliestStop() {
            end = stop
            stage = .cut
        } else if !isEnd {
            end -= min(end, max(longestStop, 1) - 1)
            // Not in the middle of a character.
            while end > 0, end < pending.count, pending[end] & 0xC0 == 0x80 { end -= 1 }
        }
        let text = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeFirst(end)
        searched -= end
        if !text.isEmpty { hasOutput = true }
        return text
    }

    /// The first place where a stop sequence begins.
    private mutating func earliestStop() -> Int? {
        defer { searched = pending.count }
        return stops.indices.compactMap { stop -> Int? in
            for position in searched..<pending.count where stops[stop].takes(pending[position]) {
                return position + 1 - stops[stop].count
            }
            return nil
        }.min()
    }

    private mutating func dropLeadingWhitespace() {
        let rest = String(decoding: pending, as: UTF8.self).trimmingLeadingPythonWhitespace
        pending = Array(rest.utf8)
    }
}
