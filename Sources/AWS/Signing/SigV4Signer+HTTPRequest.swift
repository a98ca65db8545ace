import HTTPClient

extension SigV4Signer {
    /// Signs `request` in place, taking the place of an earlier attempt's signature.
    /// - Throws: `SigV4Error`.
    public func sign(
        _ request: inout HTTPRequest,
        credentials: AWSCredentials,
        endpoint: AWSEndpoint,
        unixSeconds: Int
    ) throws(SigV4Error) {
        let signature = try sign(
            method: request.method,
            url: request.url,
            headers: request.headers,
            body: request.body,
            credentials: credentials,
            region: endpoint.signingRegion,
            service: endpoint.signingName,
            unixSeconds: unixSeconds
        )
        request.headers.removeAll { SigV4Signer.isReplaced(lowercased: $0.name.lowercased()) }
        request.headers += signature.addedHeaders
    }
}
