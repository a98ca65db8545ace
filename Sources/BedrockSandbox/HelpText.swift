/// The reference part of `--help`: what can be asked of the sandbox.
public enum HelpText {
    /// Plain text of several lines, without a line end behind the last.
    public static var reference: String {
        var lines = ["DIRECTIVES (in the last user text, the header X-Sandbox-Directives or SANDBOX_DIRECTIVES):"]
        lines += rows(Directives.table.map { ($0.form, $0.summary) })
        lines += ["", "FAULTS:"]
        lines += rows(Fault.table.map { ($0.name, $0.summary) })
        lines += ["", "ROLES (words of a role's name, separated by commas):"]
        lines += rows(SandboxRole.words.map { ($0.form, $0.summary) })
        lines += ["", "ENVIRONMENT:"]
        lines += rows(SandboxConfiguration.variables.map { ($0.name, $0.summary) })
        return lines.joined(separator: "\n")
    }

    private static func rows(_ rows: [(String, String)]) -> [String] {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, summary in
            "  " + name + String(repeating: " ", count: width - name.count + 2) + summary
        }
    }
}
