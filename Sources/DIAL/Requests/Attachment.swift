import JSON

/// A file or a reference that belongs to a message or a stage, in requests and in answers.
///
/// In a request exactly one of `data` and `url` is set. Source: DIAL API, attachment.
public struct Attachment: Sendable, Hashable {
    /// Media type; the SDK's default stands in where a request leaves the key out, see `isTypeAbsent`.
    public var type: String?
    /// For people to read; error texts name the attachment by it.
    public var title: String?
    /// Base64; plain text where the type is `text/markdown`.
    public var data: String?
    /// A data URL, a link to DIAL's file storage, or an absolute URL.
    public var url: String?
    /// Media type of what the attachment was taken from, such as a cited document.
    public var referenceType: String?
    /// Link to what the attachment was taken from.
    public var referenceURL: String?
    /// The request did not say `type` at all, so that the default in its place means nothing.
    public var isTypeAbsent: Bool

    /// What the DIAL SDK assumes of an attachment without `type`.
    public static let defaultType = "text/markdown"

    /// For answers, where fields that are nil or empty are left out.
    public init(
        type: String? = nil,
        title: String? = nil,
        data: String? = nil,
        url: String? = nil,
        referenceType: String? = nil,
        referenceURL: String? = nil
    ) {
        self.type = type
        self.title = title
        self.data = data
        self.url = url
        self.referenceType = referenceType
        self.referenceURL = referenceURL
        isTypeAbsent = false
    }
}

extension Attachment: RequestModel {
    enum Field: String {
        case type, title, data, url
        case referenceType = "reference_type"
        case referenceURL = "reference_url"
    }

    static var toleratesIndex: Bool { true }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        isTypeAbsent = !fields.contains(.type)
        type = isTypeAbsent ? Self.defaultType : try fields.optional(.type, .string)
        title = try fields.optional(.title, .string)
        data = try fields.optional(.data, .string)
        url = try fields.optional(.url, .string)
        referenceType = try fields.optional(.referenceType, .string)
        referenceURL = try fields.optional(.referenceURL, .string)
        let expectation = "Value error, Attachment must have either 'data' or 'url'"
        switch (data, url) {
        case (.some, .some): throw fields.decoder.violation("\(expectation), but it has both")
        case (nil, nil): throw fields.decoder.violation("\(expectation), but it's missing both")
        default: break
        }
    }
}
