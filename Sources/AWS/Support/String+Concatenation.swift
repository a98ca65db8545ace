extension String {
    /// The parts one after the other, in one allocation: `a + b + c` copies `a` and `b` twice.
    init(concatenating parts: String...) {
        self.init()
        reserveCapacity(parts.reduce(0) { $0 + $1.utf8.count })
        for part in parts { append(part) }
    }
}
