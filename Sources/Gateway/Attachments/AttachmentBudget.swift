import DIAL
import Synchronization

/// What one request may download.
final class AttachmentBudget: Sendable {
    /// Files of one request; models take a hundred at most.
    static let fileLimit = 1000

    private let perFile: Int
    private let used: Mutex<(files: Int, bytes: Int)> = Mutex((0, 0))
    private let total: Int

    /// - Parameters:
    ///   - perFile: bytes of one file.
    ///   - total: bytes of all files.
    init(perFile: Int, total: Int) {
        self.perFile = perFile
        self.total = total
    }

    /// Bytes that the next file may have.
    var limit: Int { used.withLock { max(0, min(perFile, total - $0.bytes)) } }

    /// - Throws: 422 when the request has had all its files.
    func begin() throws(DIALError) {
        let files = used.withLock { used in
            used.files += 1
            return used.files
        }
        guard files <= Self.fileLimit else {
            throw .validation("The request refers to more than \(Self.fileLimit) files; send fewer")
        }
    }

    func take(_ bytes: Int) {
        used.withLock { $0.bytes += bytes }
    }

    /// What a file larger than `limit` fails with.
    func exceeded(at limit: Int) -> DIALError {
        guard limit < perFile else {
            return .validation(
                "The file is larger than \(perFile) bytes, the limit set by DIAL_ADAPTER_MAX_ATTACHMENT_BYTES"
            )
        }
        return .validation(
            "The files of the request together are larger than \(total) bytes, "
                + "the limit set by DIAL_ADAPTER_MAX_ATTACHMENT_BYTES_TOTAL"
        )
    }
}
