/// CGI variables and request headers of one request, in the order they came; nginx repeats a name for a repeated header.
///
/// They stay in the bytes that were received: few of them are ever asked for.
public struct RequestParameters: Sendable {
    private let bytes: [UInt8]
    private let fields: [Field]

    /// Where a name and its value are. Limits keep the bytes of a request far below 4 GiB.
    private struct Field {
        let name: Range<UInt32>
        let value: Range<UInt32>

        /// - Parameter gap: bytes between name and value.
        init(at position: Int, name: Int, gap: Int, value: Int) {
            let end = UInt32(position + name)
            self.name = UInt32(position)..<end
            self.value = end + UInt32(gap)..<end + UInt32(gap + value)
        }
    }

    /// - Parameter bytes: FastCGI's name-value pairs: two lengths of one or four bytes, then name and value.
    ///   Nil when a length goes beyond the bytes. Source: FastCGI specification 1.0, section 3.4.
    init?(nameValuePairs bytes: [UInt8]) {
        var fields: [Field] = []
        fields.reserveCapacity(32)
        var position = 0
        while position < bytes.count {
            guard let name = Self.length(in: bytes, at: &position), let value = Self.length(in: bytes, at: &position),
                name <= bytes.count - position, value <= bytes.count - position - name
            else { return nil }
            fields.append(Field(at: position, name: name, gap: 0, value: value))
            position += name + value
        }
        self.bytes = bytes
        self.fields = fields
    }

    /// - Parameter bytes: SCGI's headers: `name NUL value NUL` as often as there are headers; nil when they are not.
    init?(scgi bytes: [UInt8]) {
        guard bytes.last == 0 else { return nil }
        var fields: [Field] = []
        var position = 0
        while position < bytes.count {
            guard let name = bytes[position...].firstIndex(of: 0), name > position,
                let value = bytes[(name + 1)...].firstIndex(of: 0)
            else { return nil }
            fields.append(Field(at: position, name: name - position, gap: 1, value: value - name - 1))
            position = value + 1
        }
        self.bytes = bytes
        self.fields = fields
    }

    /// - Parameter pairs: in order, names as CGI spells them: `REQUEST_METHOD`, `HTTP_API_KEY`.
    public init(_ pairs: [(name: String, value: String)] = []) {
        var bytes: [UInt8] = []
        fields = pairs.map { name, value in
            defer { bytes += Array(name.utf8) + Array(value.utf8) }
            return Field(at: bytes.count, name: name.utf8.count, gap: 0, value: value.utf8.count)
        }
        self.bytes = bytes
    }

    /// All of them.
    public var pairs: [(name: String, value: String)] {
        fields.map { (text($0.name), text($0.value)) }
    }

    /// The first parameter of that exact name.
    public subscript(_ name: StaticString) -> String? {
        value { isEqual($0, name, offset: 0, by: \.self) }
    }

    /// The first request header of that name, which is compared without regard to case.
    public func header(_ name: StaticString) -> String? {
        value { field in
            field.count == name.utf8CodeUnitCount + 5 && isEqual(field.prefix(5), "HTTP_", offset: 0, by: \.self)
                && isEqual(field, name, offset: 5, by: Self.parameterByte)
        }
    }

    /// The value of the first header, if it is `CONTENT_LENGTH`: SCGI's number of bytes of the body.
    var leadingContentLength: String? {
        guard let first = fields.first, isEqual(first.name, "CONTENT_LENGTH", offset: 0, by: \.self) else { return nil }
        return text(first.value)
    }

    private func value(where isWanted: (Range<UInt32>) -> Bool) -> String? {
        for field in fields where isWanted(field.name) { return text(field.value) }
        return nil
    }

    private func isEqual(
        _ range: Range<UInt32>,
        _ name: StaticString,
        offset: Int,
        by spelling: (UInt8) -> UInt8
    ) -> Bool {
        guard range.count == name.utf8CodeUnitCount + offset else { return false }
        let start = Int(range.lowerBound) + offset
        for index in 0..<name.utf8CodeUnitCount where bytes[start + index] != spelling(name.utf8Start[index]) {
            return false
        }
        return true
    }

    private func text(_ range: Range<UInt32>) -> String {
        String(decoding: bytes[Int(range.lowerBound)..<Int(range.upperBound)], as: UTF8.self)
    }

    /// How CGI spells a byte of a header's name.
    private static func parameterByte(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x61...0x7A: byte - 0x20
        case UInt8(ascii: "-"): UInt8(ascii: "_")
        default: byte
        }
    }

    private static func length(in bytes: [UInt8], at position: inout Int) -> Int? {
        guard position < bytes.count else { return nil }
        let first = Int(bytes[position])
        if first < 128 {
            position += 1
            return first
        }
        guard bytes.count - position >= 4 else { return nil }
        defer { position += 4 }
        return (first & 0x7F) << 24 | Int(bytes[position + 1]) << 16 | Int(bytes[position + 2]) << 8
            | Int(bytes[position + 3])
    }
}

extension RequestParameters: Equatable {
    public static func == (left: RequestParameters, right: RequestParameters) -> Bool {
        left.pairs.elementsEqual(right.pairs, by: ==)
    }
}
