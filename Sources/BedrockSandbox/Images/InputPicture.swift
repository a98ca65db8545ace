/// What a picture that came with a request is, by its first bytes.
///
/// Source: PNG specification; ITU-T T.81; WebP container specification.
struct InputPicture {
    enum Format: String { case png, jpeg, webp }

    var format: Format
    var width: Int
    var height: Int

    /// Nil when the bytes are no such picture.
    init?(_ bytes: [UInt8]) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), bytes.count >= 24 {
            self.init(format: .png, width: Self.big(bytes, 16, 4), height: Self.big(bytes, 20, 4))
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]), let frame = Self.frame(bytes) {
            self.init(format: .jpeg, width: Self.big(bytes, frame + 7, 2), height: Self.big(bytes, frame + 5, 2))
        } else if bytes.starts(with: "RIFF".utf8), bytes.count >= 30, bytes[8..<12].elementsEqual("WEBP".utf8),
            let (width, height) = Self.webpSize(bytes)
        {
            self.init(format: .webp, width: width, height: height)
        } else {
            return nil
        }
    }

    private init(format: Format, width: Int, height: Int) {
        (self.format, self.width, self.height) = (format, width, height)
    }

    private static func big(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
        bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func little(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
        bytes[start..<start + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// Where the segment that tells the size begins.
    private static func frame(_ bytes: [UInt8]) -> Int? {
        var position = 2
        while position + 9 <= bytes.count, bytes[position] == 0xFF {
            let marker = bytes[position + 1]
            if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) { return position }
            position += 2 + big(bytes, position + 2, 2)
        }
        return nil
    }

    private static func webpSize(_ bytes: [UInt8]) -> (Int, Int)? {
        switch String(decoding: bytes[12..<16], as: UTF8.self) {
        case "VP8X": return (little(bytes, 24, 3) + 1, little(bytes, 27, 3) + 1)
        case "VP8 ": return (little(bytes, 26, 2) & 0x3FFF, little(bytes, 28, 2) & 0x3FFF)
        case "VP8L":
            let bits = little(bytes, 21, 4)
            return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        default: return nil
        }
    }
}
