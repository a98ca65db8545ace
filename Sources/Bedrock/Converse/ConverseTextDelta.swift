import Glibc

/// The payload of a `contentBlockDelta` with text, in the spelling that Bedrock gives it:
/// `{"contentBlockIndex":0,"delta":{"text":"…"},"p":"abc…"}`. Nearly all events are this one, so it is read without a parser.
public enum ConverseTextDelta {
    /// The text, nil where anything is spelled in another way, escapes included; a parser is to have a look then.
    public static func text(_ payload: ArraySlice<UInt8>) -> String? {
        payload.withUnsafeBufferPointer { bytes in
            var rest = bytes[...]
            guard rest.take(#"{"contentBlockIndex":"#), let digit = rest.first,
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit
            else { return nil }
            rest.removeFirst()
            guard rest.take(#","delta":{"text":""#), let end = rest.firstIndex(where: \.isSpecial) else { return nil }
            let text = UnsafeBufferPointer(rebasing: rest[..<end])
            rest = rest[end...]
            guard rest.take(#""}"#), rest.isEnd else { return nil }
            let decoded = String(decoding: text, as: UTF8.self)
            // What is not UTF-8 was replaced; it is for the parser to complain.
            guard text.allSatisfy({ $0 < 0x80 }) || decoded.utf8.elementsEqual(text) else { return nil }
            return decoded
        }
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

    /// Whether the object ends here, with or without the padding that hides how long the text is.
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
        return rest.count == 1 && rest.first == UInt8(ascii: "}")
    }
}
