/// A role, and what its name orders: any role exists and may be assumed, and the words of its name, separated by commas,
/// say how its sessions behave.
struct SandboxRole: Sendable, Equatable {
    enum Failure: String, Sendable {
        /// The caller may not have it.
        case denied
        /// The service has trouble of its own.
        case unavailable
        /// The service takes no more requests for the moment.
        case throttled
        /// The service answers with something that is no credentials.
        case invalid
        /// There is no such role.
        case missing
    }

    /// The last part of its ARN.
    var name: String
    var account = Caller.account
    /// Seconds that its sessions last, unless the request says.
    var lifetime = 3600
    /// Milliseconds before the answer.
    var delay = 0
    var externalID: String?
    var failure: Failure?

    /// Every word there is; `--help` lists them.
    static let words: [(form: String, summary: String)] = [
        ("expires-in-N", "its sessions last N seconds (3600)"),
        ("delay-N", "its sessions are handed out after N milliseconds"),
        ("external-id-X", "AssumeRole needs the external id X"),
        ("denied", "the caller may not assume it"),
        ("unavailable", "the service fails"),
        ("throttled", "the service takes no more requests"),
        ("invalid", "the answer is no credentials"),
        ("missing", "the metadata services do not have it"),
    ]

    init(name: String, account: String = Caller.account) {
        self.name = name
        self.account = account
        for word in name.split(separator: ",") {
            if let failure = Failure(rawValue: String(word)) {
                self.failure = failure
            } else if let seconds = Self.number(word, after: "expires-in-") {
                lifetime = seconds
            } else if let milliseconds = Self.number(word, after: "delay-") {
                delay = milliseconds
            } else if word.hasPrefix("external-id-") {
                externalID = String(word.dropFirst("external-id-".count))
            }
        }
    }

    /// Reads `arn:aws:iam::123456789012:role/path/name`; nil for anything else.
    init?(arn: String) {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "arn", parts[1].hasPrefix("aws"), parts[2] == "iam", parts[3].isEmpty,
            parts[4].utf8.count == 12, parts[4].utf8.allSatisfy(ASCII.isDigit), parts[5].hasPrefix("role/"),
            let name = parts[5].split(separator: "/").dropFirst().last
        else { return nil }
        self.init(name: String(name), account: parts[4])
    }

    func session(_ sessionName: String) -> Caller {
        Caller(arn: "arn:aws:sts::\(account):assumed-role/\(name)/\(sessionName)")
    }

    private static func number(_ word: Substring, after prefix: String) -> Int? {
        guard word.hasPrefix(prefix), let number = Int(word.dropFirst(prefix.count)), (0...86_400_000).contains(number)
        else { return nil }
        return number
    }
}
