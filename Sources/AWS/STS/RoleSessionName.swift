/// How the adapter's role sessions are called.
public enum RoleSessionName {
    /// What `RoleSessionName` is unless set otherwise; the ARN of the caller in AWS's own logs ends in it.
    public static let adapter = "BedrockAccessSession"
}
