import Glibc

/// A system call that failed: which one, and the `errno` it left.
public struct SystemError: Error, Sendable, CustomStringConvertible {
    /// The call and what it was about, such as `bind /run/adapter.sock`.
    public let call: String
    /// The `errno` of the call.
    public let code: Int32

    /// - Parameter code: `errno` as it stands unless given, so nothing may come between the call and this.
    public init(_ call: String, code: Int32 = errno) {
        self.call = call
        self.code = code
    }

    public var description: String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "\(call): error \(code)" }
        let text = buffer.prefix { $0 != 0 }.map { UInt8(truncatingIfNeeded: $0) }
        return "\(call): \(String(decoding: text, as: UTF8.self))"
    }

    /// Turns the −1 of a system call into an error.
    @discardableResult
    public static func check(_ result: Int32, _ call: String) throws(SystemError) -> Int32 {
        guard result >= 0 else { throw SystemError(call) }
        return result
    }
}
