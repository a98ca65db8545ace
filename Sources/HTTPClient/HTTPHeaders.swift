import Glibc

/// Header fields of a response, in the order they came. They stay bytes: hardly one is ever asked for.
public struct HTTPHeaders: Sendable, Equatable, ExpressibleByArrayLiteral {
    /// `name:value` and a line feed for each.
    private var lines: [UInt8] = []

    public init(_ fields: [HTTPHeader] = []) {
        for field in fields { Array("\(field.name):\(field.value)".utf8).withUnsafeBytes { append($0) } }
    }

    public init(arrayLiteral fields: HTTPHeader...) {
        self.init(fields)
    }

    /// The value of the first field of that name, which is compared without regard to case.
    public subscript(name: String) -> String? {
        var rest = lines[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<end]
            if let value = Self.value(of: line, name.utf8) { return String(decoding: value, as: UTF8.self) }
            rest = rest[(end + 1)...]
        }
        return nil
    }

    private static func value(of line: ArraySlice<UInt8>, _ name: String.UTF8View) -> ArraySlice<UInt8>? {
        guard line.count > name.count, line[line.startIndex + name.count] == UInt8(ascii: ":"),
            line.prefix(name.count).elementsEqual(name, by: { lowercased($0) == lowercased($1) })
        else { return nil }
        return line.dropFirst(name.count + 1)
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    /// Takes a line of a response head, without its end; one without a colon is none.
    mutating func append(_ line: UnsafeRawBufferPointer) {
        guard let start = line.baseAddress, let found = memchr(start, 0x3A, line.count) else { return }
        let afterColon = UnsafeRawPointer(found) - start + 1
        var (first, end) = (afterColon, line.count)
        while first < end, line[first] == 0x20 || line[first] == 0x09 { first += 1 }
        while end > first, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
        lines.append(contentsOf: UnsafeRawBufferPointer(rebasing: line[..<afterColon]))
        lines.append(contentsOf: UnsafeRawBufferPointer(rebasing: line[first..<end]))
        lines.append(UInt8(ascii: "\n"))
    }

    mutating func removeAll() {
        lines.removeAll(keepingCapacity: true)
    }
}
