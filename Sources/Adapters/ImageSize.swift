/// Width and height of an image, read from the header of its file.
///
/// Source: PNG specification "IHDR", ISO/IEC 10918-1 "frame header", GIF89a specification "logical screen descriptor",
/// WebP container specification.
struct ImageSize: Sendable, Equatable {
    var width: Int
    var height: Int

    /// Nil when the bytes are no PNG, JPEG, GIF or WebP file, or end too early.
    init?(of bytes: [UInt8]) {
        let size =
            switch ImageSignature.format(of: bytes) {
            case .png: Self.png(bytes)
            case .jpeg: Self.jpeg(bytes)
            case .gif: Self.gif(bytes)
            case .webp: Self.webP(bytes)
            case nil: nil as ImageSize?
            }
        guard let size else { return nil }
        self = size
    }

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    private static func png(_ bytes: [UInt8]) -> ImageSize? {
        guard bytes.count >= 24, bytes[12..<16].elementsEqual("IHDR".utf8) else { return nil }
        return ImageSize(width: bytes.bigEndian(at: 16, count: 4), height: bytes.bigEndian(at: 20, count: 4))
    }

    private static func gif(_ bytes: [UInt8]) -> ImageSize? {
        guard bytes.count >= 10 else { return nil }
        return ImageSize(width: bytes.littleEndian(at: 6, count: 2), height: bytes.littleEndian(at: 8, count: 2))
    }

    private static func webP(_ bytes: [UInt8]) -> ImageSize? {
        guard bytes.count >= 30 else { return nil }
        switch String(decoding: bytes[12..<16], as: UTF8.self) {
        case "VP8 ":
            // Frame tag of three bytes, start code of three, then 14 bits each; the upper two are the scale.
            guard bytes[23] == 0x9D, bytes[24] == 0x01, bytes[25] == 0x2A else { return nil }
            return ImageSize(
                width: bytes.littleEndian(at: 26, count: 2) & 0x3FFF,
                height: bytes.littleEndian(at: 28, count: 2) & 0x3FFF
            )
        case "VP8L":
            guard bytes[20] == 0x2F else { return nil }
            let bits = bytes.littleEndian(at: 21, count: 4)
            return ImageSize(width: (bits & 0x3FFF) + 1, height: (bits >> 14 & 0x3FFF) + 1)
        case "VP8X":
            return ImageSize(
                width: bytes.littleEndian(at: 24, count: 3) + 1,
                height: bytes.littleEndian(at: 27, count: 3) + 1
            )
        default:
            return nil
        }
    }

    private static func jpeg(_ bytes: [UInt8]) -> ImageSize? {
        var position = 2
        while position + 4 <= bytes.count {
            guard bytes[position] == 0xFF else { return nil }
            let marker = bytes[position + 1]
            switch marker {
            case 0xFF:
                // Padding before a marker.
                position += 1
                continue
            case 0x01, 0xD0...0xD8:
                position += 2
                continue
            case 0xD9, 0xDA:
                return nil
            default:
                break
            }
            let isFrame = (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
            if isFrame {
                guard position + 9 <= bytes.count else { return nil }
                return ImageSize(
                    width: bytes.bigEndian(at: position + 7, count: 2),
                    height: bytes.bigEndian(at: position + 5, count: 2)
                )
            }
            let length = bytes.bigEndian(at: position + 2, count: 2)
            guard length >= 2 else { return nil }
            position += 2 + length
        }
        return nil
    }
}

extension [UInt8] {
    fileprivate func bigEndian(at offset: Int, count: Int) -> Int {
        self[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
    }

    fileprivate func littleEndian(at offset: Int, count: Int) -> Int {
        self[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
