import Testing

@testable import AWS

@Suite struct ProfilePlanTests {
    private func plan(_ config: String, credentials: String = "", profile: String = "p") throws -> ProfilePlan? {
        let configuration = try SharedConfiguration(config: config, credentials: credentials)
        return try configuration.rolePlan(for: profile) ?? configuration.ownPlan(for: profile, environment: [:])
    }

    private static let keys = "aws_access_key_id = A\naws_secret_access_key = S"

    @Test func staticKeysOfBothFiles() throws {
        #expect(try plan("[profile p]\n\(Self.keys)") == .staticKeys(.init(accessKeyID: "A", secretAccessKey: "S")))
        #expect(
            try plan("[profile p]\ncredential_process = x", credentials: "[p]\n\(Self.keys)\naws_security_token = T")
                == .staticKeys(.init(accessKeyID: "A", secretAccessKey: "S", sessionToken: "T"))
        )
        // The command comes before static keys of the config file.
        #expect(try plan("[profile p]\ncredential_process = x\n\(Self.keys)") == .command("x"))
        #expect(try plan("[profile p]\nregion = x") == nil)
        #expect(try plan("") == nil)
    }

    @Test func rolesWithSourceProfiles() throws {
        let config = """
            [profile p]
            role_arn = arn:p
            source_profile = q
            external_id = ext
            duration_seconds = 900
            role_session_name = name
            [profile q]
            role_arn = arn:q
            source_profile = r
            duration_seconds = soon
            [profile r]
            \(Self.keys)
            """
        let keys = ProfilePlan.staticKeys(.init(accessKeyID: "A", secretAccessKey: "S"))
        let inner = ProfilePlan.assumeRole(.init(roleARN: "arn:q"), source: keys)
        #expect(
            try plan(config)
                == .assumeRole(
                    .init(roleARN: "arn:p", sessionName: "name", externalID: "ext", durationSeconds: 900),
                    source: inner
                )
        )
        let request = STSRequest.assumeRole(.init(roleARN: "arn:q"), now: 1_751_373_296.5)
        #expect(String(decoding: request.body, as: UTF8.self).hasSuffix("&RoleSessionName=botocore-session-1751373296"))
    }

    @Test(arguments: [
        ("Environment", ProfilePlan.environment), ("Ec2InstanceMetadata", .instanceMetadata),
        ("EcsContainer", .container),
    ])
    func credentialSources(name: String, expected: ProfilePlan) throws {
        #expect(
            try plan("[profile p]\nrole_arn = a\ncredential_source = \(name)")
                == .assumeRole(.init(roleARN: "a"), source: expected)
        )
    }

    @Test func aProfileMayBeItsOwnSourceWhenItHoldsKeys() throws {
        #expect(
            try plan("[profile p]\nrole_arn = a\nsource_profile = p\n\(Self.keys)")
                == .assumeRole(
                    .init(roleARN: "a"),
                    source: .staticKeys(.init(accessKeyID: "A", secretAccessKey: "S"))
                )
        )
    }

    @Test func aSessionMayStandBesideKeys() throws {
        let keys = ProfilePlan.staticKeys(.init(accessKeyID: "A", secretAccessKey: "S"))
        #expect(try plan("[profile p]\nsso_session = s\n\(Self.keys)") == keys)
        #expect(throws: AWSCredentialError.self) {
            try plan("[profile p]\nsso_session = s\nsso_account_id = 1\n\(Self.keys)")
        }
    }

    @Test func anOddSectionIsReadOver() throws {
        let keys = ProfilePlan.staticKeys(.init(accessKeyID: "A", secretAccessKey: "S"))
        #expect(try plan("[profile o'brien]\nregion = x\n[profile p]\n\(Self.keys)") == keys)
    }

    @Test func webIdentityOfAProfile() throws {
        let text = "[profile p]\nrole_arn = a\nweb_identity_token_file = /t\nrole_session_name = n"
        let configuration = try SharedConfiguration(config: text)
        let settings = try WebIdentityCredentials.Settings(environment: [:], profile: configuration.profiles["p"])
        #expect(try plan(text) == settings.map { .webIdentity($0) })
        #expect(settings?.tokenFile == "/t")
        #expect(settings?.roleARN == "a")
        #expect(settings?.sessionName == "n")
        let mixed = try WebIdentityCredentials.Settings(
            environment: ["AWS_ROLE_ARN": "b"],
            profile: configuration.profiles["p"]
        )
        #expect(mixed?.roleARN == "b")
    }

    @Test(arguments: [
        ("role_arn = a\nsource_profile = p", AWSCredentialError.Cause.invalidConfiguration),
        ("role_arn = a\nsource_profile = q\n[profile q]\nrole_arn = b\nsource_profile = p", .invalidConfiguration),
        ("role_arn = a\nsource_profile = none", .invalidConfiguration),
        ("role_arn = a\nsource_profile = q\n[profile q]\nregion = x", .invalidConfiguration),
        ("role_arn = a", .invalidConfiguration),
        ("role_arn = a\nsource_profile = q\ncredential_source = Environment\n[profile q]", .invalidConfiguration),
        ("role_arn = a\ncredential_source = Moon", .invalidConfiguration),
        ("role_arn = a\ncredential_source = Environment\nmfa_serial = x", .unsupported),
        ("web_identity_token_file = /t", .invalidConfiguration), ("sso_session = s", .unsupported),
        ("sso_start_url = s", .unsupported), ("login_session = s", .unsupported),
        ("aws_access_key_id = A", .partialCredentials),
        ("role_arn = a\nsource_profile = q\n[profile q]\naws_access_key_id = A", .partialCredentials),
    ])
    func mistakes(keys: String, cause: AWSCredentialError.Cause) {
        #expect {
            try plan("[profile p]\n" + keys)
        } throws: {
            ($0 as? AWSCredentialError)?.cause == cause
        }
    }
}
