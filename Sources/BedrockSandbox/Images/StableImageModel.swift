import JSON

/// SD3 Large, SD3.5 Large, Stable Image Ultra and Core.
///
/// Source: Bedrock user guide, "Stability AI models": Stable Diffusion 3, Stable Image Ultra, Stable Image Core.
struct StableImageModel: ModelBody {
    let invocation: Sandbox.Invocation
    private let input: InputPicture?

    private static let sizes = [
        "16:9": (1344, 768), "1:1": (1024, 1024), "21:9": (1536, 640), "2:3": (832, 1216), "3:2": (1216, 832),
        "4:5": (896, 1088), "5:4": (1088, 896), "9:16": (768, 1344), "9:21": (640, 1536),
    ]
    private static let sides = 640...1536

    init(_ invocation: Sandbox.Invocation) throws(AWSError) {
        self.invocation = invocation
        let json = invocation.json
        if invocation.isStreaming { throw .unsupportedForStreaming }
        try BodyCheck.check(json, against: Self.shape(invocation.model))
        guard json["mode"]?.stringValue == "image-to-image" else {
            input = nil
            for key in ["image", "strength"] where json[key] != nil {
                throw .malformed("#/\(key): only allowed when mode is image-to-image")
            }
            return
        }
        for key in ["image", "strength"] where json[key] == nil {
            throw .malformed("#: required key [\(key)] not found")
        }
        guard json["aspect_ratio"] == nil else {
            throw .malformed("#/aspect_ratio: only allowed when mode is text-to-image")
        }
        input = try Self.input(json["image"]?.stringValue ?? "")
    }

    private static func shape(_ model: SandboxModel) -> Shape {
        var members: [Shape.Member] = [
            .init("prompt", .text(.length(1...10_000)), required: true),
            .init("negative_prompt", .text(.length(0...10_000))),
            .init("aspect_ratio", .text(TextRule(values: sizes.keys.sorted()))),
            .init(
                "mode",
                .text(TextRule(values: model.images ? ["text-to-image", "image-to-image"] : ["text-to-image"]))
            ),
            .init("output_format", .text(.oneOf("jpeg", "png"))),
            .init("seed", .integer(0...4_294_967_295)),
        ]
        if model.images {
            members += [
                .init("image", .text(.length(1...Int.max))), .init("strength", .number(0...1)),
                .init("cfg_scale", .number(1...10)),
            ]
        }
        return .structure(members)
    }

    private static func input(_ base64: String) throws(AWSError) -> InputPicture {
        guard let picture = Base64.decode(base64).flatMap(InputPicture.init) else {
            throw .malformed("#/image: not the base64 of a JPEG, PNG or WebP image")
        }
        for (name, pixels) in [("width", picture.width), ("height", picture.height)] where !sides.contains(pixels) {
            throw .malformed(
                "#/image: \(name) must be between \(sides.lowerBound) and \(sides.upperBound) pixels, found: \(pixels)"
            )
        }
        return picture
    }

    var userText: String { invocation.json["prompt"]?.stringValue ?? "" }

    func answer(_ directives: Directives, rate: Double) -> SandboxAnswer {
        let form = InvokeModelAnswer(directives, rate: rate, usage: nil)
        if let filter = directives.filter { return form.whole(["finish_reasons": [.string(filter.reason)]]) }
        let json = invocation.json
        let subject = PictureSubject(invocation, directives.remainder)
        let size = Self.sizes[json["aspect_ratio"]?.stringValue ?? "1:1"] ?? (1024, 1024)
        let picture = Picture(
            width: input?.width ?? size.0,
            height: input?.height ?? size.1,
            subject: subject.text
        )
        let bytes = json["output_format"]?.stringValue == "jpeg" ? picture.jpeg : picture.png
        return form.whole([
            "seeds": [JSON(subject.seed)], "finish_reasons": [.null], "images": [.string(Base64.encode(bytes))],
        ])
    }
}
