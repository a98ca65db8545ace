import DIAL
import JSON

extension AttachmentLoader {
    /// The content behind a link, which may hold it itself.
    func content(of url: String) async throws(DIALError) -> [UInt8] {
        if let url = DataURL(url) { return try InlineData.bytes(of: url) }
        return try await load(url: url)
    }
}

extension Attachment {
    /// The media type as the attachment tells it, or the SDK's default after all.
    /// - Throws: 500 when there is none.
    var likelyType: String {
        get throws(DIALError) {
            guard let type = contentType(derivingAbsentType: true) ?? type else {
                throw .internalServerError("Can't derive content type of the attachment")
            }
            return type
        }
    }
}

/// Files that a request holds itself.
enum InlineData {
    /// What an attachment's `data` holds; line ends and other strange characters do not count.
    /// - Throws: 500, also for an attachment of nothing.
    static func bytes(ofAttachment data: String) throws(DIALError) -> [UInt8] {
        guard !data.isEmpty else { throw .internalServerError("Invalid attachment") }
        return try decoded(Base64.decodeLeniently(data))
    }

    /// What a data URL holds.
    /// - Throws: 500.
    static func bytes(of url: DataURL) throws(DIALError) -> [UInt8] {
        try decoded(Base64.decode(url.base64))
    }

    private static func decoded(_ bytes: [UInt8]?) throws(DIALError) -> [UInt8] {
        guard let bytes else { throw .internalServerError("Invalid base64 data") }
        return bytes
    }

    /// What the `file_data` of a `file` part holds: a data URL, or base64 alone.
    /// - Throws: 422 when it is neither.
    static func bytes(ofFile data: String) throws(DIALError) -> [UInt8] {
        guard let bytes = Base64.decode(DataURL(data)?.base64 ?? data[...]), !bytes.isEmpty else {
            throw .validation(
                "Invalid file content part: file_data must be a valid data URL or base64 string: "
                    + "\(Substring(data.unicodeScalars.prefix(30)))..."
            ).quoting
        }
        return bytes
    }
}
