/// Room for what requests bring along. A body that does not fit waits for its turn, first come, first served. No I/O.
struct RequestRoom {
    /// So many bytes are not worth waiting for, nor worth a refusal.
    static let unaccounted = 64 * 1024
    /// Each costs a descriptor and up to 64 KiB that came with its headers.
    static let longestLine = 500

    enum Admission { case admitted, waiting, refused }

    private let limit: Int
    private(set) var taken = 0
    private var queue: [(id: ObjectIdentifier, bytes: Int)] = []

    /// How many wait.
    var waiting: Int { queue.count }

    /// - Parameter limit: bytes. A single body may be larger.
    init(limit: Int) {
        self.limit = limit
    }

    /// - Returns: whether the bytes are taken already, or `next` will tell when.
    mutating func take(_ bytes: Int, for id: ObjectIdentifier) -> Admission {
        guard queue.count < Self.longestLine else { return .refused }
        queue.append((id, bytes))
        return queue.count == 1 && next() != nil ? .admitted : .waiting
    }

    /// Who waited longest, if there is room for it now: its bytes are taken.
    mutating func next() -> (id: ObjectIdentifier, bytes: Int)? {
        guard let first = queue.first, taken == 0 || first.bytes <= limit - taken else { return nil }
        taken += first.bytes
        return queue.removeFirst()
    }

    /// For bytes that came unasked.
    mutating func add(_ bytes: Int) {
        taken += bytes
    }

    /// For more of a request that is let in: waiting for others it would keep them waiting.
    /// - Parameter own: what the request has already.
    /// - Returns: whether the bytes are taken.
    mutating func add(_ bytes: Int, ifFittingBeside own: Int) -> Bool {
        guard bytes <= Self.unaccounted || taken == own || bytes <= limit - taken else { return false }
        add(bytes)
        return true
    }

    mutating func giveBack(_ bytes: Int) {
        taken -= bytes
    }

    /// It waits no longer.
    mutating func leave(_ id: ObjectIdentifier) {
        if let place = queue.firstIndex(where: { $0.id == id }) { queue.remove(at: place) }
    }
}
