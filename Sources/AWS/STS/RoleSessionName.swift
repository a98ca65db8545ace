/// How role sessions are called.
enum RoleSessionName {
    /// Of roles that upstreams ask for; the ARN of the caller in AWS's own logs ends in it.
    static let adapter = "BedrockAccessSession"

    /// What botocore calls sessions that nobody named.
    static func ofTheMoment(_ unixSeconds: Double) -> String {
        "botocore-session-\(Int(unixSeconds))"
    }
}
