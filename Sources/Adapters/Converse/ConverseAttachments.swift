import Bedrock
import Catalog
import DIAL

/// Turns the files of a request into blocks, as far as the model takes them.
struct ConverseAttachments {
    private let profile: ModelProfile
    private var loader: any AttachmentLoader
    private var documentNames = DocumentNames()

    init(_ profile: ModelProfile, _ loader: any AttachmentLoader) {
        self.profile = profile
        self.loader = loader
    }

    /// Fetches the files of the user's and the assistant's messages side by side.
    mutating func fetchAhead(_ messages: [Message]) async {
        loader = await loader.fetchingAhead(links(in: messages))
    }

    /// The links to be followed, up to the first file that is refused unseen.
    private func links(in messages: [Message]) -> [String] {
        var links: [String] = []
        for message in messages where message.role == .user || message.role == .assistant {
            if case .parts(let parts) = message.content {
                for case .imageURL(let url) in parts where DataURL(url) == nil {
                    guard let type = MediaType.guess(fromURL: url), (try? kind(of: type)) != nil else { return links }
                    links.append(url)
                }
            }
            for attachment in message.attachments where attachment.data == nil {
                guard let type = type(of: attachment), (try? kind(of: type)) != nil else { return links }
                if let url = attachment.url, !url.isEmpty, DataURL(url) == nil { links.append(url) }
            }
        }
        return links
    }

    mutating func block(_ attachment: Attachment) async throws(DIALError) -> ConverseContentBlock {
        guard let type = type(of: attachment) else {
            throw .internalServerError("Can't derive content type of the attachment")
        }
        let kind = try kind(of: type)
        if let data = attachment.data { return try block(kind, try InlineData.bytes(ofAttachment: data), attachment) }
        guard let url = attachment.url, !url.isEmpty else { throw .internalServerError("Invalid attachment") }
        return try block(kind, try await loader.content(of: url), attachment)
    }

    /// An `image_url` part.
    mutating func block(imageURL url: String) async throws(DIALError) -> ConverseContentBlock {
        guard let type = MediaType.guess(fromURL: url) else {
            throw .internalServerError("Can't derive content type of the URL")
        }
        let kind = try kind(of: type)
        guard case .image = kind else { throw unsupported(type) }
        return try block(kind, try await loader.content(of: url), nil)
    }

    /// A `file` part.
    mutating func block(_ file: ContentPart.File) throws(DIALError) -> ConverseContentBlock {
        guard let data = file.data, !data.isEmpty else {
            throw .validation("File content part must have file_data field")
        }
        // Base64 without a type has always been a PDF.
        let kind = try kind(of: DataURL(data)?.mediaType ?? DocumentFormat.pdf.mediaType)
        return try block(kind, try InlineData.bytes(ofFile: data), nil)
    }

    /// A link without a type says by itself what it leads to, if that is something that the model takes.
    private func type(of attachment: Attachment) -> String? {
        if attachment.isTypeAbsent, attachment.url != nil,
            let derived = attachment.contentType(derivingAbsentType: true),
            (try? kind(of: derived)) != nil
        {
            return derived
        }
        return attachment.contentType()
    }

    private enum Kind {
        case image(ImageFormat)
        case document(DocumentFormat)
    }

    private func kind(of type: String) throws(DIALError) -> Kind {
        if let format = ImageFormat(mediaType: type), profile.images.contains(format) { return .image(format) }
        let essence = MediaType.essence(of: type)
        let name = essence == "text/csv" ? DocumentFormat.csv.mediaType : essence
        if let format = profile.documents.first(where: { $0.mediaType == name }) { return .document(format) }
        throw unsupported(type)
    }

    private func unsupported(_ type: String) -> DIALError {
        func names(_ kind: String, _ formats: [String]) -> String {
            formats.isEmpty
                ? "\(kind)s are not supported"
                : "Supported \(kind.lowercased()) types: \(formats.joined(separator: ", "))"
        }
        let hint =
            profile.images.isEmpty && profile.documents.isEmpty
            ? "Model does not support multi-modal"
            : names("Image", profile.images.map(\.rawValue)) + "\n"
                + names("Document", profile.documents.map(\.rawValue))
        return .userError("Unsupported attachment type: \(type)\n\(hint)")
    }

    private mutating func block(
        _ kind: Kind,
        _ bytes: [UInt8],
        _ attachment: Attachment?
    ) throws(DIALError) -> ConverseContentBlock {
        switch kind {
        case .document(let format):
            return .document(
                format: format.rawValue,
                name: documentNames.name(title: attachment?.title, content: bytes),
                bytes: bytes
            )
        case .image(let format):
            try profile.check(image: bytes, named: attachment?.displayName ?? "image_url")
            return .image(format: (ImageSignature.format(of: bytes) ?? format).rawValue, bytes: bytes)
        }
    }
}
