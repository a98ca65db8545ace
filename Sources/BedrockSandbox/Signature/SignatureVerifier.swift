/// Checks a request's Signature Version 4 by computing it again from what arrived.
///
/// Written on its own, without the adapter's signer, so that each checks the other.
/// Source: AWS Signature Version 4 for API requests, "Create a signed AWS API request".
enum SignatureVerifier {
    static func signingKey(secret: String, date: String, region: String, service: String) -> [UInt8] {
        var key = Array(("AWS4" + secret).utf8)
        for part in [date, region, service, "aws4_request"] { key = Digest.hmac(key: key, part) }
        return key
    }

    /// The canonical request: method, path, query, headers, names of signed headers, payload hash.
    static func canonicalRequest(_ request: SandboxRequest, signedHeaders: [String]) -> String {
        let lines = signedHeaders.map { name in
            let values = request.headers.filter { $0.isNamed(name) }.map { collapsed($0.value) }
            return name + ":" + values.joined(separator: ",") + "\n"
        }
        return [
            request.method,
            canonicalPath(request.rawPath),
            canonicalQuery(request.rawQuery),
            lines.joined(),
            signedHeaders.joined(separator: ";"),
            request.header("x-amz-content-sha256") ?? ASCII.hex(Digest.sha256(request.body)),
        ].joined(separator: "\n")
    }

    static func stringToSign(canonicalRequest: String, time: String, scope: String) -> String {
        [AuthorizationHeader.algorithm, time, scope, ASCII.hex(Digest.sha256(canonicalRequest))]
            .joined(separator: "\n")
    }

    /// The path as it was sent, without dot segments and empty ones, encoded once more.
    static func canonicalPath(_ path: Substring) -> String {
        var segments: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for part in parts {
            switch part {
            case "", ".": continue
            case "..": _ = segments.popLast()
            default: segments.append(part)
            }
        }
        let trailing = segments.isEmpty || !(parts.last == "" || parts.last == "." || parts.last == "..") ? "" : "/"
        return "/" + segments.map { PercentEncoding.encode($0) }.joined(separator: "/") + trailing
    }

    /// Parameters as sent, sorted by name and then value; a name alone gets an equals sign.
    static func canonicalQuery(_ query: Substring) -> String {
        query.split(separator: "&").map { part -> (name: Substring, value: Substring) in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (pair[0], pair.count > 1 ? pair[1] : "")
        }
        .sorted {
            Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8))
                || $0.name == $1.name && Array($0.value.utf8).lexicographicallyPrecedes(Array($1.value.utf8))
        }
        .map { "\($0.name)=\($0.value)" }
        .joined(separator: "&")
    }

    /// Without outer white space, inner runs of blanks become one space.
    private static func collapsed(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
}
