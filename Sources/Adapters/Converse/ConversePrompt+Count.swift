import Bedrock
import JSON
import Tokenization

/// One token for each byte of the JSON that Python would print.
extension ConversePrompt {
    /// Tools and system prompt, each `null` when there is none.
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
