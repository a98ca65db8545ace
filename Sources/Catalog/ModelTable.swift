/// The models the adapter serves, in the order of the listing.
public enum ModelTable {
    /// Chat first, then embeddings.
    public static let all: [ModelProfile] = chat + embeddings

    public static let chat: [ModelProfile] =
        claude + [deepSeekR1] + claudeText + llama + stability + amazon + jamba + cohere + later
}
