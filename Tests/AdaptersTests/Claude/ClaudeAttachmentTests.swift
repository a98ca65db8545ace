import JSON
import Testing

@testable import Adapters
@testable import DIAL

struct ClaudeAttachmentTests {
    /// The header of a PNG file of 100 x 50 pixels.
    static let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + [
            0, 0, 0, 100, 0, 0, 0, 50, 8, 2, 0, 0, 0,
        ]

    private static func blocks(_ attachment: JSON, _ deployment: String = Claude.sonnet4) async throws -> JSON {
        let messages = try await Claude.messages(
            [["role": "user", "content": "?", "custom_content": ["attachments": [attachment]]]],
            deployment
        )
        return try #require(messages[0]?["content"])
    }

    @Test(arguments: ["image/jpeg", "image/jpg", "image/png", "image/webp"])
    func theFileSaysWhichImageItIs(_ declared: String) async throws {
        let data = Base64.encode(Self.png)
        let blocks = try await Self.blocks(["type": .string(declared), "data": .string(data)])
        #expect(blocks[0]?["source"] == ["type": "base64", "media_type": "image/png", "data": .string(data)])
        #expect(blocks[1]?["text"] == "?")
    }

    @Test func anUnknownFileKeepsItsDeclaredType() async throws {
        let blocks = try await Self.blocks(["type": "image/jpg", "data": "AA\nAA"])
        #expect(blocks[0]?["source"] == ["type": "base64", "media_type": "image/jpeg", "data": "AAAA"])
    }

    @Test(arguments: ["data:application/pdf;base64,JVBERi0=", "data:text/plain;base64,aGk=", "https://a.example/x.pdf"])
    func imagePartsAreImages(_ url: String) async throws {
        let part: JSON = ["type": "image_url", "image_url": ["url": .string(url)]]
        let error = try await Claude.error(["messages": [["role": "user", "content": [part]]]])
        #expect(error.status == 422 && error.message.hasPrefix("Unsupported media type: "))
    }

    @Test(arguments: ["!!!", "data:application/pdf;base64,!!!"])
    func wrongBase64OfAFilePartIsTheClientsMistake(_ data: String) async throws {
        let part: JSON = ["type": "file", "file": ["file_data": .string(data)]]
        let error = try await Claude.error(["messages": [["role": "user", "content": [part]]]])
        #expect(error.status == 422 && error.message.contains("file_data must be a valid data URL or base64 string"))
    }

    @Test(arguments: [Claude.sonnet35, Claude.sonnet4])
    func aTypeThatIsNullAndCannotBeDerived(_ deployment: String) async throws {
        for attachment in [["type": nil, "data": "aGk="], ["type": nil, "url": "files/B/x"]] as [JSON] {
            let message: JSON = ["role": "user", "content": "?", "custom_content": ["attachments": [attachment]]]
            let error = try await Claude.error(["messages": [message]], deployment)
            #expect(error == .internalServerError("Can't derive content type of the attachment"))
        }
    }

    @Test func functionsAnswerWithoutFiles() async throws {
        let file: JSON = ["type": "image/png", "data": .string(Base64.encode(Self.png))]
        let messages = try await Claude.messages([
            ["role": "user", "content": "?"],
            ["role": "assistant", "function_call": ["name": "f", "arguments": "{}"]],
            ["role": "function", "name": "f", "content": "r", "custom_content": ["attachments": [file]]],
        ])
        #expect(messages[2]?["content"]?[0]?["content"] == [["type": "text", "text": "r"]])
    }

    @Test(
        arguments: [
            ["tool_calls": [["id": "a", "type": "function", "function": ["name": "f", "arguments": "{}"]]]],
            ["function_call": ["name": "f", "arguments": "{}"]],
        ] as [JSONObject]
    )
    func answersWithCallsGoBackWithoutTheirFiles(_ calls: JSONObject) async throws {
        var answer: JSONObject = [
            "role": "assistant", "custom_content": ["attachments": [["type": "application/zip", "data": "aGk="]]],
        ]
        for (key, value) in calls { answer[key] = value }
        let messages = try await Claude.messages([["role": "user", "content": "?"], .object(answer)])
        let blocks = try #require(messages[1]?["content"]?.arrayValue)
        #expect(blocks.map { $0["type"] } == ["tool_use"])
    }

    @Test func wrongBase64IsAnError() async throws {
        let attachment: JSON = ["type": "image/png", "data": "AAAAA"]
        let error = try await Claude.error(
            ["messages": [["role": "user", "content": "?", "custom_content": ["attachments": [attachment]]]]])
        #expect(error.status == 500 && error.message == "Invalid base64 data")
    }

    @Test func anImageThatIsTooLargeIsNamed() async throws {
        let large = Self.png + [UInt8](repeating: 0, count: 4_000_000)
        let attachment: JSON = ["type": "image/png", "title": "cat.png", "data": .string(Base64.encode(large))]
        let error = try await Claude.error(
            ["messages": [["role": "user", "content": "?", "custom_content": ["attachments": [attachment]]]]])
        #expect(error.status == 422)
        #expect(error.displayMessage?.contains("'cat.png'") == true)
        #expect(error.message.contains("3932160"))
    }

