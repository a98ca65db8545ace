import JSON

/// One part of a message's content. Source: DIAL API, content parts.
public struct ContentPart: Sendable {
    public var kind: Kind
    /// `prompt_cache_breakpoint`; accepted without effect: breakpoints of messages are what the adapter sends.
    public var isCacheBreakpoint: Bool

    /// Told apart by `type` on the wire.
    public enum Kind: Sendable {
        case text(String)
        /// An http(s) URL, a data URL or a link to DIAL's file storage.
        case imageURL(String, detail: ImageDetail?)
        case file(File)
        /// - data: base64. format: `wav`, `mp3`.
        case inputAudio(data: String, format: String)
        case refusal(String)
    }

    /// The resolution the client wishes; without effect, since Bedrock has no such choice.
    public enum ImageDetail: String, Sendable, CaseIterable {
        case auto, low, high
    }

    /// A file of a `file` part; only one that brings `data` can be used.
    public struct File: Sendable {
        /// Base64, or a data URL.
        public var data: String?
        /// `file_id`, which names a file of OpenAI's storage and is refused without `data`.
        public var id: String?
        /// For error texts; the model does not get it.
        public var filename: String?
    }

    public init(_ kind: Kind, isCacheBreakpoint: Bool = false) {
        self.kind = kind
        self.isCacheBreakpoint = isCacheBreakpoint
    }

    /// The text of a text part.
    public var text: String? {
        if case .text(let text) = kind { text } else { nil }
    }
}

extension Rule<ContentPart> {
    /// Told apart by `type`.
    static var contentPart: Rule {
        Rule { value throws(DIALError) in
            switch value.json["type"]?.wordValue {
            case "text": try Rule<TextPart>.model().decode(value).part
            case "image_url": try Rule<ImagePart>.model().decode(value).part
            case "file": try Rule<FilePart>.model().decode(value).part
            case "input_audio": try Rule<AudioPart>.model().decode(value).part
            case "refusal": try Rule<RefusalPart>.model().decode(value).part
            default: throw value.violation("Input should be a content part of a known type")
            }
        }
    }
}

// A mismatch anywhere in a content part is reported for the whole content, so these need no names.

private struct TextPart: RequestModel {
    enum Field: String {
        case type, text
        case breakpoint = "prompt_cache_breakpoint"
    }

    let part: ContentPart

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        part = ContentPart(
            .text(try fields.required(.text, .string)),
            isCacheBreakpoint: try fields.optional(.breakpoint, .model(ExplicitBreakpoint.self)) != nil
        )
    }
}

private struct ImagePart: RequestModel {
    enum Field: String {
        case type
        case imageURL = "image_url"
        case breakpoint = "prompt_cache_breakpoint"
    }

    let part: ContentPart

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        let image = try fields.required(.imageURL, .model(ImageURL.self))
        part = ContentPart(
            .imageURL(image.url, detail: image.detail),
            isCacheBreakpoint: try fields.optional(.breakpoint, .model(ExplicitBreakpoint.self)) != nil
        )
    }
}

private struct ImageURL: RequestModel {
    enum Field: String {
        case url, detail
    }

    let url: String
    let detail: ContentPart.ImageDetail?

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        url = try fields.required(.url, .string)
        detail = try fields.optional(.detail, .enumeration())
    }
}

private struct FilePart: RequestModel {
    enum Field: String {
        case type, file
        case breakpoint = "prompt_cache_breakpoint"
    }

    let part: ContentPart

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        part = ContentPart(
            .file(try fields.required(.file, .model())),
            isCacheBreakpoint: try fields.optional(.breakpoint, .model(ExplicitBreakpoint.self)) != nil
        )
    }
}

extension ContentPart.File: RequestModel {
    enum Field: String {
        case data = "file_data"
        case id = "file_id"
        case filename
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        data = try fields.optional(.data, .string)
        id = try fields.optional(.id, .string)
        filename = try fields.optional(.filename, .string)
    }
}

private struct AudioPart: RequestModel {
    enum Field: String {
        case type
        case audio = "input_audio"
        case breakpoint = "prompt_cache_breakpoint"
    }

    let part: ContentPart

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        let audio = try fields.required(.audio, .model(InputAudio.self))
        part = ContentPart(
            .inputAudio(data: audio.data, format: audio.format),
            isCacheBreakpoint: try fields.optional(.breakpoint, .model(ExplicitBreakpoint.self)) != nil
        )
    }
}

private struct InputAudio: RequestModel {
    enum Field: String {
        case data, format
    }

    let data: String
    let format: String

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        data = try fields.required(.data, .string)
        format = try fields.required(.format, .string)
    }
}

private struct RefusalPart: RequestModel {
    enum Field: String {
        case type, refusal
    }

    let part: ContentPart

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        part = ContentPart(.refusal(try fields.required(.refusal, .string)))
    }
}

private struct ExplicitBreakpoint: RequestModel {
    enum Field: String {
        case mode
    }

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        _ = try fields.required(.mode, .literal("explicit"))
    }
}
