import Glibc

/// A piece of text in the spelling that a service gives it. Nearly all events are one, so it is read without a parser; what is
/// spelled in another way, escapes included, is for a parser to have a look at.
public struct TextDelta: Sendable, Equatable {
    /// Of the content block, at most 9.
    public let index: Int
    public let text: String

    /// `{"contentBlockIndex":0,"delta":{"text":"…"},"p":"abc…"}`, the payload of a `contentBlockDelta`.
    public init?(converse payload: ArraySlice<UInt8>) {
        let delta = payload.withUnsafeBufferPointer {
            Self.read($0, #"{"contentBlockIndex":"#, #","delta":{"text":""#)
        }
        guard let delta else { return nil }
        self = delta
    }

    /// `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"…"}}`, an event of the Messages API.
    public init?(claude event: UnsafeRawBufferPointer) {
        let delta = event.withMemoryRebound(to: UInt8.self) {
            Self.read($0, #"{"type":"content_block_delta","index":"#, #","delta":{"type":"text_delta","text":""#)
        }
        guard let delta else { return nil }
        self = delta
    }

    private init(index: Int, text: String) {
        self.index = index
        self.text = text
    }

    /// - Parameters:
    ///   - head: what stands before the index.
    ///   - middle: what stands between index and text.
    private static func read(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ head: StaticString,
        _ middle: StaticString
    ) -> TextDelta? {
        var rest = bytes[...]
        guard rest.take(head), let digit = rest.first, UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else {
            return nil
        }
        rest.removeFirst()
        guard rest.take(middle), let end = rest.firstIndex(where: \.isSpecial) else { return nil }
        let text = UnsafeBufferPointer(rebasing: rest[..<end])
        rest = rest[end...]
        guard rest.take(#""}"#), rest.isEnd else { return nil }
        let decoded = String(decoding: text, as: UTF8.self)
        // What is not UTF-8 was replaced; it is for the parser to complain.
        guard text.allSatisfy({ $0 < 0x80 }) || decoded.utf8.elementsEqual(text) else { return nil }
        return TextDelta(index: Int(digit - UInt8(ascii: "0")), text: decoded)
    }
}

extension UInt8 {
    /// Cannot stand for itself inside a JSON string, or ends it.
    fileprivate var isSpecial: Bool { self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\") || self < 0x20 }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
    /// Goes on behind `text` if the bytes begin with it.
    fileprivate mutating func take(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count >= length, let start = base.baseAddress, memcmp(start + startIndex, text.utf8Start, length) == 0
        else { return false }
        self = base[(startIndex + length)..<endIndex]
        return true
    }

    /// The end of the object, with or without what hides how long the text is: a member of AWS's, or Anthropic's spaces.
    fileprivate var isEnd: Bool {
        var rest = self
        if rest.take(#","p":""#) {
            let alphabet: StaticString = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
            let padding = rest.count - 2
            guard 0...alphabet.utf8CodeUnitCount ~= padding, let start = base.baseAddress,
                memcmp(start + rest.startIndex, alphabet.utf8Start, padding) == 0
            else { return false }
            rest = base[(rest.startIndex + padding)..<rest.endIndex]
            guard rest.take("\"") else { return false }
        }
        return rest.last == UInt8(ascii: "}") && rest.dropLast().allSatisfy { $0 == UInt8(ascii: " ") }
    }
}
