import HTTPClient

/// What the operator allows of attachments.
struct AttachmentLimits: Sendable {
    /// Bytes of one file.
    var bytes: Int
    /// Bytes of all files of one request.
    var totalBytes: Int
    /// Time for one download, redirects included.
    var seconds: Double
    /// Where files may come from besides the public internet and DIAL.
    var networks: [IPNetwork]
}

extension AttachmentLimits {
    init(_ reader: inout EnvironmentReader) {
        bytes = reader.integer("DIAL_ADAPTER_MAX_ATTACHMENT_BYTES", default: 50 << 20, in: 1024...(1 << 31))
        totalBytes = reader.integer("DIAL_ADAPTER_MAX_ATTACHMENT_BYTES_TOTAL", default: 100 << 20, in: 1024...(1 << 33))
        seconds = reader.seconds("DIAL_ADAPTER_ATTACHMENT_TIMEOUT_SECONDS", default: 60, in: 0.1...3600)
        networks = reader.networks("DIAL_ADAPTER_ATTACHMENT_NETWORKS")
    }
}
