import AWS

/// What the program was started with, where Swift does not know.
///
/// Swift looks for the arguments below the environment, and finds none, not even the program's name, where a library that was loaded
/// first, such as an agent that watches programs, has set a variable: the environment then lies elsewhere. The kernel knows them, with
/// the interpreter before them where there is one. Source: Swift's standard library, proc(5).
public enum ProcessArguments {
    /// Without the name of the program; nil where the kernel does not tell.
    public static func read() -> [String]? {
        guard case .bytes(let bytes) = LocalFile.read("/proc/self/cmdline"), !bytes.isEmpty else { return nil }
        // A zero ends each of them.
        return bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false).dropFirst().map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
