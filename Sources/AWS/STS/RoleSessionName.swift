/// How the adapter's role sessions are called.
public enum RoleSessionName {
    public static let adapter = "BedrockAccessSession"
}
