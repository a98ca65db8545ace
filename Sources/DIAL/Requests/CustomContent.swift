import JSON

/// DIAL's additions to a message's content. Source: DIAL API, custom content.
public struct CustomContent: Sendable {
    /// In the order in which the model gets them.
    public var attachments: [Attachment]?
    /// Opaque to everyone but the deployment that produced it; comes back unchanged.
    public var state: JSONObject?
}

extension CustomContent: RequestModel {
    enum Field: String {
        case stages, attachments, state
        case formValue = "form_value"
        case formSchema = "form_schema"
    }

    /// Stages and forms are for people: models get nothing of them.
    init(_ fields: RequestFields<Field>) throws(DIALError) {
        try fields.check(.stages, Rule<[Stage]>.list(of: .model()))
        attachments = try fields.optional(.attachments, .list(of: .model()))
        state = try fields.optional(.state, .dictionary)
        try fields.check(.formValue, Rule<JSON>.any)
        try fields.check(.formSchema, Rule<JSON>.any)
    }
}

/// A finished stage of an earlier answer, as the client sends it back.
private struct Stage: RequestModel {
    enum Field: String {
        case name, status, content, attachments
        case parentStageIndex = "parent_stage_index"
    }

    /// A stage that comes back has ended: there is no word for one that is open.
    enum Status: String, CaseIterable {
        case completed, failed
    }

    static var toleratesIndex: Bool { true }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        _ = try fields.required(.name, Rule<String>.string)
        _ = try fields.required(.status, Rule<Status>.enumeration())
        try fields.check(.content, Rule<String>.string)
        try fields.check(.attachments, Rule<[Attachment]>.list(of: .model()))
        try fields.check(.parentStageIndex, Rule<Int>.strictInteger)
    }
}
