import DIAL
import JSON

/// The parts of an answer that DIAL shows in stages and attachments, the same for streams and whole answers.
struct ClaudePresentation {
    private var thinkingStage = AnswerStage("Thinking")
    private var searchStage = AnswerStage("Web Search")
    /// Numbers of the cited documents, by their position in the request.
    private var citedDocuments: [Int: Int] = [:]
    private let documents: [Attachment?]

    init(documents: [Attachment?]) {
        self.documents = documents
    }

    /// One stage takes all thinking of an answer; it stays open while the rest flows.
    mutating func think(_ text: String, _ choice: ChoiceOutput) {
        thinkingStage.append(text, choice)
        choice.reasoning(text)
    }

    mutating func search(_ input: JSON, _ choice: ChoiceOutput) {
        searchStage.append(input["query"]?.stringValue ?? "", choice)
    }

    mutating func searchResult(_ block: JSONObject, _ choice: ChoiceOutput) {
        guard let results = block["content"]?.arrayValue else {
            let code = block["content"]?["error_code"]?.stringValue ?? "unknown"
            searchStage.append("Web search failed: \(code)", choice)
            return
        }
        for result in results where result["url"]?.stringValue != nil {
            choice.attachment(
                Attachment(
                    type: "text/markdown",
                    title: result["title"]?.stringValue,
                    url: result["url"]?.stringValue
                )
            )
        }
    }

    /// Puts the numbers of the cited documents behind the text, and before that the documents when cited first.
    mutating func cite(_ citations: [JSON], _ choice: ChoiceOutput) {
        for citation in citations {
            guard ["char_location", "page_location"].contains(citation["type"]?.wordValue),
                let position = citation["document_index"]?.intValue
            else { continue }
            let number = citedDocuments[position] ?? introduce(position, title: citation["document_title"], choice)
            choice.content("[\(number)]")
        }
    }

    /// Gives a document its number, and shows it if it came as an attachment.
    private mutating func introduce(_ position: Int, title: JSON?, _ choice: ChoiceOutput) -> Int {
        let number = citedDocuments.count + 1
        citedDocuments[position] = number
        guard documents.indices.contains(position), var attachment = documents[position] else { return number }
        let title = attachment.title ?? title?.stringValue
        attachment.title = title.map { "[\(number)] \($0)" } ?? "[\(number)]"
        attachment.referenceType = attachment.referenceType ?? attachment.type
        attachment.referenceURL = attachment.referenceURL ?? attachment.url
        choice.attachment(attachment)
        return number
    }

    /// The search's first, whichever was opened first.
    mutating func closeStages(_ choice: ChoiceOutput) {
        searchStage.close(choice)
        thinkingStage.close(choice)
    }
}
