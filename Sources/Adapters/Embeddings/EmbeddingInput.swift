import DIAL

/// What becomes one vector.
struct EmbeddingInput: Sendable {
    var text: String?
    var image: Attachment?
}

/// Which inputs and parameters a model takes, as data.
struct EmbeddingAbilities: Sendable {
    var dimensions: Bool
    /// Whether texts are of a type (`search_query` …).
    var types: Bool
    var images: Bool
}

extension EmbeddingAbilities {
    /// As many as OpenAI takes: the vectors of one request are in memory together.
    private static let inputLimit = 2048

    /// Checks parameters, then every input in order.
    /// - Throws: 422.
    func inputs(of request: EmbeddingsRequest) throws(DIALError) -> [EmbeddingInput] {
        if request.dimensions != nil, !dimensions { throw .validation("Dimensions parameter is not supported") }
        if request.customFields?.instruction != nil { throw .validation("Instruction prompt is not supported") }
        if request.customFields?.type != nil, !types {
            throw .validation("The embedding model does not support embedding types")
        }
        guard request.inputCount <= Self.inputLimit else {
            throw .validation("A request has at most \(Self.inputLimit) inputs, and this one has \(request.inputCount)")
        }
        var inputs = try texts(request.input).map { EmbeddingInput(text: $0) }
        for element in request.customInput ?? [] { inputs.append(try input(element)) }
        return inputs
    }

    private func texts(_ input: EmbeddingsRequest.Input) throws(DIALError) -> [String] {
        switch input {
        case .text(let text): return [text]
        case .texts(let texts): return texts
        case .tokens, .tokenLists:
            throw .validation(
                "Tokens in the input are not supported, provide text instead. When Langchain AzureOpenAIEmbeddings class is "
                    + "used, set 'check_embedding_ctx_length=False' to disable tokenization."
            )
        }
    }

    private func input(_ element: EmbeddingsRequest.CustomInput) throws(DIALError) -> EmbeddingInput {
        switch element {
        case .text(let text): return EmbeddingInput(text: text)
        case .attachment(let attachment): return try input(item: .attachment(attachment))
        case .mixed(let items):
            guard let first = items.first else { throw .validation("Empty list in an element of custom_input list") }
            return items.count == 1 ? try input(item: first) : try input(items)
        }
    }

    private func input(item: EmbeddingsRequest.CustomInput.Item) throws(DIALError) -> EmbeddingInput {
        switch item {
        case .text(let text): return EmbeddingInput(text: text)
        case .attachment(let attachment):
            guard images else { throw .validation("Attachments are not supported") }
            return EmbeddingInput(image: attachment)
        }
    }

    /// Several items for one vector: a text and an image.
    private func input(_ items: [EmbeddingsRequest.CustomInput.Item]) throws(DIALError) -> EmbeddingInput {
        guard images else {
            for item in items { _ = try input(item: item) }
            throw .validation("No more than one element is allowed in an element of custom_input list")
        }
        guard items.count == 2 else {
            throw .validation("No more than two elements are allowed in an element of custom_input list")
        }
        switch (items[0], items[1]) {
        case (.text(let text), .attachment(let image)), (.attachment(let image), .text(let text)):
            return EmbeddingInput(text: text, image: image)
        default:
            throw .validation(
                "The first element of a custom_input list element must be a string and the second element must be an image "
                    + "attachment or vice versa"
            )
        }
    }
}

extension EmbeddingsRequest {
    fileprivate var inputCount: Int {
        let texts = if case .texts(let texts) = input { texts.count } else { 1 }
        return texts + (customInput?.count ?? 0)
    }
}
