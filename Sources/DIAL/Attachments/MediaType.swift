/// Media types and the file extensions that stand for them, mostly as Python's `mimetypes` has them.
public enum MediaType {
    /// The type that a URL's or a file name's extension stands for; query and fragment do not count. A data URL tells its
    /// type itself.
    public static func guess(fromURL url: String) -> String? {
        if DataURL.isDataURL(url) { return DataURL(url)?.mediaType ?? type(ofDataURL: url) }
        // Bytes throughout: characters are slow to find in what a client may send.
        let path = url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let start = path.lastIndex(of: UInt8(ascii: "/")).map(path.index(after:)) ?? path.startIndex
        let name = path[start...]
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return nil }
        let suffix = name[name.index(after: dot)...]
        return suffix.count > 16 ? nil : types[String(Substring(suffix)).lowercased()]
    }

    /// Of one without base64, as Python's `mimetypes` reads it: what is no type stands for text.
    private static func type(ofDataURL url: String) -> String? {
        guard let comma = url.utf8.firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let type = url.utf8[..<comma].dropFirst(5).prefix { $0 != UInt8(ascii: ";") }
        let isType = type.contains(UInt8(ascii: "/")) && !type.contains(UInt8(ascii: "="))
        return isType ? String(Substring(type)) : "text/plain"
    }

    /// The type without its parameters and spaces, in lower case. Of one that is longer than any, the beginning only.
    ///
    /// Source: RFC 6838, section 4.2: a name on each side of the slash has 127 characters at most.
    public static func essence(of type: String) -> String {
        let essence = type.utf8.lazy.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != UInt8(ascii: " ") }
        return String(decoding: Array(essence.prefix(256)), as: UTF8.self).lowercased()
    }

    /// The usual extension without its dot, nil for types not in the table.
    static func fileExtension(of type: String) -> String? {
        let essence = essence(of: type)
        return table.first { $0.type == essence }?.extensions.first
    }

    /// The usual extension comes first.
    private static let table: [(type: String, extensions: [String])] = [
        ("image/png", ["png"]),
        ("image/jpeg", ["jpg", "jpeg", "jpe"]),
        ("image/gif", ["gif"]),
        ("image/webp", ["webp"]),
        ("image/bmp", ["bmp"]),
        ("image/tiff", ["tiff", "tif"]),
        ("image/svg+xml", ["svg"]),
        ("image/vnd.microsoft.icon", ["ico"]),
        ("image/heic", ["heic"]),
        ("image/heif", ["heif"]),
        ("image/avif", ["avif"]),
        ("application/pdf", ["pdf"]),
        ("application/msword", ["doc"]),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ["docx"]),
        ("application/vnd.ms-excel", ["xls"]),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ["xlsx"]),
        ("application/vnd.ms-powerpoint", ["ppt"]),
        ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ["pptx"]),
        ("application/rtf", ["rtf"]),
        ("application/json", ["json"]),
        ("application/zip", ["zip"]),
        ("application/x-tar", ["tar"]),
        ("application/x-sh", ["sh"]),
        ("application/postscript", ["ps", "ai", "eps"]),
        ("application/octet-stream", ["bin", "exe", "dll", "so", "o", "a", "obj"]),
        ("application/yaml", ["yaml", "yml"]),
        ("text/plain", ["txt", "text", "log", "c", "h", "bat", "ksh", "pl", "srt"]),
        ("text/markdown", ["md", "markdown"]),
        ("text/csv", ["csv"]),
        ("text/tab-separated-values", ["tsv"]),
        ("text/xml", ["xml"]),
        ("text/vtt", ["vtt"]),
        ("text/x-vcard", ["vcf"]),
        ("message/rfc822", ["eml", "mht", "mhtml"]),
        ("text/html", ["html", "htm"]),
        ("text/css", ["css"]),
        ("text/javascript", ["js", "mjs"]),
        ("text/x-python", ["py"]),
        ("audio/mpeg", ["mp3"]),
        ("audio/x-wav", ["wav"]),
        ("audio/aac", ["aac"]),
        ("audio/opus", ["opus"]),
        ("audio/ogg", ["ogg"]),
        ("video/mp4", ["mp4"]),
        ("video/quicktime", ["mov"]),
        ("video/webm", ["webm"]),
        ("video/mpeg", ["mpeg", "mpg"]),
        ("video/x-msvideo", ["avi"]),
    ]

    private static let types: [String: String] = {
        var types: [String: String] = [:]
        for (type, extensions) in table {
            for name in extensions { types[name] = type }
        }
        return types
    }()
}
