/// The canonical form of a request, the text whose hash is signed.
/// Source: AWS General Reference, "Create a signed AWS API request", step 1.
struct CanonicalRequest: Sendable {
    /// The text that is hashed.
    let bytes: [UInt8]
    /// The names, joined by semicolons.
    var signedHeaders: ArraySlice<UInt8> { bytes[signedHeadersRange] }
    private let signedHeadersRange: Range<Int>

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
        bytes.append(lineFeed)
        CanonicalURL.appendPath(of: url, to: &bytes)
        bytes.append(lineFeed)
        CanonicalURL.appendQuery(of: url, to: &bytes)
        bytes.append(lineFeed)
        headers.appendLines(to: &bytes)
        bytes.append(lineFeed)
        let namesStart = bytes.count
        headers.appendNames(to: &bytes)
        signedHeadersRange = namesStart..<bytes.count
        bytes.append(lineFeed)
        if let declared = headers.declaredPayloadHash {
            bytes.append(declared)
        } else {
            let digest = if let bodyDigest { bodyDigest } else { try SHA256.inlineDigest(of: body.span.bytes) }
            Hexadecimal.append(digest, to: &bytes)
        }
        self.bytes = bytes
    }
}
