import Catalog
import DIAL

extension ModelProfile {
    /// - Parameter name: for the person who sent it.
    /// - Throws: 422 when the image is larger than the model takes.
    func check(image bytes: [UInt8], named name: String) throws(DIALError) {
        guard let limit = imageByteLimit, bytes.count > limit else { return }
        throw .userError(
            "The image '\(name)' has \(bytes.count) bytes, the model takes at most \(limit). Send a smaller image."
        ).quoting
    }
}
