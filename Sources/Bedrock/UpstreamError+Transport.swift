import HTTPClient

extension UpstreamError {
    /// A failure below HTTP: 502 when the connection failed or broke, 503 when none was free, 504 when the service was silent.
    public init(_ error: HTTPError, operation: UpstreamOperation, attempts: Int = 1) {
        let status: Int
        let message: String
        switch error {
        case .connectFailed(let reason):
            (status, message) = (502, "Could not connect to the model endpoint: \(reason)")
        case .hostNotFound(let host):
            (status, message) = (502, "The host of the model endpoint cannot be resolved: \(host)")
        case .connectTimeout(let host):
            (status, message) = (502, "Connecting to the model endpoint timed out: \(host)")
        case .invalidRequest(let reason):
            (status, message) = (500, "The request to the model endpoint is invalid: \(reason)")
        case .tls(let reason):
            (status, message) = (502, "The TLS handshake with the model endpoint failed: \(reason)")
        case .timeout:
            (status, message) = (504, "The model endpoint did not answer in time")
        case .connectionLost(let reason):
            (status, message) = (502, "The connection to the model endpoint was lost: \(reason)")
        case .addressNotAllowed(let address):
            (status, message) = (502, "The address of the model endpoint is not allowed: \(address)")
        case .tooLarge(let limit):
            (status, message) = (502, "The answer of the model endpoint is larger than \(limit) bytes")
        case .cancelled:
            (status, message) = (499, "The call was cancelled")
        // The second is for hosts that clients name, and the endpoint's is none of them.
        case .poolExhausted, .tooManyLookups:
            (status, message) = (503, "No connection to the model endpoint became free in time")
        case .protocolError(let reason):
            (status, message) = (502, "The model endpoint broke the HTTP protocol: \(reason)")
        }
        self.init(kind: .transport, status: status, message: message, operation: operation.name, attempts: attempts)
        // Connections are given back all the time.
        if status == 503 { retryAfter = "1" }
    }
}