    @Test func documentsGoToModelsThatTakeThem() async throws {
        let text: JSON = ["type": "text/csv", "title": "t.csv", "data": .string(Base64.encode(Array("a,é".utf8)))]
        #expect(
            try await Self.blocks(text)[0] == [
                "type": "document", "source": ["type": "text", "media_type": "text/plain", "data": "a,é"],
                "citations": ["enabled": false],
            ]
        )
        let error = try await Claude.error(
            ["messages": [["role": "user", "content": "?", "custom_content": ["attachments": [text]]]]],
            Claude.sonnet35
        )
        #expect(error.message == "Unsupported media type: text/csv")
        #expect(error.usageHint?.contains("png, jpeg, jpg, gif, webp.") == true)
    }

    @Test func citationsAreAskedForAndShown() async throws {
        let pdf: JSON = ["type": "application/pdf", "title": "r.pdf", "url": "data:application/pdf;base64,JVBERi0="]
        let members: JSONObject = [
            "messages": [["role": "user", "content": "?", "custom_content": ["attachments": [pdf]]]],
            "custom_fields": ["configuration": ["enable_citations": true]],
        ]
        let body = try await Claude.body(.object(members))
        #expect(body["messages"]?[0]?["content"]?[0]?["citations"] == ["enabled": true])
        let citation: JSON = ["type": "page_location", "document_index": 0, "cited_text": "x", "document_title": nil]
        let answer = try await Claude.whole(
            [
                "content": [
                    ["type": "text", "text": "A", "citations": [citation]],
                    ["type": "text", "text": "B", "citations": [citation]],
                ]
            ],
            members,
            Claude.sonnet4
        )
        let message = answer.body?["choices"]?[0]?["message"]
        #expect(message?["content"] == "A[1]B[1]")
        let attachments = try #require(message?["custom_content"]?["attachments"]?.arrayValue)
        #expect(attachments.count == 1)
        #expect(attachments.first?["title"] == "[1] r.pdf")
        #expect(attachments.first?["reference_type"] == "application/pdf")
    }

    @Test func filesByIDAreRefused() async throws {
        let error = try await Claude.error(
            ["messages": [["role": "user", "content": [["type": "file", "file": ["file_id": "f"]]]]]])
        #expect(error.status == 422 && error.message == "File content part must have file_data field")
    }

    @Test func aFileThatCannotBeReadIsNotJudgedByItsType() async throws {
        let content: JSON = [["type": "file", "file": ["file_data": "!!!"]]]
        for deployment in [Claude.sonnet4, "anthropic.claude-3-haiku-20240307-v1:0"] {
            let error = try await Claude.error(["messages": [["role": "user", "content": content]]], deployment)
            #expect(error.status == 422 && error.displayMessage == nil)
            #expect(error.message.hasPrefix("Invalid file content part: file_data must be a valid data URL or base64"))
        }
    }

    @Test func aCitedDocumentPrecedesItsNumber() async throws {
        let text: JSON = ["type": "text/plain", "title": "t", "data": "aGk="]
        let members: JSONObject = [
            "messages": [["role": "user", "content": "?", "custom_content": ["attachments": [text]]]],
            "custom_fields": ["configuration": ["enable_citations": true]], "stream": true,
        ]
        let citation: JSON = ["type": "char_location", "document_index": 0, "cited_text": "x"]
        let cited: JSON = [
            "type": "content_block_delta", "index": 0, "delta": ["type": "citations_delta", "citation": citation],
        ]
        var events = Claude.text("A")
        events.insert(cited, at: events.count - 1)
        let answer = try await Claude.stream(
            [Claude.start] + events + [Claude.ended("end_turn"), Claude.stop],
            members,
            Claude.sonnet4
        )
        let deltas = try #require(answer.events).compactMap { $0["choices"]?[0]?["delta"]?.objectValue }
        let attachment = deltas.firstIndex { $0["custom_content"]?["attachments"] != nil }
        let number = deltas.firstIndex { $0["content"] == "[1]" }
        #expect(try #require(attachment) < #require(number))
    }

    // MARK: Image headers

    private static let gif: [UInt8] = Array("GIF89a".utf8) + [0x40, 0x01, 0xC8, 0]
    private static let jpeg: [UInt8] = [
        0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xC2, 0, 11, 8, 0x01, 0x00, 0x02, 0x00, 1, 1, 0x11, 0,
    ]

    private static func webP(_ chunk: String, _ payload: [UInt8]) -> [UInt8] {
        Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBP".utf8) + Array(chunk.utf8) + [0, 0, 0, 0] + payload
            + [UInt8](repeating: 0, count: 10)
    }

    @Test(arguments: [
        (png, 100, 50), (gif, 320, 200), (jpeg, 512, 256),
        (webP("VP8 ", [0, 0, 0, 0x9D, 0x01, 0x2A, 0x40, 0x41, 0xF0, 0x00]), 320, 240),
        (webP("VP8L", [0x2F, 0x3F, 0xC1, 0x3B, 0x00]), 320, 240),
        (webP("VP8X", [0, 0, 0, 0, 0x3F, 0x01, 0x00, 0xEF, 0x00, 0x00]), 320, 240),
    ])
    func sizesAreInTheHeaders(_ bytes: [UInt8], _ width: Int, _ height: Int) {
        #expect(ImageSize(of: bytes) == ImageSize(width: width, height: height))
    }

    @Test func noHeaderThatIsCutOffHasASize() {
        for bytes in [Self.png, Self.gif, Self.jpeg] {
            for length in 0..<(bytes == Self.png ? 24 : bytes == Self.gif ? 10 : 18) {
                #expect(ImageSize(of: Array(bytes.prefix(length))) == nil)
            }
        }
    }
}
