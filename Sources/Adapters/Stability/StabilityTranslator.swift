import Bedrock
import Catalog
import DIAL
import JSON

/// From the images of the answer to attachments. An image counts as one token, the prompt as none.
struct StabilityTranslator: AnswerTranslator {
    private let dialect: StabilityDialect
    private var reader = InvokeModelReader()
    private var answered: [GeneratedImage]?
    private var attachments: [Attachment]?

    init(_ dialect: StabilityDialect) {
        self.dialect = dialect
    }

    mutating func receive(_ event: UpstreamEvent, _ choice: ChoiceOutput) throws(DIALError) {
        guard let answer = try reader.read(event) else { return }
        try checkGuardrail(answer, choice)
        answered = try dialect.images(in: answer).map { base64 in
            // The configuration may ask for another format than ours.
            let format = Base64.decode(base64.prefix(16)).flatMap(ImageSignature.format)
            return GeneratedImage(base64: base64, contentType: (format ?? .png).mediaType)
        }
    }

    var images: [GeneratedImage] { answered ?? [] }

    mutating func attach(_ attachments: [Attachment]) {
        self.attachments = attachments
    }

    mutating func end(_ choice: ChoiceOutput) throws(DIALError) {
        guard let answered else { throw .internalServerError("The model's answer has no body") }
        // Clients take an answer without any content for none.
        choice.content(" ")
        for attachment in attachments ?? answered.map(\.inline) { choice.attachment(attachment) }
        choice.report(Usage(promptTokens: 0, completionTokens: 1))
        choice.finish(.stop)
    }
}
