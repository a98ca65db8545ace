/// Settings of AWS's tools, each of which has a variable and a key of the profile. The variable comes first; an empty one
/// counts as absent.
struct LayeredSettings {
    let environment: [String: String]
    /// Keys of the profile in use.
    let profile: [String: String]

    func value(_ variable: String, _ key: String) -> String? {
        [environment[variable], profile[key]].lazy.compactMap(\.self).first { !$0.isEmpty }
    }

    func flag(_ variable: String, _ key: String) -> Bool {
        value(variable, key)?.lowercased() == "true"
    }
}
