import JSON
import Testing

@testable import Adapters
@testable import DIAL

@Suite("Converse: attachments")
struct ConverseAttachmentTests {
    static func request(_ attachments: JSON..., text: String = "x") -> JSON {
        [
            "messages": [
                ["role": "user", "content": .string(text), "custom_content": ["attachments": .array(attachments)]]
            ]
        ]
    }

    static func blocks(_ request: JSON, _ deployment: String = Converse.nova) async throws -> [JSON] {
        try await Converse.body(request, deployment)["messages"]?[0]?["content"]?.arrayValue ?? []
    }

    @Test(arguments: [
        ("application/pdf", "pdf"), ("application/csv", "csv"), ("text/csv", "csv"), ("application/msword", "doc"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
        ("application/vnd.ms-excel", "xls"), ("text/plain", "txt"), ("text/markdown", "md"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        ("text/plain; charset=utf-8", "txt"),
    ])
    func documentTypes(_ type: String, _ format: String) async throws {
        let block = try await Self.blocks(Self.request(["type": .string(type), "data": "aGk=", "title": "t"]))[1]
        #expect(block == ["document": ["format": .string(format), "name": "t", "source": ["bytes": "aGk="]]])
    }

    @Test(arguments: [
        ("image/png", "png"), ("image/jpeg", "jpeg"), ("image/jpg", "jpeg"), ("image/gif", "gif"),
        ("image/webp", "webp"),
    ])
    func imageTypes(_ type: String, _ format: String) async throws {
        // Bytes that say nothing leave the declared type.
        let block = try await Self.blocks(Self.request(["type": .string(type), "data": "aGk="]))[1]
        #expect(block == ["image": ["format": .string(format), "source": ["bytes": "aGk="]]])
    }

    static let signatureCases: [([UInt8], String?)] = [
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], "png"), ([0xFF, 0xD8, 0xFF, 0xE0], "jpeg"),
        (Array("GIF89a".utf8), "gif"), (Array("RIFF1234WEBPVP8 ".utf8), "webp"), (Array("RIFF1234WAVE".utf8), nil),
        ([0x89, 0x50], nil), ([], nil),
    ]

    @Test(arguments: signatureCases)
    func signatures(_ bytes: [UInt8], _ format: String?) {
        #expect(ImageSignature.format(of: bytes)?.rawValue == format)
    }

    static let urlCases: [(JSON, String)] = [
        (["type": "application/octet-stream", "url": "data:image/png;base64,aGk="], "png"),
        (["type": nil, "url": "data:image/gif;base64,aGk="], "gif"), (["url": "data:image/gif;base64,aGk="], "gif"),
        (["type": "image/webp", "url": "data:image/gif;base64,aGk="], "webp"),
    ]

    @Test(arguments: urlCases)
    func typeOfURLs(_ attachment: JSON, _ format: String) async throws {
        #expect(try await Self.blocks(Self.request(attachment))[1]["image"]?["format"]?.stringValue == format)
    }

    /// What the model does not take by itself is a text, as the SDK has it.
    @Test func aLinkToSomethingElseIsMarkdown() async throws {
        let block = try await Self.blocks(Self.request(["url": "data:application/json;base64,e30="]))[1]
        #expect(block["document"]?["format"] == "md")
    }

    @Test(arguments: [
        ("Report.pdf", "Report"), ("a.b.c", "a_b"), ("archive.verylongextension", "archive_verylongextension"),
        ("  two\u{3000} \t words  .md", "two words"), ("naïve (v1) [x]_-.txt", "na_ve (v1) [x]_-"), ("日本.pdf", "__"),
        (String(repeating: "a", count: 250), String(repeating: "a", count: 200)),
    ])
    func documentName(_ title: String, _ name: String) async throws {
        let block = try await Self.blocks(
            Self.request(["type": "application/pdf", "data": "aGk=", "title": .string(title)])
        )[1]
        #expect(block["document"]?["name"]?.stringValue == name)
    }

