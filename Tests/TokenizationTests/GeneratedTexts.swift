/// The strings of `Fixtures/claude2-tokenizer/generate.py`: every Unicode scalar value, mixtures, long runs.
enum GeneratedTexts {
    static let count = 10_000
    private static let sweeps = 5_000
    private static let mixed = 8_000
    private static let sweepLength = 223
    private static let separators = ["", "", "", " ", "a", "1", "'", "\n", "é"]
    private static let words = [
        " the", " quick", "I'll", "don't", " IT'S", "'re", "<EOT>", "<META>", "<META_START>", "<META_", "<SOS>",
        "\n\nHuman:",
        " ", "  ", "\t", "\r\n", "\0", "\u{1c}", "\u{85}", "\u{a0}", "\u{3000}", "\u{200b}", "\u{feff}",
        "ﬁ", "½", "①", "Å", "e\u{301}", "\u{301}", "\u{323}\u{307}", "\u{1100}\u{1161}\u{11a8}", "각",
        "\u{ac00}\u{11a8}", "ﷺ",
        "日本語", "русский", "العربية", "हिन्दी", "😀", "👩‍💻", "𝐀𝐁", "1234", "٣٤", "{\"a\":", "</b>", "==", "…", "ß", "ǅ",
        "\u{345}", "ſ\u{307}",
    ]
    private static let ranges: [ClosedRange<UInt32>] = [
        0x00...0x7F, 0x20...0x7E, 0x80...0x2FF, 0x300...0x36F, 0x370...0x52F, 0x590...0x6FF, 0x900...0xDFF,
        0xE00...0x11FF, 0x1AB0...0x1AFF, 0x1DC0...0x1FFF, 0x2000...0x2BFF, 0x3040...0x33FF, 0x4E00...0x9FFF,
        0xAC00...0xD7A3, 0xF900...0xFDFF, 0xFE00...0xFFFF, 0x10000...0x1FFFF, 0x2F800...0x2FA1D, 0xE0000...0xE01FF,
    ]

    private struct Generator {
        var state: UInt64

        mutating func below(_ limit: Int) -> Int {
            state = (1_103_515_245 * state + 12345) % (1 << 31)
            return Int(state >> 8) % limit
        }

        mutating func scalar() -> String {
            let range = ranges[below(ranges.count)]
            return character(range.lowerBound + UInt32(below(range.count)))
        }
    }

    private static func character(_ value: UInt32) -> String {
        Unicode.Scalar(value).map { String(Character($0)) } ?? "?"
    }

    static func text(_ index: Int) -> String {
        var generator = Generator(state: UInt64(index))
        _ = generator.below(1)
        var text = ""
        if index < sweeps {
            let end: UInt32 = 0x110000 - 0x800
            for value in UInt32(index * sweepLength)..<UInt32((index + 1) * sweepLength) where value < end {
                text += character(value < 0xD800 ? value : value + 0x800)
                text += separators[generator.below(separators.count)]
            }
        } else if index < mixed {
            for _ in 0..<1 + generator.below(60) {
                text += generator.below(2) == 0 ? words[generator.below(words.count)] : generator.scalar()
            }
        } else {
            for _ in 0..<1 + generator.below(3) {
                let unit = generator.below(3) == 0 ? words[generator.below(words.count)] : generator.scalar()
                text += String(repeating: unit, count: 1 + generator.below(400))
            }
        }
        return text
    }
}
