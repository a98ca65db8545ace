import DIAL
import HTTPClient

/// Placeholder until links are resolved.
struct AttachmentDownloader: AttachmentLoader {
    let transport: any HTTPTransport
    let dialURL: String?
    let apiKey: String
    let limit: Int

    func load(url: String) async throws(DIALError) -> LoadedAttachment {
        throw .notImplemented
    }
}
