import JSON

/// Settings of AWS's tools, each of which has a variable and a key of the profile. The variable comes first; an empty one
/// counts as absent.
struct LayeredSettings {
    let environment: [String: String]
    /// Keys of the profile in use.
    let profile: [String: String]

    func value(_ variable: String, _ key: String) -> String? {
        environment[variable]?.nonEmpty ?? profile[key]?.nonEmpty
    }

    func flag(_ variable: String, _ key: String) -> Bool {
        value(variable, key)?.lowercased() == "true"
    }
}
