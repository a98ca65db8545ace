import JSON

/// Holds a JSON value against a shape and reports what the service would.
///
/// A wrong type and an unknown member end the check at once; broken limits are collected, since AWS lists them all.
struct ShapeCheck {
    private enum Step {
        case key(String)
        case index(Int)
    }

    private var path: [Step] = []
    private var violations: [String] = []

    /// Throws the error that AWS would answer with, if there is one.
    static func check(_ value: JSON, against shape: Shape) throws(AWSError) {
        var check = ShapeCheck()
        try check.visit(value, shape)
        guard !check.violations.isEmpty else { return }
        let count = check.violations.count
        throw .validation(
            "\(count) validation error\(count == 1 ? "" : "s") detected: "
                + check.violations.joined(separator: "; ")
        )
    }

    private mutating func visit(_ value: JSON, _ shape: Shape) throws(AWSError) {
        switch (shape, value) {
        case (.document, _): return
        case (.structure(let members), .object(let object)): try visit(object, members)
        case (.union(let members), .object(let object)): try visitUnion(object, members)
        case (.list(let element, let count), .array(let values)):
            checkCount(values.count, count)
            for (index, value) in values.enumerated() {
                try descend(.index(index)) { check throws(AWSError) in try check.visit(value, element) }
            }
        case (.map(let rule, let element, let count), .object(let object)):
            checkCount(object.count, count)
            for (key, value) in object {
                try descend(.key(key)) { check throws(AWSError) in
                    check.checkText(key, rule)
                    try check.visit(value, element)
                }
            }
        case (.text(let rule), .string(let text)): checkText(text, rule)
        case (.integer(let range), .number(let number)):
            guard let integer = number.intValue else {
                throw .serialization("DECIMAL_VALUE can not be converted to an Integer")
            }
            checkRange(
                number.spelling,
                below: integer < range.lowerBound,
                above: integer > range.upperBound,
                String(range.lowerBound),
                String(range.upperBound)
            )
        case (.number(let range), .number(let number)):
            checkRange(
                number.spelling,
                below: number.doubleValue < range.lowerBound,
                above: number.doubleValue > range.upperBound,
                String(Int(range.lowerBound)),
                String(Int(range.upperBound))
            )
        case (.boolean, .bool): return
        case (.blob(let minimum), .string(let text)):
            guard let count = Base64.decodedCount(text) else {
                throw .serialization("The value at '\(servicePath)' is not valid base64.")
            }
            if count < minimum { violate("Member must have length greater than or equal to \(minimum)") }
        default: throw mismatch(value, shape)
        }
    }

    private mutating func visit(_ object: JSONObject, _ members: [Shape.Member]) throws(AWSError) {
        try refuseUnknown(object, members)
        for member in members {
            guard let value = object[member.name], !value.isNull else {
                if member.isRequired { violateMissing(member.name) }
                continue
            }
            try descend(.key(member.name)) { check throws(AWSError) in try check.visit(value, member.shape) }
        }
    }

    private mutating func visitUnion(_ object: JSONObject, _ members: [Shape.Member]) throws(AWSError) {
        try refuseUnknown(object, members)
        let present = members.filter { member in object[member.name].map { !$0.isNull } ?? false }
        guard let member = present.first, present.count == 1, let value = object[member.name] else {
            let names = members.map(\.name).joined(separator: ", ")
            throw .validation(
                present.isEmpty
                    ? "The value at \(dottedPath) is empty. Set exactly one of: \(names)."
                    : "The value at \(dottedPath) has more than one member set: "
                        + "\(present.map(\.name).joined(separator: ", ")). Set exactly one of: \(names)."
            )
        }
        try descend(.key(member.name)) { check throws(AWSError) in try check.visit(value, member.shape) }
    }

    private func refuseUnknown(_ object: JSONObject, _ members: [Shape.Member]) throws(AWSError) {
        for (key, _) in object where !members.contains(where: { $0.name == key }) {
            throw .extraneousKey(key, at: pointer)
        }
    }

