import HTTPClient

extension SigV4Signer {
    /// The headers that a signature adds to a request: `X-Amz-Date`, `X-Amz-Security-Token` for temporary credentials,
    /// `Authorization`.
    /// - Parameter unixSeconds: now, corrected by `ClockOffsets`.
    /// - Throws: `SigV4Error`.
    public func headers(
        method: String,
        url: String,
        headers: [HTTPHeader],
        body: [UInt8],
        bodyDigest: SHA256.Digest? = nil,
        credentials: AWSCredentials,
        region: String,
        service: String,
        unixSeconds: Int
    ) throws(SigV4Error) -> [HTTPHeader] {
        try sign(
            method: method,
            url: url,
            headers: headers.map { ($0.name, $0.value) },
            body: body,
            bodyDigest: bodyDigest,
            credentials: credentials,
            region: region,
            service: service,
            unixSeconds: unixSeconds
        ).addedHeaders
    }

    /// Signs `request` in place, taking the place of an earlier attempt's signature.
    /// - Throws: `SigV4Error`.
    public func sign(
        _ request: inout HTTPRequest,
        credentials: AWSCredentials,
        endpoint: AWSEndpoint,
        unixSeconds: Int
    ) throws(SigV4Error) {
        let added = try headers(
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
        request.headers += added
    }
}
