/// Parameters of STS AssumeRole.
/// Source: AWS STS API, `AssumeRole`.
struct AssumeRoleParameters: Sendable, Hashable {
    var roleARN: String
    /// 2 to 64 of letters, digits and `_+=,.@-`; nil for a name of the moment.
    var sessionName: String?
    /// `ExternalId`, where the role's trust policy asks for one.
    var externalID: String?
    /// 900 to 43,200; AWS takes 3,600 when it is absent.
    var durationSeconds: Int?
}

/// A request to STS in its query protocol: a form that is posted to the endpoint's root.
/// Source: AWS STS API, `AssumeRole` and `AssumeRoleWithWebIdentity`.
struct STSRequest: Sendable, Equatable {
    static let contentType = "application/x-www-form-urlencoded; charset=utf-8"

    /// As in botocore's error texts.
    let operation: String
    let isSigned: Bool
    let body: [UInt8]

    /// - Parameter now: Unix seconds.
    static func assumeRole(_ parameters: AssumeRoleParameters, now: Double) -> STSRequest {
        let sessionName = parameters.sessionName ?? RoleSessionName.ofTheMoment(now)
        var fields = [("RoleArn", parameters.roleARN), ("RoleSessionName", sessionName)]
        if let duration = parameters.durationSeconds { fields.append(("DurationSeconds", String(duration))) }
        if let externalID = parameters.externalID { fields.append(("ExternalId", externalID)) }
        return STSRequest(operation: "AssumeRole", isSigned: true, fields: fields)
    }

    /// - Parameter now: Unix seconds.
    static func assumeRoleWithWebIdentity(
        roleARN: String,
        sessionName: String?,
        token: String,
        now: Double
    ) -> STSRequest {
        let sessionName = sessionName ?? RoleSessionName.ofTheMoment(now)
        return STSRequest(
            operation: "AssumeRoleWithWebIdentity",
            isSigned: false,
            fields: [("RoleArn", roleARN), ("RoleSessionName", sessionName), ("WebIdentityToken", token)]
        )
    }

    private init(operation: String, isSigned: Bool, fields: [(String, String)]) {
        self.operation = operation
        self.isSigned = isSigned
        let all = [("Action", operation), ("Version", "2011-06-15")] + fields
        body = Array(
            all.map { PercentEncoding.formValue($0.0) + "=" + PercentEncoding.formValue($0.1) }.joined(separator: "&")
                .utf8
        )
    }
}
