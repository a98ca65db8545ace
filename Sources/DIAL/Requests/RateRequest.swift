import JSON

/// A verdict on an answer. Source: DIAL API, rate.
public struct RateRequest: Sendable {
    public var responseID: String?
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
