import JSON

/// An object of a request with a fixed set of fields.
protocol RequestModel {
    /// The fields under their wire names, in declaration order.
    associatedtype Field: RawRepresentable<String>

    /// How violations call the type.
    static var modelName: String { get }

    /// An integer `index` may stand in the object and means nothing: clients send back what a stream gave them.
    static var toleratesIndex: Bool { get }

    /// Fields it does not know are nobody's concern.
    static var toleratesUnknownFields: Bool { get }

    init(_ fields: RequestFields<Field>) throws(DIALError)
}

extension RequestModel {
    static var modelName: String { String(describing: Self.self) }
    static var toleratesIndex: Bool { false }
    static var toleratesUnknownFields: Bool { false }

    fileprivate static func knows(_ key: String) -> Bool {
        key.word.flatMap(Field.init) != nil
    }
}

extension JSON {
    /// As Python has it, to which booleans are integers.
    fileprivate var isWholeNumber: Bool { boolValue != nil || numberValue?.isIntegerSpelling == true }
}

extension Rule {
    /// An object of the type `Value`.
    static func model(_ type: Value.Type = Value.self) -> Rule where Value: RequestModel {
        Rule { value throws(DIALError) in
            guard case .object(let object) = value.json else {
                throw value.violation("Input should be a valid dictionary or instance of \(Value.modelName)")
            }
            for (key, member) in object where !Value.toleratesUnknownFields && !Value.knows(key) {
                if Value.toleratesIndex, key.hasSameBytes(as: "index"), member.isWholeNumber { continue }
                value.decoder.noteUnknownField(key)
                break
            }
            return try Value(RequestFields(object: object, decoder: value.decoder))
        }
    }
}
