import Glibc

/// A text inside a message, compared without making a `String`.
///
/// `switch message.eventName { case "contentBlockDelta": … }` costs no allocation.
public struct EventStreamText: Sendable {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    public static func == (text: EventStreamText, name: StaticString) -> Bool {
        guard text.bytes.count == name.utf8CodeUnitCount else { return false }
        return text.bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.map { memcmp($0, name.utf8Start, bytes.count) == 0 } ?? true
        }
    }

    /// What a `switch` over literals calls.
    public static func ~= (name: StaticString, text: EventStreamText) -> Bool {
        text == name
    }
}
