/// The version of the program.
public enum Version {
    /// Part of the `User-Agent` header and of the metrics.
    public static let current = "0.1.0"
}
