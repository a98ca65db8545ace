extension String {
    /// The text if it is as short as the words of an enumeration are, 64 bytes: to compare longer ones may take long.
    public var word: String? { utf8.count <= 64 ? self : nil }

    /// The text unless it is empty: where an empty one counts as absent.
    public var nonEmpty: String? { isEmpty ? nil : self }
}
