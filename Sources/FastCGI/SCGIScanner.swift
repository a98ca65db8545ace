/// Reads one SCGI request: a netstring of headers (`name NUL value NUL`, `CONTENT_LENGTH` first), then the body.
///
/// A connection carries one request; the end of the answer is the end of the connection. What comes after the body is
/// dropped. No I/O. Source: "SCGI: A Simple Common Gateway Interface alternative", protocol version 1.
struct SCGIScanner: RequestScanner {
    private enum Phase { case length, headers, comma, body, responding }

    private let limits: FastCGILimits
    private var phase = Phase.length
    private var digits = 0
    /// Bytes of headers or body that are still to come.
    private var missing = 0
    /// The headers as they come: `name NUL value NUL` for each.
    private var headers: [UInt8] = []
    private var request = ScannedRequest(keepsConnection: false)

    init(limits: FastCGILimits) {
        self.limits = limits
    }

    var isIdle: Bool { phase == .length && digits == 0 }

    var announcedBody: Int? { phase == .body && request.bodyFault == nil ? request.body.count + missing : nil }

    mutating func reserveBody(_ bytes: Int) {
        request.body.reserveCapacity(bytes)
    }

    mutating func dropBody() {
        request.bodyFault = .noRoom
        request.body = []
    }

    mutating func responseIsComplete() {}

    mutating func scan(_ bytes: inout Slice<UnsafeRawBufferPointer>) -> RequestEvent? {
        while let first = bytes.first {
            var event: RequestEvent?
            switch phase {
            case .length:
                bytes = bytes.dropFirst()
                event = takeLength(first)
            case .headers:
                let piece = bytes.prefix(missing)
                bytes = bytes.dropFirst(piece.count)
                missing -= piece.count
                headers.append(contentsOf: piece)
                if missing == 0 { phase = .comma }
            case .comma:
                bytes = bytes.dropFirst()
                guard first == UInt8(ascii: ",") else { return .violation("no comma after the headers' netstring") }
                event = startBody()
            case .body:
                let piece = bytes.prefix(missing)
                bytes = bytes.dropFirst(piece.count)
                missing -= piece.count
                if request.bodyFault == nil { request.body.append(contentsOf: piece) }
                event = endBody()
            case .responding:
                bytes = bytes.dropFirst(bytes.count)
            }
            if let event { return event }
        }
        return nil
    }

    private mutating func takeLength(_ byte: UInt8) -> RequestEvent? {
        if byte == UInt8(ascii: ":"), digits > 0 {
            guard missing > 0 else { return .violation("an empty netstring in place of headers") }
            phase = .headers
            headers.reserveCapacity(missing)
            return nil
        }
        guard (0x30...0x39).contains(byte) else { return .violation("no netstring: its length is not a number") }
        guard digits == 0 || missing > 0 else { return .violation("a netstring length that begins with 0") }
        digits += 1
        missing = missing * 10 + Int(byte - 0x30)
        guard missing <= limits.parameters else {
            return .violation("more than \(limits.parameters) bytes of headers")
        }
        return nil
    }

    private mutating func startBody() -> RequestEvent? {
        guard let parameters = RequestParameters(scgi: headers) else {
            return .violation("headers that are not pairs of a name and a value, each with a NUL at its end")
        }
        guard let length = parameters.leadingContentLength.flatMap(Self.decimal) else {
            return .violation("CONTENT_LENGTH is not the first header, or no number")
        }
        guard parameters["SCGI"] == "1" else { return .violation("no header SCGI with the value 1") }
        headers = []
        request.parameters = parameters
        if length > limits.body { request.bodyFault = .tooLarge }
        missing = length
        phase = .body
        return endBody()
    }

    private static func decimal(_ text: String) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    private mutating func endBody() -> RequestEvent? {
        guard missing == 0 else { return nil }
        phase = .responding
        defer { request = ScannedRequest(keepsConnection: false) }
        return .request(request)
    }
}
