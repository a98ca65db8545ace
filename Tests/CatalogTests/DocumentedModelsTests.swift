import Foundation
import Testing

@testable import Catalog

/// `docs/models.md` says what the table of models says.
@Suite struct DocumentedModelsTests {
    @Test func theTablesAreTrue() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let document = try String(contentsOf: root.appending(path: "docs/models.md"), encoding: .utf8)
        let tables = document.components(separatedBy: "## Configuration")[0]
        let rows = tables.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let expected = ModelTable.chat.map(Self.chatRow) + ModelTable.embeddings.map(Self.embeddingRow)
        let difference = expected.difference(from: rows.map(String.init))
        #expect(difference.isEmpty, "docs/models.md should have these rows:\n\(expected.joined(separator: "\n"))")
    }

    private static func chatRow(_ model: ModelProfile) -> String {
        row([
            "`\(model.id)`", prefixes(model), interface(model.family), taken(model), tools(model.tools),
            forms(model), model.tokenize ? model.tokenizer == .claude2 ? "exact" : "estimate" : "—",
            model.configurable ? "yes" : "—",
        ])
    }

    private static func embeddingRow(_ model: ModelProfile) -> String {
        row([
            "`\(model.id)`", model.images.isEmpty ? "text" : "text, image, both", model.takesDimensions ? "yes" : "—",
        ])
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

    private static func prefixes(_ model: ModelProfile) -> String {
        model.knownPrefixes.isEmpty ? "—" : model.knownPrefixes.joined(separator: ", ")
    }

    private static func interface(_ family: ModelFamily) -> String {
        switch family {
        case .claude: "Messages, Converse"
        case .converse: "Converse"
        case .claudeText, .titanText, .command, .stableDiffusionXL, .stableImage: "InvokeModel"
        case .titanTextEmbeddings, .titanImageEmbeddings, .cohereEmbeddings: "—"
        }
    }

    private static func taken(_ model: ModelProfile) -> String {
        let documents = model.family == .claude ? model.documentBlocks : !model.documents.isEmpty
        let input = ["text"] + (model.images.isEmpty ? [] : ["images"]) + (documents ? ["documents"] : [])
        return input.joined(separator: ", ") + (model.producesImages ? " → image" : "")
    }

    /// Claude has them on Messages.
    private static func forms(_ model: ModelProfile) -> String {
        model.structuredOutput == .unsupported ? "—" : "yes"
    }

    private static func tools(_ support: ToolSupport) -> String {
        switch support {
        case .unsupported: "—"
        case .streaming: "yes"
        case .emulatedStreaming: "yes, not streamed"
        case .prompted: "by prompt"
        }
    }
}
