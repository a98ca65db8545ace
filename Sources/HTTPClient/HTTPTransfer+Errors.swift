import CCurl
import Glibc

extension HTTPTransfer {
    /// libcurl's result in our words, with the host and without the rest of the URL.
    func error(for result: CURLcode) -> HTTPError {
        let reason = String(cString: curl_easy_strerror(result))
        if let status = proxyRefusal { return .connectFailed("\(host): the proxy answered \(status)") }
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST: return .hostNotFound(host)
        case CURLE_COULDNT_RESOLVE_PROXY: return .connectFailed("\(host): the proxy's host cannot be resolved")
        case CURLE_COULDNT_CONNECT: return .connectFailed(hostAndProxy)
        case CURLE_OPERATION_TIMEDOUT: return isConnected ? .timeout : .connectTimeout(hostAndProxy)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_INITFAILED:
            return .tls("\(host): \(reason)")
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE:
            return .connectionLost(reason)
        case CURLE_URL_MALFORMAT: return .invalidRequest("the URL is not valid")
        // Of the URL only http and https get here.
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: return .protocolError("the answer is not HTTP")
        case CURLE_OUT_OF_MEMORY:
            return .protocolError("the head of the answer is too large, or libcurl has no more memory")
        default: return .protocolError(reason)
        }
    }

    /// What could not be connected to. libcurl does not say whether it was the proxy.
    private var hostAndProxy: String {
        let variables = [request.url.hasPrefix("https:") ? "https_proxy" : "http_proxy", "all_proxy"]
        // An empty one is none.
        let variable = variables.first { name in getenv(name).map { $0.pointee != 0 } ?? false }
        guard request.useProxy, let variable else { return host }
        return "\(host) (through the proxy of \(variable.uppercased()), unless NO_PROXY has the host)"
    }
}
