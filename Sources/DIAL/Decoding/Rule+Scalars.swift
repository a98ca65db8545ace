import JSON

extension Rule<String> {
    /// A JSON string and nothing else.
    static var string: Rule {
        Rule { value throws(DIALError) in
            guard case .string(let text) = value.json else {
                throw value.violation("Input should be a valid string")
            }
            return text
        }
    }
}

extension Rule<Bool> {
    /// A JSON boolean and nothing else.
    static var strictBoolean: Rule {
        Rule { value throws(DIALError) in
            guard case .bool(let flag) = value.json else {
                throw value.violation("Input should be a valid boolean")
            }
            return flag
        }
    }

    /// Also 0 and 1 and the usual words.
    static var boolean: Rule {
        Rule { value throws(DIALError) in
            do throws(NoBoolean) {
                return try Bool(lenient: value.json)
            } catch {
                throw value.violation(error.text)
            }
        }
    }
}

/// Why a value is no boolean, in pydantic's words.
public struct NoBoolean: Error {
    public let text: String
}

extension Bool {
    /// Also from 0 and 1 and the usual words.
    public init(lenient json: JSON) throws(NoBoolean) {
        switch json {
        case .bool(let flag):
            self = flag
        case .number(let number):
            let integer = number.intValue ?? (number.isIntegerSpelling ? nil : Int(exactly: number.doubleValue))
            switch integer {
            case 0: self = false
            case 1: self = true
            case nil: throw NoBoolean(text: "Input should be a valid boolean")
            default: throw NoBoolean(text: "Input should be a valid boolean, unable to interpret input")
            }
        case .string:
            switch json.wordValue?.lowercased() {
            case "true", "t", "yes", "y", "on", "1": self = true
            case "false", "f", "no", "n", "off", "0": self = false
            default: throw NoBoolean(text: "Input should be a valid boolean, unable to interpret input")
            }
        default:
            throw NoBoolean(text: "Input should be a valid boolean")
        }
    }
}

extension Rule<Int> {
    /// An integer spelled as one; beyond the range of `Int` its nearest value.
    static var strictInteger: Rule {
        Rule { value throws(DIALError) in
            guard let number = value.json.numberValue, number.isIntegerSpelling else {
                throw value.violation("Input should be a valid integer")
            }
            return number.intValue ?? (number.doubleValue < 0 ? .min : .max)
        }
    }

    /// Also integral floats, numerals and booleans; bounds are inclusive.
    static func integer(_ bounds: ClosedRange<Int>) -> Rule {
        Rule { value throws(DIALError) in
            let integer = try lenientInteger(value)
            if integer > bounds.upperBound {
                throw value.violation("Input should be less than or equal to \(bounds.upperBound)")
            }
            if integer < bounds.lowerBound {
                throw value.violation("Input should be greater than or equal to \(bounds.lowerBound)")
            }
            return integer
        }
    }

    /// As `integer`, above zero.
    static var positiveInteger: Rule {
        Rule { value throws(DIALError) in
            let integer = try lenientInteger(value)
            guard integer > 0 else { throw value.violation("Input should be greater than 0") }
            return integer
        }
    }

    private static func lenientInteger(_ value: RequestValue) throws(DIALError) -> Int {
        switch value.json {
        case .bool(let flag):
            return flag ? 1 : 0
        case .number(let number):
            if let integer = number.intValue { return integer }
            // Out of the range of Int: all bounds are far below.
            if number.isIntegerSpelling { return number.doubleValue < 0 ? .min : .max }
            let double = number.doubleValue
            if let integer = Int(exactly: double) { return integer }
            guard double.isFinite else { throw value.violation("Input should be a finite number") }
            throw value.violation(
                double == double.rounded()
                    ? "Unable to parse input string as an integer, exceeded maximum size"
                    : "Input should be a valid integer, got a number with a fractional part"
            )
        case .string(let text):
            guard let integer = Numeral.integer(text) else {
                throw value.violation("Input should be a valid integer, unable to parse string as an integer")
            }
            return integer
        default:
            throw value.violation("Input should be a valid integer")
        }
    }
}

extension Rule<JSONNumber> {
    /// Also numerals and booleans; bounds are inclusive. A number keeps its spelling.
    static func number(_ bounds: ClosedRange<Int>) -> Rule {
        Rule { value throws(DIALError) in
            let number: JSONNumber
            let quantity: Double
            switch value.json {
            case .number(let given):
                number = given
                quantity = given.doubleValue
            case .bool(let flag):
                number = JSONNumber(flag ? 1 : 0)
                quantity = flag ? 1 : 0
            case .string(let text):
                guard let parsed = Numeral.double(text) else {
                    throw value.violation("Input should be a valid number, unable to parse string as a number")
                }
                quantity = parsed
                number = parsed.isFinite ? JSONNumber(parsed) : JSONNumber(0)
            default:
                throw value.violation("Input should be a valid number")
            }
            // Written so that NaN fails the upper bound.
            if !(quantity <= Double(bounds.upperBound)) {
                throw value.violation("Input should be less than or equal to \(bounds.upperBound)")
            }
            if quantity < Double(bounds.lowerBound) {
                throw value.violation("Input should be greater than or equal to \(bounds.lowerBound)")
            }
            return number
        }
    }
}

extension Rule<JSONObject> {
    /// Token ids to biases: keys are numerals of integers, values numbers.
    static var logitBias: Rule {
        Rule { value throws(DIALError) in
            let object = try Rule.dictionary.decode(value)
            for (key, bias) in object {
                try value.decoder.within(.name(key)) { () throws(DIALError) in
                    guard Numeral.integer(key) != nil else {
                        throw try value.decoder.within(.name("[key]")) { () throws(DIALError) in
                            value.violation(
                                "Input should be a valid integer, unable to parse string as an integer"
                            )
                        }
                    }
                    switch bias {
                    case .number, .bool: break
                    case .string(let text) where Numeral.double(text) != nil: break
                    case .string:
                        throw value.violation(
                            "Input should be a valid number, unable to parse string as a number"
                        )
                    default: throw value.violation("Input should be a valid number")
                    }
                }
            }
            return object
        }
    }
}
