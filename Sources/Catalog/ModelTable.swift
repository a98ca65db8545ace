/// The models the adapter serves, in the order of the listing.
public enum ModelTable {
    public static let chat: [ModelProfile] =
        claude + [deepSeekR1] + claudeText + llama + stability + [titanText] + nova + jamba + commandR + command + later

    private static let later: [ModelProfile] = laterClaude + laterConverse + laterStability + otherVendors
}
