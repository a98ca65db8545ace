import Catalog
import DIAL
import JSON

/// The image that an image is to be made from.
///
/// Source: AWS Bedrock user guide, "Stable Diffusion 3.5 Large: image to image".
enum StabilityInputImage {
    /// Pixels of width and of height.
    private static let sides = 640...1536

    private enum Source {
        case part(url: String)
        case attachment(Attachment)
    }

    /// - Returns: nil when the message has no image.
    /// - Throws: 422 with what is wrong with the images; what the loader throws.
    static func base64(in message: Message, _ context: AdapterContext) async throws(DIALError) -> String? {
        let sources = sources(in: message)
        let formats = context.deployment.profile.images
        guard let source = sources.first else { return nil }
        guard !formats.isEmpty else { throw .userError("Image-to-Image is not supported") }
        guard sources.count == 1 else { throw .userError("Only one input image is supported") }
        try check(type: type(of: source), formats)
        let bytes = try await content(of: source, context)
        guard let size = ImageSize(of: bytes) else { throw .internalServerError("The input image cannot be read") }
        for (name, pixels) in [("width", size.width), ("height", size.height)] where !sides.contains(pixels) {
            let text = "Image \(name) is \(pixels), but should be between \(sides.lowerBound) and \(sides.upperBound)"
            var error = DIALError.validation(text)
            error.displayMessage = text
            throw error
        }
        return Base64.encode(bytes)
    }

    /// Parts of the content first.
    private static func sources(in message: Message) -> [Source] {
        var sources: [Source] = []
        if case .parts(let parts) = message.content {
            for part in parts {
                if case .imageURL(let url) = part { sources.append(.part(url: url)) }
            }
        }
        return sources + message.attachments.map(Source.attachment)
    }

    private static func type(of source: Source) throws(DIALError) -> String {
        switch source {
        case .part(let url):
            guard let type = MediaType.guess(fromURL: url) else {
                throw .internalServerError("Can't derive content type of the URL")
            }
            return type
        case .attachment(let attachment):
            return try attachment.likelyType
        }
    }

    private static func check(type: String, _ formats: [ImageFormat]) throws(DIALError) {
        if let format = ImageFormat(mediaType: type), formats.contains(format) { return }
        let extensions = formats.flatMap { $0 == .jpeg ? ["jpeg", "jpe", "jpg"] : [$0.rawValue] }
        throw .userError(
            "Unsupported image type: \(type)",
            usageHint: "Supported image types: \(extensions.joined(separator: ", "))"
        )
    }

    private static func content(of source: Source, _ context: AdapterContext) async throws(DIALError) -> [UInt8] {
        let url: String
        switch source {
        case .part(let link): url = link
        case .attachment(let attachment):
            if let data = attachment.data { return try decoded(Base64.decodeLeniently(data)) }
            guard let link = attachment.url else {
                throw .internalServerError("The attachment has neither data nor url")
            }
            url = link
        }
        if let url = DataURL(url) { return try decoded(Base64.decode(url.base64)) }
        return try await context.attachments.load(url: url)
    }

    private static func decoded(_ bytes: [UInt8]?) throws(DIALError) -> [UInt8] {
        guard let bytes else {
            throw .internalServerError("Invalid base64 data of the input image")
        }
        return bytes
    }
}
