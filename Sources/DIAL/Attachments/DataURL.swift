import JSON

/// A `data:` URL that carries base64. Source: DIAL API, link forms; RFC 2397.
public struct DataURL: Sendable, Hashable {
    /// Without parameters.
    public let mediaType: String
    /// Not checked before `decoded()`.
    public let base64: Substring

    /// - Returns: nil when the text has another scheme, lacks a type or is not marked as base64.
    public init?(_ url: String) {
        let bytes = url.utf8
        guard bytes.count > 5, Self.isDataURL(url), let comma = bytes.firstIndex(of: UInt8(ascii: ",")) else {
            return nil
        }
        let header = bytes[bytes.index(bytes.startIndex, offsetBy: 5)..<comma]
        let fields = header.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard fields.count > 1, let mark = fields.last, mark.count == 6,
            String(Substring(mark)).lowercased() == "base64", let type = fields.first, !type.isEmpty
        else { return nil }
        mediaType = String(Substring(type))
        base64 = url[bytes.index(after: comma)...]
    }

    /// Whether the text has the scheme, well formed or not.
    public static func isDataURL(_ url: String) -> Bool {
        String(decoding: url.utf8.prefix(5), as: UTF8.self).lowercased() == "data:"
    }

    /// The content.
    /// - Throws: 422.
    public func decoded() throws(DIALError) -> [UInt8] {
        guard let bytes = Base64.decode(base64) else {
            throw .validation("The data URL of type \(mediaType) doesn't hold valid base64")
        }
        return bytes
    }
}
