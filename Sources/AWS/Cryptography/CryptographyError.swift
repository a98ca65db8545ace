/// A call into OpenSSL failed: memory ran out, or the library cannot offer the algorithm (a broken installation or a
/// provider configuration without SHA-256). Never caused by a request.
public struct CryptographyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The OpenSSL function that failed.
    public let operation: String

    init(_ operation: StaticString) {
        self.operation = operation.description
    }

    public var description: String {
        "OpenSSL refused \(operation); check the installed libcrypto and its configuration"
    }
}
