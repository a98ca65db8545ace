import DIAL
import JSON

extension StabilityDialect {
    private static let aspectRatios = ["16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"]

    /// The JSON Schema of the configuration: what is documented; other members go to the model as they are.
    ///
    /// Source: AWS Bedrock user guide, "Stable Image Ultra: request fields", "Stable Diffusion 3.5 Large: request fields".
    var configurationSchema: JSON {
        var properties: JSONObject = [
            "aspect_ratio": [
                "title": "Aspect Ratio",
                "default": nil,
                "anyOf": [
                    ["type": "string", "enum": .array(Self.aspectRatios.map { .string($0) })],
                    ["type": "string"], ["type": "null"],
                ],
            ],
            "negative_prompt": [
                "title": "Negative Prompt", "default": nil, "anyOf": [["type": "string"], ["type": "null"]],
            ],
        ]
        if takesCfgScale {
            properties["cfg_scale"] = [
                "title": "Cfg Scale", "default": nil, "anyOf": [["type": "number"], ["type": "null"]],
            ]
        }
        return [
            "title": takesCfgScale ? "StabilityV3Configuration" : "StabilityImageConfiguration",
            "type": "object",
            "additionalProperties": true,
            "properties": .object(properties),
        ]
    }

    private var takesCfgScale: Bool {
        if case .images(takesCfgScale: true) = self { true } else { false }
    }

    /// - Throws: 422 for a documented member of the wrong type.
    func configuration(_ configuration: JSONObject?) throws(DIALError) -> JSONObject {
        // SDXL has no configuration and takes no notice of one.
        guard case .images = self, let configuration else { return [:] }
        if let ratio = configuration["aspect_ratio"], !ratio.isNull, ratio.stringValue == nil {
            throw .invalidConfiguration(path: "aspect_ratio", permitted: Self.aspectRatios)
        }
        if let prompt = configuration["negative_prompt"], !prompt.isNull, prompt.stringValue == nil {
            throw .invalidConfiguration(path: "negative_prompt", "Input should be a valid string")
        }
        if takesCfgScale, let scale = configuration["cfg_scale"], !scale.isNull, scale.numberValue == nil {
            let reason =
                scale.stringValue == nil
                ? "Input should be a valid number"
                : "Input should be a valid number, unable to parse string as a number"
            throw .invalidConfiguration(path: "cfg_scale", reason)
        }
        return configuration
    }
}
