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
