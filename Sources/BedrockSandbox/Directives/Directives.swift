import JSON

/// What a prompt asks of the sandbox besides an echo: the magic words found in it.
struct Directives: Sendable {
    struct Call: Sendable {
        var name: String
        var input: JSON
    }

    struct FaultOrder: Sendable {
        var fault: Fault
        /// Tokens that leave before a fault inside the stream.
        var tokensBefore = 3
        /// Only the first so many equal requests fail; nil: every one.
        var times: Int?
    }

    var calls: [Call] = []
    /// Answer with so many words.
    var words: Int?
    /// Answer with so many bytes of text.
    var bytes: Int?
    /// Bytes of text in one event of such an answer.
    var eventBytes = 65_536
    /// Reason with so many words first.
    var reasoningWords: Int?
    /// So many blocks of redacted reasoning follow.
    var redactedBlocks: Int?
    /// Tokens a second; 0: as fast as possible.
    var rate: Double?
    /// Milliseconds between the head and the first token.
    var firstToken: Int?
    /// Milliseconds before the head.
    var head: Int?
    var stopReason: String?
    /// Answer with the request as it arrived.
    var echoesRequest = false
    /// Answer with who asks.
    var echoesIdentity = false
    /// ARN of who asks.
    var caller = ""
    var fault: FaultOrder?
    /// Image models: what goes wrong with the picture.
    var filter: ContentFilter?
    /// The text without its directives.
    var remainder = ""

    /// Every directive there is; `--help` and the documentation list it.
    static let table: [(form: String, summary: String)] = [
        ("call:NAME {json}", "call the tool NAME with this input; several make parallel calls"),
        ("words:N", "answer with N words"),
        ("bytes:N", "answer with N bytes of text in large events"),
        ("event-bytes:N", "with bytes: the text of one event has N bytes (65536)"),
        ("reasoning:N", "reason with N words first"),
        ("redacted:N", "then N blocks of redacted reasoning (Claude)"),
        ("rate:N", "N tokens a second, 0.001 to 1000000; 0 is as fast as possible"),
        ("first-token:MS", "the first token comes MS milliseconds after the head"),
        ("head:MS", "the head comes after MS milliseconds"),
        ("stop:REASON", "end with this stopReason, known or not"),
        ("filter:WHAT", "image models: the filter stops the prompt, input or output, or error: the model fails"),
        ("echo:request", "answer with the request's JSON as it arrived"),
        ("echo:identity", "answer with the ARN of who signed the request"),
        ("fault:NAME[@K][*N]", "go wrong; in a stream after K tokens (3); with *N only the first N equal requests"),
    ]
}

extension Directives {
    /// The largest answer that can be asked for: 1 GiB of text or a million words.
    private static let maximumBytes = 1 << 30
    private static let maximumWords = 1_000_000

    init(parsing text: String) { read(text) }

    /// Reads further directives, which win over those read before; the remainder is that of this text.
    mutating func read(_ text: String) {
        let bytes = Array(text.utf8)
        var rest: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let atWord = index == 0 || ASCII.isWhitespace(bytes[index - 1])
            if atWord, let end = take(bytes, from: index) {
                index = end
                // One blank after a directive goes with it.
                if index < bytes.count, ASCII.isWhitespace(bytes[index]) { index += 1 }
            } else {
                rest.append(bytes[index])
                index += 1
            }
        }
        remainder = ASCII.trimmed(String(decoding: rest, as: UTF8.self))
    }

    /// Reads a directive that starts at `start`; nil when there is none.
    private mutating func take(_ bytes: [UInt8], from start: Int) -> Int? {
        guard let colon = bytes[start...].prefix(16).firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let key = String(decoding: bytes[start..<colon], as: UTF8.self)
        let end = bytes[colon...].firstIndex(where: ASCII.isWhitespace) ?? bytes.count
        if key == "call" { return takeCall(bytes, from: colon + 1) }
        let value = String(decoding: bytes[(colon + 1)..<end], as: UTF8.self)
        return apply(key, value) ? end : nil
    }

    /// Applies `key:value`; false when it is no directive.
    private mutating func apply(_ key: String, _ value: String) -> Bool {
        func number(_ limit: Int) -> Int? { Int(value).flatMap { (0...limit).contains($0) ? $0 : nil } }
        switch key {
        case "words": return set(\.words, number(Self.maximumWords))
        case "bytes": return set(\.bytes, number(Self.maximumBytes))
        case "event-bytes":
            guard let size = number(1 << 24), size > 0 else { return false }
            eventBytes = size
        case "reasoning": return set(\.reasoningWords, number(Self.maximumWords))
        case "redacted": return set(\.redactedBlocks, number(16))
        case "rate":
            guard let rate = Double(value), SandboxConfiguration.isRate(rate) else { return false }
            self.rate = rate
        case "first-token": return set(\.firstToken, number(3_600_000))
        case "head": return set(\.head, number(3_600_000))
        case "stop":
            guard !value.isEmpty else { return false }
            stopReason = value
        case "echo":
            switch value {
            case "request": echoesRequest = true
            case "identity": echoesIdentity = true
            default: return false
            }
        case "filter":
            guard let filter = ContentFilter(rawValue: value) else { return false }
            self.filter = filter
        case "fault":
            guard let order = FaultOrder(parsing: value) else { return false }
            fault = order
        default: return false
        }
        return true
    }

    private mutating func set(_ member: WritableKeyPath<Directives, Int?>, _ value: Int?) -> Bool {
        guard let value else { return false }
        self[keyPath: member] = value
        return true
    }

    /// Reads `NAME {json}`; the object may be left out.
    private mutating func takeCall(_ bytes: [UInt8], from start: Int) -> Int? {
        let brace = UInt8(ascii: "{")
        let end = bytes[start...].firstIndex { ASCII.isWhitespace($0) || $0 == brace } ?? bytes.count
        guard end > start else { return nil }
        let name = String(decoding: bytes[start..<end], as: UTF8.self)
        let object = bytes[end...].firstIndex { !ASCII.isWhitespace($0) }
        if let object, bytes[object] == brace, let close = Self.closingBrace(bytes, from: object),
            let input = try? JSON(parsing: bytes[object...close])
        {
            calls.append(Call(name: name, input: input))
            return close + 1
        }
        calls.append(Call(name: name, input: [:]))
        return end
    }

    /// The brace that closes the one at `start`, strings respected.
    private static func closingBrace(_ bytes: [UInt8], from start: Int) -> Int? {
        var depth = 0
        var inString = false
        var escaped = false
        for index in start..<bytes.count {
            let byte = bytes[index]
            if escaped {
                escaped = false
            } else if byte == UInt8(ascii: "\\") {
                escaped = inString
            } else if byte == UInt8(ascii: "\"") {
                inString.toggle()
            } else if !inString, byte == UInt8(ascii: "{") {
                depth += 1
            } else if !inString, byte == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return index }
            }
        }
        return nil
    }
}

extension Directives.FaultOrder {
    /// Reads `NAME[@K][*N]`.
    init?(parsing text: String) {
        let repeated = text.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
        let placed = repeated[0].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let fault = placed.first.flatMap({ Fault.named(String($0)) }) else { return nil }
        self.init(fault: fault)
        if placed.count > 1 {
            guard let tokens = Int(placed[1]), tokens >= 0 else { return nil }
            tokensBefore = tokens
        }
        if repeated.count > 1 {
            guard let times = Int(repeated[1]), times >= 0 else { return nil }
            self.times = times
        }
    }
}
