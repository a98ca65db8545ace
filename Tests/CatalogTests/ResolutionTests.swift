import Testing

@testable import Catalog

@Suite("Resolution of deployment ids")
struct ResolutionTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let id: String
        var mapping: String?
        var compatibleModelID: String?
        let modelID: String?

        var testDescription: String { id }
    }

    static let profileARN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456"
    static let sonnet35 = "anthropic.claude-3-5-sonnet-20241022-v2:0"

    static let examples: [Example] = [
        Example(id: sonnet35, modelID: sonnet35),
        Example(id: "apac.\(sonnet35)", modelID: sonnet35),
        Example(id: "us-gov.anthropic.claude-3-haiku-20240307-v1:0", modelID: "anthropic.claude-3-haiku-20240307-v1:0"),
        Example(
            id: "anthropic.claude-3-5-sonnet-20250210-v3:0",
            mapping: #"{"anthropic.claude-3-5-sonnet-20250210-v3:0":"\#(sonnet35)"}"#,
            modelID: sonnet35
        ),
        // The prefix does not extend a key of the mapping.
        Example(
            id: "us.anthropic.claude-3-5-sonnet-20250210-v3:0",
            mapping: #"{"anthropic.claude-3-5-sonnet-20250210-v3:0":"\#(sonnet35)"}"#,
            modelID: nil
        ),
        Example(id: "x", mapping: #"{"x":"us.amazon.nova-pro-v1:0"}"#, modelID: "amazon.nova-pro-v1:0"),
        Example(
            id: "claude-3-5-sonnet-20241022",
            mapping: #"{"claude-3-5-sonnet-20241022":"\#(sonnet35)"}"#,
            modelID: sonnet35
        ),
        Example(
            id: profileARN,
            compatibleModelID: "anthropic.claude-sonnet-4-20250514-v1:0",
            modelID: "anthropic.claude-sonnet-4-20250514-v1:0"
        ),
        Example(id: profileARN, modelID: nil),
        Example(
            id: "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0",
            modelID: "amazon.nova-pro-v1:0"
        ),
        Example(
            id: "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/meta.llama3-8b-instruct-v1:0",
            modelID: "meta.llama3-8b-instruct-v1:0"
        ),
        Example(id: "arn:aws:sagemaker:us-east-1:123456789012:endpoint/amazon.nova-pro-v1:0", modelID: nil),
        Example(id: "us.amazon.titan-embed-text-v2:0", modelID: nil),
        Example(id: "amazon.titan-embed-text-v2:0", modelID: nil),
        Example(id: "us.us.amazon.nova-pro-v1:0", modelID: nil),
        Example(id: ".amazon.nova-pro-v1:0", modelID: nil),
        Example(id: "u s.amazon.nova-pro-v1:0", modelID: nil),
        Example(id: "AMAZON.nova-pro-v1:0", modelID: nil),
        Example(id: "mars.amazon.nova-pro-v1:0", modelID: "amazon.nova-pro-v1:0"),
        Example(id: "", modelID: nil),
        // The extra data win over the id, which would be known.
        Example(id: "amazon.nova-pro-v1:0", compatibleModelID: "deepseek.r1-v1:0", modelID: "deepseek.r1-v1:0"),
        Example(id: "amazon.nova-pro-v1:0", compatibleModelID: "nonsense", modelID: nil),
        // So does the mapping; there are no chains.
        Example(
            id: "amazon.nova-pro-v1:0",
            mapping: #"{"amazon.nova-pro-v1:0":"amazon.nova-lite-v1:0"}"#,
            modelID: "amazon.nova-lite-v1:0"
        ),
        // Extra data go before the mapping.
        Example(
            id: "x",
            mapping: #"{"x":"deepseek.r1-v1:0"}"#,
            compatibleModelID: "amazon.nova-lite-v1:0",
            modelID: "amazon.nova-lite-v1:0"
        ),
    ]

    @Test(arguments: examples)
    func example(_ example: Example) throws {
        let catalog = try Catalog(compatibilityMapping: example.mapping)
        let deployment = catalog.resolve(id: example.id, compatibleModelID: example.compatibleModelID, kind: .chat)
        #expect(deployment?.profile.id == example.modelID)
        if let deployment { #expect(deployment.upstreamID == example.id) }
    }

    @Test(arguments: ModelTable.chat.map(\.id))
    func everyChatModelTakesPrefixes(_ id: String) {
        let catalog = Catalog()
        for prefix in ["us", "eu", "apac", "us-gov", "jp", "au", "ca", "global"] {
            let deployment = catalog.resolve(id: "\(prefix).\(id)", kind: .chat)
            #expect(deployment?.profile.id == id)
            #expect(deployment?.upstreamID == "\(prefix).\(id)")
            #expect(deployment?.undocumentedPrefix == nil)
        }
        #expect(catalog.resolve(id: "moon_1.\(id)", kind: .chat)?.undocumentedPrefix == "moon_1")
        #expect(catalog.resolve(id: id, kind: .chat)?.prefix == nil)
        #expect(catalog.resolve(id: id, kind: .embeddings) == nil)
    }

    @Test(arguments: ModelTable.embeddings)
    func embeddingsTakeNoneWithoutInferenceProfiles(_ model: ModelProfile) {
        let (catalog, id) = (Catalog(), model.id)
        #expect(catalog.resolve(id: id, kind: .embeddings)?.profile.id == id)
        let prefixed = catalog.resolve(id: "us.\(id)", kind: .embeddings)
        #expect(prefixed?.upstreamID == (id == "cohere.embed-v4:0" ? "us.cohere.embed-v4:0" : nil))
        #expect(catalog.resolve(id: id, kind: .chat) == nil)
    }

    @Test func modelsOfTheOtherKindAreTold() {
        let titan = Catalog().unknownDeploymentMessage(id: "amazon.titan-embed-text-v1", kind: .chat)
        #expect(
            titan.hasPrefix(
                "The deployment 'amazon.titan-embed-text-v1' makes embeddings: its endpoint is 'embeddings'."
            )
        )
        let nova = Catalog().unknownDeploymentMessage(id: "us.amazon.nova-lite-v1:0", kind: .embeddings)
        #expect(nova.contains("makes no embeddings: its endpoint is 'chat/completions'."))
        // The candidate is what was looked for.
        let mapped = Catalog().unknownDeploymentMessage(
            id: "mine",
            compatibleModelID: "amazon.nova-lite-v1:0",
            kind: .embeddings
        )
        #expect(mapped.contains("'amazon.nova-lite-v1:0'") && mapped.contains("compatible_model_id"))
    }

    @Test func unknownIDsAreNamed() {
        let message = Catalog().unknownDeploymentMessage(id: "foo", kind: .chat)
        #expect(message.contains("'foo'"))
        #expect(message.contains("compatible_model_id"))
        #expect(Catalog().unknownDeploymentMessage(id: "foo", compatibleModelID: "bar", kind: .chat).contains("'bar'"))
    }
}
