@testable import Adapters
@testable import DIAL

/// A storage without any file.
struct NoFiles: AttachmentLoader {
    func load(url: String) async throws(DIALError) -> [UInt8] {
        throw .validation("No file at \(url)")
    }
}

extension AttachmentLoader {
    /// More than any test has.
    var totalLimit: Int { .max }
}
