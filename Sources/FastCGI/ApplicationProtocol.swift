/// What a web server speaks to the program.
public enum ApplicationProtocol: Sendable, Equatable {
    case fastCGI
    case scgi

    var name: String {
        switch self {
        case .fastCGI: "FastCGI"
        case .scgi: "SCGI"
        }
    }

    func scanner(limits: FastCGILimits) -> any RequestScanner {
        switch self {
        case .fastCGI: RecordScanner(limits: limits)
        case .scgi: SCGIScanner(limits: limits)
        }
    }
}
