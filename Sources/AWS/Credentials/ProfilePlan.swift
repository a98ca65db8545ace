import JSON

/// How the credentials of a profile are to be had: what its keys mean, before anything is called.
/// Source: AWS SDKs and Tools Reference Guide, "Assume role credential provider".
indirect enum ProfilePlan: Sendable, Equatable {
    case staticKeys(AWSCredentials)
    case assumeRole(AssumeRoleParameters, source: ProfilePlan)
    case webIdentity(WebIdentityCredentials.Settings)
    case command(String)
    case environment
    case instanceMetadata
    case container
}

extension SharedConfiguration {
    /// The role that a profile assumes, with where its source credentials come from; nil for other profiles.
    /// - Throws: `.invalidConfiguration`, `.partialCredentials`, `.unsupported`.
    func rolePlan(for name: String) throws(AWSCredentialError) -> ProfilePlan? {
        guard let profile = profiles[name], profile.isRole else { return nil }
        return try rolePlan(for: name, visited: [name])
    }

    private func rolePlan(for name: String, visited: [String]) throws(AWSCredentialError) -> ProfilePlan {
        guard let profile = profiles[name], let roleARN = profile["role_arn"] else {
            throw Self.invalid("a source_profile does not exist")
        }
        guard profile["mfa_serial"] == nil else {
            throw AWSCredentialError(.unsupported, detail: "mfa_serial asks for a code from a device")
        }
        let role = AssumeRoleParameters(
            roleARN: roleARN,
            sessionName: profile["role_session_name"],
            externalID: profile["external_id"],
            durationSeconds: profile["duration_seconds"].flatMap { Int($0) }
        )
        switch (profile["source_profile"], profile["credential_source"]) {
        case (let source?, nil):
            return .assumeRole(role, source: try sourcePlan(source, of: name, visited: visited))
        case (nil, let source?):
            return .assumeRole(role, source: try Self.plan(forCredentialSource: source))
        case (nil, nil):
            throw Self.invalid("a profile with role_arn needs source_profile or credential_source")
        case (_?, _?):
            throw Self.invalid("a profile with role_arn has both source_profile and credential_source")
        }
    }

    private func sourcePlan(
        _ source: String,
        of name: String,
        visited: [String]
    ) throws(AWSCredentialError) -> ProfilePlan {
        guard let profile = profiles[source] else { throw Self.invalid("a source_profile does not exist") }
        if visited.contains(source), source != name || !profile.hasStaticKeys {
            throw Self.invalid("the source_profile entries of the profiles form a circle")
        }
        if !profile.hasStaticKeys, profile.isRole {
            return try rolePlan(for: source, visited: visited + [source])
        }
        guard let plan = try ownPlan(for: source, environment: [:]) else {
            throw Self.invalid("a source_profile holds no credentials")
        }
        return plan
    }

    /// What a profile that is no role holds, in the order of the default chain; nil when it holds nothing.
    /// - Parameter environment: consulted for web identity only.
    func ownPlan(for name: String, environment: [String: String]) throws(AWSCredentialError) -> ProfilePlan? {
        let profile = profiles[name]
        if let settings = try WebIdentityCredentials.Settings(environment: environment, profile: profile) {
            return .webIdentity(settings)
        }
        guard let profile else { return nil }
        let identityCenter = AWSCredentialError(
            .unsupported,
            detail: "the profile signs in through IAM Identity Center (sso_*)"
        )
        if profile["sso_account_id"] != nil || profile["sso_role_name"] != nil { throw identityCenter }
        if let keys = try Self.staticKeys(profile.credentials) { return .staticKeys(keys) }
        if profile["login_session"] != nil {
            throw AWSCredentialError(.unsupported, detail: "the profile signs in through the console (login_session)")
        }
        if let command = profile["credential_process"] { return .command(command) }
        if let keys = try Self.staticKeys(profile.config) { return .staticKeys(keys) }
        // A session without an account may stand beside other credentials.
        if profile["sso_session"] != nil || profile["sso_start_url"] != nil { throw identityCenter }
        return nil
    }

    private static func plan(forCredentialSource source: String) throws(AWSCredentialError) -> ProfilePlan {
        switch source.lowercased() {
        case "environment": return .environment
        case "ec2instancemetadata": return .instanceMetadata
        case "ecscontainer": return .container
        default:
            throw invalid("credential_source is none of Environment, Ec2InstanceMetadata, EcsContainer")
        }
    }

    private static func staticKeys(_ keys: [String: String]) throws(AWSCredentialError) -> AWSCredentials? {
        func value(_ key: String) -> String? { keys[key]?.nonEmpty }
        guard let accessKeyID = value("aws_access_key_id") else { return nil }
        guard let secretAccessKey = value("aws_secret_access_key") else {
            throw AWSCredentialError(.partialCredentials, detail: "a profile has no aws_secret_access_key")
        }
        return AWSCredentials(
            accessKeyID: accessKeyID,
            secretAccessKey: secretAccessKey,
            sessionToken: value("aws_session_token") ?? value("aws_security_token")
        )
    }

    private static func invalid(_ detail: String) -> AWSCredentialError {
        AWSCredentialError(.invalidConfiguration, detail: detail)
    }
}
