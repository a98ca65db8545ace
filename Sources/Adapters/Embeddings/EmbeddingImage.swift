import Catalog
import DIAL
import JSON

/// An image to be embedded.
enum EmbeddingImage {
    /// What has to be fetched: nothing behind an image that is refused by its type, nor that image.
    static func links(of attachments: [Attachment], _ profile: ModelProfile) -> [String] {
        attachments
            .prefix { (try? checkType(of: $0, profile)) != nil }
            .compactMap { attachment in
                guard (attachment.data ?? "").isEmpty, let url = attachment.url, DataURL(url) == nil else { return nil }
                return url
            }
    }

    /// - Throws: 422 when the type is not one of the model's.
    private static func checkType(of attachment: Attachment, _ profile: ModelProfile) throws(DIALError) {
        guard let type = attachment.contentType() else {
            throw .validation("Can't derive content type of the attachment")
        }
        let supported = profile.images.map(\.mediaType)
        guard supported.contains(MediaType.essence(of: type)) else {
            throw .userError(
                "Unsupported attachment content type: \(type). Supported attachment types: "
                    + "\(supported.joined(separator: ", "))."
            )
        }
    }

    /// - Returns: the content as base64.
    /// - Throws: 422 when the type is not one of the model's; what the loader throws.
    static func base64(of attachment: Attachment, _ context: AdapterContext) async throws(DIALError) -> String {
        try checkType(of: attachment, context.deployment.profile)
        if let data = attachment.data, !data.isEmpty {
            guard let bytes = Base64.decodeLeniently(data) else {
                throw .validation("The data of the attachment is not valid base64")
            }
            return Base64.encode(bytes)
        }
        guard let url = attachment.url else { throw .internalServerError("The attachment has neither data nor url") }
        if let url = DataURL(url) {
            _ = try url.decoded()
            return String(url.base64)
        }
        return Base64.encode(try await context.attachments.load(url: url))
    }
}
