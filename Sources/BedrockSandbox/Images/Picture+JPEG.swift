extension Picture {
    /// The picture as baseline JPEG. Every block has one colour, so that its mean is all there is to write.
    ///
    /// Source: ITU-T T.81; JFIF 1.02.
    var jpeg: [UInt8] {
        let mosaic = mosaic
        var bits = BitWriter()
        var last: [Int] = [0, 0, 0]
        for y in stride(from: 0, to: height, by: 8) {
            for x in stride(from: 0, to: width, by: 8) {
                for (component, mean) in Self.components(mosaic.colour(x: x, y: y)).enumerated() {
                    Self.write(mean - last[component], to: &bits)
                    last[component] = mean
                }
            }
        }
        return head + bits.finished() + [0xFF, 0xD9]
    }

    /// Luminance and the two chrominances, zero in the middle: with a quantizer of eight the mean's own coefficient.
    private static func components(_ colour: (red: UInt8, green: UInt8, blue: UInt8)) -> [Int] {
        let (red, green, blue) = (Double(colour.red), Double(colour.green), Double(colour.blue))
        let luminance = 0.299 * red + 0.587 * green + 0.114 * blue
        return [luminance - 128, (blue - luminance) / 1.772, (red - luminance) / 1.402]
            .map { max(-128, min(127, Int($0.rounded()))) }
    }

    /// The difference to the block before, then the mark for nothing but zeros.
    private static func write(_ difference: Int, to bits: inout BitWriter) {
        let size = Int.bitWidth - abs(difference).leadingZeroBitCount
        bits.append(size, count: 4)
        if size > 0 { bits.append(difference > 0 ? difference : difference + (1 << size) - 1, count: size) }
        bits.append(0, count: 1)
    }

    private var head: [UInt8] {
        func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
            let length = content.count + 2
            return [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + content
        }
        let size = [height >> 8, height & 255, width >> 8, width & 255].map { UInt8(truncatingIfNeeded: $0) }
        // Ten codes of four bits for the sizes of differences, one of one bit for the end of a block.
        let means: [UInt8] = [0, 0, 0, 10] + [UInt8](repeating: 0, count: 12) + Array(0...9)
        let ends: [UInt8] = [1] + [UInt8](repeating: 0, count: 15) + [0]
        return [0xFF, 0xD8] + segment(0xE0, Array("JFIF\0".utf8) + [1, 2, 0, 0, 1, 0, 1, 0, 0])
            + segment(0xDB, [0] + [UInt8](repeating: 8, count: 64))
            + segment(0xC0, [8] + size + [3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0])
            + segment(0xC4, [0x00] + means) + segment(0xC4, [0x10] + ends)
            + segment(0xDA, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0])
    }
}

/// Bits from the highest on, with a zero behind every byte of ones.
private struct BitWriter {
    private var bytes: [UInt8] = []
    private var pending = 0
    private var count = 0

    mutating func append(_ value: Int, count: Int) {
        pending = pending << count | value
        self.count += count
        while self.count >= 8 {
            self.count -= 8
            let byte = UInt8(truncatingIfNeeded: pending >> self.count)
            bytes.append(byte)
            if byte == 0xFF { bytes.append(0) }
        }
        pending &= 1 << self.count - 1
    }

    /// Filled up with ones.
    mutating func finished() -> [UInt8] {
        if count > 0 { append(1 << (8 - count) - 1, count: 8 - count) }
        return bytes
    }
}
