import JSON

/// The profiles of AWS's two shared files.
/// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
public struct SharedConfiguration: Sendable {
    /// Keys of a profile, per file.
    struct Profile: Sendable, Equatable {
        var config: [String: String] = [:]
        var credentials: [String: String] = [:]

        /// Of both files; the credentials file comes first.
        subscript(key: String) -> String? {
            (credentials[key] ?? config[key])?.nonEmpty
        }

        var merged: [String: String] { config.merging(credentials) { $1 } }

        var hasStaticKeys: Bool { self["aws_access_key_id"] != nil || self["aws_secret_access_key"] != nil }

        /// Whether it is a role to assume with other credentials.
        var isRole: Bool { self["role_arn"] != nil && self["web_identity_token_file"] == nil }
    }

    private(set) var profiles: [String: Profile] = [:]
    /// Nested keys by service, of every `[services …]` section.
    private var services: [String: [String: [String: String]]] = [:]
    /// The profile in use: `AWS_DEFAULT_PROFILE`, else `AWS_PROFILE`, else `default`.
    let profileName: String
    /// The variable that names it; then it has to exist.
    private let profileVariable: String?

    /// Reads both files. A missing file is empty.
    /// - Throws: `AWSCredentialError`, cause `.invalidConfiguration`, when a file cannot be read or understood.
    public static func load(environment: [String: String]) throws(AWSCredentialError) -> SharedConfiguration {
        let config = try text(of: environment["AWS_CONFIG_FILE"], default: "~/.aws/config", environment)
        let credentials = try text(
            of: environment["AWS_SHARED_CREDENTIALS_FILE"],
            default: "~/.aws/credentials",
            environment
        )
        return try SharedConfiguration(config: config, credentials: credentials, environment: environment)
    }

    init(
        config: String = "",
        credentials: String = "",
        environment: [String: String] = [:]
    ) throws(AWSCredentialError) {
        profileVariable = ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"].first { environment[$0]?.nonEmpty != nil }
        profileName = profileVariable.flatMap { environment[$0] } ?? "default"
        for section in try Self.parse(config, file: "config").sections {
            // An unclosed quotation: botocore reads over such a section, too.
            guard let words = ShellWords.split(section.name) else { continue }
            switch (words.first, words.count) {
            case ("default"?, 1):
                profiles["default", default: Profile()].config = section.values
            case ("profile"?, 2):
                profiles[words[1], default: Profile()].config = section.values
            case ("services"?, 2):
                services[words[1]] = section.nested
            default:
                break
            }
        }
        for section in try Self.parse(credentials, file: "credentials").sections {
            profiles[section.name, default: Profile()].credentials = section.values
        }
    }

    /// Throws what `activeProfile` does.
    public func checkProfile() throws(AWSCredentialError) { _ = try activeProfile() }

    /// The profile in use; nil when the files do not have it and no variable names it.
    /// - Throws: `.invalidConfiguration` when a variable names a profile that does not exist.
    func activeProfile() throws(AWSCredentialError) -> Profile? {
        if let profile = profiles[profileName] { return profile }
        if let profileVariable {
            throw AWSCredentialError(
                .invalidConfiguration,
                detail: "the profile named by \(profileVariable) is in neither of the shared files"
            )
        }
        return nil
    }

    /// `region` of the profile in use.
    public var region: String? { profiles[profileName]?["region"] }

    /// `ca_bundle` of the profile in use.
    public var certificateAuthorityFile: String? { profiles[profileName]?["ca_bundle"] }

    /// What decides on addresses: the environment, then the profile in use.
    public func endpointSettings(environment: [String: String]) -> AWSEndpointSettings {
        let profile = profiles[profileName] ?? Profile()
        let sections = profile["services"].flatMap { services[$0] } ?? [:]
        return AWSEndpointSettings(environment: environment, profile: profile.merged, profileServices: sections)
    }

    private static func parse(_ text: String, file: String) throws(AWSCredentialError) -> INIFile {
        do throws(INIFile.ParseError) {
            return try INIFile(parsing: text)
        } catch {
            throw AWSCredentialError(
                .invalidConfiguration,
                detail: "the shared \(file) file has \(error.reason.rawValue), line \(error.line)"
            )
        }
    }

    private static func text(
        of path: String?,
        default defaultPath: String,
        _ environment: [String: String]
    ) throws(AWSCredentialError) -> String {
        let chosen = path?.nonEmpty ?? defaultPath
        guard let expanded = LocalFile.expand(chosen, environment: environment) else { return "" }
        switch LocalFile.read(expanded) {
        case .missing: return ""
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .unreadable(let reason):
            throw AWSCredentialError(.invalidConfiguration, detail: "\(chosen) cannot be read: \(reason)")
        }
    }
}
