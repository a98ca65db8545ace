import Testing

@testable import Catalog

@Suite("COMPATIBILITY_MAPPING")
struct CompatibilityMappingTests {
    @Test(arguments: [
        "", " ", "[]", "null", "1", #""x""#, #"{"a":1}"#, #"{"a":{"b":"c"}}"#, #"{"a":null}"#, "{", "{'a':'b'}",
    ])
    func malformed(_ text: String) {
        let error = #expect(throws: CompatibilityMappingError.self) { try CompatibilityMapping(text) }
        #expect(error?.message.contains("COMPATIBILITY_MAPPING must be a string-to-string JSON dictionary") == true)
    }

    @Test func unsetAndEmptyAreEmpty() throws {
        #expect(try CompatibilityMapping(nil).entries.isEmpty)
        #expect(try CompatibilityMapping("{}").entries.isEmpty)
    }

    @Test func allUnsupportedValuesAreListed() {
        let text = #"{"a":"b","ok":"amazon.nova-pro-v1:0","c":"us.amazon.titan-embed-text-v1"}"#
        let error = #expect(throws: CompatibilityMappingError.self) { try CompatibilityMapping(text) }
        #expect(error?.message.contains(#"{"a":"b","c":"us.amazon.titan-embed-text-v1"}"#) == true)
    }

    @Test func chainsAreRefused() {
        let error = #expect(throws: CompatibilityMappingError.self) {
            try CompatibilityMapping(#"{"x":"y","y":"amazon.nova-pro-v1:0"}"#)
        }
        #expect(error?.message.contains(#"{"x":"y"}"#) == true)
    }

    @Test(arguments: [
        #"{"amazon.nova-pro-v1:0":"cohere.embed-english-v3"}"#, #"{"cohere.embed-english-v3":"amazon.nova-pro-v1:0"}"#,
    ])
    func kindsDoNotMix(_ text: String) {
        #expect(throws: CompatibilityMappingError.self) { try CompatibilityMapping(text) }
    }

    @Test func nativeKeysAreWarnedOf() throws {
        let mapping = try CompatibilityMapping(
            #"{"us.amazon.nova-pro-v1:0":"amazon.nova-lite-v1:0","my":"deepseek.r1-v1:0"}"#
        )
        #expect(mapping.warnings.count == 1)
        #expect(mapping.warnings.first?.contains("'us.amazon.nova-pro-v1:0'") == true)
        #expect(mapping["my"] == "deepseek.r1-v1:0")
        #expect(mapping["MY"] == nil)
    }

    @Test func mappedEmbeddings() throws {
        let catalog = try Catalog(compatibilityMapping: #"{"my-embed":"cohere.embed-english-v3"}"#)
        #expect(catalog.resolve(id: "my-embed", kind: .embeddings)?.profile.family == .cohereEmbeddings)
        #expect(catalog.resolve(id: "my-embed", kind: .chat) == nil)
    }

    @Test func listing() throws {
        let catalog = try Catalog(
            compatibilityMapping: """
                {"z":"amazon.nova-lite-v1:0","e":"cohere.embed-english-v3","a":"deepseek.r1-v1:0",
                 "amazon.nova-pro-v1:0":"amazon.nova-lite-v1:0"}
                """
        )
        let chat = catalog.listing.filter { $0.kind == .chat }.map(\.id)
        #expect(Array(chat.prefix(4)) == ["z", "a", "amazon.nova-pro-v1:0", "anthropic.claude-opus-4-20250514-v1:0"])
        #expect(chat.count == Set(chat).count)
        #expect(chat.count == ModelTable.chat.count + 2)
        let embeddings = catalog.listing.drop { $0.kind == .chat }.map(\.id)
        #expect(embeddings == ["e"] + ModelTable.embeddings.map(\.id))
    }
}
