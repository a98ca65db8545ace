import AWS
import DIAL
import JSON

/// An image as a model hands it out.
public struct GeneratedImage: Sendable, Hashable {
    /// As the model wrote it: the stored file is named after this text.
    public let base64: String
    /// Media type, such as `image/png`.
    public let contentType: String

    /// Where it goes in DIAL's file storage, below the deployment's folder: named after the digest of the base64 text.
    /// - Throws: 500 when the digest cannot be computed.
    public var storagePath: String {
        get throws(DIALError) {
            do {
                return FileStorage.imagePath(digest: try SHA256.hexDigest(of: base64.utf8), contentType: contentType)
            } catch {
                throw .internalServerError("The digest of the image could not be computed")
            }
        }
    }

    /// The file's content.
    /// - Throws: 500 when the model's text is no base64.
    public var bytes: [UInt8] {
        get throws(DIALError) {
            guard let bytes = Base64.decode(base64) else {
                throw .internalServerError("The model's image is not valid base64")
            }
            return bytes
        }
    }

    /// The image as a part of the answer, in the model's own base64.
    public var inline: Attachment { Attachment(type: contentType, title: "Image", data: base64) }

    /// The image by its link in DIAL's file storage.
    public func stored(at url: String) -> Attachment { Attachment(type: contentType, title: "Image", url: url) }
}
