import JSON
import Testing

@testable import Adapters
@testable import Bedrock
@testable import Catalog
@testable import DIAL

@Suite("Image generation") struct StabilityTests {
    /// The head of a PNG file, which is all that is read of it.
    static func png(_ width: Int, _ height: Int) -> String {
        func bigEndian(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
        return Base64.encode(signature + Array("IHDR".utf8) + bigEndian(width) + bigEndian(height) + [8, 6, 0, 0, 0])
    }

    private func request(_ attachments: [JSON], text: JSON = "x", configuration: JSON? = nil) -> JSON {
        var request: JSONObject = [
            "messages": [["role": "user", "content": text, "custom_content": ["attachments": .array(attachments)]]]
        ]
        if let configuration { request["custom_fields"] = ["configuration": configuration] }
        return .object(request)
    }

    @Test(arguments: [TextModels.sdxl, TextModels.sd35])
    func messagesOfToolsDoNotCount(_ model: String) async throws {
        let image: JSON = ["type": "image/png", "data": .string(Self.png(1000, 1000))]
        var messages = request(model == TextModels.sd35 ? [image] : [])["messages"]?.arrayValue ?? []
        messages.append(
            [
                "role": "assistant",
                "tool_calls": [["id": "1", "type": "function", "function": ["name": "f", "arguments": ""]]],
            ]
        )
        messages.append(["role": "tool", "tool_call_id": "1", "content": "r"])
        _ = try await TextModels.body(["messages": .array(messages), "tools": []], model)
        let undeclared = try await TextModels.error(["messages": .array(messages)], model)
        #expect(undeclared == .validation("Assistant message uses tools, but tools are not declared"))
        let choice: JSON = ["type": "function", "function": ["name": "g"]]
        let error = try await TextModels.error(
            ["messages": .array(messages), "tools": [TextModels.tool("f")], "tool_choice": choice],
            model
        )
        #expect(error == .validation("Function 'g' is not on the list of available functions"))
    }

    @Test func sdxlOverlooksBlankSystemMessages() async throws {
        let context = try TextModels.context(TextModels.sdxl)
        let blank: JSON = ["role": "system", "content": " \n"]
        let user = TextModels.user("x")
        func discarded(_ messages: JSON) async throws -> [Int] {
            let request = try ChatCompletionRequest(decoding: ["messages": messages])
            return try await StabilityAdapter().discardedMessages(in: request, fitting: 1, context)
        }
        #expect(
            try await TextModels.body(["messages": [user, blank]], TextModels.sdxl)["text_prompts"] == [["text": "x"]]
        )
        #expect(try await discarded([user, blank]) == [])
        #expect(try await discarded([blank, user]) == [])
        #expect(try await discarded([user, blank, user, blank]) == [0])
        #expect(try await discarded([["role": "system", "content": "s"], blank, user]) == [0])
        let nothing = try await TextModels.error(["messages": [blank]], TextModels.sdxl)
        #expect(nothing == .validation("List of messages must not be empty"))
        let others = try await TextModels.error(["messages": [user, blank]], TextModels.sd35)
        #expect(others == .validation("Last message must be from user"))
    }

    @Test func boundsOfTheInputImage() async throws {
        for side in [640, 1536] {
            let body = try await TextModels.body(
                request([["type": "image/png", "data": .string(Self.png(side, side))]]),
                TextModels.sd35
            )
            #expect(body["mode"] == "image-to-image")
            #expect(body["strength"] == 0.5)
        }
        for (width, height, text) in [
            (639, 639, "width is 639"), (1537, 700, "width is 1537"), (700, 639, "height is 639"),
        ] {
            let error = try await TextModels.error(
                request([["type": "image/png", "data": .string(Self.png(width, height))]]),
                TextModels.sd35
            )
            let message = "Image \(text), but should be between 640 and 1536"
            #expect(error.status == 422 && error.message == message && error.displayMessage == message)
            // No answer is opened for it.
            #expect(!error.isUserError)
        }
    }

