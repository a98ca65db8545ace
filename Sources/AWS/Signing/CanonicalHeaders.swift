import HTTPClient

/// The headers that a signature covers, in canonical form: names in lower case and in order, values trimmed.
/// Source: AWS General Reference, "Create a signed AWS API request", step 1.
struct CanonicalHeaders {
    /// Where a `name:value` stands among the bytes.
    private struct Field {
        let name: Range<Int>
        let value: Range<Int>
    }

    private var bytes: [UInt8] = []
    /// Sorted by name; fields of one name in order of arrival.
    private var fields: [Field] = []
    /// Value of `X-Amz-Content-Sha256`, where the caller declares the hash of the body.
    private(set) var declaredPayloadHash: String?

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
        fields.reserveCapacity(8)
    }

    var byteCount: Int { bytes.count }

    /// Adds a caller's header where the signature covers it; `Host` and what signing itself adds are left out.
    /// - Throws: `.unsafeHeader`, also where the header is not covered.
    mutating func add(_ header: HTTPHeader, url: URLParts) throws(SigV4Error) {
        let name = header.name.lowercased()
        guard !SigV4Signer.isReplaced(lowercased: name) else { return }
        try Self.check(header)
        if name == "x-amz-content-sha256", declaredPayloadHash == nil { declaredPayloadHash = header.value }
        guard name != "host", Self.covers(name, path: url.path) else { return }
        add(name, Self.collapsed(header.value))
    }

    /// Whether the signature covers a header: what AWS needs and nothing that an HTTP library may add or change, which
    /// is `content-type`, `x-amz-*`, `x-amzn-bedrock-*`, and `accept` on InvokeModel.
    /// - Parameters:
    ///   - name: lower case.
    ///   - path: the path of the request, which tells InvokeModel.
    static func covers(_ name: String, path: @autoclosure () -> String) -> Bool {
        switch name {
        case "content-type": true
        case "accept": path().hasSuffix("/invoke")
        default: name.hasPrefix("x-amz-") || name.hasPrefix("x-amzn-bedrock-")
        }
    }

    /// - Parameters:
    ///   - name: lower case.
    ///   - value: without spaces around and runs of spaces within.
    mutating func add(_ name: String, _ value: String) {
        let start = bytes.count
        bytes.append(name)
        let nameEnd = bytes.count
        bytes.append(UInt8(ascii: ":"))
        bytes.append(value)
        fields.append(Field(name: start..<nameEnd, value: (nameEnd + 1)..<bytes.count))
        var position = fields.count - 1
        while position > 0, bytes[fields[position].name].lexicographicallyPrecedes(bytes[fields[position - 1].name]) {
            fields.swapAt(position, position - 1)
            position -= 1
        }
    }

    /// Appends lines `name:value`, each with its line feed; the values of one name are joined by commas.
    func appendLines(to text: inout [UInt8]) {
        for (index, field) in fields.enumerated() {
            if repeatsName(index) {
                text[text.count - 1] = UInt8(ascii: ",")
                text.append(contentsOf: bytes[field.value])
            } else {
                text.append(contentsOf: bytes[field.name.lowerBound..<field.value.upperBound])
            }
            text.append(UInt8(ascii: "\n"))
        }
    }

    /// Appends the names, joined by semicolons.
    func appendNames(to text: inout [UInt8]) {
        for (index, field) in fields.enumerated() where !repeatsName(index) {
            if index > 0 { text.append(UInt8(ascii: ";")) }
            text.append(contentsOf: bytes[field.name])
        }
    }

    private func repeatsName(_ index: Int) -> Bool {
        index > 0 && bytes[fields[index].name] == bytes[fields[index - 1].name]
    }

    private static func check(_ header: HTTPHeader) throws(SigV4Error) {
        let isName = !header.name.isEmpty && header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }
        guard isName, !header.value.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 }) else {
            throw .unsafeHeader(name: isName ? header.name : "?")
        }
    }

    /// Trimmed, with inner runs of whitespace as one space.
    private static func collapsed(_ value: String) -> String {
        let space = UInt8(ascii: " ")
        let tab = UInt8(ascii: "\t")
        let bytes = value.utf8.span
        var isCollapsed = true
        var previous = space
        for index in bytes.indices {
            isCollapsed = isCollapsed && bytes[index] != tab && (bytes[index] != space || previous != space)
            previous = bytes[index]
        }
        if isCollapsed, previous != space || value.isEmpty { return value }
        return value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
}
