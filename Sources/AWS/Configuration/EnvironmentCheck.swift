import Glibc

/// What a start can tell of AWS's settings before a request fails by them.
public enum EnvironmentCheck {
    /// One sentence for each setting that no request can use as it is. Requests may do without: by extra data of their
    /// own, or another source of credentials.
    public static func complaints(environment: [String: String]) -> [String] {
        var complaints: [String] = []
        func check(_ setting: () throws(AWSCredentialError) -> Void) {
            do throws(AWSCredentialError) {
                try setting()
            } catch  where error.cause != .noRegion {
                if !complaints.contains(error.description) { complaints.append(error.description) }
            } catch {}
        }
        check { () throws(AWSCredentialError) in
            let profile = try SharedConfiguration.load(environment: environment).activeProfile()
            _ = try InstanceMetadataSettings(environment: environment, profile: profile)
        }
        check { () throws(AWSCredentialError) in
            _ = try AWSRegion.configured(extraData: nil, environment: environment)
        }
        check { () throws(AWSCredentialError) in
            _ = try EnvironmentCredentials(environment: environment).read()
        }
        check { () throws(AWSCredentialError) in
            _ = try AWSCredentialChoice(extraData: UpstreamCredentialFields(), environment: environment)
        }
        check { () throws(AWSCredentialError) in
            // Beside these nothing asks for it; beside a Bedrock API key a role of a request may.
            guard environment["AWS_ACCESS_KEY_ID"]?.nonEmpty == nil else { return }
            _ = try ContainerCredentials.url(environment: environment)
        }
        return complaints + surprises(environment)
    }

    /// What has less effect than it seems, or another one.
    private static func surprises(_ environment: [String: String]) -> [String] {
        var sentences: [String] = []
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"] {
            guard let value = environment[name], value.first?.isWhitespace == true || value.last?.isWhitespace == true
            else { continue }
            sentences.append("\(name) begins or ends with white space, which AWS takes for a part of it")
        }
        for name in [
            "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
            "AWS_EC2_METADATA_DISABLED", "AWS_EC2_METADATA_V1_DISABLED", "AWS_IMDS_USE_IPV6",
        ] {
            guard let value = environment[name]?.nonEmpty, !["true", "false"].contains(value.lowercased()) else {
                continue
            }
            sentences.append("\(name) is '\(value)', which counts as false; set it to true or false")
        }
        let keys = ["AWS_ACCESS_KEY_ID", "AWS_BEARER_TOKEN_BEDROCK"].first { environment[$0]?.nonEmpty != nil }
        if let keys, environment["AWS_ASSUME_ROLE_ARN"]?.nonEmpty != nil {
            sentences.append("AWS_ASSUME_ROLE_ARN has no effect beside \(keys)")
        }
        return sentences
    }

    /// One sentence for each service whose configured address is none.
    public static func brokenEndpoints(_ settings: AWSEndpointSettings) -> [String] {
        [AWSService.bedrockRuntime, .sts].compactMap { service in
            do throws(AWSEndpointError) {
                _ = try AWSEndpoint.resolve(service, region: .northVirginia, settings: settings)
                return nil
            } catch {
                return error.description
            }
        }
    }

    /// Nil when the file of certificate authorities can be read; a directory is none.
    public static func unreadable(_ file: String) -> String? {
        var status = stat()
        guard access(file, R_OK) != 0 || stat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR else {
            return nil
        }
        return "The certificate authorities in \(file) (AWS_CA_BUNDLE, ca_bundle or REQUESTS_CA_BUNDLE) cannot be read"
    }
}
