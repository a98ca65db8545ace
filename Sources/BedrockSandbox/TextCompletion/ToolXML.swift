import JSON

/// Tools as they stand in a prompt of Claude 2.1.
///
/// Source: Anthropic, "Legacy tool use".
enum ToolXML {
    /// True when a prompt declares tools.
    static func declaresTools(_ preamble: String) -> Bool {
        Array(preamble.utf8).firstStart(of: Array("<tool_description>".utf8)) != nil
    }

    /// A call as the model writes it.
    static func call(_ name: String, _ input: JSON) -> String {
        let parameters = (input.objectValue ?? [:]).map { element($0.key, $0.value) + "\n" }.joined()
        return "<function_calls>\n<invoke>\n<tool_name>\(name)</tool_name>\n<parameters>\n\(parameters)</parameters>\n"
            + "</invoke>\n</function_calls>"
    }

    /// Lists repeat the element, objects nest, and everything else is text.
    private static func element(_ name: String, _ value: JSON) -> String {
        switch value {
        case .array(let values): return values.map { element(name, $0) }.joined(separator: "\n")
        case .object(let members):
            return "<\(name)>\(members.map { element($0.key, $0.value) }.joined())</\(name)>"
        case .string(let text): return "<\(name)>\(XMLNode.escaped(text))</\(name)>"
        default: return "<\(name)>\(value.serializedString())</\(name)>"
        }
    }

    /// Takes the results of tools out of a text.
    static func takeResults(_ text: String) -> (rest: String, results: [Question.ToolResult]) {
        var rest = ""
        var results: [Question.ToolResult] = []
        var remaining = text
        while let block = content(of: "function_results", in: remaining) {
            rest += block.before
            let tool = content(of: "tool_name", in: block.inside)?.inside ?? ""
            let output = content(of: "stdout", in: block.inside)?.inside ?? ""
            results.append(
                Question.ToolResult(name: ASCII.trimmed(tool), isError: false, parts: [ASCII.trimmed(output)])
            )
            remaining = block.after
        }
        return (ASCII.trimmed(rest + remaining), results)
    }

    private static func content(
        of name: String,
        in text: String
    ) -> (before: String, inside: String, after: String)? {
        let (bytes, open, close) = (Array(text.utf8), Array("<\(name)>".utf8), Array("</\(name)>".utf8))
        guard let start = bytes.firstStart(of: open),
            let end = bytes[(start + open.count)...].firstStart(of: close)
        else { return nil }
        func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        return (
            string(0..<start), string(start + open.count..<end), string(end + close.count..<bytes.count)
        )
    }
}
