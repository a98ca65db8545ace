/// Fetches the files that a request refers to: links to DIAL's file storage and public URLs.
public protocol AttachmentLoader: Sendable {
    /// - Throws: what the client is to be told when the file cannot be had.
    func load(url: String) async throws(DIALError) -> LoadedAttachment
}

/// A file that was fetched.
public struct LoadedAttachment: Sendable {
    public let bytes: [UInt8]
    /// As the server named it.
    public let contentType: String?

    public init(bytes: [UInt8], contentType: String?) {
        self.bytes = bytes
        self.contentType = contentType
    }
}
