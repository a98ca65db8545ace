import DIAL

extension ContentPart.File {
    /// The bytes of `file_data` that is no data URL.
    /// - Throws: 422 when it is not base64 either.
    static func bytes(ofBase64 data: String) throws(DIALError) -> [UInt8] {
        guard let bytes = Base64.decode(data[...]) else {
            throw .validation(
                "Invalid file content part: file_data must be a valid data URL or base64 string: \(data.prefix(30))..."
            )
        }
        return bytes
    }
}
