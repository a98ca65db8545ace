/// The `Authorization` header of Signature Version 4, taken apart.
struct AuthorizationHeader: Equatable {
    var accessKeyID: String
    /// `YYYYMMDD`.
    var date: String
    var region: String
    var service: String
    var terminator: String
    /// Lower-case header names in the order given.
    var signedHeaders: [String]
    var signature: String

    static let algorithm = "AWS4-HMAC-SHA256"

    var scope: String { "\(date)/\(region)/\(service)/\(terminator)" }
}

extension AuthorizationHeader {
    /// Reads `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
    init(parsing value: String) throws(AWSError) {
        let incomplete = { (reason: String) in
            AWSError(status: 400, type: "IncompleteSignatureException", message: reason)
        }
        guard value.hasPrefix(Self.algorithm + " ") else {
            throw incomplete("Unsupported AWS 'algorithm': '\(value.prefix { $0 != " " })'. ")
        }
        var parts: [String: String] = [:]
        for part in value.dropFirst(Self.algorithm.count).split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else {
                throw incomplete(
                    "'\(ASCII.trimmed(part))' not a valid key=value pair (missing equal-sign) "
                        + "in Authorization header."
                )
            }
            parts[ASCII.trimmed(pair[0])] = ASCII.trimmed(pair[1])
        }
        let missing = ["Credential", "Signature", "SignedHeaders"].filter { parts[$0, default: ""].isEmpty }
        guard missing.isEmpty, let credential = parts["Credential"], let headers = parts["SignedHeaders"],
            let signature = parts["Signature"]
        else {
            throw incomplete(
                missing.map { "Authorization header requires '\($0)' parameter. " }.joined()
                    + "Authorization=\(Self.algorithm)"
            )
        }
        let scope = credential.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard scope.count == 5 else {
            throw incomplete(
                "Credential must have exactly 5 slash-delimited elements, "
                    + "e.g. keyid/date/region/service/term, got '\(credential)'"
            )
        }
        self.init(
            accessKeyID: scope[0],
            date: scope[1],
            region: scope[2],
            service: scope[3],
            terminator: scope[4],
            signedHeaders: headers.split(separator: ";").map(ASCII.lowercased),
            signature: signature
        )
    }
}
