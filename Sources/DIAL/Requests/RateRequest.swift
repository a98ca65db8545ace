import JSON

/// A verdict on an answer, which no model hears of: it is checked and not kept. Source: DIAL API, rate.
public struct RateRequest: Sendable {
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
        _ = try fields.value(.responseID, .string, default: "")
        _ = try fields.value(.rate, .boolean, default: false)
    }
}
