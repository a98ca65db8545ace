/// A picture that follows from what it was asked for: a mosaic in the colours of a digest.
struct Picture {
    var width: Int
    var height: Int
    private var random: SplitMix

    /// Pixels of a tile's side; whole blocks of JPEG.
    private static let tile = 32

    /// - Parameter subject: the same text makes the same picture.
    init(width: Int, height: Int, subject: String) {
        self.width = width
        self.height = height
        random = SplitMix(Digest.sha256(subject))
    }

    /// Red, green and blue of every tile, row by row.
    struct Mosaic {
        var columns: Int
        var colours: [(red: UInt8, green: UInt8, blue: UInt8)]
        /// Pixels to a tile.
        var tile: Int

        func colour(x: Int, y: Int) -> (red: UInt8, green: UInt8, blue: UInt8) {
            colours[y / tile * columns + x / tile]
        }
    }

    var mosaic: Mosaic {
        var random = random
        let columns = (width + Self.tile - 1) / Self.tile
        let rows = (height + Self.tile - 1) / Self.tile
        let colours = (0..<columns * rows).map { _ in
            let bits = random.next()
            return (
                red: UInt8(truncatingIfNeeded: bits), green: UInt8(truncatingIfNeeded: bits >> 8),
                blue: UInt8(truncatingIfNeeded: bits >> 16)
            )
        }
        return Mosaic(columns: columns, colours: colours, tile: Self.tile)
    }
}

/// A stream of numbers that follows from its seed. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators".
struct SplitMix {
    private var state: UInt64

    /// - Parameter seed: at least eight bytes.
    init(_ seed: [UInt8]) {
        state = seed.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
