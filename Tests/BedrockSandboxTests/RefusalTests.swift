import JSON
import Testing

@testable import BedrockSandbox

/// A request that Bedrock refuses, with its words.
struct Refusal: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var model = Model.nova
    var stream = false
    var body: JSON
    var status = 400
    var type = "ValidationException"
    /// The whole message, or its beginning when it ends in an ellipsis.
    var message: String

    init(
        _ name: String,
        model: String = Model.nova,
        stream: Bool = false,
        _ body: JSON,
        status: Int = 400,
        type: String = "ValidationException",
        _ message: String
    ) {
        testDescription = name
        self.model = model
        self.stream = stream
        self.body = body
        self.status = status
        self.type = type
        self.message = message
    }
}

private let hello: JSON = .user("hello")
private let blank = " is blank. Add text to the text field, and try again."

struct RefusalTests {
    @Test(arguments: turns + tools + transactions + media + cachePoints + parameters + form)
    func isRefusedInBedrocksWords(_ refusal: Refusal) throws {
        let answer = Sandbox.quick().converse(refusal.body, model: refusal.model, stream: refusal.stream)
        #expect(answer.status == refusal.status)
        #expect(answer.errorType == refusal.type)
        let message = answer.message ?? ""
        if refusal.message.hasSuffix("…") {
            #expect(message.hasPrefix(refusal.message.dropLast()), "got: \(message)")
        } else {
            #expect(message == refusal.message)
        }
    }

    static let turns: [Refusal] = [
        Refusal("no messages", [:], "A conversation must start with a user message. …"),
        Refusal("assistant first", ["messages": [.assistant("hi"), hello]], "A conversation must start with a user …"),
        Refusal("two user turns", ["messages": [hello, hello]], "A conversation must alternate between user and …"),
        Refusal(
            "empty content",
            ["messages": [["role": "user", "content": []]]],
            "The content field in the Message object at messages.0 is empty. Add a ContentBlock object to the content "
                + "field and try again."
        ),
        Refusal(
            "empty text",
            ["messages": [.user("")]],
            "The text field in the ContentBlock object at messages.0.content.0" + blank
        ),
        Refusal(
            "white space only",
            ["messages": [hello, .assistant("yes"), .user(.text("a"), .text(" \n\t\u{3000}"))]],
            "The text field in the ContentBlock object at messages.2.content.1" + blank
        ),
        Refusal(
            "blank system",
            ["messages": [hello], "system": [["text": "be"], ["text": " "]]],
            "The text field in the SystemContentBlock object at system.1" + blank
        ),
        Refusal(
            "blank tool result",
            [
                "messages": [hello, .assistant(.toolUse("a")), .user(.toolResult("a", [["text": ""]]))],
                "toolConfig": .tools("look"),
            ],
            "The text field in the ToolResultContentBlock object at messages.2.content.0.toolResult.content.0" + blank
        ),
        Refusal(
            "trailing white space of a prefill",
            model: Model.claude,
            ["messages": [hello, .assistant("So ")]],
            "The model returned the following errors: messages: final assistant content cannot end with trailing "
                + "whitespace"
        ),
        Refusal(
            "prefill on Llama",
            model: Model.llama,
            ["messages": [hello, .assistant("So")]],
            "A conversation must end with a user message. …"
        ),
        Refusal(
            "image from the assistant",
            ["messages": [hello, .assistant(.image()), hello]],
            "This model doesn't support the image field for assistant messages. Remove image and try again."
        ),
        Refusal(
            "tool use from the user",
            ["messages": [.user(.toolUse("a"))], "toolConfig": .tools("look")],
            "This model doesn't support the toolUse field for user messages. …"
        ),
        Refusal(
            "unknown model",
            model: "amazon.nova-huge-v1:0",
            ["messages": [hello]],
            "The provided model identifier is invalid."
        ),
        Refusal(
            "unknown geography",
            model: "mars.amazon.nova-lite-v1:0",
            ["messages": [hello]],
            "The provided model identifier is invalid."
        ),
    ]

