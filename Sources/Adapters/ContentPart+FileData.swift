import DIAL

extension ContentPart.File {
    /// The bytes of `file_data`: a data URL, or base64 alone.
    /// - Throws: 422 when it is neither.
    static func bytes(of data: String) throws(DIALError) -> [UInt8] {
        guard let bytes = Base64.decode(DataURL(data)?.base64 ?? data[...]) else {
            throw .validation(
                "Invalid file content part: file_data must be a valid data URL or base64 string: \(data.prefix(30))..."
            )
        }
        return bytes
    }
}
