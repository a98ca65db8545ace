import Testing

@testable import AWS

@Suite struct EndpointTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var region: String
        /// Plain, FIPS, dual-stack, both; nil where there is none.
        var bedrock: [String?]
        var sts: [String?]
        var testDescription: String { region }

        /// Rows whose STS follows the same pattern.
        init(_ region: String, _ domain: String, _ dualStack: String?) {
            self.region = region
            func hosts(_ service: String) -> [String?] {
                [
                    "\(service).\(region).\(domain)", "\(service)-fips.\(region).\(domain)",
                    dualStack.map { "\(service).\(region).\($0)" },
                    dualStack.map { "\(service)-fips.\(region).\($0)" },
                ]
            }
            bedrock = hosts("bedrock-runtime")
            sts = hosts("sts")
        }
    }

    /// Recorded from botocore.
    static let rows: [Row] = {
        var government = Row("us-gov-west-1", "amazonaws.com", "api.aws")
        government.sts[1] = "sts.us-gov-west-1.amazonaws.com"
        return [
            Row("us-east-1", "amazonaws.com", "api.aws"), government,
            Row("cn-north-1", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
            Row("us-iso-east-1", "c2s.ic.gov", "api.aws.ic.gov"),
            Row("us-isob-east-1", "sc2s.sgov.gov", "api.aws.scloud"),
            Row("eu-isoe-west-1", "cloud.adc-e.uk", nil), Row("us-isof-south-1", "csp.hci.ic.gov", nil),
            Row("eusc-de-east-1", "amazonaws.eu", "api.amazonwebservices.eu"),
            Row("mars-north-9", "amazonaws.com", "api.aws"), Row("local", "amazonaws.com", "api.aws"),
        ]
    }()

    @Test(arguments: rows)
    func variants(row: Row) throws {
        let region = try #require(AWSRegion(row.region))
        for (service, hosts) in [(AWSService.bedrockRuntime, row.bedrock), (.sts, row.sts)] {
            for (index, host) in hosts.enumerated() {
                var settings = AWSEndpointSettings(environment: [:])
                settings.usesFIPS = index & 1 != 0
                settings.usesDualStack = index & 2 != 0
                if let host {
                    let endpoint = try AWSEndpoint.resolve(service, region: region, settings: settings)
                    #expect(endpoint.baseURL == "https://" + host)
                    #expect(endpoint.host == host)
                    #expect(endpoint.signingRegion == row.region)
                    #expect(endpoint.signingName == service.signingName)
                    #expect(endpoint.isConfidential)
                } else {
                    #expect(throws: AWSEndpointError.noDualStack(region: row.region)) {
                        try AWSEndpoint.resolve(service, region: region, settings: settings)
                    }
                }
            }
        }
    }

    @Test(arguments: [
        ("us-east-1", "https://sts.amazonaws.com", "us-east-1"),
        ("eu-west-1", "https://sts.amazonaws.com", "us-east-1"),
        ("eu-south-1", "https://sts.eu-south-1.amazonaws.com", "eu-south-1"),
    ])
    func legacySTS(region: String, url: String, signingRegion: String) throws {
        let settings = AWSEndpointSettings(environment: ["AWS_STS_REGIONAL_ENDPOINTS": "legacy"])
        let endpoint = try AWSEndpoint.resolve(.sts, region: try #require(AWSRegion(region)), settings: settings)
        #expect(endpoint.baseURL == url)
        #expect(endpoint.signingRegion == signingRegion)
    }

    @Test func overridesByPrecedence() throws {
        let region = try #require(AWSRegion("eu-west-1"))
        let profile = ["endpoint_url": "https://profile"]
        let services = ["bedrock_runtime": ["endpoint_url": "https://services"]]
        func baseURL(_ environment: [String: String], _ service: AWSService = .bedrockRuntime) throws -> String {
            let settings = AWSEndpointSettings(environment: environment, profile: profile, profileServices: services)
            return try AWSEndpoint.resolve(service, region: region, settings: settings).baseURL
        }
        let specific = ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://specific:1/", "AWS_ENDPOINT_URL": "http://any:2"]
        #expect(try baseURL(specific) == "http://specific:1")
        #expect(try baseURL(specific, .sts) == "http://any:2")
        #expect(try baseURL(["AWS_ENDPOINT_URL_BEDROCK_RUNTIME": ""]) == "https://services")
        #expect(try baseURL([:], .sts) == "https://profile")
        let ignoring = specific.merging(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"]) { $1 }
        #expect(try baseURL(ignoring) == "https://bedrock-runtime.eu-west-1.amazonaws.com")
        // An override wins over the variants.
        let variants = specific.merging(["AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"]) { $1 }
        #expect(try baseURL(variants) == "http://specific:1")
    }

    @Test func overrideKeepsItsBasePath() throws {
        let region = try #require(AWSRegion("eu-west-1"))
        let settings = AWSEndpointSettings(environment: ["AWS_ENDPOINT_URL": "http://127.0.0.1:9000/base/"])
        let endpoint = try AWSEndpoint.resolve(.bedrockRuntime, region: region, settings: settings)
        #expect(endpoint.baseURL == "http://127.0.0.1:9000/base")
        #expect(endpoint.signingRegion == "eu-west-1")
        #expect(endpoint.isConfidential)
    }

    @Test(arguments: [
        ("https://gateway.example.com", true), ("http://gateway.example.com", false), ("http://localhost:1", true),
        ("http://[::1]:1", true), ("http://127.9.9.9", true), ("http://127.0.0.1.example.com", false),
        ("http://127.example", false),
    ])
    func bearerTokensNeedConfidentialEndpoints(url: String, isConfidential: Bool) throws {
        var settings = AWSEndpointSettings(environment: [:])
        settings.overrides[.bedrockRuntime] = url
        let endpoint = try AWSEndpoint.resolve(
            .bedrockRuntime,
            region: try #require(AWSRegion("us-east-1")),
            settings: settings
        )
        #expect(endpoint.isConfidential == isConfidential)
    }

    @Test(arguments: ["gateway", "http://", "http://user:secret@host", "http://host?x=1", "file:///etc"])
    func invalidOverridesAreNamedNotShown(url: String) throws {
        var settings = AWSEndpointSettings(environment: [:])
        settings.overrides[.bedrockRuntime] = url
        #expect(throws: AWSEndpointError.invalidOverride(service: .bedrockRuntime)) {
            try AWSEndpoint.resolve(
                .bedrockRuntime,
                region: try #require(AWSRegion("us-east-1")),
                settings: settings
            )
        }
        #expect(!AWSEndpointError.invalidOverride(service: .bedrockRuntime).description.contains("secret"))
    }

    @Test func regionSyntax() {
        for name in ["us-east-1", "us-gov-west-1", "local", "a", String(repeating: "a", count: 63)] {
            #expect(AWSRegion(name)?.name == name)
        }
        for name in [
            "", "US-EAST-1", "us_east_1", "-us", "us-", "us.east", "us-east-1/", "us-east-1\n", "ü-east", "1-a",
            "evil.com#", String(repeating: "a", count: 64),
        ] {
            #expect(AWSRegion(name) == nil)
        }
    }

    @Test func regionByPrecedence() throws {
        var environment = ["DEFAULT_REGION": "r-1", "AWS_DEFAULT_REGION": "r-2", "AWS_REGION": "r-3"]
        func region(_ extra: String? = nil) throws -> String {
            try AWSRegion.configured(extraData: extra, environment: environment, profileRegion: "r-4").name
        }
        #expect(try region("r-0") == "r-0")
        #expect(try region("") == "r-1")
        environment["DEFAULT_REGION"] = nil
        #expect(try region() == "r-2")
        environment["AWS_DEFAULT_REGION"] = ""
        #expect(try region() == "r-3")
        environment["AWS_REGION"] = nil
        #expect(try region() == "r-4")
        #expect(throws: AWSCredentialError(.noRegion)) {
            try AWSRegion.configured(extraData: nil, environment: [:])
        }
        #expect(throws: AWSCredentialError(.invalidRegion)) {
            try AWSRegion.configured(extraData: "evil.com/", environment: environment)
        }
    }

    @Test func modelIDsAreOneSegment() {
        #expect(PercentEncoding.pathSegment("amazon.nova-lite-v1:0") == "amazon.nova-lite-v1%3A0")
        #expect(
            PercentEncoding.pathSegment(
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0"
            )
                == "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.amazon.nova-lite-v1%3A0"
        )
        #expect(PercentEncoding.pathSegment("a b/../ü?#%") == "a%20b%2F..%2F%C3%BC%3F%23%25")
        #expect(PercentEncoding.pathSegment("..") == "%2E%2E")
    }

    @Test func environmentCredentials() throws {
        var environment = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "new"]
        #expect(
            try EnvironmentCredentials(environment: environment).read()
                == AWSCredentials(accessKeyID: "AKID", secretAccessKey: "s", sessionToken: "new")
        )
        environment["AWS_SECURITY_TOKEN"] = "old"
        environment["AWS_CREDENTIAL_EXPIRATION"] = "2025-07-01T13:34:56Z"
        #expect(
            try EnvironmentCredentials(environment: environment).read()
                == AWSCredentials(
                    accessKeyID: "AKID",
                    secretAccessKey: "s",
                    sessionToken: "old",
                    expiration: 1_751_376_896
                )
        )
        environment["AWS_CREDENTIAL_EXPIRATION"] = "soon"
        #expect(throws: AWSCredentialError.self) { try EnvironmentCredentials(environment: environment).read() }
        environment["AWS_SECRET_ACCESS_KEY"] = ""
        #expect {
            try EnvironmentCredentials(environment: environment).read()
        } throws: {
            ($0 as? AWSCredentialError)?.cause == .partialCredentials
        }
        #expect(try EnvironmentCredentials(environment: ["AWS_ACCESS_KEY_ID": ""]).read() == nil)
    }
}