    static let tools: [Refusal] = [
        Refusal(
            "tools on a model without",
            model: Model.deepSeek,
            ["messages": [hello], "toolConfig": .tools("look")],
            "This model doesn't support tool use."
        ),
        Refusal(
            "streamed tools on Llama",
            model: Model.llama,
            stream: true,
            ["messages": [hello], "toolConfig": .tools("look")],
            "This model doesn't support tool use in streaming mode."
        ),
        Refusal(
            "schema without type",
            ["messages": [hello], "toolConfig": ["tools": [.tool("look", schema: ["properties": [:]])]]],
            "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object."
        ),
        Refusal(
            "schema that is no object",
            ["messages": [hello], "toolConfig": ["tools": [.tool("look", schema: "x")]]],
            "The format of the value at toolConfig.tools.0.toolSpec.inputSchema.json is invalid. …"
        ),
        Refusal(
            "definitions at the root for Nova",
            ["messages": [hello], "toolConfig": ["tools": [.tool("look", schema: ["type": "object", "$defs": [:]])]]],
            "The model returned the following errors: Malformed input request: "
                + "#/toolConfig/tools/0/toolSpec/inputSchema/json: extraneous key [$defs] is not permitted, please …"
        ),
        Refusal(
            "no tools in the list",
            ["messages": [hello], "toolConfig": ["tools": []]],
            "1 validation error detected: Value at 'toolConfig.tools' failed to satisfy constraint: Member must have "
                + "length greater than or equal to 1"
        ),
        Refusal(
            "name with a dot",
            ["messages": [hello], "toolConfig": .tools("a.b")],
            "1 validation error detected: Value 'a.b' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy "
                + "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+"
        ),
        Refusal(
            "two names wrong",
            ["messages": [hello], "toolConfig": .tools("", String(repeating: "n", count: 65))],
            "3 validation errors detected: Value '' at 'toolConfig.tools.1.member.toolSpec.name' failed …"
        ),
        Refusal(
            "the same name twice",
            ["messages": [hello], "toolConfig": .tools("look", "look")],
            "The model returned the following errors: tools: Tool names must be unique."
        ),
        Refusal(
            "any on Llama",
            model: Model.llama,
            ["messages": [hello], "toolConfig": .tools("look", choice: ["any": [:]])],
            "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try "
                + "again."
        ),
        Refusal(
            "named tool on Command R",
            model: Model.commandR,
            ["messages": [hello], "toolConfig": .tools("look", choice: ["tool": ["name": "look"]])],
            "This model doesn't support the toolConfig.toolChoice.tool field. …"
        ),
        Refusal(
            "a tool that is not there",
            ["messages": [hello], "toolConfig": .tools("look", choice: ["tool": ["name": "other"]])],
            "The model returned the following errors: tool_choice: Tool 'other' not found in provided tools"
        ),
        Refusal(
            "Command R wants descriptions",
            model: Model.commandR,
            [
                "messages": [hello],
                "toolConfig": [
                    "tools": [["toolSpec": ["name": "a", "inputSchema": ["json": ["type": "object"]]]]]
                ],
            ],
            "The model returned the following errors: Malformed input request: #/tools/0: required key [description] …"
        ),
    ]

