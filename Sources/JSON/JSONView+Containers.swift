import CSimdJSON

extension JSONView {
    /// Elements of an array or members of an object as sent (a duplicate key counts each time); 0 for other values.
    public var count: Int {
        let node = node
        return node.kind == json_array || node.kind == json_object ? Int(node.length) : 0
    }

    /// The member of an object, the last one of a duplicate key; nil when there is none or this is no object.
    public subscript(key: StaticString) -> JSONView? {
        member { $0.hasSameBytes(as: key) }
    }

    /// See ``subscript(_:)-(StaticString)``.
    @_disfavoredOverload
    public subscript(key: String) -> JSONView? {
        var key = key
        return key.withUTF8 { key in member { $0.hasSameBytes(as: UnsafeRawBufferPointer(key)) } }
    }

    private func member(where matches: (UnsafeRawBufferPointer) -> Bool) -> JSONView? {
        let node = node
        guard node.kind == json_object, let nodes = document.result.nodes else { return nil }
        var found: UInt32?
        var key = index + 1
        for _ in 0..<node.length {
            if matches(bytes(of: nodes[Int(key)])) { found = key + 1 }
            key = nodes[Int(key) + 1].next
        }
        return found.map { view(at: $0) }
    }

    /// The element of an array; nil out of its bounds or when this is no array. Walks over the elements before it.
    public subscript(position: Int) -> JSONView? {
        guard position >= 0, position < elements.count else { return nil }
        var iterator = elements
        for _ in 0..<position { _ = iterator.next() }
        return iterator.next()
    }

    /// The elements of an array; none for other values.
    public var elements: Elements {
        let node = node
        return Elements(next: view(at: index + 1), count: node.kind == json_array ? Int(node.length) : 0)
    }

    /// Lives as long as the view that it came from.
    public struct Elements: Sequence, IteratorProtocol {
        fileprivate var upcoming: JSONView
        /// Elements that are still to come.
        public private(set) var count: Int

        fileprivate init(next: JSONView, count: Int) {
            upcoming = next
            self.count = count
        }

        public mutating func next() -> JSONView? {
            guard count > 0 else { return nil }
            count -= 1
            let current = upcoming
            upcoming = current.view(at: current.node.next)
            return current
        }
    }
}
