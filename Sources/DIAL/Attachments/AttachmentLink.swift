/// Where the content behind an attachment's or an image's URL is to be had. Source: DIAL API, link forms and resolution.
public enum AttachmentLink: Sendable, Hashable {
    /// In DIAL's file storage: fetched with the request's api key.
    case storage(url: String)
    /// Anywhere else: fetched without credentials, from public addresses only.
    case external(url: String)

    /// - Parameters:
    ///   - link: anything but a well-formed data URL, which holds its content itself.
    ///   - storage: DIAL's base URL, if configured.
    /// - Throws: 422.
    public init(resolving link: String, storage: FileStorage?) throws(DIALError) {
        if DataURL.isDataURL(link) {
            throw .validation("The data URL must have the form data:<type>;base64,<content>")
        } else if link.utf8.count > Self.byteLimit {
            throw .validation("The file URL is longer than \(Self.byteLimit) bytes")
        } else if URLReference.scheme(of: link) != nil {
            self = try Self.absolute(link, storage: storage)
        } else {
            self = try .storage(url: Self.joined(link, storage: storage))
        }
    }

    /// What web servers take in a request line.
    private static let byteLimit = 8192

    private static func absolute(_ link: String, storage: FileStorage?) throws(DIALError) -> AttachmentLink {
        let url: URLReference
        do {
            url = try URLReference(link)
        } catch {
            throw .validation("The file URL can't be used: \(error.reason)")
        }
        guard url.scheme == "http" || url.scheme == "https" else {
            throw .validation("Downloading files over the '\(url.scheme)' URL scheme is not allowed")
        }
        guard !url.host.isEmpty else { throw .validation("The file URL has no host") }
        guard url.userInfo == nil else {
            throw .validation("The file URL must not contain a user name or a password")
        }
        guard let storage, storage.holds(url) else { return .external(url: Self.escaped(link, url)) }
        guard !URLReference.hasDotSegment(url.path) else {
            throw .validation("The file URL must not contain '.' or '..' segments")
        }
        return .storage(url: Self.escaped(link, url))
    }

    /// What follows the host is sent in ASCII; a host in other characters is left to be refused.
    private static func escaped(_ link: String, _ url: URLReference) -> String {
        let text = Substring(link.utf8.prefix { $0 != UInt8(ascii: "#") })
        let rest = url.path + (url.query.map { "?\($0)" } ?? "")
        let start = text.utf8.index(text.endIndex, offsetBy: -rest.utf8.count)
        return text[..<start] + URLReference.escaping(rest[...])
    }

    private static func joined(_ link: String, storage: FileStorage?) throws(DIALError) -> String {
        guard let storage else {
            throw .validation(
                "Downloading files over the 'empty' URL scheme is not allowed: a relative link points into DIAL's file storage, "
                    + "but the adapter has none. Set its environment variable DIAL_URL to the address of DIAL Core"
            )
        }
        do {
            try URLReference.checkCharacters(link)
        } catch {
            throw .validation("The file link can't be used: \(error.reason)")
        }
        guard link.utf8.starts(with: "files/".utf8) else {
            throw .validation("The file link must be absolute or have the form files/<bucket>/<path>")
        }
        let path = Substring(link.utf8.prefix { $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "?") })
        let query = Substring(link[path.endIndex...].utf8.prefix { $0 != UInt8(ascii: "#") })
        guard !URLReference.hasDotSegment(path) else {
            throw .validation("The file link must not contain '.' or '..' segments")
        }
        return storage.apiURL + URLReference.escaping(path) + URLReference.escaping(query)
    }
}
