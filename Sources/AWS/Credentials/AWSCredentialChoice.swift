import JSON

/// What a call is authenticated with.
public enum AWSCredentialChoice: Sendable, Hashable {
    case staticKeys(AWSCredentials)
    /// Assume this role with the credentials of the default chain.
    case assumeRole(roleARN: String)
    /// A Bedrock API key, sent as `Authorization: Bearer`, only to a confidential endpoint.
    case bearerToken(String)
    case defaultChain

    /// Chooses by groups, the most specific first; a group is never completed from another one.
    ///
    /// 1. keys of the extra data, 2. role of the extra data, 3. `AWS_BEARER_TOKEN_BEDROCK`, 4. `AWS_ACCESS_KEY_ID` with
    /// `AWS_SECRET_ACCESS_KEY`, 5. `AWS_ASSUME_ROLE_ARN`, 6. the default chain.
    /// - Throws: `AWSCredentialError`: `.invalidExtraData` when one of the extra data's keys is missing or unfit for a
    ///   header, `.invalidConfiguration` for a variable that is.
    public init(extraData: UpstreamCredentialFields, environment: [String: String]) throws(AWSCredentialError) {
        let accessKeyID = extraData.accessKeyID ?? ""
        let secretAccessKey = extraData.secretAccessKey ?? ""
        if !accessKeyID.isEmpty || !secretAccessKey.isEmpty {
            self = .staticKeys(try Self.keys(accessKeyID, secretAccessKey, extraData.sessionToken ?? ""))
        } else if let roleARN = extraData.roleARN?.nonEmpty {
            self = .assumeRole(roleARN: roleARN)
        } else if let token = environment["AWS_BEARER_TOKEN_BEDROCK"]?.nonEmpty {
            guard token.isPrintableASCII else {
                throw AWSCredentialError(
                    .invalidConfiguration,
                    detail: "AWS_BEARER_TOKEN_BEDROCK holds characters unfit for a header"
                )
            }
            self = .bearerToken(token)
        } else if environment["AWS_SECRET_ACCESS_KEY"]?.nonEmpty != nil,
            let credentials = try EnvironmentCredentials(environment: environment).read()
        {
            self = .staticKeys(credentials)
        } else if let roleARN = environment["AWS_ASSUME_ROLE_ARN"]?.nonEmpty {
            self = .assumeRole(roleARN: roleARN)
        } else {
            self = .defaultChain
        }
    }

    private static func keys(
        _ accessKeyID: String,
        _ secretAccessKey: String,
        _ sessionToken: String
    ) throws(AWSCredentialError) -> AWSCredentials {
        guard !accessKeyID.isEmpty else {
            throw AWSCredentialError(.invalidExtraData, detail: "aws_access_key_id is missing")
        }
        guard !secretAccessKey.isEmpty else {
            throw AWSCredentialError(.invalidExtraData, detail: "aws_secret_access_key is missing")
        }
        guard accessKeyID.isPrintableASCII, sessionToken.isEmpty || sessionToken.isPrintableASCII else {
            throw AWSCredentialError(
                .invalidExtraData,
                detail: "aws_access_key_id or aws_session_token is not printable ASCII"
            )
        }
        return AWSCredentials(
            accessKeyID: accessKeyID,
            secretAccessKey: secretAccessKey,
            sessionToken: sessionToken.nonEmpty
        )
    }
}

/// Keeps the bearer token out of logs.
extension AWSCredentialChoice: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        switch self {
        case .staticKeys(let credentials): "static keys \(credentials.accessKeyID)"
        case .assumeRole(let roleARN): "role \(roleARN)"
        case .bearerToken: "bearer token"
        case .defaultChain: "default chain"
        }
    }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
