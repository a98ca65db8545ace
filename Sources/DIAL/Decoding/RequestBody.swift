import JSON

/// The body of a POST request before any field of it is looked at.
public enum RequestBody {
    /// Parses a body, which must be one JSON object in UTF-8. Half surrogate pairs in it become U+FFFD.
    ///
    /// The SDK answers 500 to bodies that are not objects or not UTF-8; here these are the caller's errors as well.
    ///
    /// Source: DIAL API, body problems before validation.
    /// - Throws: 400; 413 when its JSON has too many parts; 415 when it is compressed.
    public static func parse(_ bytes: [UInt8]) throws(DIALError) -> JSONObject {
        guard !bytes.starts(with: gzipMark) else {
            throw DIALError(
                status: 415,
                message: "The request body is compressed; send it as it is, without Content-Encoding",
                type: DIALError.invalidRequestType
            )
        }
        let json: JSON
        do {
            json = try JSON(mendingPython: bytes.starts(with: byteOrderMark) ? bytes[3...] : bytes[...])
        } catch {
            throw refusal(error)
        }
        guard case .object(let object) = json else {
            throw .invalidRequest("The request body must be a JSON object, but it is \(name(of: json))")
        }
        return object
    }

    /// Some clients begin UTF-8 with it; Python's parser reads over it.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// No JSON begins like that.
    private static let gzipMark: [UInt8] = [0x1F, 0x8B]

    private static func refusal(_ error: JSONParseError) -> DIALError {
        switch error.kind {
        case .invalidUTF8:
            .invalidRequest("The request body isn't valid UTF-8 (byte \(error.offset)); send JSON encoded as UTF-8")
        case .tooLarge:
            DIALError(
                status: 413,
                message: "The request body can't be read. \(error.reason)",
                type: DIALError.invalidRequestType
            )
        default:
            .invalidRequest("The request body isn't valid JSON: \(error.reason)")
        }
    }

    private static func name(of json: JSON) -> String {
        switch json {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
