import HTTPClient
import Synchronization

/// A body that is already there, in pieces.
public final class ScriptedBody: HTTPBodySource {
    private let pieces: Mutex<ArraySlice<[UInt8]>>

    public init(_ pieces: [[UInt8]]) {
        self.pieces = Mutex(pieces[...])
    }

    public func next() async throws(HTTPError) -> [UInt8]? {
        pieces.withLock { $0.popFirst() }
    }

    public func pass(to receiver: any HTTPBodyReceiver) async throws(HTTPError) -> Bool {
        while let piece = try await next() {
            if !receiver.receive(piece) { return true }
        }
        return false
    }

    public func expectEnd() {}

    public func cancel() {
        pieces.withLock { $0 = [] }
    }
}
