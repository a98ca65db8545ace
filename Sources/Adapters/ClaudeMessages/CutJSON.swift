import JSON

/// Reads what there is of a JSON document that may be cut off anywhere: complete members and elements stay, an unfinished
/// string or literal goes with its key, open arrays and objects are closed.
struct CutJSON {
    private let bytes: [UInt8]
    private var position = 0

    private enum Outcome {
        case complete(JSON)
        /// The text ended inside.
        case cut(JSON)
        case unusable
    }

    /// Nil when not even the beginning of an array or object, or a whole scalar, is there. Text behind a complete value
    /// does not count.
    static func read(_ text: String) -> JSON? {
        var reader = CutJSON(bytes: Array(text.utf8))
        return switch reader.value(depth: 0) {
        case .complete(let value), .cut(let value): value
        case .unusable: nil
        }
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    }

    private mutating func value(depth: Int) -> Outcome {
        skipBlanks()
        guard depth < JSON.maximumDepth else { return .unusable }
        switch current {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "\""): return string().map { .complete(.string($0)) } ?? .unusable
        default: return scalar()
        }
    }

    private mutating func object(depth: Int) -> Outcome {
        var members = JSONObject()
        position += 1
        while true {
            skipBlanks()
            switch current {
            case UInt8(ascii: "}"):
                position += 1
                return .complete(.object(members))
            case UInt8(ascii: ","):
                position += 1
                continue
            case UInt8(ascii: "\""):
                guard let key = string() else { return .cut(.object(members)) }
                skipBlanks()
                guard current == UInt8(ascii: ":") else { return .cut(.object(members)) }
                position += 1
                switch value(depth: depth + 1) {
                case .complete(let value): members[key] = value
                case .cut(let value):
                    members[key] = value
                    return .cut(.object(members))
                case .unusable: return .cut(.object(members))
                }
            default:
                return .cut(.object(members))
            }
        }
    }

    private mutating func array(depth: Int) -> Outcome {
        var elements: [JSON] = []
        position += 1
        while true {
            skipBlanks()
            switch current {
            case nil:
                return .cut(.array(elements))
            case UInt8(ascii: "]"):
                position += 1
                return .complete(.array(elements))
            case UInt8(ascii: ","):
                position += 1
            default:
                switch value(depth: depth + 1) {
                case .complete(let value): elements.append(value)
                case .cut(let value):
                    elements.append(value)
                    return .cut(.array(elements))
                case .unusable: return .cut(.array(elements))
                }
            }
        }
    }

    private mutating func string() -> String? {
        let start = position
        position += 1
        while let byte = current {
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return (try? JSON(parsing: bytes[start..<position]))?.stringValue }
        }
        return nil
    }

    private mutating func scalar() -> Outcome {
        let start = position
        let ends: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), 0x20, 0x09, 0x0A, 0x0D]
        while let byte = current, !ends.contains(byte) { position += 1 }
        guard position > start, let value = try? JSON(parsing: bytes[start..<position]) else { return .unusable }
        return .complete(value)
    }
}
