/// Who sent a request, as IAM names him.
struct Caller: Sendable, Equatable {
    /// The account of everything that is the sandbox's own.
    static let account = "123456789012"

    var arn: String
    /// The key that signed; nil for a Bedrock API key.
    var accessKeyID: String?
    /// Whether he is a session of a role, which may hand on roles for an hour at most.
    var isSession: Bool { arn.contains(":assumed-role/") }

    var accountID: String {
        arn.split(separator: ":", omittingEmptySubsequences: false).dropFirst(4).first.map(String.init) ?? ""
    }

    /// `AIDA…` of a user, `AROA…:session` of a session; the same for the same name.
    var userID: String {
        let name = arn.split(separator: "/")
        guard isSession, name.count > 2 else { return Self.identifier("AIDA", of: arn) }
        return Self.identifier("AROA", of: String(name[name.count - 2])) + ":" + name[name.count - 1]
    }

    /// A prefix and 17 letters and digits.
    private static func identifier(_ prefix: String, of name: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        let letters = Digest.sha256(name).prefix(17).map { alphabet[Int($0 & 31)] }
        return prefix + String(decoding: letters, as: UTF8.self)
    }

    static func user(_ name: String) -> Caller { Caller(arn: "arn:aws:iam::\(account):user/\(name)") }
}
