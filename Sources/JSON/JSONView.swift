import CSimdJSON

/// A value inside a ``JSONDocument``: reading it costs no tree.
///
/// Valid until the document's next parse; using a view after that is a programming error and traps.
public struct JSONView {
    /// Numbers are of one kind, however they are spelled.
    public enum Kind: Sendable, Equatable {
        case null, bool, number, string, array, object
    }

    let document: JSONDocument
    let index: UInt32
    let generation: UInt32

    var node: json_node {
        precondition(generation == document.generation, "JSONView used after its document was parsed anew")
        return index < document.result.node_count ? document.result.nodes[Int(index)] : json_node()
    }

    func view(at index: UInt32) -> JSONView {
        JSONView(document: document, index: index, generation: generation)
    }

    func bytes(of node: json_node) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: document.result.text + Int(node.offset), count: Int(node.length))
    }

    public var kind: Kind {
        switch node.kind {
        case json_false, json_true: .bool
        case json_integer, json_number: .number
        case json_string: .string
        case json_array: .array
        case json_object: .object
        default: .null
        }
    }

    /// The value of a number spelled without fraction and exponent that fits an `Int`.
    public var int: Int? {
        let node = node
        guard node.kind == json_integer else { return nil }
        return Int(exactSpelling: bytes(of: node))
    }

    /// The nearest double to any number; infinite for numbers such as `1e999`.
    public var double: Double? {
        // Zero goes the long way for the sign of -0.
        if let int, int != 0 { return Double(int) }
        return number?.doubleValue
    }

    /// As it is spelled; nil for other values. Builds a string.
    public var number: JSONNumber? {
        let node = node
        guard node.kind == json_integer || node.kind == json_number else { return nil }
        return JSONNumber(checked: String(decoding: bytes(of: node), as: UTF8.self))
    }

    /// A copy without escapes; nil for other values.
    public var string: String? {
        let node = node
        guard node.kind == json_string else { return nil }
        return String(decoding: bytes(of: node), as: UTF8.self)
    }

    /// A string that may be a word, see `String.word`.
    public var word: String? { string?.word }

    /// The unescaped bytes of a string (valid UTF-8), or nil for other values. Do not let them escape `body`.
    public func withUTF8<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        let node = node
        guard node.kind == json_string else { return nil }
        return try body(bytes(of: node))
    }

    /// Whether this is a string of just these characters.
    public func isString(_ text: StaticString) -> Bool {
        let node = node
        return node.kind == json_string && bytes(of: node).hasSameBytes(as: text)
    }
}

extension UnsafeRawBufferPointer {
    func hasSameBytes(as text: StaticString) -> Bool {
        hasSameBytes(as: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

extension Int {
    /// `spelling` is a JSON integer; nil when it does not fit.
    fileprivate init?(exactSpelling spelling: UnsafeRawBufferPointer) {
        var value = 0
        let isNegative = spelling.first == UInt8(ascii: "-")
        for byte in spelling.dropFirst(isNegative ? 1 : 0) {
            let digit = Int(byte &- UInt8(ascii: "0"))
            let (product, productOverflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflows) =
                isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !productOverflows, !sumOverflows else { return nil }
            value = sum
        }
        self = value
    }
}
