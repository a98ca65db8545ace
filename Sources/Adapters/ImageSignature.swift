import Catalog
import DIAL

/// What an image is by its first bytes; declared types are often wrong and the services check.
///
/// Source: PNG specification, ISO/IEC 10918-1, GIF89a specification, WebP container specification.
enum ImageSignature {
    static func format(of bytes: [UInt8]) -> ImageFormat? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if bytes.starts(with: "GIF8".utf8) { return .gif }
        if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) { return .webp }
        return nil
    }
}

extension ImageFormat {
    /// Nil for a media type of anything else.
    init?(mediaType: String) {
        let essence = MediaType.essence(of: mediaType)
        // Not registered, but common.
        let name = essence == "image/jpg" ? Self.jpeg.mediaType : essence
        guard let format = Self.allCases.first(where: { $0.mediaType == name }) else { return nil }
        self = format
    }
}
