import JSON

/// The fields of one object. The rule of a field that is absent is not even made.
struct RequestFields<Field: RawRepresentable<String>> {
    let object: JSONObject
    let decoder: RequestDecoder

    /// Must be present; null only if the rule takes it.
    func required<Value>(_ field: Field, _ rule: @autoclosure () -> Rule<Value>) throws(DIALError) -> Value {
        try decode(object[field.rawValue], field, rule)
    }

    /// May be absent or null.
    func optional<Value>(_ field: Field, _ rule: @autoclosure () -> Rule<Value>) throws(DIALError) -> Value? {
        guard let json = object[field.rawValue], !json.isNull else { return nil }
        return try decode(json, field, rule)
    }

    /// May be absent or null; what it says has no effect and is not kept.
    func check<Value>(_ field: Field, _ rule: @autoclosure () -> Rule<Value>) throws(DIALError) {
        _ = try optional(field, rule())
    }

    /// May be absent, but not null.
    func value<Value>(
        _ field: Field,
        _ rule: @autoclosure () -> Rule<Value>,
        default defaultValue: Value
    ) throws(DIALError) -> Value {
        guard let json = object[field.rawValue] else { return defaultValue }
        return try decode(json, field, rule)
    }

    private func decode<Value>(
        _ json: JSON?,
        _ field: Field,
        _ rule: () -> Rule<Value>
    ) throws(DIALError) -> Value {
        try decoder.within(.name(field.rawValue)) { () throws(DIALError) -> Value in
            guard let json else { throw decoder.violation("Field required") }
            return try rule().decode(RequestValue(json: json, decoder: decoder))
        }
    }

    func contains(_ field: Field) -> Bool {
        object[field.rawValue] != nil
    }
}
