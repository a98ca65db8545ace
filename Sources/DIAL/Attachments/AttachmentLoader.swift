/// Fetches the content behind links that are not data URLs.
public protocol AttachmentLoader: Sendable {
    /// - Parameter url: a link to DIAL's file storage or a public URL.
    /// - Throws: what the request has to fail with.
    func load(url: String) async throws(DIALError) -> LoadedAttachment

    /// Bytes that the files of one request may have in all.
    var totalLimit: Int { get }
}

extension AttachmentLoader {
    /// No limit, unless the loader sets one.
    public var totalLimit: Int { .max }
}

/// The content behind a link, whole and in memory; whether it is what its type says is not checked.
public struct LoadedAttachment: Sendable {
    public let bytes: [UInt8]
    /// As the server said.
    public let contentType: String?

    public init(bytes: [UInt8], contentType: String?) {
        self.bytes = bytes
        self.contentType = contentType
    }
}
