import Testing

@testable import AWS

@Suite struct ConfigurationFileTests {
    @Test func sectionsKeysAndComments() throws {
        let file = try INIFile(
            parsing: """
                # comment
                [default]
                Region = eu-west-1
                ; comment
                  # indented comment
                empty =
                url: http://host:1/#x

                [profile "a b"]\r
                  role_arn=arn:x\r
                  source_profile = default
                """
        )
        #expect(
            file.sections == [
                .init(name: "default", values: ["region": "eu-west-1", "empty": "", "url": "http://host:1/#x"]),
                .init(name: "profile \"a b\"", values: ["role_arn": "arn:x", "source_profile": "default"]),
            ]
        )
    }

    @Test func nestedMapsAndContinuations() throws {
        let file = try INIFile(
            parsing: """
                [services local]
                bedrock_runtime =
                  endpoint_url = http://127.0.0.1:1
                  # a comment
                  other = x = y
                sts =
                    endpoint_url = http://127.0.0.1:2
                text = one
                  two
                """
        )
        let section = try #require(file.sections.first)
        #expect(file.sections.count == 1 && section.name == "services local")
        #expect(section.nested["bedrock_runtime"] == ["endpoint_url": "http://127.0.0.1:1", "other": "x = y"])
        #expect(section.nested["sts"] == ["endpoint_url": "http://127.0.0.1:2"])
        #expect(section.values == ["text": "one\ntwo"])
    }

    @Test(arguments: [
        ("key = value", 1, INIFile.ParseError.StaticReason.noSection), ("[a]\nkey", 2, .noDelimiter),
        ("[a]\n= x", 2, .noDelimiter), ("[a\nk = v", 1, .unclosedSection), ("[a]\n\n[a]", 3, .duplicateSection),
        ("[a]\nk = 1\nK = 2", 3, .duplicateKey), ("[a]\nk =\n  nonsense", 2, .noDelimiter),
    ])
    func errors(text: String, line: Int, reason: INIFile.ParseError.StaticReason) {
        #expect(throws: INIFile.ParseError(line: line, reason: reason)) { try INIFile(parsing: text) }
    }

    @Test func shellWords() {
        #expect(ShellWords.split("a  b\tc") == ["a", "b", "c"])
        #expect(ShellWords.split(#"'a b' "c \"d\" \e \\" f\ g ''"#) == ["a b", #"c "d" \e \"#, "f g", ""])
        #expect(ShellWords.split(#"--x="1 2"y"#) == ["--x=1 2y"])
        #expect(ShellWords.split(" $HOME * ; ") == ["$HOME", "*", ";"])
        #expect(ShellWords.split("'open") == nil)
        #expect(ShellWords.split(#""open\"#) == nil)
        #expect(ShellWords.split(#"end\"#) == nil)
        #expect(ShellWords.split("") == [])
    }

    @Test func pathsAreExpanded() {
        let environment = ["HOME": "/home/me", "DIR": "x"]
        #expect(LocalFile.expand("~/.aws/config", environment: environment) == "/home/me/.aws/config")
        #expect(LocalFile.expand("~", environment: environment) == "/home/me")
        #expect(LocalFile.expand("~other/x", environment: environment) == "~other/x")
        #expect(LocalFile.expand("/a/$DIR/${DIR}y/$NONE$", environment: environment) == "/a/x/xy/$NONE$")
        #expect(LocalFile.expand("${DIR", environment: environment) == "${DIR")
        #expect(LocalFile.expand("~/x", environment: [:]) == nil)
    }

    @Test func profilesOfBothFilesAreMerged() throws {
        let configuration = try SharedConfiguration(
            config: """
                [default]
                region = eu-west-1
                aws_access_key_id = config
                services = local
                use_fips_endpoint = true
                [profile "my team"]
                region = us-east-1
                [profile]
                [sso-session x]
                [services local]
                bedrock_runtime =
                  endpoint_url = http://127.0.0.1:1
                """,
            credentials: "[default]\naws_access_key_id = credentials\n[my team]\naws_access_key_id = team"
        )
        #expect(configuration.profiles["default"]?["aws_access_key_id"] == "credentials")
        #expect(configuration.profiles["my team"]?["region"] == "us-east-1")
        #expect(configuration.profiles["my team"]?["aws_access_key_id"] == "team")
        #expect(configuration.region == "eu-west-1")
        let settings = configuration.endpointSettings(environment: [:])
        #expect(settings.usesFIPS)
        #expect(settings.overrides == [.bedrockRuntime: "http://127.0.0.1:1"])
        #expect(!configuration.endpointSettings(environment: ["AWS_USE_FIPS_ENDPOINT": "false"]).usesFIPS)
    }

    @Test func theProfileInUse() throws {
        let text = "[profile a]\nregion = r-a\n[profile b]\nregion = r-b"
        func region(_ environment: [String: String]) throws -> String? {
            let configuration = try SharedConfiguration(config: text, environment: environment)
            _ = try configuration.activeProfile()
            return configuration.region
        }
        #expect(try region(["AWS_PROFILE": "a"]) == "r-a")
        #expect(try region(["AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"]) == "r-b")
        #expect(try region(["AWS_PROFILE": ""]) == nil)
        for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
            let detail = "the profile named by \(variable) is in neither of the shared files"
            #expect(throws: AWSCredentialError(.invalidConfiguration, detail: detail)) {
                try region([variable: "none"])
            }
        }
    }

    @Test func missingFilesAreEmptyAndBrokenOnesAreErrors() throws {
        #expect(throws: Never.self) { try SharedConfiguration.load(environment: ["HOME": "/nonexistent"]) }
        #expect(throws: Never.self) { try SharedConfiguration.load(environment: [:]) }
        #expect {
            try SharedConfiguration.load(environment: ["AWS_CONFIG_FILE": "/etc"])
        } throws: {
            ($0 as? AWSCredentialError)?.cause == .invalidConfiguration
        }
        #expect {
            try SharedConfiguration(credentials: "aws_secret_access_key = hush")
        } throws: {
            // The line is named, its content is not.
            ($0 as? AWSCredentialError).map { $0.cause == .invalidConfiguration && !$0.description.contains("hush") }
                ?? false
        }
    }
}
