extension JSON {
    /// Compact text in UTF-8: members in their order, numbers in their spelling, no escapes but the required ones.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 512)
        writer.value(self)
        return writer.bytes
    }

    /// See ``serialized()``.
    public func serializedString() -> String { String(decoding: serialized(), as: UTF8.self) }

    /// The text that Python's `json.dumps` makes of this value, except that numbers keep their spelling.
    /// - Parameter ensureASCII: escape U+007F and all characters beyond it, as `json.dumps` does unless told otherwise.
    public func pythonSerialized(ensureASCII: Bool = true) -> String {
        var writer = PythonWriter(ensuresASCII: ensureASCII)
        writer.append(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
