import AWS
import Bedrock
import DIAL
import JSON

/// Takes the model's own JSON out of the answer of InvokeModel or InvokeModelWithResponseStream.
///
/// Source: AWS API reference "InvokeModel", "InvokeModelWithResponseStream: PayloadPart".
struct InvokeModelReader {
    private let document = JSONDocument()
    private var chunks = InvokeModelChunkDecoder()
    /// The whole answer was read, or the chunk with the metrics, which is the last.
    private(set) var isComplete = false

    /// - Returns: valid until the next call; nil for an event that is not the model's.
    /// - Throws: ``DIALError`` for an exception in the stream, or when there is no JSON.
    mutating func read(_ event: UpstreamEvent) throws(DIALError) -> JSONView? {
        switch event {
        case .whole(let body, _):
            try body.withUnsafeBufferPointer { bytes throws(DIALError) in
                try Self.parse(UnsafeRawBufferPointer(bytes), document)
            }
            isComplete = true
            return document.root
        case .message(let message):
            guard message.kind == .event else {
                if let error = UpstreamError(message, operation: .invokeModelWithResponseStream) {
                    throw DIALError(error)
                }
                return nil
            }
            guard message.eventName == "chunk" else { return nil }
            let document = document
            let hasEvent: Void? = try chunks.withEvent(in: message.payload) { bytes throws(DIALError) in
                try Self.parse(bytes, document)
            }
            guard hasEvent != nil else {
                throw .internalServerError("A chunk of the model's answer has no base64 text in 'bytes'")
            }
            if document.root["amazon-bedrock-invocationMetrics"] != nil { isComplete = true }
            return document.root
        case .serverSent:
            return nil
        }
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer, _ document: JSONDocument) throws(DIALError) {
        do {
            try document.parse(mending: bytes)
        } catch {
            throw .notJSON(error.reason)
        }
        guard document.root.kind == .object else {
            throw .internalServerError("The model's answer is not a JSON object")
        }
    }
}
