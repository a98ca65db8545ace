import Glibc

/// The words of AWS's errors.
public enum AWSErrorMessage {
    /// Where a signature does not match, AWS quotes what it should have been made of: the session token is part of it.
    public static func withoutCanonicalRequest(_ message: String) -> String {
        var message = message
        return message.withUTF8 { bytes in
            guard let quoted = position(of: "The Canonical String for this request", in: bytes) else { return nil }
            let end = bytes[..<quoted].lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? 0
            return String(decoding: bytes[..<end], as: UTF8.self)
        } ?? message
    }

    /// An error may have megabytes; the search of the standard library takes a tenth of a microsecond for each byte.
    private static func position(of text: StaticString, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let (first, length) = (text.utf8Start.pointee, text.utf8CodeUnitCount)
        var rest = bytes[...]
        while let start = rest.firstIndex(of: first), bytes.count - start >= length {
            if memcmp(base + start, text.utf8Start, length) == 0 { return start }
            rest = rest[(start + 1)...]
        }
        return nil
    }
}
