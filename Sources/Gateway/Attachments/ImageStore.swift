import Adapters
import DIAL
import HTTPClient

/// Puts generated images into DIAL's file storage, in the name of one request.
actor ImageStore {
    private let transport: any HTTPTransport
    private let storage: FileStorage
    private let apiKey: String
    private let trace: TraceContext?
    /// Where this request may write, once it is known.
    private var folder: String?

    init(transport: any HTTPTransport, storage: FileStorage, apiKey: String, trace: TraceContext?) {
        self.trace = trace
        self.transport = transport
        self.storage = storage
        self.apiKey = apiKey
    }

    /// - Returns: the attachment that links to the stored image.
    /// - Throws: 500 when the storage refuses, 502 when it cannot be reached.
    func store(_ image: GeneratedImage) async throws(DIALError) -> Attachment {
        let folder = try await writableFolder()
        let (status, body) = try await send(
            storage.uploadRequest(
                appdata: folder,
                path: image.storagePath,
                contentType: image.contentType,
                content: image.bytes,
                apiKey: apiKey
            )
        )
        return image.stored(at: try FileStorage.uploadedURL(status: status, body: body))
    }

    private func writableFolder() async throws(DIALError) -> String {
        if let folder { return folder }
        let (status, body) = try await send(storage.bucketRequest(apiKey: apiKey))
        let writable = try FileStorage.writableFolder(status: status, body: body)
        folder = writable
        return writable
    }

    private func send(_ request: FileStorage.Request) async throws(DIALError) -> (Int, [UInt8]) {
        var message = HTTPRequest(
            method: request.method,
            url: request.url,
            headers: request.headers.map(HTTPHeader.init) + (trace?.headers ?? []),
            body: request.body
        )
        message.totalTimeout = .seconds(60)
        do throws(HTTPError) {
            let response = try await transport.send(message)
            return (response.status, try await response.body.collect(limit: 1 << 20))
        } catch {
            if case .cancelled = error { throw .cancelled }
            throw .upstream(status: 502, message: "DIAL's file storage could not be reached")
        }
    }
}
