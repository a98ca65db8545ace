import Catalog
import DIAL
import JSON

/// The two request formats, and what differs with them.
enum StabilityDialect: Sendable {
    /// SDXL 1.0: `text_prompts` in, `artifacts` out.
    case artifacts
    /// SD3 and later, Stable Image: `prompt` in, `images` out.
    case images(takesCfgScale: Bool)

    init(_ profile: ModelProfile) {
        self = profile.family == .stableDiffusionXL ? .artifacts : .images(takesCfgScale: profile.takesCfgScale)
    }

    /// Whether system messages without a text are as if they were not there.
    var ignoresBlankSystem: Bool {
        if case .artifacts = self { true } else { false }
    }

    var noMessagesText: String {
        switch self {
        case .artifacts: "List of messages must not be empty"
        case .images: "No messages provided"
        }
    }

    /// - Parameter image: base64.
    /// - Throws: 422 when the message has no text.
    func body(
        _ message: Message,
        image: String?,
        seed: Int?,
        _ configuration: JSONObject
    ) throws(DIALError) -> JSONObject {
        let text = try message.promptText
        switch self {
        case .artifacts:
            guard let text else { throw .validation("Content of the last message is missing") }
            return ["text_prompts": [["text": .string(text)]]]
        case .images:
            guard let text, !text.isEmpty else { throw .userError("Text prompt is required") }
            var body: JSONObject = [
                "prompt": .string(text), "mode": image == nil ? "text-to-image" : "image-to-image",
                "output_format": "png",
            ]
            if let image {
                body.append("image", .string(image))
                body.append("strength", 0.5)
            }
            if let seed { body.append("seed", JSON(seed)) }
            for (key, value) in configuration { body[key] = value }
            return JSONObject(body.filter { !$0.value.isNull }.map { ($0.key, $0.value) })
        }
    }

    /// - Returns: base64 of the images.
    /// - Throws: 400 when a filter took the image, 500 when the model failed.
    func images(in answer: JSONView) throws(DIALError) -> [String] {
        switch self {
        case .artifacts: [try Self.artifact(in: answer)]
        case .images: try Self.images(in: answer)
        }
    }

    /// The artifact's own `finishReason` is not looked at: a blurred image is an image.
    private static func artifact(in answer: JSONView) throws(DIALError) -> String {
        if answer["result"]?.isString("error") == true {
            throw .internalServerError(answer["error"]?["message"]?.string ?? "The model returned an error")
        }
        guard let image = answer["artifacts"]?[0]?["base64"]?.string else {
            throw .internalServerError("The model's answer has no image")
        }
        return image
    }

    private static func images(in answer: JSONView) throws(DIALError) -> [String] {
        for reason in answer["finish_reasons"]?.tree.arrayValue ?? [] {
            guard let reason = reason.stringValue, !reason.isEmpty else { continue }
            if reason.word == "Inference error" { throw .internalServerError(reason) }
            throw .contentFilter(reason)
        }
        guard let images = answer["images"], images.kind != .null else { return [] }
        let texts = images.tree.arrayValue?.map(\.stringValue) ?? [nil]
        return try texts.map { text throws(DIALError) in
            guard let text else { throw .internalServerError("The model's answer has no image") }
            return text
        }
    }
}

extension Message {
    /// The text of the prompt as it was written; parts are joined by a space. Nil where there is none.
    fileprivate var promptText: String? {
        get throws(DIALError) {
            switch content {
            case nil: return nil
            case .text(let text)?: return text
            case .parts(let parts)?:
                // Images have been seen to before.
                let others = parts.filter { if case .imageURL = $0 { false } else { true } }
                return others.isEmpty ? nil : try others.texts.joined(separator: " ")
            }
        }
    }
}
