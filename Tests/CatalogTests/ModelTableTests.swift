import Testing

@testable import Catalog

/// The table of deployments as it is published, row by row.
@Suite("Table of models")
struct ModelTableTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let id: String
        let tools: Bool
        let configurable: Bool
        let families: Set<ModelFamily>
        let images: Bool
        let documents: Bool
        let producesImages: Bool

        var testDescription: String { id }
    }

    /// id, tools, configurable, implementation (A Anthropic Messages, C Converse, B InvokeModel), input and output:
    /// i images, d documents, I makes images.
    static let rows: [Row] = """
        anthropic.claude-opus-4-20250514-v1:0 F yes A id
        anthropic.claude-sonnet-4-20250514-v1:0 F yes A id
        anthropic.claude-3-7-sonnet-20250219-v1:0 F yes A id
        anthropic.claude-3-5-sonnet-20240620-v1:0 F yes A id
        anthropic.claude-3-5-sonnet-20241022-v2:0 F yes A id
        anthropic.claude-3-sonnet-20240229-v1:0 F yes A id
        anthropic.claude-3-haiku-20240307-v1:0 F yes A id
        anthropic.claude-3-5-haiku-20241022-v1:0 F yes A id
        anthropic.claude-3-opus-20240229-v1:0 F yes A id
        deepseek.r1-v1:0 N yes C -
        anthropic.claude-v2:1 F no B -
        anthropic.claude-v2 N no B -
        anthropic.claude-instant-v1 N no B -
        meta.llama3-3-70b-instruct-v1:0 F yes C -
        meta.llama3-2-90b-instruct-v1:0 F yes C i
        meta.llama3-2-11b-instruct-v1:0 N yes C i
        meta.llama3-2-3b-instruct-v1:0 N yes C -
        meta.llama3-2-1b-instruct-v1:0 N yes C -
        meta.llama3-1-405b-instruct-v1:0 F yes C -
        meta.llama3-1-70b-instruct-v1:0 F yes C -
        meta.llama3-1-8b-instruct-v1:0 N yes C -
        meta.llama3-70b-instruct-v1:0 N yes C -
        meta.llama3-8b-instruct-v1:0 N yes C -
        stability.stable-diffusion-xl-v1 N no B I
        stability.sd3-large-v1:0 N yes B iI
        stability.sd3-5-large-v1:0 N yes B iI
        stability.stable-image-ultra-v1:0 N yes B I
        stability.stable-image-core-v1:0 N yes B I
        amazon.titan-tg1-large N no B -
        amazon.nova-pro-v1:0 F yes C id
        amazon.nova-lite-v1:0 F yes C id
        amazon.nova-micro-v1:0 N yes C -
        ai21.jamba-1-5-large-v1:0 F yes C d
        ai21.jamba-1-5-mini-v1:0 F yes C d
        cohere.command-r-v1:0 F yes C d
        cohere.command-r-plus-v1:0 F yes C d
        cohere.command-text-v14 N no B -
        cohere.command-light-text-v14 N no B -
        """.split(separator: "\n").map { line in
            let fields = line.split(separator: " ")
            let families: [Substring: Set<ModelFamily>] = [
                "A": [.claude], "C": [.converse],
                "B": [.claudeText, .titanText, .command, .stableDiffusionXL, .stableImage],
            ]
            return Row(
                id: String(fields[0]),
                tools: fields[1] == "F",
                configurable: fields[2] == "yes",
                families: families[fields[3]] ?? [],
                images: fields[4].contains("i"),
                documents: fields[4].contains("d"),
                producesImages: fields[4].contains("I")
            )
        }

    @Test(arguments: rows)
    func row(_ row: Row) throws {
        let profile = try #require(ModelTable.chat.first { $0.id == row.id })
        #expect((profile.tools != .unsupported) == row.tools)
        #expect(profile.configurable == row.configurable)
        #expect(row.families.contains(profile.family))
        #expect(!profile.images.isEmpty == row.images)
        #expect(!profile.documents.isEmpty == row.documents)
        #expect(profile.producesImages == row.producesImages)
        #expect(profile.tokenize == !row.producesImages)
        #expect(profile.truncatePrompt)
        #expect(profile.kind == .chat)
    }

    @Test func theListingBeginsInThisOrder() {
        #expect(ModelTable.chat.prefix(38).map(\.id) == Self.rows.map(\.id))
        #expect(
            ModelTable.embeddings.prefix(5).map(\.id) == [
                "amazon.titan-embed-image-v1", "amazon.titan-embed-text-v2:0", "amazon.titan-embed-text-v1",
                "cohere.embed-english-v3", "cohere.embed-multilingual-v3",
            ]
        )
    }

    private static let profiles = ModelTable.chat + ModelTable.embeddings

    @Test func idsAreUnique() {
        #expect(Set(Self.profiles.map(\.id)).count == Self.profiles.count)
    }

    @Test func cachingAndToolsOfConverse() throws {
        let profiles = Dictionary(uniqueKeysWithValues: Self.profiles.map { ($0.id, $0) })
        #expect(profiles["amazon.nova-micro-v1:0"]?.cachePoints == .conversation)
        #expect(profiles["ai21.jamba-1-5-mini-v1:0"]?.cachePoints == CachePointSupport.none)
        #expect(profiles["ai21.jamba-1-5-mini-v1:0"]?.tools == .emulatedStreaming)
        #expect(profiles["meta.llama3-3-70b-instruct-v1:0"]?.tools == .emulatedStreaming)
        #expect(profiles["meta.llama3-3-70b-instruct-v1:0"]?.toolChoice == [.auto])
        #expect(profiles["cohere.command-r-plus-v1:0"]?.toolsNeedDescription == true)
        #expect(profiles["amazon.nova-lite-v1:0"]?.toolNamesAllowHyphen == false)
        #expect(profiles["anthropic.claude-v2:1"]?.tools == .prompted)
        #expect(profiles["anthropic.claude-v2"]?.tokenizer == .claude2)
    }
}
