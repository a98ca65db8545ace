import Foundation
import JSON
import Testing

@testable import BedrockSandbox

/// SDXL, SD3 and Stable Image.
struct ImageModelTests {
    let sandbox = Sandbox.quick()

    private func image(_ answer: SandboxAnswer) throws -> [UInt8] {
        let json = try answer.json()
        let base64 = json["images"]?[0]?.stringValue ?? json["artifacts"]?[0]?["base64"]?.stringValue
        return [UInt8](try #require(Data(base64Encoded: base64 ?? "?")))
    }

    private func base64(_ bytes: [UInt8]) -> JSON { .string(Data(bytes).base64EncodedString()) }

    @Test(arguments: [
        (nil, 1024, 1024), ("16:9", 1344, 768), ("9:21", 640, 1536), ("5:4", 1088, 896),
    ])
    func sizes(ratio: String?, width: Int, height: Int) throws {
        for (format, kind) in [("png", InputPicture.Format.png), ("jpeg", .jpeg)] {
            var body: JSONObject = ["prompt": "a fox", "output_format": .string(format)]
            if let ratio { body["aspect_ratio"] = .string(ratio) }
            let picture = try #require(InputPicture(try image(sandbox.invoke(.object(body), model: Model.sd35))))
            #expect(picture.format == kind)
            #expect(picture.width == width)
            #expect(picture.height == height)
        }
    }

    @Test func theSameRequestMakesTheSamePicture() throws {
        func picture(_ body: JSON, _ model: String = Model.sd35) throws -> [UInt8] {
            try image(sandbox.invoke(body, model: model))
        }
        let fox = try picture(["prompt": "a fox"])
        #expect(try picture(["prompt": "a fox", "seed": 0]) == fox)
        let seed = try sandbox.invoke(["prompt": "a fox"], model: Model.sd35).json()["seeds"]?[0]?.intValue
        #expect(try picture(["prompt": "a fox", "seed": JSON(try #require(seed))]) == fox)
        #expect(try picture(["prompt": "a fox", "seed": 7]) != fox)
        #expect(try picture(["prompt": "a dog"]) != fox)
        #expect(try picture(["prompt": "a fox", "negative_prompt": "snow"]) != fox)
        #expect(try picture(["prompt": "a fox"], Model.ultra) != fox)
    }

    @Test func imageToImage() throws {
        let input = Picture(width: 700, height: 1000, subject: "x")
        for bytes in [input.png, input.jpeg] {
            let body: JSON = ["prompt": "night", "mode": "image-to-image", "image": base64(bytes), "strength": 0.5]
            let picture = try #require(InputPicture(try image(sandbox.invoke(body, model: Model.sd35))))
            #expect(picture.width == 700)
            #expect(picture.height == 1000)
        }
    }

    @Test func filters() throws {
        for (what, reason) in [
            ("prompt", "Filter reason: prompt"), ("input", "Filter reason: input image"),
            ("output", "Filter reason: output image"), ("error", "Inference error"),
        ] {
            let answer = sandbox.invoke(["prompt": .string("a fox filter:\(what)")], model: Model.ultra)
            #expect(try answer.json()["finish_reasons"]?[0]?.stringValue == reason)
            #expect(try answer.json()["images"] == nil)
        }
        func xl(_ what: String) -> SandboxAnswer {
            sandbox.invoke(["text_prompts": [["text": .string("a fox filter:\(what)")]]], model: Model.sdxl)
        }
        #expect(xl("prompt").message == "One or more prompts contains filtered words.")
        #expect(try xl("output").json()["artifacts"]?[0]?["finishReason"] == "CONTENT_FILTERED")
        #expect(try xl("error").json()["error"]?["message"] == "Inference error")
    }

    @Test func sdxl() throws {
        let answer = sandbox.invoke(
            ["text_prompts": [["text": "a fox"], ["text": "snow", "weight": -0.5]], "width": 896, "height": 1152],
            model: Model.sdxl
        )
        #expect(try answer.json()["result"] == "success")
        let picture = try #require(InputPicture(try image(answer)))
        #expect(picture.format == .png)
        #expect(picture.width == 896)
        #expect(picture.height == 1152)
    }

    @Test(arguments: [
        (Model.sdxl, #"{"text_prompts":[]}"#, "#/text_prompts: expected minimum item count: 1, found: 0"),
        (Model.sdxl, #"{"prompt":"x"}"#, "2 schema violations found"),
        (Model.ultra, #"{"prompt":""}"#, "#/prompt: expected minLength: 1, actual: 0"),
        (Model.ultra, #"{"prompt":"x","mode":"image-to-image"}"#, "#/mode: image-to-image is not a valid enum value"),
        (Model.ultra, #"{"prompt":"x","image":"AAAA"}"#, "#: extraneous key [image] is not permitted"),
        (Model.sd35, #"{"prompt":"x","aspect_ratio":"7:1"}"#, "#/aspect_ratio: 7:1 is not a valid enum value"),
        (Model.sd35, #"{"prompt":"x","seed":4294967296}"#, "#/seed: 4294967296 is not less or equal to 4294967295"),
        (Model.sd35, #"{"prompt":"x","strength":0.5}"#, "#/strength: only allowed when mode is image-to-image"),
        (Model.sd35, #"{"prompt":"x","mode":"image-to-image","strength":0.5}"#, "#: required key [image] not found"),
        (
            Model.sd35, #"{"prompt":"x","mode":"image-to-image","strength":0.5,"image":"AAAA"}"#,
            "#/image: not the base64 of a JPEG, PNG or WebP image"
        ),
    ])
    func malformedBodies(model: String, body: String, reason: String) throws {
        let answer = sandbox.invoke(try JSON(parsing: body), model: model)
        #expect(answer.status == 400)
        #expect(answer.message == "Malformed input request: \(reason), please reformat your input and try again.")
    }

    @Test func sizeOfTheInputImage() throws {
        let small = Picture(width: 639, height: 700, subject: "x").png
        let body: JSON = ["prompt": "x", "mode": "image-to-image", "image": base64(small), "strength": 0.5]
        let message = sandbox.invoke(body, model: Model.sd35).message
        #expect(message?.contains("#/image: width must be between 640 and 1536 pixels, found: 639") == true)
    }

    @Test(arguments: [Model.sdxl, Model.ultra, Model.titanEmbedding, Model.cohereEmbedding])
    func noStreams(model: String) {
        #expect(sandbox.invoke([:], model: model, stream: true).message == "The model is unsupported for streaming.")
    }
}
