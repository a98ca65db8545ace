import Bedrock
import JSON
import Tokenization

extension ConversePrompt {
    /// Tokens of everything but the parameters: one for each byte of the JSON that Python would print.
    var tokenCount: Int {
        fixedTokenCount + turns.reduce(0) { $0 + Self.tokenCount(of: $1) }
    }

    /// What is sent whatever turns are kept: tools and system prompt, each `null` when there is none.
    var fixedTokenCount: Int {
        let system: JSON = system.isEmpty ? .null : .array(system.map(\.json))
        return ByteEstimate.bytes(of: tools?.json ?? .null) + ByteEstimate.bytes(of: system)
    }

    static func tokenCount(of turn: Turn) -> Int {
        // Binary data are counted apart; the empty string in their place has two quotes.
        var blobs = 0
        let json = turn.message.json { bytes in
            blobs += ByteEstimate.bytes(ofBlob: bytes) - 2
            return ""
        }
        return ByteEstimate.bytes(of: json) + blobs
    }
}
