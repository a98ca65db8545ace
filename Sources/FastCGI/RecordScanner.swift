/// Follows the FastCGI records of one connection.
///
/// libfcgi reads with blocking calls, so a peer that stops in the middle of a request would hold its reader. Here a
/// slow peer costs the bytes that it sent. No I/O. Source: FastCGI specification 1.0, sections 3 and 8.
struct RecordScanner: RequestScanner {
    private enum Phase { case idle, parameters, body, responding }

    private enum Record {
        static let beginRequest: UInt8 = 1
        static let abortRequest: UInt8 = 2
        static let parameters: UInt8 = 4
        static let standardInput: UInt8 = 5
    }

    let limits: FastCGILimits
    private var phase = Phase.idle
    private var request = ScannedRequest(id: 0, keepsConnection: false)
    /// The body's length as the web server says.
    private var announced = 0
    /// The request's parameters as they come, name-value pairs.
    private var parameters: [UInt8] = []
    private var header: [UInt8] = []
    private var begin: [UInt8] = []
    private var type: UInt8 = 0
    private var recordID: UInt16 = 0
    private var content = 0
    private var padding = 0
    /// An empty record ends its stream.
    private var isEmptyRecord = false
    private var isInRecord = false

    init(limits: FastCGILimits) {
        self.limits = limits
        header.reserveCapacity(8)
    }

    var isIdle: Bool { phase == .idle && header.isEmpty && !isInRecord }

    var announcedBody: Int? {
        phase == .body && request.bodyFault == nil ? announced : nil
    }

    mutating func reserveBody(_ bytes: Int) {
        request.body.reserveCapacity(bytes)
    }

    mutating func dropBody() {
        refuseBody(.noRoom)
    }

    private mutating func refuseBody(_ fault: BodyFault) {
        request.bodyFault = fault
        request.body = []
    }

    mutating func responseIsComplete() {
        phase = .idle
    }

    mutating func scan(_ bytes: inout Slice<UnsafeRawBufferPointer>) -> RequestEvent? {
        while true {
            if !isInRecord {
                let wanted = min(8 - header.count, bytes.count)
                header.append(contentsOf: bytes.prefix(wanted))
                bytes = bytes.dropFirst(wanted)
                guard header.count == 8 else { return nil }
                if let event = startRecord() { return event }
            }
            if content > 0 {
                let piece = bytes.prefix(content)
                bytes = bytes.dropFirst(piece.count)
                content -= piece.count
                if let event = take(piece) { return event }
                if content > 0 { return nil }
            }
            let skipped = min(padding, bytes.count)
            bytes = bytes.dropFirst(skipped)
            padding -= skipped
            guard padding == 0 else { return nil }
            isInRecord = false
            if let event = endRecord() { return event }
        }
    }

    private mutating func startRecord() -> RequestEvent? {
        defer { header.removeAll(keepingCapacity: true) }
        guard header[0] == 1 else { return .violation("record version \(header[0]) instead of 1") }
        type = header[1]
        recordID = UInt16(header[2]) << 8 | UInt16(header[3])
        content = Int(header[4]) << 8 | Int(header[5])
        isEmptyRecord = content == 0
        padding = Int(header[6])
        isInRecord = true
        guard recordID != 0 else { return nil }
        switch (phase, type) {
        case (.idle, Record.beginRequest):
            guard content == 8 else { return .violation("BEGIN_REQUEST of \(content) bytes instead of 8") }
            begin.removeAll(keepingCapacity: true)
        case (.idle, Record.abortRequest):
            // Too late: its request was answered already.
            break
        case (.parameters, Record.parameters) where recordID == request.id,
            (.body, Record.standardInput) where recordID == request.id,
            (.parameters, Record.abortRequest), (.body, Record.abortRequest), (.responding, Record.abortRequest):
            break
        default:
            return .violation("record of type \(type) for request \(recordID), which was not expected here")
        }
        return nil
    }

    private mutating func take(_ piece: Slice<UnsafeRawBufferPointer>) -> RequestEvent? {
        guard recordID != 0 else { return nil }
        switch type {
        case Record.beginRequest:
            begin.append(contentsOf: piece)
        case Record.parameters:
            guard parameters.count + piece.count <= limits.parameters else {
                return .violation("more than \(limits.parameters) bytes of parameters")
            }
            parameters.append(contentsOf: piece)
        case Record.standardInput:
            guard request.bodyFault == nil else { return nil }
            guard request.body.count + piece.count <= limits.body else {
                refuseBody(.tooLarge)
                return nil
            }
            request.body.append(contentsOf: piece)
        default:
            break
        }
        return nil
    }

    private mutating func endRecord() -> RequestEvent? {
        guard recordID != 0 else { return .management(type: type) }
        switch type {
        case Record.beginRequest:
            let role = UInt16(begin[0]) << 8 | UInt16(begin[1])
            guard role == 1 else { return .violation("role \(role) instead of 1, the responder") }
            request = ScannedRequest(id: recordID, keepsConnection: begin[2] & 1 == 1)
            phase = .parameters
        case Record.abortRequest:
            guard phase != .idle, recordID == request.id else { return nil }
            if phase == .responding { return .aborted }
            return .violation("aborted before the request was complete")
        case Record.parameters where isEmptyRecord:
            guard let parameters = RequestParameters(nameValuePairs: parameters) else {
                return .violation("parameter lengths that do not fit the record")
            }
            announced = max(0, parameters["CONTENT_LENGTH"].flatMap { Int($0) } ?? 0)
            if announced > limits.body { refuseBody(.tooLarge) }
            request.parameters = parameters
            self.parameters = []
            phase = .body
        case Record.standardInput where isEmptyRecord:
            phase = .responding
            if request.bodyFault == nil, request.body.count < announced { request.bodyFault = .incomplete }
            defer { request = ScannedRequest(id: request.id, keepsConnection: request.keepsConnection) }
            return .request(request)
        default:
            break
        }
        return nil
    }
}
