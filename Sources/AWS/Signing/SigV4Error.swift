/// Why a request cannot be signed.
public enum SigV4Error: Error, Sendable, Equatable, CustomStringConvertible {
    /// The URL is not an absolute `http` or `https` URL.
    case invalidURL
    /// The named header holds a carriage return, line feed or NUL, or its name is not a header name.
    case unsafeHeader(name: String)
    /// A credential or the region holds something other than printable ASCII; the value is named, never shown.
    case unsafeCredential(name: String)
    case cryptography(CryptographyError)

    public var description: String {
        switch self {
        case .invalidURL:
            "The request cannot be signed: its URL is not an absolute http or https URL"
        case .unsafeHeader(let name):
            "The request cannot be signed: header '\(name)' contains characters that headers must not contain"
        case .unsafeCredential(let name):
            "The request cannot be signed: \(name) must be printable ASCII"
        case .cryptography(let error):
            error.description
        }
    }
}
