import JSON

/// What a field may hold and what becomes of it.
///
/// The wording of violations is that of the DIAL SDK. Source: DIAL API, validation errors.
struct Rule<Value> {
    let decode: (RequestValue) throws(DIALError) -> Value

    init(_ decode: @escaping (RequestValue) throws(DIALError) -> Value) {
        self.decode = decode
    }

    func map<Other>(_ transform: @escaping (Value) -> Other) -> Rule<Other> {
        Rule<Other> { value throws(DIALError) in transform(try decode(value)) }
    }
}

extension Rule {
    /// An array whose elements follow one rule.
    static func list<Element>(of element: Rule<Element>) -> Rule where Value == [Element] {
        Rule { value throws(DIALError) in
            guard case .array(let elements) = value.json else {
                throw value.violation("Input should be a valid list")
            }
            var decoded: [Element] = []
            decoded.reserveCapacity(elements.count)
            for (index, json) in elements.enumerated() {
                decoded.append(
                    try value.decoder.within(.index(index)) { () throws(DIALError) -> Element in
                        try element.decode(RequestValue(json: json, decoder: value.decoder))
                    }
                )
            }
            return decoded
        }
    }

    /// The first alternative that fits; if none does, the complaint of the first one.
    /// - Parameter name: what the path calls the first alternative.
    static func union(_ name: String, _ first: Rule, _ others: Rule...) -> Rule {
        Rule { value throws(DIALError) in
            let attempt = value.decoder.attempt { () throws(DIALError) -> Value in
                try value.decoder.within(.alternative(name)) { () throws(DIALError) -> Value in
                    try first.decode(value)
                }
            }
            guard case .failure(let complaint) = attempt else { return try attempt.get() }
            for other in others {
                let attempt = value.decoder.attempt { () throws(DIALError) -> Value in try other.decode(value) }
                if case .success(let decoded) = attempt { return decoded }
            }
            throw complaint
        }
    }

    /// Null, or what the rule takes.
    static func nullable<Wrapped>(_ rule: Rule<Wrapped>) -> Rule where Value == Wrapped? {
        Rule { value throws(DIALError) in value.json.isNull ? nil : try rule.decode(value) }
    }

    /// One of the raw values of an enumeration, case-sensitive.
    static func enumeration(_ type: Value.Type = Value.self) -> Rule
    where Value: RawRepresentable<String> & CaseIterable {
        Rule { value throws(DIALError) in
            guard let text = value.json.wordValue, let decoded = Value(rawValue: text) else {
                throw value.violation(DIALError.expectation(of: Value.allCases.map(\.rawValue)))
            }
            return decoded
        }
    }
}

extension Rule<String> {
    /// Exactly one of the given strings.
    static func literal(_ permitted: String...) -> Rule {
        Rule { value throws(DIALError) in
            guard let text = value.json.wordValue, permitted.contains(text) else {
                throw value.violation(DIALError.expectation(of: permitted))
            }
            return text
        }
    }
}

extension Rule<JSON> {
    /// Anything, null too.
    static var any: Rule {
        Rule { value throws(DIALError) in value.json }
    }
}

extension Rule<JSONObject> {
    /// A free-form object.
    static var dictionary: Rule {
        Rule { value throws(DIALError) in
            guard case .object(let object) = value.json else {
                throw value.violation("Input should be a valid dictionary")
            }
            return object
        }
    }
}