    static let transactions: [Refusal] = [
        Refusal(
            "history with tools, no toolConfig",
            ["messages": [hello, .assistant(.toolUse("a")), .user(.toolResult("a"))]],
            "The toolConfig field must be defined when using toolUse and toolResult content blocks."
        ),
        Refusal(
            "unanswered",
            [
                "messages": [hello, .assistant(.toolUse("a"), .toolUse("b")), .user(.toolResult("a"))],
                "toolConfig": .tools("look"),
            ],
            "Expected toolResult blocks at messages.2.content for the following Ids: b"
        ),
        Refusal(
            "answered by text only",
            ["messages": [hello, .assistant(.toolUse("a"), .toolUse("b")), hello], "toolConfig": .tools("look")],
            "Expected toolResult blocks at messages.2.content for the following Ids: a, b"
        ),
        Refusal(
            "unanswered at the end",
            ["messages": [hello, .assistant(.toolUse("a"))], "toolConfig": .tools("look")],
            "Expected toolResult blocks at messages.2.content for the following Ids: a"
        ),
        Refusal(
            "too many results",
            [
                "messages": [hello, .assistant(.toolUse("a")), .user(.toolResult("a"), .toolResult("b"))],
                "toolConfig": .tools("look"),
            ],
            "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous "
                + "turn."
        ),
        Refusal(
            "orphan result",
            ["messages": [.user(.toolResult("a"))], "toolConfig": .tools("look")],
            "The number of toolResult blocks at messages.0.content exceeds …"
        ),
        Refusal(
            "text before the result on Claude",
            model: Model.claude,
            [
                "messages": [hello, .assistant(.toolUse("a")), .user(.text("so"), .toolResult("a"))],
                "toolConfig": .tools("look"),
            ],
            "The model returned the following errors: messages.2: `tool_use` ids were found without `tool_result` …"
        ),
        Refusal(
            "text beside the result on Llama",
            model: Model.llama,
            [
                "messages": [hello, .assistant(.toolUse("a")), .user(.toolResult("a"), .text("so"))],
                "toolConfig": .tools("look"),
            ],
            "messages.2.content: Conversation blocks and tool result blocks cannot be provided in the same turn."
        ),
        Refusal(
            "input that is no object",
            [
                "messages": [hello, .assistant(.toolUse("a", input: "{}")), .user(.toolResult("a"))],
                "toolConfig": .tools("look"),
            ],
            "The format of the value at messages.1.content.0.toolUse.input is invalid. Provide a json object for the "
                + "field and try again."
        ),
        Refusal(
            "result that is no object",
            [
                "messages": [hello, .assistant(.toolUse("a")), .user(.toolResult("a", [["json": [1]]]))],
                "toolConfig": .tools("look"),
            ],
            "The format of the value at messages.2.content.0.toolResult.content.0.json is invalid. …"
        ),
        Refusal(
            "failure without content",
            [
                "messages": [hello, .assistant(.toolUse("a")), .user(.toolResult("a", [], status: "error"))],
                "toolConfig": .tools("look"),
            ],
            "The content field at messages.2.content.0.toolResult cannot be empty when status value is error."
        ),
        Refusal(
            "the same id twice",
            [
                "messages": [hello, .assistant(.toolUse("a"), .toolUse("a")), .user(.toolResult("a"))],
                "toolConfig": .tools("look"),
            ],
            "The model returned the following errors: messages.1.content: `tool_use` ids must be unique"
        ),
        Refusal(
            "id with a blank",
            [
                "messages": [hello, .assistant(.toolUse("a b")), .user(.toolResult("a b"))],
                "toolConfig": .tools("look"),
            ],
            "2 validation errors detected: Value at 'messages.2.member.content.1.member.toolUse.toolUseId' failed to "
                + "satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+; Value at …"
        ),
    ]

