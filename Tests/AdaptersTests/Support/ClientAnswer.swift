import Foundation
import JSON

@testable import DIAL

/// What the client would see.
struct ClientAnswer {
    var status: Int
    /// The body of an answer without stream.
    var body: JSON?
    /// The events of a stream, `[DONE]` as a string.
    var events: [JSON]?
}

extension ClientAnswer {
    /// An error before any answer.
    init(_ error: DIALError) {
        self.init(status: error.status, body: error.json)
    }

    /// An answer that an error ends.
    init(_ error: DIALError, ending response: ChatResponse) {
        response.fail(error)
        if response.isStatusCommitted { self.init(response) } else { self.init(error) }
    }

    init(_ response: ChatResponse) {
        let bytes = response.takeBytes()
        status = 200
        guard response.isStream else {
            body = try? JSON(parsing: bytes)
            return
        }
        events = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n\n").filter { !$0.isEmpty }.map {
            event in
            let data = String(event.dropFirst("data: ".count))
            return (try? JSON(parsing: data)) ?? .string(data)
        }
    }
}

extension ClientAnswer {
    /// What each chunk brings: its delta, the finish reason, an error.
    var deltas: [JSON] {
        (events ?? []).map { event in
            if let error = event["error"] { return ["error": error] }
            guard let choice = event["choices"]?[0] else { return event }
            if let reason = choice["finish_reason"], !reason.isNull { return ["finish": reason] }
            return choice["delta"] ?? .null
        }
    }

    /// What the first choice says, piece by piece.
    var pieces: [JSON] { (events ?? []).compactMap { $0["choices"]?[0]?["delta"] } }

    var message: JSON? { body?["choices"]?[0]?["message"] }

    /// Why the first choice ended, of either form.
    var finishReason: String? {
        body?["choices"]?[0]?["finish_reason"]?.stringValue
            ?? events?.compactMap { $0["choices"]?[0]?["finish_reason"]?.stringValue }.last
    }

    /// The error of either form.
    var failure: JSON? { body?["error"] ?? events?.compactMap { $0["error"] }.last }
}
