/// A prompt read as the conversation that it writes down.
struct TextDialog {
    struct Turn {
        var isUser: Bool
        var text: String
    }

    /// What stands before the first turn.
    var preamble: String
    var turns: [Turn]

    /// - Parameters:
    ///   - userCue: begins a turn of the user, with the line feeds before it; likewise `assistantCue`.
    init(_ prompt: String, userCue: String, assistantCue: String) {
        let cues = [(Array(userCue.utf8), true), (Array(assistantCue.utf8), false)]
        let bytes = Array(prompt.utf8)
        var pieces: [(isUser: Bool?, bytes: ArraySlice<UInt8>)] = []
        var start = 0
        var isUser: Bool?
        var index = 0
        // The first cue needs no line feeds when nothing stands before it.
        let head = cues.first { cue, _ in bytes.starts(with: cue.drop(while: ASCII.isWhitespace)) }
        if let head {
            isUser = head.1
            start = head.0.drop(while: ASCII.isWhitespace).count
            index = start
        }
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\n"),
                let (cue, next) = cues.first(where: { bytes[index...].starts(with: $0.0) })
            else {
                index += 1
                continue
            }
            pieces.append((isUser, bytes[start..<index]))
            isUser = next
            index += cue.count
            start = index
        }
        pieces.append((isUser, bytes[start...]))
        preamble = ""
        turns = []
        for piece in pieces {
            let text = String(decoding: piece.bytes, as: UTF8.self)
            if let isUser = piece.isUser {
                turns.append(Turn(isUser: isUser, text: text))
            } else {
                preamble = text
            }
        }
    }

    /// What the user has said since the model spoke last; the whole prompt when it writes down no conversation.
    var lastUserText: String {
        if turns.isEmpty { return ASCII.trimmed(preamble) }
        var texts: [String] = []
        for turn in turns.reversed() {
            if turn.isUser {
                texts.insert(ASCII.trimmed(turn.text), at: 0)
            } else if !ASCII.trimmed(turn.text).isEmpty {
                break
            }
        }
        return texts.joined(separator: "\n")
    }
}