    static let media: [Refusal] = [
        Refusal(
            "image on a text model",
            model: Model.novaMicro,
            ["messages": [.user(.text("see"), .image())]],
            "This model doesn't support the image field for user messages. Remove image and try again."
        ),
        Refusal(
            "document on a model without",
            model: Model.deepSeek,
            ["messages": [.user(.text("see"), .document("a"))]],
            "This model doesn't support the document field for user messages. Remove document and try again."
        ),
        Refusal(
            "21 images",
            ["messages": [["role": "user", "content": .array(Array(repeating: .image(), count: 21))]]],
            "You can't include more than 20 images in a message."
        ),
        Refusal(
            "wrong format on Claude",
            model: Model.claude,
            ["messages": [.user(.image("jpeg", Media.png))]],
            "The model returned the following errors: messages.0.content.0.image.source.bytes: The image was specified "
                + "using the image/jpeg media type, but the image appears to be a image/png image"
        ),
        Refusal(
            "wrong format on Nova",
            ["messages": [.user(.image("png", Media.jpeg))]],
            "The model returned the following errors: The provided image does not match the specified image format."
        ),
        Refusal(
            "not an image",
            model: Model.claude,
            ["messages": [.user(.image("png", Array("text".utf8)))]],
            "The model returned the following errors: messages.0.content.0.image.source.bytes: Could not process image"
        ),
        Refusal(
            "large image",
            ["messages": [.user(.image("png", Media.png + [UInt8](repeating: 0, count: 3_932_160)))]],
            "The model returned the following errors: messages.0.content.0.image.source.bytes: image exceeds 5 MB …"
        ),
        Refusal(
            "unknown image format",
            ["messages": [.user(.image("jpg"))]],
            "1 validation error detected: Value at 'messages.1.member.content.1.member.image.format' failed to satisfy "
                + "constraint: Member must satisfy enum value set: [png, jpeg, gif, webp]"
        ),
        Refusal(
            "document without text",
            ["messages": [.user(.document("a"))]],
            "A text block must be included when using documents."
        ),
        Refusal(
            "document name with a dot",
            ["messages": [.user(.text("see"), .document("a.txt"))]],
            "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, …"
        ),
        Refusal(
            "document name with two blanks",
            ["messages": [.user(.text("see"), .document("a  b"))]],
            "The document file name can only contain …"
        ),
        Refusal(
            "the same name in two turns",
            ["messages": [.user(.text("a"), .document("a")), .assistant("ok"), .user(.text("b"), .document("a"))]],
            "Messages can't contain duplicate document names."
        ),
        Refusal(
            "six documents",
            [
                "messages": [
                    .user(
                        .text("a"),
                        .document("1"),
                        .document("2"),
                        .document("3"),
                        .document("4"),
                        .document("5"),
                        .document("6")
                    )
                ]
            ],
            "You can't include more than 5 documents in a request."
        ),
        Refusal(
            "not a PDF",
            ["messages": [.user(.text("a"), .document("a", format: "pdf"))]],
            "The model returned the following errors: messages.0.content.1.document.source.bytes: The PDF specified …"
        ),
    ]

    static let cachePoints: [Refusal] = [
        Refusal(
            "a model that does not cache",
            model: Model.llama,
            ["messages": [hello], "system": [["text": "s"], .cachePoint]],
            status: 403,
            type: "AccessDeniedException",
            "You invoked an unsupported model or your request did not allow prompt caching. …"
        ),
        Refusal(
            "Claude 3 does not cache",
            model: Model.claudeWithoutCache,
            ["messages": [.user(.text("a"), .cachePoint)]],
            status: 403,
            type: "AccessDeniedException",
            "You invoked an unsupported model …"
        ),
        Refusal(
            "tools of Nova",
            ["messages": [hello], "toolConfig": ["tools": [.tool("a"), .cachePoint]]],
            "The model returned the following errors: Malformed input request: #/toolConfig/tools/1: extraneous key "
                + "[cachePoint] is not permitted, please reformat your input and try again."
        ),
        Refusal(
            "five",
            model: Model.claude,
            [
                "messages": [.user(.text("a"), .cachePoint, .text("b"), .cachePoint, .text("c"), .cachePoint)],
                "system": [["text": "s"], .cachePoint], "toolConfig": ["tools": [.tool("a"), .cachePoint]],
            ],
            "The model returned the following errors: A maximum of 4 blocks with cache_control may be provided. "
                + "Found 5."
        ),
        Refusal(
            "longer after shorter",
            model: Model.claude,
            [
                "messages": [.user(.text("a"), ["cachePoint": ["type": "default", "ttl": "1h"]])],
                "system": [["text": "s"], .cachePoint],
            ],
            "The model returned the following errors: a ttl='1h' cache_control block must not come after …"
        ),
        Refusal(
            "after a text document on Claude",
            model: Model.claude,
            ["messages": [.user(.text("a"), .document("d"), .cachePoint)]],
            "The model returned the following errors: messages.0.content.2.type: Field required"
        ),
        Refusal(
            "only a cache point",
            model: Model.claude,
            ["messages": [.user(.cachePoint)]],
            "The content field in the Message object at messages.0 is empty. …"
        ),
        Refusal(
            "inside a tool result",
            model: Model.claude,
            [
                "messages": [hello, .assistant(.toolUse("a")), .user(.toolResult("a", [.text("x"), .cachePoint]))],
                "toolConfig": .tools("look"),
            ],
            "The model returned the following errors: Malformed input request: #/messages/2/content/0/toolResult/"
                + "content/1: extraneous key [cachePoint] …"
        ),
    ]

