import JSON

/// The answer to an embeddings request. Source: DIAL API, embeddings.
public struct EmbeddingsResponse: Sendable {
    /// One per input, in order.
    public var vectors: [[Double]]
    /// The model that was called.
    public var model: String
    /// Tokens of all inputs together.
    public var promptTokens: Int
    public var encodingFormat: EmbeddingsRequest.EncodingFormat

    public init(
        vectors: [[Double]],
        model: String,
        promptTokens: Int,
        encodingFormat: EmbeddingsRequest.EncodingFormat
    ) {
        self.vectors = vectors
        self.model = model
        self.promptTokens = promptTokens
        self.encodingFormat = encodingFormat
    }

    /// Numbers in all vectors.
    public var componentCount: Int { vectors.reduce(0) { $0 + $1.count } }

    /// The body of the answer, JSON.
    public func body() -> [UInt8] {
        // About 12 bytes a number as text.
        var writer = JSONWriter(reservingCapacity: 256 + componentCount * 12)
        writer.beginObject()
        writer.key("data")
        writer.beginArray()
        for (index, vector) in vectors.enumerated() {
            writer.beginObject()
            writer.key("embedding")
            switch encodingFormat {
            case .float:
                writer.beginArray()
                for component in vector { writer.number(component) }
                writer.endArray()
            case .base64:
                writer.string(Self.base64(vector))
            }
            writer.key("index")
            writer.number(index)
            writer.key("object")
            writer.string("embedding")
            writer.endObject()
        }
        writer.endArray()
        writer.key("model")
        writer.string(model)
        writer.key("object")
        writer.string("list")
        writer.key("usage")
        writer.beginObject()
        writer.key("prompt_tokens")
        writer.number(promptTokens)
        writer.key("total_tokens")
        writer.number(promptTokens)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// 32-bit floats, little-endian.
    private static func base64(_ vector: [Double]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(vector.count * 4)
        for component in vector {
            withUnsafeBytes(of: Float(component).bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return Base64.encode(bytes)
    }
}
