import JSON

/// The JSON objects in which the metadata services and credential commands hand out credentials.
enum CredentialDocument {
    /// - Parameter tokenMember: `Token` of the metadata services, `SessionToken` of commands.
    /// - Returns: nil when it is not JSON or a member is missing, has the wrong type or is unfit for a header.
    static func read(_ bytes: [UInt8], tokenMember: String, requiresExpiration: Bool) -> AWSCredentials? {
        guard let document = try? JSON(parsing: bytes), let accessKeyID = document["AccessKeyId"]?.stringValue,
            let secretAccessKey = document["SecretAccessKey"]?.stringValue, accessKeyID.isPrintableASCII,
            !secretAccessKey.isEmpty
        else { return nil }
        var credentials = AWSCredentials(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey)
        if let token = document[tokenMember], !token.isNull {
            // Scripts that hand out keys without one write an empty text.
            guard let text = token.stringValue, text.isEmpty || text.isPrintableASCII else { return nil }
            credentials.sessionToken = text.nonEmpty
        }
        if let expiration = document["Expiration"], !expiration.isNull {
            guard let seconds = expiration.stringValue.flatMap({ UTCTime.unixSeconds(iso8601: $0) }) else { return nil }
            credentials.expiration = seconds
        }
        if requiresExpiration, credentials.expiration == nil || document[tokenMember]?.stringValue == nil { return nil }
        return credentials
    }
}