    static let parameters: [Refusal] = [
        Refusal(
            "temperature above 1",
            ["messages": [hello], "inferenceConfig": ["temperature": 1.5]],
            "1 validation error detected: Value '1.5' at 'inferenceConfig.temperature' failed to satisfy constraint: "
                + "Member must have value less than or equal to 1"
        ),
        Refusal(
            "topP below 0 and no tokens",
            ["messages": [hello], "inferenceConfig": ["topP": -0.1, "maxTokens": 0]],
            "2 validation errors detected: Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member "
                + "must have value greater than or equal to 1; Value '-0.1' at …"
        ),
        Refusal(
            "more tokens than the model has",
            model: Model.claudeWithoutCache,
            ["messages": [hello], "inferenceConfig": ["maxTokens": 4097]],
            "The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that "
                + "is lower than 4096."
        ),
        Refusal(
            "temperature and topP on newer Claude",
            model: "anthropic.claude-sonnet-4-5-20250929-v1:0",
            ["messages": [hello], "inferenceConfig": ["temperature": 1, "topP": 1]],
            "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this "
                + "model. Please use only one."
        ),
        Refusal(
            "topP on the newest Claude",
            model: "anthropic.claude-opus-4-7",
            ["messages": [hello], "inferenceConfig": ["topP": 1]],
            "The model returned the following errors: `top_p` is deprecated for this model."
        ),
        Refusal(
            "five stop sequences on Nova",
            ["messages": [hello], "inferenceConfig": ["stopSequences": ["a", "b", "c", "d", "e"]]],
            "The model returned the following errors: Malformed input request: #/inferenceConfig/stopSequences: …"
        ),
        Refusal(
            "empty stop sequence",
            ["messages": [hello], "inferenceConfig": ["stopSequences": [""]]],
            "1 validation error detected: Value '' at 'inferenceConfig.stopSequences.1.member' failed …"
        ),
        Refusal(
            "blank stop sequence on Claude",
            model: Model.claude,
            ["messages": [hello], "inferenceConfig": ["stopSequences": ["\n"]]],
            "The model returned the following errors: stop_sequences: each stop sequence must contain non-whitespace"
        ),
        Refusal(
            "optimized latency",
            ["messages": [hello], "performanceConfig": ["latency": "optimized"]],
            "Latency performance configuration is not supported for amazon.nova-lite-v1:0."
        ),
        Refusal(
            "unknown latency",
            ["messages": [hello], "performanceConfig": ["latency": "warp"]],
            "1 validation error detected: Value 'warp' at 'performanceConfig.latency' failed to satisfy constraint: "
                + "Member must satisfy enum value set: [standard, optimized]"
        ),
        Refusal(
            "unknown guardrail",
            ["messages": [hello], "guardrailConfig": ["guardrailIdentifier": "missing", "guardrailVersion": "1"]],
            "The guardrail identifier or version provided in the request does not exist."
        ),
        Refusal(
            "guardrail of Command R",
            model: Model.commandR,
            ["messages": [hello], "guardrailConfig": ["guardrailIdentifier": "a", "guardrailVersion": "1"]],
            "This model doesn't support guardrails."
        ),
        Refusal(
            "stream mode without a stream",
            [
                "messages": [hello],
                "guardrailConfig": [
                    "guardrailIdentifier": "a", "guardrailVersion": "1", "streamProcessingMode": "sync",
                ],
            ],
            "The model returned the following errors: Malformed input request: #/guardrailConfig: extraneous key "
                + "[streamProcessingMode] is not permitted, please reformat your input and try again."
        ),
        Refusal(
            "OpenAI's fields",
            ["messages": [hello], "additionalModelRequestFields": ["logit_bias": [:]]],
            "The model returned the following errors: Malformed input request: #: extraneous key [logit_bias] …"
        ),
        Refusal(
            "small thinking budget",
            model: Model.claude,
            [
                "messages": [hello],
                "additionalModelRequestFields": ["thinking": ["type": "enabled", "budget_tokens": 100]],
            ],
            "The model returned the following errors: thinking.enabled.budget_tokens: Input should be greater …"
        ),
        Refusal(
            "a context too long",
            model: "meta.llama3-8b-instruct-v1:0",
            ["messages": [.user(String(repeating: "word ", count: 7000))]],
            "Input is too long for requested model."
        ),
        Refusal(
            "a context too long for Claude",
            model: Model.claude,
            ["messages": [.user(String(repeating: "word", count: 200_001))]],
            "The model returned the following errors: prompt is too long: 200001 tokens > 200000 maximum"
        ),
    ]

