/// The members of a JSON object in their order.
///
/// Keys are compared byte by byte. Equality minds the order.
public struct JSONObject: Sendable, Hashable, Sequence, ExpressibleByDictionaryLiteral {
    public typealias Element = (key: String, value: JSON)

    private var members: [Member] = []
    /// Where each key stands, for objects above `indexingThreshold`: no object is slow to fill, whoever names its keys.
    private var positions: [ExactString: Int]?

    private static let indexingThreshold = 16

    public init() {}

    /// A key that comes again replaces the value at its first place.
    public init(_ members: some Sequence<(String, JSON)>) {
        reserveCapacity(members.underestimatedCount)
        for (key, value) in members { append(key, value) }
    }

    public init(dictionaryLiteral members: (String, JSON)...) { self.init(members) }

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }
    /// In the order of the members; builds an array.
    public var keys: [String] { members.map(\.key) }

    public mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }

    /// Setting an existing key keeps its place, a new key goes last, nil removes the member.
    public subscript(key: String) -> JSON? {
        get {
            guard let position = position(of: key) else { return nil }
            return members[position].value
        }
        set {
            if let newValue {
                append(key, newValue)
            } else if let position = position(of: key) {
                members.remove(at: position)
                positions = nil
                indexIfLarge()
            }
        }
    }

    /// Adds a member at the end; an existing key gets the new value at its old place.
    public mutating func append(_ key: String, _ value: JSON) {
        if let position = position(of: key) {
            members[position].value = value
            return
        }
        members.append(Member(key: key, value: value))
        if positions != nil {
            positions?[ExactString(key)] = members.count - 1
        } else {
            indexIfLarge()
        }
    }

    public func makeIterator() -> Iterator { Iterator(members: members.makeIterator()) }
    public var underestimatedCount: Int { members.count }

    /// The members in their order, as they were when it was made.
    public struct Iterator: IteratorProtocol {
        fileprivate var members: IndexingIterator<[Member]>

        public mutating func next() -> Element? { members.next().map { ($0.key, $0.value) } }
    }

    public static func == (left: JSONObject, right: JSONObject) -> Bool { left.members == right.members }
    public func hash(into hasher: inout Hasher) { hasher.combine(members) }

    private func position(of key: String) -> Int? {
        if let positions { return positions[ExactString(key)] }
        // By index: nothing is copied, so nothing is counted.
        for position in members.indices where members[position].key.hasSameBytes(as: key) { return position }
        return nil
    }

    private mutating func indexIfLarge() {
        guard members.count > Self.indexingThreshold else { return }
        var positions = [ExactString: Int](minimumCapacity: Swift.max(members.count, members.capacity))
        for (position, member) in members.enumerated() { positions[ExactString(member.key)] = position }
        self.positions = positions
    }

    fileprivate struct Member: Sendable, Hashable {
        var key: String
        var value: JSON

        static func == (left: Member, right: Member) -> Bool {
            left.key.hasSameBytes(as: right.key) && left.value == right.value
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(ExactString(key))
            hasher.combine(value)
        }
    }
}