    private mutating func descend(
        _ step: Step,
        _ body: (inout ShapeCheck) throws(AWSError) -> Void
    ) throws(AWSError) {
        path.append(step)
        try body(&self)
        path.removeLast()
    }

    // MARK: Limits

    private mutating func checkText(_ text: String, _ rule: TextRule) {
        if let values = rule.values, !values.contains(where: text.hasSameBytes) {
            violate("Member must satisfy enum value set: [\(values.joined(separator: ", "))]", value: text)
        }
        if let pattern = rule.pattern, !pattern.matches(text) {
            violate("Member must satisfy regular expression pattern: \(pattern.spelling)", value: text)
        }
        // Counting characters costs; strings without limits are the long ones.
        guard rule.length != 0...Int.max else { return }
        let count = text.unicodeScalars.count
        if count < rule.length.lowerBound {
            violate("Member must have length greater than or equal to \(rule.length.lowerBound)", value: text)
        } else if count > rule.length.upperBound {
            violate("Member must have length less than or equal to \(rule.length.upperBound)", value: text)
        }
    }

    private mutating func checkCount(_ count: Int, _ range: ClosedRange<Int>) {
        if count < range.lowerBound {
            violate("Member must have length greater than or equal to \(range.lowerBound)")
        } else if count > range.upperBound {
            violate("Member must have length less than or equal to \(range.upperBound)")
        }
    }

    private mutating func checkRange(_ value: String, below: Bool, above: Bool, _ least: String, _ most: String) {
        if below { violate("Member must have value greater than or equal to \(least)", value: value) }
        if above { violate("Member must have value less than or equal to \(most)", value: value) }
    }

    private mutating func violate(_ constraint: String, value: String? = nil) {
        // AWS does not repeat what may be private: nothing of the conversation is quoted.
        let quoted = isSensitive ? nil : value
        violations.append(
            "Value \(quoted.map { "'\($0)' " } ?? "")at '\(servicePath)' failed to satisfy constraint: \(constraint)"
        )
    }

    private mutating func violateMissing(_ name: String) {
        let place = path.isEmpty ? name : servicePath + "." + name
        violations.append("Value null at '\(place)' failed to satisfy constraint: Member must not be null")
    }

    private func mismatch(_ value: JSON, _ shape: Shape) -> AWSError {
        let found =
            switch value {
            case .null: "NULL_VALUE"
            case .bool(let flag): flag ? "TRUE_VALUE" : "FALSE_VALUE"
            case .number(let number): number.isIntegerSpelling ? "NUMBER_VALUE" : "DECIMAL_VALUE"
            case .string: "STRING_VALUE"
            case .array: "Start of list"
            case .object: "Start of structure or map"
            }
        switch value {
        case .array, .object: return .serialization("\(found) found where not expected.")
        default: break
        }
        let wanted =
            switch shape {
            case .text, .blob: "a String"
            case .integer: "an Integer"
            case .number: "a Float"
            case .boolean: "a Boolean"
            case .list: "a List"
            default: "a Structure"
            }
        return .serialization("\(found) can not be converted to \(wanted)")
    }

    // MARK: Places

    private var isSensitive: Bool {
        guard case .key(let root) = path.first else { return false }
        return root == "messages" || root == "system"
    }

    /// As the service names places: list members are counted from 1.
    private var servicePath: String {
        path.map { step in
            switch step {
            case .key(let name): name
            case .index(let index): "\(index + 1).member"
            }
        }.joined(separator: ".")
    }

    private var dottedPath: String {
        path.map { step in
            switch step {
            case .key(let name): name
            case .index(let index): "\(index)"
            }
        }.joined(separator: ".")
    }

    private var pointer: String {
        path.reduce(into: "#") { text, step in
            switch step {
            case .key(let name): text += "/" + name
            case .index(let index): text += "/\(index)"
            }
        }
    }
}
