import Foundation
import Testing

@testable import AWS

@Suite struct CommandCredentialsTests {
    private let environment = ["PATH": "/usr/bin:/bin", "FROM_ENVIRONMENT": "yes"]

    private func load(_ command: String, timeLimit: Duration = .seconds(20)) async throws -> AWSCredentials? {
        try await CommandCredentials(command: command, environment: environment, timeLimit: timeLimit).load()
    }

    @Test func theOutputIsRead() async throws {
        // Run by `sh`: another test that forks may still hold the new file open for writing, and such a file is not executed.
        let script = try TemporaryFile(
            """
            echo "noise" >&2
            echo '{"Version":1,"AccessKeyId":"'"$1"'","SecretAccessKey":"'"$FROM_ENVIRONMENT"'","SessionToken":"t",'
            echo '"Expiration":"2025-07-01T18:00:00Z","AccountId":"1"}'
            """
        )
        #expect(
            try await load("sh \(script.path) 'A KEY'")
                == AWSCredentials(
                    accessKeyID: "A KEY",
                    secretAccessKey: "yes",
                    sessionToken: "t",
                    expiration: 1_751_392_800
                )
        )
    }

    /// Scripts that hand out keys without a session write an empty text.
    @Test(arguments: ["null", #""""#])
    func commandsAreFoundByPath(token: String) async throws {
        let document = #"'{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":\#(token)}'"#
        #expect(
            try await load("printf %s \(document)") == AWSCredentials(accessKeyID: "A", secretAccessKey: "s")
        )
    }

    @Test(arguments: [
        ("sh -c 'exit 3'", AWSCredentialError.Cause.invalidAnswer), ("sh -c 'kill -9 $$'", .invalidAnswer),
        ("/nonexistent/command", .invalidConfiguration), ("command-that-does-not-exist", .invalidConfiguration),
        ("'", .invalidConfiguration), ("echo", .invalidAnswer), ("echo []", .invalidAnswer),
        (#"echo '{"Version":2,"AccessKeyId":"A","SecretAccessKey":"s"}'"#, .invalidAnswer),
        (#"echo '{"Version":1,"AccessKeyId":"A"}'"#, .invalidAnswer),
        ("head -c 100000 /dev/zero", .invalidAnswer),
    ])
    func failures(command: String, expected: AWSCredentialError.Cause) async {
        #expect(await cause { _ = try await load(command) } == expected)
    }

    @Test func errorOutputIsReportedAndOutputIsNot() async {
        do {
            _ = try await load("sh -c 'echo hush; echo reason >&2; exit 4'")
            Issue.record("the exit status went unnoticed")
        } catch {
            #expect("\(error)".contains("status 4: reason"))
            #expect(!"\(error)".contains("hush"))
        }
    }

    @Test(arguments: [
        "sleep 120", "sh -c 'sleep 120 & sleep 120'",
        // Both outputs are closed, but it lives on.
        "sh -c 'exec >&- 2>&-; sleep 120'",
        // It ended, but what it started holds its outputs.
        "sh -c 'sleep 120 &'",
    ])
    func slowCommandsAreEnded(command: String) async {
        let start = ContinuousClock.now
        #expect(await cause { _ = try await load(command, timeLimit: .milliseconds(300)) } == .unreachable)
        #expect(ContinuousClock.now - start < .seconds(100))
    }

    @Test func openFilesAndSignalsStayBehind() async throws {
        let descriptor = open("/dev/null", O_RDONLY)
        defer { close(descriptor) }
        let runner = CommandRunner(
            arguments: ["sh", "-c", "ls /proc/self/fd | wc -l; grep SigBlk /proc/self/status; pwd"],
            environment: environment,
            timeLimit: .seconds(20)
        )
        guard case .exited(0, let output, _) = await runner.run() else {
            Issue.record("the command failed")
            return
        }
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        // Standard input and the two outputs, and what `ls` opens itself.
        #expect(lines.first == "4")
        #expect(lines.dropFirst().first == "SigBlk:\t0000000000000000")
    }
}
