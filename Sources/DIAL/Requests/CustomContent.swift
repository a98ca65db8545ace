import JSON

/// DIAL's additions to a message's content. Source: DIAL API, custom content.
public struct CustomContent: Sendable {
    /// Shown to people only: models get nothing of them.
    public var stages: [Stage]?
    /// In the order in which the model gets them.
    public var attachments: [Attachment]?
    /// Opaque to everyone but the deployment that produced it; comes back unchanged.
    public var state: JSONObject?
    /// What the person filled in, as any JSON; accepted without effect.
    public var formValue: JSON?
    /// The form of an earlier answer, sent back; accepted without effect.
    public var formSchema: JSON?

    public init(stages: [Stage]? = nil, attachments: [Attachment]? = nil, state: JSONObject? = nil) {
        self.stages = stages
        self.attachments = attachments
        self.state = state
    }
}

extension CustomContent: RequestModel {
    enum Field: String {
        case stages, attachments, state
        case formValue = "form_value"
        case formSchema = "form_schema"
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        stages = try fields.optional(.stages, .list(of: .model()))
        attachments = try fields.optional(.attachments, .list(of: .model()))
        state = try fields.optional(.state, .dictionary)
        formValue = try fields.optional(.formValue, .any)
        formSchema = try fields.optional(.formSchema, .any)
    }
}

/// A finished stage of an earlier answer, as the client sends it back.
public struct Stage: Sendable {
    /// The heading, suffixes included.
    public var name: String
    public var status: Status
    public var content: String?
    public var attachments: [Attachment]?
    /// The stage it was nested in; nil at the top.
    public var parentStageIndex: Int?

    /// A stage that comes back has ended: there is no word for one that is open.
    public enum Status: String, Sendable, CaseIterable {
        case completed, failed
    }
}

extension Stage: RequestModel {
    enum Field: String {
        case name, status, content, attachments
        case parentStageIndex = "parent_stage_index"
    }

    static var toleratesIndex: Bool { true }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        name = try fields.required(.name, .string)
        status = try fields.required(.status, .enumeration())
        content = try fields.optional(.content, .string)
        attachments = try fields.optional(.attachments, .list(of: .model()))
        parentStageIndex = try fields.optional(.parentStageIndex, .strictInteger)
    }
}
