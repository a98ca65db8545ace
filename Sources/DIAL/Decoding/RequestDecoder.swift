import JSON

/// One walk over a request body, in declaration order and depth first.
///
/// A violation of types or bounds ends the walk. The first unknown field is only remembered: it counts when
/// everything else is right. An object's own unknown fields come before those of its children.
///
/// Source: DIAL API, validation errors.
final class RequestDecoder {
    enum Segment {
        case name(String)
        case index(Int)
        /// Stands in violations only: the path of an unknown field leaves out which alternative it was.
        case alternative(String)
    }

    private var path: [Segment] = []
    private var unknownField: String?
    /// Then the forms of OpenAI's API are taken, too (`OpenAIForms`).
    let ignoresUnknownFields: Bool

    private init(ignoresUnknownFields: Bool) {
        self.ignoresUnknownFields = ignoresUnknownFields
        path.reserveCapacity(8)
    }

    /// Decodes a whole body.
    /// - Throws: 400 with the first violation, or with the first unknown field unless these are ignored.
    static func decode<Model: RequestModel>(
        _ body: JSON,
        ignoringUnknownFields: Bool
    ) throws(DIALError) -> Model {
        let decoder = RequestDecoder(ignoresUnknownFields: ignoringUnknownFields)
        let model = try Rule.model(Model.self).decode(RequestValue(json: body, decoder: decoder))
        if !ignoringUnknownFields, let field = decoder.unknownField {
            throw .invalidStructure(path: field, "Extra inputs are not permitted")
        }
        return model
    }

    func violation(_ text: String) -> DIALError {
        .invalidStructure(path: pathText { _ in true }, text)
    }

    func noteUnknownField(_ name: String) {
        guard unknownField == nil else { return }
        let parents = pathText { segment in
            if case .alternative = segment { false } else { true }
        }
        unknownField = parents.isEmpty ? name : "\(parents).\(name)"
    }

    func within<Value>(
        _ segment: Segment,
        _ body: () throws(DIALError) -> Value
    ) throws(DIALError) -> Value {
        path.append(segment)
        defer { path.removeLast() }
        return try body()
    }

    /// Tries an alternative of a union; a failed one leaves no trace.
    func attempt<Value>(_ body: () throws(DIALError) -> Value) -> Result<Value, DIALError> {
        let before = unknownField
        do {
            return .success(try body())
        } catch {
            unknownField = before
            return .failure(error)
        }
    }

    private func pathText(_ isIncluded: (Segment) -> Bool) -> String {
        path.filter(isIncluded).map { segment in
            switch segment {
            case .name(let name), .alternative(let name): name
            case .index(let index): String(index)
            }
        }.joined(separator: ".")
    }
}

/// A value of the body together with the walk that came to it.
struct RequestValue {
    let json: JSON
    let decoder: RequestDecoder

    func violation(_ text: String) -> DIALError {
        decoder.violation(text)
    }
}

extension DIALError {
    /// 400: the first violation of a request's structure.
    public static func invalidStructure(path: String, _ text: String) -> DIALError {
        .invalidRequest("Your request contained invalid structure on path \(path). \(text)")
    }
}
