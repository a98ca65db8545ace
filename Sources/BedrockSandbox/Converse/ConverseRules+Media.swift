import JSON

// MARK: - Images and documents

extension ConverseRules {
    static let maximumImages = 20
    static let maximumDocuments = 5
    /// Bytes of one document.
    static let maximumDocumentSize = 4_718_592
    /// Bytes of one image as base64, which is 3.75 MiB as it is.
    static let maximumEncodedImageSize = 5_242_880

    func checkMedia() throws(AWSError) {
        var names: Set<String> = []
        var documents = 0
        for (index, message) in request.messages.enumerated() {
            var images = 0
            var hasDocument = false
            for (position, block) in message.blocks.enumerated() {
                let place = Place(message: index, block: position)
                switch block {
                case .image(let image):
                    images += 1
                    try checkImage(image, at: place)
                case .document(let document):
                    hasDocument = true
                    documents += 1
                    try checkDocument(document, at: place)
                    guard names.insert(document.name ?? "").inserted else {
                        throw .validation("Messages can't contain duplicate document names.")
                    }
                default: continue
                }
            }
            guard images <= Self.maximumImages else {
                throw .validation("You can't include more than \(Self.maximumImages) images in a message.")
            }
            let hasText = message.blocks.contains { if case .text = $0 { true } else { false } }
            if hasDocument, !hasText {
                throw .validation("A text block must be included when using documents.")
            }
        }
        guard documents <= Self.maximumDocuments else {
            throw .validation("You can't include more than \(Self.maximumDocuments) documents in a request.")
        }
    }

    private func checkDocument(_ document: Request.Media, at place: Place) throws(AWSError) {
        let name = Array((document.name ?? "").utf8)
        let allowed = name.allSatisfy { ASCII.isAlphanumeric($0) || " -()[]_".utf8.contains($0) }
        let doubled = zip(name, name.dropFirst()).contains { $0 == 0x20 && $1 == 0x20 }
        guard allowed, !doubled else {
            throw .validation(
                "The document file name can only contain alphanumeric characters, whitespace characters, "
                    + "hyphens, parentheses, and square brackets. The name can't contain more than one consecutive "
                    + "whitespace character. Check that the file name conforms to these restrictions and retry your "
                    + "request."
            )
        }
        try checkRemote(document, "document", at: place)
        guard document.byteCount <= Self.maximumDocumentSize else {
            throw .model(
                "\(place.text).document.source.bytes: the document exceeds 4.5 MB maximum: "
                    + "\(document.byteCount) bytes > \(Self.maximumDocumentSize) bytes"
            )
        }
        if document.format == "pdf", let base64 = document.base64,
            Base64.prefix(base64, 1024).firstStart(of: Array("%PDF".utf8)) == nil
        {
            throw .model("\(place.text).document.source.bytes: The PDF specified was not valid.")
        }
    }

    private func checkImage(_ image: Request.Media, at place: Place) throws(AWSError) {
        try checkRemote(image, "image", at: place)
        guard let base64 = image.base64 else { return }
        let source = "\(place.text).image.source.bytes"
        guard base64.utf8.count <= Self.maximumEncodedImageSize else {
            throw .model(
                "\(source): image exceeds 5 MB maximum: \(base64.utf8.count) bytes > "
                    + "\(Self.maximumEncodedImageSize) bytes"
            )
        }
        guard let actual = ImageFormat.told(by: Base64.prefix(base64, 16)) else {
            throw model.family == .claude
                ? .model("\(source): Could not process image")
                : .model("The provided image does not match the specified image format.")
        }
        guard actual == image.format else {
            throw model.family == .claude
                ? .model(
                    "\(source): The image was specified using the image/\(image.format ?? "") media type, but "
                        + "the image appears to be a image/\(actual) image"
                )
                : .model("The provided image does not match the specified image format.")
        }
    }

    private func checkRemote(_ media: Request.Media, _ field: String, at place: Place) throws(AWSError) {
        if media.isRemote, model.family != .nova {
            throw .model("\(place.text).\(field).source.type: Field required")
        }
    }
}