    @Test(arguments: [TextModels.sdxl, TextModels.sd35])
    func partsOfThePrompt(_ model: String) async throws {
        func asked(_ content: JSON) -> JSON { ["messages": [["role": "user", "content": content]]] }
        let text: JSON = ["type": "text", "text": "x"]
        for part: JSON in [
            ["type": "file", "file": ["file_data": "AAAA"]], ["type": "refusal", "refusal": "no"],
            ["type": "input_audio", "input_audio": ["data": "AAAA", "format": "wav"]],
        ] {
            let error = try await TextModels.error(asked([text, part]), model)
            #expect(error.status == 422 && error.message.hasPrefix("Can't extract text from "))
        }
        let nothing = try await TextModels.error(asked([]), model)
        #expect(
            nothing.message
                == (model == TextModels.sdxl ? "Content of the last message is missing" : "Text prompt is required")
        )
    }

    @Test func nullsOfTheConfigurationTakeAway() async throws {
        var members = try #require(request([], configuration: ["seed": nil, "mode": nil]).objectValue)
        members["seed"] = 5
        let body = try await TextModels.body(.object(members), TextModels.ultra)
        #expect(body["seed"] == nil && body["mode"] == nil && body["prompt"] != nil)
    }

    @Test func formsOfTheInputImage() async throws {
        let image = Self.png(700, 700)
        let forms: [JSON] = [
            ["type": "image/png", "url": .string("data:image/png;base64,\(image)")],
            ["url": .string("data:image/png;base64,\(image)")],
            ["type": "application/octet-stream", "url": .string("data:image/png;base64,\(image)")],
        ]
        for form in forms {
            #expect(try await TextModels.body(request([form]), TextModels.sd35)["image"]?.stringValue == image)
        }
        let part: JSON = [
            ["type": "text", "text": "a"],
            ["type": "image_url", "image_url": ["url": .string("data:image/png;base64,\(image)")]],
            ["type": "text", "text": "b"],
        ]
        let body = try await TextModels.body(request([], text: part), TextModels.sd35)
        #expect(body["prompt"] == "a b")
        #expect(body["image"]?.stringValue == image)
    }

    @Test func orderOfChecks() async throws {
        let good: JSON = ["type": "image/png", "data": .string(Self.png(700, 700))]
        let gif: JSON = ["type": "image/gif", "data": .string(Self.png(1, 1))]
        let cases: [(JSON, String, String)] = [
            (
                request([gif, gif], text: "", configuration: ["negative_prompt": 5]), TextModels.ultra,
                "Invalid request. Path: 'custom_fields.configuration.negative_prompt', error: Input should be a valid string"
            ),
            (request([gif, gif], text: ""), TextModels.ultra, "Image-to-Image is not supported"),
            (request([gif, gif], text: ""), TextModels.sd35, "Only one input image is supported"),
            (request([gif], text: ""), TextModels.sd35, "Unsupported image type: image/gif"),
            (
                request([["type": "image/png", "data": .string(Self.png(1, 1))]], text: ""), TextModels.sd35,
                "Image width is 1, but should be between 640 and 1536"
            ),
            (request([good], text: ""), TextModels.sd35, "Text prompt is required"),
        ]
        for (request, model, text) in cases {
            let error = try await TextModels.error(request, model)
            #expect(error.status == 422)
            #expect(error.message == text)
        }
        let error = try await TextModels.error(request([gif]), TextModels.sd35)
        #expect(error.usageHint == "Supported image types: jpeg, jpe, jpg, png, webp")
    }

    @Test func unreadableImages() async throws {
        for data: JSON in ["aGVsbG8=", "not base64!"] {
            let error = try await TextModels.error(request([["type": "image/png", "data": data]]), TextModels.sd35)
            #expect(error.status == 500)
        }
    }

    @Test func theConfigurationGoesLast() async throws {
        let configuration: JSON = ["seed": 5, "prompt": "mine", "output_format": nil, "new": [1]]
        var request = try #require(request([], configuration: configuration).objectValue)
        request["seed"] = 4
        let body = try await TextModels.body(.object(request), TextModels.sd35)
        #expect(body == ["prompt": "mine", "mode": "text-to-image", "seed": 5, "new": [1]])
    }

    @Test func configurationErrorsHaveTheStatusAsCode() async throws {
        let cases: [(JSON, String)] = [
            (["aspect_ratio": 1], "aspect_ratio"), (["negative_prompt": []], "negative_prompt'"),
            (["cfg_scale": []], "cfg_scale', error: Input should be a valid number"),
            (
                ["cfg_scale": "x"],
                "cfg_scale', error: Input should be a valid number, unable to parse string as a number"
            ),
        ]
        for (configuration, path) in cases {
            let error = try await TextModels.error(request([], configuration: configuration), TextModels.sd35)
            #expect(error.status == 422)
            #expect(error.code == "422")
            #expect(error.message.hasPrefix("Invalid request. Path: 'custom_fields.configuration.\(path)"))
        }
    }

    @Test func stableImageKnowsNoScale() async throws {
        let configuration: JSON = ["cfg_scale": "x"]
        let body = try await TextModels.body(request([], configuration: configuration), TextModels.ultra)
        #expect(body["cfg_scale"] == "x")
        for (model, isListed, title) in [
            (TextModels.ultra, false, "StabilityImageConfiguration"),
            (TextModels.sd35, true, "StabilityV3Configuration"),
        ] {
            let deployment = try #require(Catalog().resolve(id: model, kind: .chat))
            let schema = StabilityAdapter().configurationSchema(deployment)
            #expect((schema?["properties"]?["cfg_scale"] != nil) == isListed)
            #expect(schema?["title"]?.stringValue == title)
        }
    }

    @Test func sdxlTakesNoNoticeOfParameters() async throws {
        let body = try await TextModels.body(request([], configuration: ["aspect_ratio": 1]), TextModels.sdxl)
        #expect(body == ["text_prompts": [["text": "x"]]])
        let missing: JSON = ["messages": [["role": "user"]]]
        #expect(
            try await TextModels.error(missing, TextModels.sdxl).message == "Content of the last message is missing"
        )
    }

    @Test func sdxlErrors() async throws {
        let failed: JSON = ["result": "error", "error": ["id": "i", "name": "n", "message": "Too busy"]]
        let answer = try await TextModels.answer([failed], request([]), TextModels.sdxl)
        #expect(answer["error"] == ["message": "Too busy", "type": "internal_server_error", "code": "500"])
        let empty = try await TextModels.answer([["result": "success", "artifacts": []]], request([]), TextModels.sdxl)
        #expect(empty["error"]?["code"] == "500")
    }

    @Test func aBlurredImageOfSDXLIsAnImage() async throws {
        let upstream: JSON = [
            "result": "success", "artifacts": [["base64": "aGk=", "finishReason": "CONTENT_FILTERED"]],
        ]
        let answer = try await TextModels.answer([upstream], request([]), TextModels.sdxl)
        let attachments = answer["choices"]?[0]?["message"]?["custom_content"]?["attachments"]
        #expect(attachments == [["type": "image/png", "title": "Image", "data": "aGk="]])
    }

    @Test func everyImageIsAnAttachment() async throws {
        let upstream: JSON = ["seeds": [1, 2], "finish_reasons": [nil, ""], "images": ["aGk=", "aG8="]]
        let answer = try await TextModels.answer([upstream], request([]), TextModels.sd35)
        #expect(answer["choices"]?[0]?["message"]?["custom_content"]?["attachments"]?.arrayValue?.count == 2)
        #expect(answer["usage"]?["completion_tokens"] == 1)
    }

    @Test func imagesAreHandedOutToBeStored() async throws {
        let prepared = try await TextModels.prepare(request([]), TextModels.ultra)
        var translator = prepared.makeTranslator()
        let response = ChatResponse(stream: false)
        let choice = response.makeChoice()
        let upstream: JSON = ["images": ["aGk="]]
        try translator.receive(.whole(body: upstream.serialized(), headers: []), choice)
        let images = translator.images
        #expect(images == [GeneratedImage(base64: "aGk=", contentType: "image/png")])
        #expect(try images[0].bytes == Array("hi".utf8))
        // SHA-256 of the four characters of base64.
        #expect(
            try images[0].storagePath == "images/96e3186af2815065fbc894de1bdadda7830527fffdba6bdd709789cf0ee79a6a.png"
        )
        #expect(!choice.isOpen)
        translator.attach([images[0].stored(at: "files/b/x.png")])
        try translator.end(choice)
        try response.finish()
        let answer = try JSON(parsing: response.takeBytes())
        let attachments = answer["choices"]?[0]?["message"]?["custom_content"]?["attachments"]
        #expect(attachments == [["type": "image/png", "title": "Image", "url": "files/b/x.png"]])
    }

    @Test func imagesThatAreNoBase64CannotBeStored() {
        #expect(throws: DIALError.self) { try GeneratedImage(base64: "%", contentType: "image/png").bytes }
    }

    /// The configuration can ask for another format; the attachment is what the image is.
    @Test(arguments: [
        ([0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 74, 70, 73, 70, 0, 1, 1] as [UInt8], "image/jpeg"),
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13], "image/png"),
        (Array("no image at all".utf8), "image/png"),
    ])
    func typeOfTheGeneratedImage(bytes: [UInt8], type: String) async throws {
        let answer = try await TextModels.answer(
            [["seeds": [1], "finish_reasons": [nil], "images": [.string(Base64.encode(bytes))]]],
            request([], configuration: ["output_format": "jpeg"]),
            TextModels.ultra
        )
        let attachment = answer["choices"]?[0]?["message"]?["custom_content"]?["attachments"]?[0]
        #expect(attachment?["type"]?.stringValue == type)
        #expect(attachment?["data"]?.stringValue == Base64.encode(bytes))
    }
}