    static let form: [Refusal] = [
        Refusal(
            "unknown member",
            ["messages": [hello], "stream": true],
            "The model returned the following errors: Malformed input request: #: extraneous key [stream] is not "
                + "permitted, please reformat your input and try again."
        ),
        Refusal(
            "unknown member deep down",
            ["messages": [.user(["text": "a", "type": "text"])]],
            "The model returned the following errors: Malformed input request: #/messages/0/content/0: extraneous key "
                + "[type] is not permitted, please reformat your input and try again."
        ),
        Refusal(
            "two members of a union",
            ["messages": [.user(["text": "a", "cachePoint": ["type": "default"]])]],
            "The value at messages.0.content.0 has more than one member set: text, cachePoint. …"
        ),
        Refusal(
            "no member of a union",
            ["messages": [.user([:])]],
            "The value at messages.0.content.0 is empty. …"
        ),
        Refusal(
            "missing role",
            ["messages": [["content": [["text": "a"]]]]],
            "1 validation error detected: Value null at 'messages.1.member.role' failed to satisfy constraint: Member "
                + "must not be null"
        ),
        Refusal(
            "unknown role",
            ["messages": [["role": "system", "content": [["text": "a"]]]]],
            "1 validation error detected: Value at 'messages.1.member.role' failed to satisfy constraint: Member must "
                + "satisfy enum value set: [user, assistant]"
        ),
        Refusal(
            "text that is a number",
            ["messages": [.user(["text": 1])]],
            type: "SerializationException",
            "NUMBER_VALUE can not be converted to a String"
        ),
        Refusal(
            "content that is a string",
            ["messages": [["role": "user", "content": "hello"]]],
            type: "SerializationException",
            "STRING_VALUE can not be converted to a List"
        ),
        Refusal(
            "object for a string",
            ["messages": [.user(["text": ["a": 1]])]],
            type: "SerializationException",
            "Start of structure or map found where not expected."
        ),
        Refusal(
            "fraction for a count",
            ["messages": [hello], "inferenceConfig": ["maxTokens": 1.5]],
            type: "SerializationException",
            "DECIMAL_VALUE can not be converted to an Integer"
        ),
        Refusal(
            "not base64",
            ["messages": [.user(["image": ["format": "png", "source": ["bytes": "a-_="]]])]],
            type: "SerializationException",
            "The value at 'messages.1.member.content.1.member.image.source.bytes' is not valid base64."
        ),
    ]
}
