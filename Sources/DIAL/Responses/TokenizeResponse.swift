import JSON

/// The answer to a tokenize request: one output per input, a failed one as an error of its own.
///
/// Source: DIAL API, tokenize.
public struct TokenizeResponse: Sendable {
    /// In the order of the inputs.
    public var outputs: [Output]

    /// Tokens of an input, or the text of the error that counting it met.
    public enum Output: Sendable, Hashable {
        case tokens(Int)
        case failure(String)
    }

    public init(outputs: [Output]) {
        self.outputs = outputs
    }

    /// The body of the answer, JSON; its HTTP status is 200 even where outputs failed.
    public func body() -> [UInt8] {
        outputsBody(outputs) { output, writer in
            switch output {
            case .tokens(let count):
                writer.success("token_count")
                writer.number(count)
            case .failure(let text): writer.failure(text)
            }
        }
    }
}

/// The answer to a truncate_prompt request. Source: DIAL API, truncate prompt.
public struct TruncatePromptResponse: Sendable {
    /// In the order of the inputs.
    public var outputs: [Output]

    /// What truncation would drop of an input, or the text of its error.
    public enum Output: Sendable, Hashable {
        /// Indices into the input's messages, ascending.
        case discarded([Int])
        case failure(String)

        /// The output of an input without `max_prompt_tokens`.
        public static let withoutLimit = Output.failure("max_prompt_tokens is required")
    }

    public init(outputs: [Output]) {
        self.outputs = outputs
    }

    /// The body of the answer, JSON; its HTTP status is 200 even where outputs failed.
    public func body() -> [UInt8] {
        outputsBody(outputs) { output, writer in
            switch output {
            case .discarded(let indices):
                writer.success("discarded_messages")
                writer.beginArray()
                for index in indices { writer.number(index) }
                writer.endArray()
            case .failure(let text): writer.failure(text)
            }
        }
    }
}

private func outputsBody<Output>(_ outputs: [Output], _ write: (Output, inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("outputs")
    writer.beginArray()
    for output in outputs {
        writer.beginObject()
        write(output, &writer)
        writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
}

extension JSONWriter {
    fileprivate mutating func success(_ result: StaticString) {
        key("status")
        string("success")
        key(result)
    }

    fileprivate mutating func failure(_ text: String) {
        key("status")
        string("error")
        key("error")
        string(text)
    }
}
