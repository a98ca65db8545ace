import DIAL

extension [ContentPart] {
    /// - Throws: 422 when a part is not text.
    var texts: [String] {
        get throws(DIALError) {
            var texts: [String] = []
            for part in self {
                guard let text = part.text else {
                    throw .validation("Can't extract text from \(part.kindName) content part")
                }
                texts.append(text)
            }
            return texts
        }
    }
}

extension ContentPart {
    /// With its article.
    fileprivate var kindName: String {
        switch self {
        case .text: "a text"
        case .imageURL: "an image"
        case .file: "a file"
        case .inputAudio: "an audio"
        case .refusal: "a refusal"
        }
    }
}
