import JSON

// MARK: - Images and documents

extension MessagesRules {
    private static let maximumImages = 100
    /// Bytes of one image as base64, which is 3.75 MiB as it is.
    private static let maximumEncodedImageSize = 5_242_880
    /// Pixels of one side.
    private static let maximumSide = 8000

    func checkMedia() throws(AnthropicError) {
        var images = 0
        for (index, message) in request.messages.enumerated() {
            for (position, block) in message.blocks.enumerated() {
                let place = "messages.\(index).content.\(position)"
                images += try check(block.content, at: place)
                guard case .toolResult(let result) = block.content else { continue }
                for (inner, part) in result.content.enumerated() {
                    images += try check(part.content, at: "\(place).tool_result.content.\(inner)")
                }
            }
        }
        guard images <= Self.maximumImages else {
            throw .invalid("Too much media: \(images) images > \(Self.maximumImages) maximum")
        }
    }

    /// - Returns: how many images it is.
    private func check(_ content: Content, at place: String) throws(AnthropicError) -> Int {
        switch content {
        case .image(let image):
            try checkImage(image, at: place + ".image.source")
            return 1
        case .document(let document): try checkDocument(document, at: place + ".document.source")
        default: break
        }
        return 0
    }

    private func checkImage(_ image: Request.Media, at place: String) throws(AnthropicError) {
        guard model.images || !transport.isBedrock else {
            throw .invalid("'\(model.anthropicName)' does not support image input.")
        }
        guard let base64 = image.base64 else { throw refusedSource(image, at: place) }
        guard Base64.decodedCount(base64) != nil, !base64.isEmpty else {
            throw .invalid("\(place).base64: invalid base64 data")
        }
        guard base64.utf8.count <= Self.maximumEncodedImageSize else {
            throw .invalid(
                "\(place).base64: image exceeds 5 MB maximum: \(base64.utf8.count) bytes > "
                    + "\(Self.maximumEncodedImageSize) bytes"
            )
        }
        let head = Base64.prefix(base64, 32)
        guard let format = ImageFormat.told(by: head) else {
            throw .invalid("\(place).base64.data: Could not process image")
        }
        guard "image/" + format == image.type else {
            throw .invalid(
                "\(place).base64.data: The image was specified using the \(image.type ?? "") media type, but the image "
                    + "appears to be a image/\(format) image"
            )
        }
        if format == "png", let picture = InputPicture(head), max(picture.width, picture.height) > Self.maximumSide {
            throw .invalid(
                "\(place).base64.data: At least one of the image dimensions exceed max allowed size: "
                    + "\(Self.maximumSide) pixels"
            )
        }
    }

    private func checkDocument(_ document: Request.Media, at place: String) throws(AnthropicError) {
        switch document.sourceType {
        case "text":
            guard document.byteCount > 0 else { throw .invalid("\(place).text.data: document text must be non-empty") }
        case "base64":
            guard model.pdfs else { throw .invalid("'\(model.anthropicName)' does not support PDF input.") }
            guard let base64 = document.base64, Base64.decodedCount(base64) != nil else {
                throw .invalid("\(place).base64: invalid base64 data")
            }
            guard Base64.prefix(base64, 1024).firstStart(of: Array("%PDF".utf8)) != nil else {
                throw .invalid("\(place).base64.data: The PDF specified was not valid.")
            }
        case "content": return
        default: throw refusedSource(document, at: place)
        }
    }

    /// The sandbox fetches nothing, and Bedrock cannot.
    private func refusedSource(_ media: Request.Media, at place: String) -> AnthropicError {
        media.sourceType == "url"
            ? .invalid("\(place).url: Unable to download the file. Please verify the URL and try again.")
            : .invalid("\(place).file: Files are not available")
    }
}
