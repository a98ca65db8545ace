import JSON

/// One part of a message's content, told apart by `type` on the wire. Source: DIAL API, content parts.
///
/// `prompt_cache_breakpoint` is checked and not kept: breakpoints of messages are what the adapter sends.
public enum ContentPart: Sendable {
    case text(String)
    /// An http(s) URL, a data URL or a link to DIAL's file storage.
    case imageURL(String)
    case file(File)
    /// `wav`, `mp3`; no model here takes any.
    case inputAudio(format: String)
    case refusal

    /// A file of a `file` part; only one that brings `data` can be used.
    public struct File: Sendable {
        /// Base64, or a data URL.
        public var data: String?
        /// For error texts; the model does not get it.
        public var filename: String?
    }

    /// The text of a text part.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
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
        part = .text(try fields.required(.text, .string))
        try fields.check(.breakpoint, .explicitBreakpoint)
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
        part = .imageURL(image.url)
        try fields.check(.breakpoint, .explicitBreakpoint)
    }
}

private struct ImageURL: RequestModel {
    enum Field: String {
        case url, detail
    }

    /// The resolution that the client wishes; Bedrock has no such choice.
    enum Detail: String, CaseIterable {
        case auto, low, high
    }

    let url: String

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        url = try fields.required(.url, .string)
        try fields.check(.detail, Rule<Detail>.enumeration())
    }
}

private struct FilePart: RequestModel {
    enum Field: String {
        case type, file
        case breakpoint = "prompt_cache_breakpoint"
    }

    let part: ContentPart

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        part = .file(try fields.required(.file, .model()))
        try fields.check(.breakpoint, .explicitBreakpoint)
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
        // Names a file of OpenAI's storage.
        try fields.check(.id, Rule<String>.string)
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
        part = .inputAudio(format: audio.format)
        try fields.check(.breakpoint, .explicitBreakpoint)
    }
}

private struct InputAudio: RequestModel {
    enum Field: String {
        case data, format
    }

    let format: String

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        _ = try fields.required(.data, Rule<String>.string)
        format = try fields.required(.format, .string)
    }
}

private struct RefusalPart: RequestModel {
    enum Field: String {
        case type, refusal
    }

    let part: ContentPart

    init(_ fields: RequestFields<Field>) throws(DIALError) {
        _ = try fields.required(.refusal, Rule<String>.string)
        part = .refusal
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

extension Rule<ExplicitBreakpoint> {
    fileprivate static var explicitBreakpoint: Rule { .model() }
}
