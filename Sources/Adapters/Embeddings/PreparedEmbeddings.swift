import Bedrock
import DIAL
import HTTPClient

/// An embeddings request translated: what to call, and how to read and join the answers.
///
/// The calls are independent of each other: the caller makes as many at a time as it sees fit, reads each answer as it comes
/// in, and joins the parts in the order of the calls. The first failure fails the request.
public struct PreparedEmbeddings: Sendable {
    /// Maybe none; then there is nothing to embed.
    public let callCount: Int
    /// Makes a call when it is its turn: a request may have millions of short inputs.
    /// - Parameter index: from 0 to `callCount`, exclusive.
    public let call: @Sendable (_ index: Int) -> UpstreamCall
    /// The `model` of the answer.
    public let model: String
    /// That of the request: how the answer's vectors are written.
    public let encodingFormat: EmbeddingsRequest.EncodingFormat
    /// Reads the answer to a call.
    /// - Throws: 500 when the answer is not what the model is documented to answer.
    public let read: @Sendable (_ index: Int, _ body: [UInt8], _ headers: HTTPHeaders) throws(DIALError) -> Part

    /// What one call contributes.
    public struct Part: Sendable, Hashable {
        /// In the order of the call's inputs.
        public var vectors: [[Double]]
        /// Tokens of the call's inputs, as the service counted them.
        public var promptTokens: Int
    }

    /// - Parameter parts: in the order of the calls.
    public func combine(_ parts: [Part]) -> EmbeddingsResponse {
        EmbeddingsResponse(
            vectors: parts.flatMap(\.vectors),
            model: model,
            promptTokens: parts.reduce(0) { $0.addingWithoutOverflow($1.promptTokens) },
            encodingFormat: encodingFormat
        )
    }
}
