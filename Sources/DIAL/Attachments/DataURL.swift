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
        let semicolon = UInt8(ascii: ";")
        guard Self.isDataURL(url), let comma = bytes.prefix(Self.headerLimit).firstIndex(of: UInt8(ascii: ",")) else {
            return nil
        }
        let header = bytes[bytes.index(bytes.startIndex, offsetBy: 5)..<comma]
        guard let typeEnd = header.firstIndex(of: semicolon), typeEnd > header.startIndex,
            let lastParameter = header.lastIndex(of: semicolon),
            Substring(header[lastParameter...]).lowercased() == ";base64"
        else { return nil }
        mediaType = String(Substring(header[..<typeEnd]))
        base64 = url[bytes.index(after: comma)...]
    }

    /// Bytes before the content.
    private static let headerLimit = 4096

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
