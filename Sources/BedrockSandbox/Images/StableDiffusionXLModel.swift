import JSON

/// SDXL 1.0.
///
/// Source: Bedrock user guide, "Stability.ai Diffusion 1.0 text to image".
struct StableDiffusionXLModel: ModelBody {
    let invocation: Sandbox.Invocation

    private static let sizes = [
        (1024, 1024), (1152, 896), (1216, 832), (1344, 768), (1536, 640), (640, 1536), (768, 1344), (832, 1216),
        (896, 1152),
    ]

    init(_ invocation: Sandbox.Invocation) throws(AWSError) {
        self.invocation = invocation
        if invocation.isStreaming { throw .unsupportedForStreaming }
        try BodyCheck.check(invocation.json, against: Self.shape)
        guard Self.sizes.contains(where: { $0 == size }) else {
            throw .malformed(
                "for stable-diffusion-xl-1024-v1-0 the allowed dimensions are "
                    + Self.sizes.map { "\($0.0)x\($0.1)" }.joined(separator: ", ")
                    + ", but we received \(size.0)x\(size.1)"
            )
        }
    }

    private static let shape = Shape.structure([
        .init(
            "text_prompts",
            .list(
                .structure([
                    .init("text", .text(.length(1...2000)), required: true), .init("weight", .number(-1...1)),
                ]),
                count: 1...10
            ),
            required: true
        ),
        .init("height", .integer(320...1536)), .init("width", .integer(320...1536)),
        .init("cfg_scale", .number(0...35)),
        .init(
            "clip_guidance_preset",
            .text(.oneOf("FAST_BLUE", "FAST_GREEN", "NONE", "SIMPLE", "SLOW", "SLOWER", "SLOWEST"))
        ),
        .init(
            "sampler",
            .text(
                .oneOf(
                    "DDIM",
                    "DDPM",
                    "K_DPMPP_2M",
                    "K_DPMPP_2S_ANCESTRAL",
                    "K_DPM_2",
                    "K_DPM_2_ANCESTRAL",
                    "K_EULER",
                    "K_EULER_ANCESTRAL",
                    "K_HEUN",
                    "K_LMS"
                )
            )
        ),
        .init("samples", .integer(1...1)), .init("seed", .integer(0...4_294_967_295)),
        .init("steps", .integer(10...50)),
        .init("style_preset", .text()), .init("extras", .document),
    ])

    private var size: (Int, Int) {
        (invocation.json["width"]?.intValue ?? 1024, invocation.json["height"]?.intValue ?? 1024)
    }

    var userText: String {
        (invocation.json["text_prompts"]?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }
            .joined(separator: "\n")
    }

    /// A filtered picture comes as a picture; only words are refused.
    func answer(_ directives: Directives, rate: Double) throws(AWSError) -> SandboxAnswer {
        let form = InvokeModelAnswer(directives, rate: rate, usage: nil)
        switch directives.filter {
        case .prompt, .input: throw .validation("One or more prompts contains filtered words.")
        case .error:
            return form.whole([
                "result": "error",
                "error": ["id": "sandbox", "name": "inference_error", "message": "Inference error"],
            ])
        case .output, nil: break
        }
        let subject = PictureSubject(invocation, directives.remainder)
        let picture = Picture(width: size.0, height: size.1, subject: subject.text)
        return form.whole([
            "result": "success",
            "artifacts": [
                [
                    "seed": JSON(subject.seed), "base64": .string(Base64.encode(picture.png)),
                    "finishReason": directives.filter == .output ? "CONTENT_FILTERED" : "SUCCESS",
                ]
            ],
        ])
    }
}
