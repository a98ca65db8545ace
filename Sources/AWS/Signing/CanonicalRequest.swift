/// The canonical form of a request, the text whose hash is signed.
/// Source: AWS General Reference, "Create a signed AWS API request", step 1.
public struct CanonicalRequest: Sendable, Equatable {
    /// The text that is hashed.
    let bytes: [UInt8]
    private let methodEnd: Int
    private let uriEnd: Int
    private let queryEnd: Int
    private let headersEnd: Int
    private let signedHeadersEnd: Int

    public var method: String { text(0..<methodEnd) }
    /// The path as sent, with dot segments removed, percent-encoded once more.
    public var uri: String { text(methodEnd + 1..<uriEnd) }
    /// Sorted by name, then value; encoded as it stands in the URL.
    public var queryString: String { text(uriEnd + 1..<queryEnd) }
    /// Lines `name:value`, each with its line feed, names sorted.
    public var headers: String { text(queryEnd + 1..<headersEnd) }
    /// The names, joined by semicolons.
    public var signedHeaders: String { String(decoding: signedHeaderBytes, as: UTF8.self) }
    /// Lower-case hexadecimal SHA-256 of the body.
    public var payloadHash: String { text(signedHeadersEnd + 1..<bytes.count) }
    /// The text that is hashed.
    public var text: String { text(0..<bytes.count) }

    var signedHeaderBytes: ArraySlice<UInt8> { bytes[headersEnd + 1..<signedHeadersEnd] }

    /// - Parameter url: the URL as it will be sent.
    init(
        method: String,
        url: URLParts,
        headers: CanonicalHeaders,
        body: [UInt8],
        bodyDigest: SHA256.Digest? = nil
    ) throws(CryptographyError) {
        let lineFeed = UInt8(ascii: "\n")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * headers.byteCount + 2 * url.pathBytes.count + (url.query?.count ?? 0) + 128)
        bytes.append(method)
        methodEnd = bytes.count
        bytes.append(lineFeed)
        CanonicalURL.appendPath(of: url, to: &bytes)
        uriEnd = bytes.count
        bytes.append(lineFeed)
        CanonicalURL.appendQuery(of: url, to: &bytes)
        queryEnd = bytes.count
        bytes.append(lineFeed)
        headers.appendLines(to: &bytes)
        headersEnd = bytes.count
        bytes.append(lineFeed)
        headers.appendNames(to: &bytes)
        signedHeadersEnd = bytes.count
        bytes.append(lineFeed)
        if let declared = headers.declaredPayloadHash {
            bytes.append(declared)
        } else {
            let digest = if let bodyDigest { bodyDigest } else { try SHA256.inlineDigest(of: body.span.bytes) }
            Hexadecimal.append(digest, to: &bytes)
        }
        self.bytes = bytes
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }
}
