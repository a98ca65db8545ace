import JSON

extension Attachment {
    /// The media type of the content: of a URL the declared type unless that says nothing (`octet-stream`), else that of
    /// the data URL, else what the extension stands for, else the declared one after all; of inline data the declared.
    ///
    /// Source: DIAL API, content type of an attachment.
    /// - Parameter derivingAbsentType: a request that leaves `type` out declares nothing, as an empty one does; otherwise it declares the
    ///   SDK's default.
    public func contentType(derivingAbsentType: Bool = false) -> String? {
        let isDeclared = !(derivingAbsentType && isTypeAbsent) && type?.isEmpty == false
        let declared = isDeclared ? type : nil
        guard let url else { return declared }
        if let declared, !MediaType.essence(of: declared).contains("octet-stream") { return declared }
        return MediaType.guess(fromURL: url) ?? declared
    }

    /// How to call the attachment towards a person: its title, else its link within its bucket, cut to 50 characters.
    public var displayName: String {
        if let title, !title.isEmpty { return title }
        guard let url, !url.isEmpty else { return "data attachment" }
        if DataURL.isDataURL(url) { return "data URL" }
        var name = url[...]
        if url.utf8.starts(with: "files/".utf8) {
            let segments = url.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 2, omittingEmptySubsequences: false)
            if segments.count == 3 { name = Substring(segments[2]) }
        }
        let decoded = Self.percentDecoded(name)
        let shown = decoded.hasSameBytes(as: String(name)) ? decoded : "'\(decoded)'"
        return String(shown.prefix(50))
    }

    private static func percentDecoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                // A sign is one to `UInt8` too.
                rest.first.map({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) == true,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
