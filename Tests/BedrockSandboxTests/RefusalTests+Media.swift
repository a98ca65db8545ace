import JSON

@testable import BedrockSandbox

extension RefusalTests {
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
}
