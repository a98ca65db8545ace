import CCurl

/// A URL as libcurl has parsed it. Parsing it, and putting it together again, would be a tenth of a request's cost.
final class ParsedURL {
    let pointer: OpaquePointer

    /// - Throws: `HTTPError.invalidRequest` when it is no absolute URL.
    init(_ url: String) throws(HTTPError) {
        guard url.hasOnly({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalidRequest("the URL has blanks or characters that are not ASCII")
        }
        guard let pointer = curl_url() else { throw .invalidRequest("libcurl has no more memory") }
        guard curl_url_set(pointer, CURLUPART_URL, url, UInt32(CURLU_PATH_AS_IS)) == CURLUE_OK else {
            curl_url_cleanup(pointer)
            throw .invalidRequest("the URL is not valid")
        }
        self.pointer = pointer
    }

    deinit {
        curl_url_cleanup(pointer)
    }
}

/// The URLs that were asked for lately: models have few.
struct ParsedURLs {
    private var known: [String: ParsedURL] = [:]
    private static let capacity = 128
    /// Those of files are chosen by clients, and come once.
    private static let byteLimit = 2048

    mutating func url(_ text: String) throws(HTTPError) -> ParsedURL {
        if let url = known[text] { return url }
        let url = try ParsedURL(text)
        guard text.utf8.count <= Self.byteLimit else { return url }
        if known.count >= Self.capacity { known.removeAll() }
        known[text] = url
        return url
    }
}
