/// An element of an XML answer.
struct XMLNode: Sendable {
    enum Content: Sendable {
        case text(String)
        case children([XMLNode])
    }

    var name: String
    var content: Content
    var namespace: String?

    init(_ name: String, _ text: String) {
        self.name = name
        content = .text(text)
    }

    init(_ name: String, namespace: String? = nil, _ children: [XMLNode]) {
        self.name = name
        self.namespace = namespace
        content = .children(children)
    }

    var xml: String {
        let head = namespace.map { "<\(name) xmlns=\"\($0)\">" } ?? "<\(name)>"
        switch content {
        case .text(let text): return head + Self.escaped(text) + "</\(name)>"
        case .children(let children): return head + "\n" + children.map { $0.xml + "\n" }.joined() + "</\(name)>"
        }
    }

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
