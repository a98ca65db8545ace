import JSON

/// DIAL's file storage: requests to it and what its answers mean, without the sending.
///
/// Source: DIAL API, file storage.
public struct FileStorage: Sendable, Hashable {
    /// `{DIAL_URL}/v1/`.
    public let apiURL: String
    /// `{DIAL_URL}`, without a slash at its end.
    private let base: URLReference

    /// A request to be sent as it is.
    public struct Request: Sendable {
        public var method: String
        /// Absolute, percent-encoded.
        public var url: String
        /// Names in lower case; `api-key` is among them, so none of it is for the log.
        public var headers: [(name: String, value: String)]
        /// Empty for a GET.
        public var body: [UInt8]
    }

    /// - Parameter baseURL: `DIAL_URL`, with or without a slash at its end.
    public init(baseURL: String) throws(URLReference.SyntaxError) {
        var base = baseURL[...]
        while base.hasSuffix("/") { base = base.dropLast() }
        let reference = try URLReference(String(base))
        guard reference.scheme == "http" || reference.scheme == "https", !reference.host.isEmpty,
            reference.query == nil,
            !reference.path.utf8.contains(UInt8(ascii: " "))
        else {
            throw URLReference.SyntaxError(reason: "it must have the form http(s)://host:port")
        }
        self.base = reference
        apiURL = base + "/v1/"
    }

    /// Whether an address is DIAL's: below `DIAL_URL`. The same host may serve others.
    func holds(_ url: URLReference) -> Bool {
        url.hasSameOrigin(as: base) && url.path.utf8.starts(with: (base.path + "/").utf8)
    }

    /// Asks where to write. The key is the incoming request's own, which is valid until that request is answered.
    public func bucketRequest(apiKey: String) -> Request {
        Request(method: "GET", url: apiURL + "bucket", headers: [("api-key", apiKey)], body: [])
    }

    /// - Parameters:
    ///   - appdata: of the bucket's answer, percent-encoded already.
    ///   - path: below `appdata`, in characters that need no encoding.
    ///   - boundary: must not occur in the content; random by default.
    public func uploadRequest(
        appdata: String,
        path: String,
        contentType: String,
        content: [UInt8],
        apiKey: String,
        boundary: String = UUIDVersion4.random()
    ) -> Request {
        let filename = path.split(separator: "/").last.map(String.init) ?? path
        var body = Array(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(filename)\"\r\n".utf8
        )
        body += Array("Content-Type: \(contentType)\r\n\r\n".utf8)
        body += content
        body += Array("\r\n--\(boundary)--\r\n".utf8)
        return Request(
            method: "PUT",
            url: "\(apiURL)files/\(appdata)/\(path)",
            headers: [("api-key", apiKey), ("content-type", "multipart/form-data; boundary=\(boundary)")],
            body: body
        )
    }

    /// Where a generated image goes below `appdata`.
    /// - Parameter digest: SHA-256 of the image's base64 text (not of its bytes), in lower-case hexadecimal.
    public static func imagePath(digest: String, contentType: String) -> String {
        "images/\(digest)\(MediaType.fileExtension(of: contentType).map { ".\($0)" } ?? "")"
    }
}

// Answers.
extension FileStorage {
    /// The folder that the deployment may write to: `appdata` of the answer to `GET /v1/bucket`.
    /// - Throws: 502 when the storage is broken, 500 when it refuses or names no folder.
    public static func writableFolder(status: Int, body: [UInt8]) throws(DIALError) -> String {
        let answer = try accepted(status: status, body: body, asking: "for its bucket")
        guard let folder = answer["appdata"]?.stringValue else {
            throw .internalServerError(
                "DIAL's file storage names no folder to write to: the request's Api-Key is not a per-request key of DIAL Core"
            )
        }
        return folder
    }

    /// The link of an uploaded file, to be put into an attachment.
    /// - Throws: 502 when the storage is broken, 500 when it refuses or answers otherwise than expected.
    public static func uploadedURL(status: Int, body: [UInt8]) throws(DIALError) -> String {
        let answer = try accepted(status: status, body: body, asking: "to store a file")
        guard let url = answer["url"]?.stringValue else {
            throw .internalServerError("DIAL's file storage answered without the URL of the stored file")
        }
        return url
    }

    /// Core's errors are plain text or an error object.
    static func failureText(status: Int, body: [UInt8]) -> String {
        let object = try? JSON(parsing: body)
        let text = object?["error"]?["message"]?.stringValue ?? String(decoding: body.prefix(500), as: UTF8.self)
        return text.isEmpty ? "status \(status)" : "status \(status): \(text)"
    }

    private static func accepted(
        status: Int,
        body: [UInt8],
        asking purpose: String
    ) throws(DIALError) -> JSON {
        guard (200..<300).contains(status) else {
            let text =
                "DIAL's file storage was asked \(purpose) and answered \(failureText(status: status, body: body))"
            throw status >= 500 ? .upstream(status: 502, message: text) : .internalServerError(text)
        }
        do {
            return try JSON(parsing: body)
        } catch {
            throw .internalServerError("DIAL's file storage was asked \(purpose) and answered no JSON")
        }
    }
}