    @Test func namesAreUnique() {
        var names = DocumentNames()
        let long = String(repeating: "x", count: 300)
        let titles: [String?] = ["a.pdf", "a.md", "a (2)", "a", "", nil, ".pdf", long, long, "a"]
        let given = titles.map { names.name(title: $0, content: [1]) }
        #expect(given[0...3] == ["a", "a (2)", "a (2) (2)", "a (3)"])
        #expect(Set(given).count == given.count)
        #expect(given.allSatisfy { (1...200).contains($0.utf8.count) })
        let uuid = #/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#
        for name in given[4...6] { #expect(name.wholeMatch(of: uuid) != nil) }
        #expect(given[8].hasSuffix("x (2)"))
        let cut = String(repeating: "a", count: 195) + " " + String(repeating: "b", count: 10)
        let twice = (0..<2).map { _ in names.name(title: cut, content: [1]) }
        #expect(twice[1] == String(repeating: "a", count: 195) + " (2)")
    }

    @Test func manyDocumentsMayBeTheSame() {
        var names = DocumentNames()
        #expect(Set((0..<1000).map { _ in names.name(title: nil, content: [1]) }).count == 1000)
        #expect(Set((0..<1000).map { _ in names.name(title: "a", content: [1]) }).count == 1000)
    }

    /// The prompt of the next turn begins like that of this one.
    @Test func namesWithoutTitleAreStable() {
        var first = DocumentNames()
        var second = DocumentNames()
        #expect(first.name(title: nil, content: [1, 2]) == second.name(title: nil, content: [1, 2]))
        #expect(first.name(title: nil, content: [3]) != second.name(title: nil, content: [4]))
    }

    @Test func refusedTypesAreUserErrors() async throws {
        let html: JSON = ["type": "text/html", "data": "aGk="]
        let expectations = [
            (
                Converse.nova,
                "Supported image types: png, jpeg, gif, webp\nSupported document types: pdf, csv, doc, docx, xls, xlsx, txt, md"
            ),
            (Converse.llama11b, "Supported image types: png, jpeg, gif, webp\nDocuments are not supported"),
            (
                Converse.jamba,
                "Images are not supported\nSupported document types: pdf, csv, doc, docx, xls, xlsx, txt, md"
            ),
            (Converse.deepSeek, "Model does not support multi-modal"),
        ]
        for (deployment, hint) in expectations {
            let error = try await Converse.error(Self.request(html), deployment)
            #expect(error == .userError("Unsupported attachment type: text/html\n\(hint)"))
            #expect(error.isUserError)
        }
    }

    /// As programs wrap it that write it into mails.
    @Test func lineEndsInBase64DoNotCount() async throws {
        let block = try await Self.blocks(Self.request(["type": "application/pdf", "data": "YWJj\r\nYWJj\n"]))[1]
        #expect(block["document"]?["source"]?["bytes"] == "YWJjYWJj")
    }

    @Test func aFilePartThatIsNoBase64() async throws {
        for data in ["data:application/pdf;base64,!!", "!!"] {
            let part: JSON = ["type": "file", "file": ["file_data": .string(data)]]
            let error = try await Converse.error(["messages": [["role": "user", "content": [part]]]])
            #expect(error.status == 422 && error.message.hasSuffix("data URL or base64 string: \(data)..."))
        }
    }

    @Test func brokenContent() async throws {
        let base64 = try await Converse.error(Self.request(["type": "image/png", "data": "%%%"]))
        #expect(base64 == .internalServerError("Invalid base64 data"))
        let untyped = try await Converse.error(Self.request(["type": nil, "data": "aGk="]))
        #expect(untyped == .internalServerError("Can't derive content type of the attachment"))
        let link: JSON = [
            "messages": [["role": "user", "content": [["type": "image_url", "image_url": ["url": "https://x/y"]]]]]
        ]
        #expect(try await Converse.error(link) == .internalServerError("Can't derive content type of the URL"))
        let file: JSON = ["messages": [["role": "user", "content": [["type": "file", "file": ["file_id": "f"]]]]]]
        #expect(try await Converse.error(file) == .validation("File content part must have file_data field"))
    }

    @Test func documentsNeedTextBesideThem() async throws {
        let document: JSON = ["type": "application/pdf", "data": "aGk=", "title": "t"]
        let blocks = try await Self.blocks(Self.request(document, text: ""))
        #expect(blocks.first == ["text": "."])
        #expect(blocks.count == 2)
        #expect(try await Self.blocks(Self.request(["type": "image/png", "data": "aGk="], text: "")).count == 1)
    }

    @Test func imagesOfClaudeHaveALimit() async throws {
        let limit = 3_932_160
        let tooLarge = Base64.encode([UInt8](repeating: 0, count: limit + 1))
        let request = Self.request(["type": "image/png", "data": .string(tooLarge), "title": "photo.png"])
        let error = try await Converse.error(request, Converse.claude)
        #expect(error.status == 422)
        #expect(error.message.contains("photo.png") && error.message.contains(String(limit)))
    }

    @Test func filesAreFetched() async throws {
        struct Files: AttachmentLoader {
            func load(url: String) async throws(DIALError) -> [UInt8] {
                guard url == "files/b/cat.png" else { throw .validation("not found") }
                return Array("GIF89a".utf8)
            }
        }
        let context = AdapterContext(
            deployment: try Converse.context(Converse.nova).deployment,
            attachments: Files()
        )
        let request: JSON = [
            "messages": [
                [
                    "role": "user",
                    "content": [
                        ["type": "image_url", "image_url": ["url": "files/b/cat.png"]]
                    ],
                ]
            ]
        ]
        let prepared = try await ConverseAdapter().prepare(ChatCompletionRequest(decoding: request), context)
        let image = try JSON(parsing: prepared.call.body)["messages"]?[0]?["content"]?[0]?["image"]
        #expect(image == ["format": "gif", "source": ["bytes": "R0lGODlh"]])
    }
}
