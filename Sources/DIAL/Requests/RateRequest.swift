import JSON

/// A verdict on an answer. Source: DIAL API, rate.
public struct RateRequest: Sendable {
    /// `responseId`: the `id` of the answer, nil where the client names none.
    public var responseID: String?
    /// Whether the answer was liked; false where the request says nothing.
    public var rate: Bool

    /// - Throws: 400, as `ChatCompletionRequest` does.
    public init(decoding body: JSON, ignoringUnknownFields: Bool = false) throws(DIALError) {
        self = try RequestDecoder.decode(body, ignoringUnknownFields: ignoringUnknownFields)
    }
}

extension RateRequest: RequestModel {
    enum Field: String {
        case responseID = "responseId"
        case rate
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        responseID = fields.contains(.responseID) ? try fields.required(.responseID, .string) : nil
        rate = try fields.value(.rate, .boolean, default: false)
    }
}
