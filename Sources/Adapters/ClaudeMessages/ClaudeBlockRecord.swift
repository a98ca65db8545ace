import JSON

/// A content block of an answer that is being streamed, as far as it is known.
struct ClaudeBlockRecord {
    enum Kind {
        case text, thinking
        /// With the index of the call in the answer; nil for one that the client does not hear of.
        case toolUse(call: Int?)
        case serverTool
        case searchResult
        /// Something the state has to hold, if anything has.
        case other
        /// A type this program does not know.
        case unknown
    }

    let index: Int
    let kind: Kind
    /// As the block began; nil when blocks are not kept.
    var members: JSONObject?
    /// What was added to `text` or `thinking`.
    var text = ""
    var signature: String?
    var citations: [JSON] = []
    /// JSON text of the input.
    var input = ""
    /// Whether anything but white space came for the input.
    var hasInput = false
    var hasEnded = false

    init(index: Int, kind: Kind, members: JSONObject?) {
        self.index = index
        self.kind = kind
        self.members = members
    }

    /// The whole block.
    var block: JSONObject? {
        guard var block = members else { return nil }
        if !text.isEmpty {
            let key = block["type"] == "thinking" ? "thinking" : "text"
            block[key] = .string((block[key]?.stringValue ?? "") + text)
        }
        if let signature { block["signature"] = .string(signature) }
        if !citations.isEmpty { block["citations"] = .array((block["citations"]?.arrayValue ?? []) + citations) }
        if hasInput { block["input"] = inputValue }
        return block
    }

    /// A summary in the place of what was said before, which comes in pieces of its own kind.
    mutating func compact(_ delta: JSONView) {
        guard members?["type"] == "compaction", let pieces = delta.tree.objectValue else { return }
        for (key, value) in pieces where !key.hasSameBytes(as: "type") {
            guard let piece = value.stringValue, case .string(var text)? = members?[key] else {
                members?[key] = value
                continue
            }
            // Held here alone, the text grows in place.
            members?[key] = .null
            text += piece
            members?[key] = .string(text)
        }
    }

    /// The input as far as it can be read.
    var inputValue: JSON {
        guard hasInput else { return members?["input"] ?? [:] }
        return (try? JSON(parsing: input)) ?? CutJSON.read(input) ?? [:]
    }
}
