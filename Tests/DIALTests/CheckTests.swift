import DIAL
import JSON
import Testing

@Suite("Semantic checks")
struct CheckTests {
    static let messages: [(message: String, complaint: String?)] = [
        (#"{"role":"system","content":"x"}"#, nil),
        (#"{"role":"developer","content":[{"type":"text","text":"x"}]}"#, nil),
        (#"{"role":"system"}"#, "System message is expected to be a string or a list of text content parts"),
        (
            #"{"role":"system","content":[{"type":"refusal","refusal":"x"}]}"#,
            "System message is expected to be a string or a list of text content parts"
        ),
        (#"{"role":"user"}"#, "User message is expected to have content field"),
        (#"{"role":"assistant"}"#, "Assistant message is expected to have content field"),
        (#"{"role":"assistant","tool_calls":[]}"#, nil),
        (
            #"{"role":"assistant","tool_calls":[],"content":[]}"#,
            "The assistant message with tool calls shouldn't contain content parts"
        ),
        (
            #"{"role":"assistant","function_call":{"name":"f","arguments":""},"content":[]}"#,
            "The assistant message with function call shouldn't contain content parts"
        ),
        (
            #"{"role":"assistant","function_call":{"name":"f","arguments":""},"tool_calls":[]}"#,
            "Unknown message type or invalid message"
        ),
        (#"{"role":"tool","content":"x","tool_call_id":"c"}"#, nil),
        (#"{"role":"tool","content":[],"tool_call_id":"c"}"#, "The tool message shouldn't contain content parts"),
        (#"{"role":"tool","content":"x"}"#, "The tool message is expected to have content and tool_call_id fields"),
        (#"{"role":"function","name":"f"}"#, "The function message is expected to have content and name fields"),
    ]

    @Test("Messages by role", arguments: messages)
    func message(_ message: String, _ complaint: String?) throws {
        let request = try request(#""messages":[\#(message)]"#)
        expect(complaint) { () throws(DIALError) in try request.checkMessages() }
    }

    @Test("Tools and functions")
    func tools() throws {
        let tool = #"{"type":"function","function":{"name":"f"}}"#
        let both = try request(#""messages":[],"tools":[\#(tool)],"functions":[]"#)
        expect("Both functions and tools are not allowed") { () throws(DIALError) in try both.checkToolDeclarations() }
        let functions = try request(#""messages":[],"functions":[{"name":"g"}],"function_call":{"name":"x"}"#)
        expect(nil) { () throws(DIALError) in try functions.checkToolDeclarations() }
        expect("Function 'x' is not on the list of available functions") { () throws(DIALError) in
            try functions.checkToolChoice()
        }
        let chosen = try request(
            #""messages":[],"tools":[\#(tool)],"tool_choice":{"type":"function","function":{"name":"f"}}"#
        )
        expect(nil) { () throws(DIALError) in try chosen.checkToolChoice() }
    }

    @Test(
        "Use without declaration",
        arguments: [
            (
                #"{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":""}}]}"#,
                "Assistant message uses tools, but tools are not declared"
            ),
            (
                #"{"role":"assistant","tool_calls":[]},{"role":"tool"}"#,
                "Tool message is used, but tools are not declared"
            ),
            (#"{"role":"tool"}"#, "Tool message is used, but tools are not declared"),
            (
                #"{"role":"assistant","function_call":{"name":"f","arguments":""}}"#,
                "Assistant message uses functions, but functions are not declared"
            ),
            (#"{"role":"function"}"#, "Function message is used, but functions are not declared"),
        ]
    )
    func undeclaredUse(_ messages: String, _ complaint: String) throws {
        let request = try request(#""messages":[\#(messages)]"#)
        expect(complaint) { () throws(DIALError) in try request.checkUndeclaredUse() }
        let declared = complaint.contains("unction") ? #""functions":[]"# : #""tools":[]"#
        let declaring = try self.request(#""messages":[\#(messages)],\#(declared)"#)
        expect(nil) { () throws(DIALError) in try declaring.checkUndeclaredUse() }
    }

    private func request(_ members: String) throws -> ChatCompletionRequest {
        try ChatCompletionRequest(decoding: JSON(parsing: "{\(members)}"))
    }

    private func expect(_ complaint: String?, _ check: () throws(DIALError) -> Void) {
        var failure: DIALError?
        do throws(DIALError) { try check() } catch { failure = error }
        #expect(failure == complaint.map(DIALError.validation))
    }
}
