import Catalog
import DIAL
import JSON

/// Turns the files of a request into content blocks. Files always go inline: the service fetches nothing.
struct ClaudeAttachments {
    private let profile: ModelProfile
    private var loader: any AttachmentLoader
    private let enablesCitations: Bool

    init(_ profile: ModelProfile, _ loader: any AttachmentLoader, enablesCitations: Bool) {
        self.profile = profile
        self.loader = loader
        self.enablesCitations = enablesCitations
    }

    /// Fetches the files of these messages side by side.
    mutating func fetchAhead(_ messages: [Message]) async {
        loader = await loader.fetchingAhead(links(in: messages))
    }

    /// The links to be followed, up to the first file that is refused unseen.
    private func links(in messages: [Message]) -> [String] {
        var links: [String] = []
        for message in messages {
            for attachment in message.attachments where attachment.data == nil {
                guard (try? type(named: attachment.likelyType)) != nil else { return links }
                if let url = attachment.url, DataURL(url) == nil { links.append(url) }
            }
            guard case .parts(let parts) = message.content else { continue }
            for case .imageURL(let url) in parts where DataURL(url) == nil {
                guard let name = MediaType.guess(fromURL: url), ClaudeMediaType(name, documents: false) != nil else {
                    return links
                }
                links.append(url)
            }
        }
        return links
    }

    func block(_ attachment: Attachment) async throws(DIALError) -> ClaudeContentBlock {
        let type = try type(named: attachment.likelyType)
        let bytes: [UInt8]
        if let data = attachment.data {
            bytes = try InlineData.bytes(ofAttachment: data)
        } else {
            bytes = try await loader.content(of: attachment.url ?? "")
        }
        return try block(type, bytes, attachment: attachment, name: attachment.displayName)
    }

    /// An `image_url` part.
    func block(imageURL url: String) async throws(DIALError) -> ClaudeContentBlock {
        guard let name = MediaType.guess(fromURL: url) else {
            throw .internalServerError("Can't derive content type of the image content part")
        }
        guard let type = ClaudeMediaType(name, documents: false) else { throw unsupported(name) }
        return try block(type, try await loader.content(of: url), attachment: nil, name: "image_url")
    }

    /// A `file` part: a data URL, or base64 that has always been a PDF.
    func block(_ file: ContentPart.File) throws(DIALError) -> ClaudeContentBlock {
        guard let data = file.data else { throw .validation("File content part must have file_data field") }
        let bytes = try InlineData.bytes(ofFile: data)
        let type = try type(named: DataURL(data)?.mediaType ?? "application/pdf")
        return try block(type, bytes, attachment: nil, name: file.filename ?? "file")
    }

    func unsupported(_ type: String) -> DIALError {
        let extensions = ClaudeMediaType.extensions(documents: profile.documentBlocks)
        return .userError(
            "Unsupported media type: \(type)",
            usageHint: "The model takes attachments with these file extensions: \(extensions.joined(separator: ", "))."
        )
    }

    /// The profile's images do not count here: which Claude sees is the service's to say.
    private func type(named name: String) throws(DIALError) -> ClaudeMediaType {
        guard let type = ClaudeMediaType(name, documents: profile.documentBlocks) else { throw unsupported(name) }
        return type
    }

    private func block(
        _ type: ClaudeMediaType,
        _ bytes: [UInt8],
        attachment: Attachment?,
        name: String
    ) throws(DIALError) -> ClaudeContentBlock {
        switch type {
        case .image(let declared):
            try profile.check(image: bytes, named: name)
            let size = ImageSize(of: bytes)
            try check(size, name: name)
            // The service checks the type against the file, and clients are often wrong about it.
            let format = ImageSignature.format(of: bytes) ?? declared
            return ClaudeContentBlock(
                .image(ClaudeImage(mediaType: format.mediaType, base64: Base64.encode(bytes), size: size))
            )
        case .pdf:
            return document(.pdf(base64: Base64.encode(bytes)), attachment)
        case .text:
            return document(.text(String(decoding: bytes, as: UTF8.self)), attachment)
        }
    }

    private func document(_ source: ClaudeDocument.Source, _ attachment: Attachment?) -> ClaudeContentBlock {
        ClaudeContentBlock(
            .document(ClaudeDocument(source: source, citations: enablesCitations, attachment: attachment))
        )
    }

    /// In pixels. Source: Anthropic API reference "Vision: image size".
    private static let longestSide = 8000

    private func check(_ size: ImageSize?, name: String) throws(DIALError) {
        guard let size, max(size.width, size.height) > Self.longestSide else { return }
        throw .userError(
            "The image '\(name)' measures \(size.width) x \(size.height) pixels, the model takes at most "
                + "\(Self.longestSide) on each side. Send a smaller image."
        ).quoting
    }
}
