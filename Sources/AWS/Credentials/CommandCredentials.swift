import JSON

/// Credentials from a command's output, `credential_process` of a profile.
/// Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
struct CommandCredentials: AWSCredentialSource {
    let name = "credential process"
    /// As it stands in the profile.
    let command: String
    let environment: [String: String]
    var timeLimit = Duration.seconds(30)

    /// The command's output is never logged; what it wrote to its error output is.
    func load() async throws(AWSCredentialError) -> AWSCredentials? {
        guard let words = ShellWords.split(command), !words.isEmpty else {
            throw AWSCredentialError(.invalidConfiguration, detail: "credential_process is not a command")
        }
        let runner = CommandRunner(arguments: words, environment: environment, timeLimit: timeLimit)
        switch await runner.run() {
        case .exited(0, let output, _):
            return try Self.read(output)
        case .exited(let status, _, let errorOutput):
            let text = String(decoding: errorOutput.prefix(500), as: UTF8.self)
            throw AWSCredentialError(
                .invalidAnswer,
                detail: "credential_process ended with status \(status): \(text)"
            )
        case .timedOut:
            throw AWSCredentialError(.unreachable, detail: "credential_process took longer than \(timeLimit)")
        case .tooMuchOutput:
            throw AWSCredentialError(.invalidAnswer, detail: "credential_process wrote too much")
        case .notStarted(let reason):
            throw AWSCredentialError(
                .invalidConfiguration,
                detail: "credential_process could not be started: \(reason)"
            )
        }
    }

    static func read(_ output: [UInt8]) throws(AWSCredentialError) -> AWSCredentials {
        guard let document = try? JSON(parsing: output), document.objectValue != nil else {
            throw AWSCredentialError(.invalidAnswer, detail: "credential_process did not write a JSON object")
        }
        guard document["Version"]?.intValue == 1 else {
            throw AWSCredentialError(.invalidAnswer, detail: "credential_process wrote a Version other than 1")
        }
        guard
            let credentials = CredentialDocument.read(output, tokenMember: "SessionToken", requiresExpiration: false)
        else {
            throw AWSCredentialError(
                .invalidAnswer,
                detail: "credential_process did not write proper AccessKeyId and SecretAccessKey"
            )
        }
        return credentials
    }
}
