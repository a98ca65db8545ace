import Foundation
import JSON

/// Compares an answer with a vector: members in any order, numbers by value, `{{any}}` for anything, `{{match:regex}}` and
/// `{{contains:text}}` for a string.
enum JSONMatch {
    /// Where the two differ, nil when they do not.
    static func difference(_ expected: JSON, _ actual: JSON, at path: String = "$") -> String? {
        switch (expected, actual) {
        case (.string("{{any}}"), _): return nil
        case (.string(let pattern), .string(let text)) where pattern.hasPrefix("{{contains:"):
            let part = String(pattern.dropFirst(11).dropLast(2))
            return text.contains(part) ? nil : "\(path): \(text) does not contain \(part)"
        case (.string(let pattern), .string(let text)) where pattern.hasPrefix("{{match:"):
            let regex = String(pattern.dropFirst(8).dropLast(2))
            let range = text.range(of: regex, options: .regularExpression)
            return range == text.startIndex..<text.endIndex || range != nil
                ? nil : "\(path): \(text) does not match \(regex)"
        case (.object(let expected), .object(let actual)):
            for (key, value) in expected {
                guard let found = actual[key] else { return "\(path).\(key) is missing" }
                if let difference = difference(value, found, at: "\(path).\(key)") { return difference }
            }
            for (key, _) in actual where expected[key] == nil { return "\(path).\(key) is too much" }
            return nil
        case (.array(let expected), .array(let actual)):
            for (index, pair) in zip(expected, actual).enumerated() {
                if let difference = difference(pair.0, pair.1, at: "\(path)[\(index)]") { return difference }
            }
            guard expected.count == actual.count else {
                return "\(path): \(actual.count) elements instead of \(expected.count)"
            }
            return nil
        case (.string(let expected), .string(let actual)) where path.hasSuffix(".arguments") && expected != actual:
            // Spelling of JSON text inside a string is free.
            if let left = try? JSON(parsing: expected), let right = try? JSON(parsing: actual) {
                return difference(left, right, at: path + "()")
            }
            return "\(path): \(actual) instead of \(expected)"
        default:
            return expected.isEquivalent(to: actual)
                ? nil : "\(path): \(actual.serializedString()) instead of \(expected.serializedString())"
        }
    }
}
