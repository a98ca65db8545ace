/// Fetches the content behind links.
public protocol AttachmentLoader: Sendable {
    /// - Parameter url: a link to DIAL's file storage or a public URL.
    /// - Returns: the content, whole; whether it is what its type says is not checked.
    /// - Throws: what the request has to fail with.
    func load(url: String) async throws(DIALError) -> [UInt8]

    /// Bytes that the files of one request may have in all.
    var totalLimit: Int { get }
}
