import AWS
import JSON

extension UpstreamError {
    /// Reads an error answer of Bedrock: the code from the `x-amzn-errortype` header, the body's `code` or its `__type`; the
    /// message from the body.
    ///
    /// Source: AWS "REST JSON 1.0 protocol: operation error serialization".
    /// - Parameters:
    ///   - errorType: the header `x-amzn-errortype`.
    ///   - attempts: how many times the call was sent.
    public init(
        operation: UpstreamOperation,
        status: Int,
        errorType: String?,
        body: [UInt8],
        retryAfter: String? = nil,
        retryAfterMilliseconds: String? = nil,
        attempts: Int = 1
    ) {
        let json = try? JSON(parsing: body)
        var code: String?
        let message: String
        if case .anthropicMessages = operation, let error = json?["error"] {
            code = error["type"]?.wordValue
            message = error["message"]?.stringValue ?? ""
        } else if let json {
            let named = [errorType, json["code"]?.stringValue, json["__type"]?.stringValue]
            code = named.lazy.compactMap { $0?.nonEmpty }.first.flatMap(Self.shortCode)
            message = Self.words(json)
        } else {
            code = errorType?.nonEmpty.flatMap(Self.shortCode)
            let text = Self.trimmed(String(decoding: body, as: UTF8.self))
            // Whatever stands in between wrote it; its page is for browsers, and may name what clients must not see.
            let isPage = Self.isPage(text)
            if status >= 500, isPage || text.isEmpty { code = nil }
            message = isPage ? Self.reasonPhrase(status) : text
        }
        self.init(
            kind: .service,
            status: status,
            code: code ?? String(status),
            message: message,
            operation: operation.name,
            retryAfter: retryAfter,
            retryAfterMilliseconds: retryAfterMilliseconds,
            attempts: attempts
        )
        isBodyless = body.isEmpty
    }

    /// What a body says, with the model's own words in parentheses. A gateway in front of Bedrock may write errors as
    /// Anthropic does.
    static func words(_ json: JSON) -> String {
        let members = [json["message"], json["Message"], json["error"]?["message"]]
        let message = AWSErrorMessage.withoutCanonicalRequest(members.lazy.compactMap { $0?.stringValue }.first ?? "")
        guard let original = json["originalMessage"]?.stringValue, !original.isEmpty,
            !original.hasSameBytes(as: message)
        else {
            return message
        }
        return message.isEmpty ? original : "\(message) (\(original))"
    }

    /// `com.amazon.coral.service#UnrecognizedClientException` and `ValidationException:http://…` without their ornaments; nil
    /// for what is too long to be a code.
    static func shortCode(_ code: String) -> String? {
        let head = code.utf8.prefix { $0 != UInt8(ascii: ":") }
        let name = head.split(separator: UInt8(ascii: "#"), omittingEmptySubsequences: false).last ?? head
        return String(Substring(name)).word
    }

    /// HTML or XML, whole or a piece of it.
    private static func isPage(_ text: String) -> Bool {
        text.utf8.first == UInt8(ascii: "<")
    }

    static func trimmed(_ text: String) -> String {
        var slice = Substring(text)
        while let first = slice.first, first.isWhitespace { slice.removeFirst() }
        while let last = slice.last, last.isWhitespace { slice.removeLast() }
        return String(slice)
    }

    /// Source: RFC 9110 "Status Codes".
    static func reasonPhrase(_ status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 407: "Proxy Authentication Required"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Error code: \(status)"
        }
    }
}
