import CZlib

extension Picture {
    /// The picture as PNG, eight bits a channel. Source: PNG specification, third edition.
    var png: [UInt8] {
        let mosaic = mosaic
        var lines: [UInt8] = []
        lines.reserveCapacity((1 + 3 * width) * height)
        // A line like the one above is told as its difference.
        let same = [2] + [UInt8](repeating: 0, count: 3 * width)
        for y in 0..<height {
            guard y % mosaic.tile == 0 else {
                lines += same
                continue
            }
            lines.append(0)
            for x in 0..<width {
                let colour = mosaic.colour(x: x, y: y)
                lines += [colour.red, colour.green, colour.blue]
            }
        }
        let header = Self.bigEndian(width) + Self.bigEndian(height) + [8, 2, 0, 0, 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", header)
            + Self.chunk("IDAT", Self.deflate(lines)) + Self.chunk("IEND", [])
    }

    private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + content
        return bigEndian(content.count) + body + bigEndian(Int(crc32(0, body, UInt32(body.count))))
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func deflate(_ bytes: [UInt8]) -> [UInt8] {
        var count = compressBound(UInt(bytes.count))
        return [UInt8](unsafeUninitializedCapacity: Int(count)) { output, written in
            compress2(output.baseAddress, &count, bytes, UInt(bytes.count), 6)
            written = Int(count)
        }
    }
}
