import Glibc

/// The public byte-pair encoding of Claude 2.x and Claude Instant, exactly as the vendor's tokenizer library counts.
///
/// Special tokens are cut out first; each piece between them is normalized to NFKC, split into words, and every word's bytes
/// are merged pair by pair; words of more than 256 KiB are counted in pieces. Source: Anthropic's Python SDK 0.38,
/// `tokenizer.json`; Hugging Face "Tokenizers: BPE".
public struct ClaudeTokenizer: Sendable {
    /// One for the process; safe to use from any thread.
    public static let shared = ClaudeTokenizer()

    let data = ClaudeTokenizerData.embedded

    /// Number of tokens; anything less when the task was cancelled. Nothing is added in front or behind: the empty text has none.
    public func count(_ text: String) -> Int {
        tokens(in: text).count
    }

    /// The ids of the tokens, each below 65,000.
    func tokens(in text: String) -> [UInt16] {
        var text = text
        return text.withUTF8 { bytes in
            var merger = PairMerger(data: data)
            merger.tokens.reserveCapacity(bytes.count / 4 + 8)
            var start = 0
            var position = 0
            while let found = Self.find(UInt8(ascii: "<"), in: bytes, from: position) {
                guard let (token, length) = SpecialToken.match(bytes, at: found) else {
                    position = found + 1
                    continue
                }
                encode(UnsafeBufferPointer(rebasing: bytes[start..<found]), &merger)
                merger.tokens.append(token)
                start = found + length
                position = start
            }
            encode(UnsafeBufferPointer(rebasing: bytes[start...]), &merger)
            return merger.tokens
        }
    }

    private func encode(_ piece: UnsafeBufferPointer<UInt8>, _ merger: inout PairMerger) {
        var normalizer = CompatibilityComposition(data: data)
        if let normalized = normalizer.normalized(piece) {
            normalized.withUnsafeBufferPointer { split($0, &merger) }
        } else {
            split(piece, &merger)
        }
    }

    /// Bytes. A longer word is taken in pieces, with a token more for a cut perhaps: merging takes more time and 26 times as
    /// much memory with every byte.
    static let longestWord = 1 << 18

    /// Looks now and then whether its task was cancelled, and stops.
    private func split(_ text: UnsafeBufferPointer<UInt8>, _ merger: inout PairMerger) {
        var words = PreTokenizer(text: text, data: data)
        var nextLook = Self.longestWord
        while let word = words.next() {
            for start in stride(from: word.lowerBound, to: word.upperBound, by: Self.longestWord) {
                let end = min(word.upperBound, start + Self.longestWord)
                merger.append(UnsafeBufferPointer(rebasing: text[start..<end]))
                guard end >= nextLook else { continue }
                if Task.isCancelled { return }
                nextLook = end + Self.longestWord
            }
        }
    }

    private static func find(_ byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, start < bytes.count,
            let found = memchr(base + start, Int32(byte), bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}

/// Marks in the text that are one token each, wherever they stand.
enum SpecialToken {
    /// The place in the list is the id.
    static let all: [[UInt8]] = ["<EOT>", "<META>", "<META_START>", "<META_END>", "<SOS>"].map { Array($0.utf8) }

    static func match(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> (token: UInt16, length: Int)? {
        let rest = bytes[start...]
        return all.firstIndex { rest.starts(with: $0) }.map { (UInt16($0), all[$0].count) }
    }
}
