import Glibc

/// The wall clock.
public enum UnixTime {
    /// Whole seconds since 1970, as `created` has them.
    public static func seconds() -> Int {
        Int(time(nil))
    }
}
