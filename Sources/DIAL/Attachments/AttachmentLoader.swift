/// Fetches the content behind links that are not data URLs.
public protocol AttachmentLoader: Sendable {
    /// - Parameter url: a link to DIAL's file storage or a public URL.
    /// - Throws: what the request has to fail with.
    func load(url: String) async throws(DIALError) -> LoadedAttachment

    /// Bytes that the files of one request may have in all.
    var totalLimit: Int { get }
}

extension AttachmentLoader {
    public var totalLimit: Int { .max }
}

public struct LoadedAttachment: Sendable {
    public let bytes: [UInt8]
    /// As the server said.
    public let contentType: String?

    public init(bytes: [UInt8], contentType: String?) {
        self.bytes = bytes
        self.contentType = contentType
    }
}
