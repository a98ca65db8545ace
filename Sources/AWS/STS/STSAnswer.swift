/// What STS answered.
/// Source: AWS STS API, `AssumeRole`, and "Common Errors".
enum STSAnswer: Sendable, Equatable {
    case credentials(AWSCredentials)
    case failure(code: String, message: String)
    /// A success without credentials in it, or no XML at all.
    case unintelligible

    /// Elements are found by their local names; unknown ones are skipped.
    init(status: Int, body: [UInt8]) {
        let root = XMLElement(parsing: body)
        if (200..<300).contains(status) {
            guard let credentials = root?.first("Credentials"), let accessKeyID = credentials.text(of: "AccessKeyId"),
                let secretAccessKey = credentials.text(of: "SecretAccessKey"),
                let sessionToken = credentials.text(of: "SessionToken"),
                let expiration = credentials.text(of: "Expiration").flatMap({ UTCTime.unixSeconds(iso8601: $0) })
            else {
                self = .unintelligible
                return
            }
            self = .credentials(
                AWSCredentials(
                    accessKeyID: accessKeyID,
                    secretAccessKey: secretAccessKey,
                    sessionToken: sessionToken,
                    expiration: expiration
                )
            )
        } else if let error = root?.first("Error"), let code = error.text(of: "Code") {
            self = .failure(code: code, message: error.text(of: "Message") ?? "")
        } else {
            self = .unintelligible
        }
    }
}
