import CSimdJSON

extension JSONView {
    /// The value as a tree of its own, which outlives the document's next parse.
    ///
    /// Of a duplicate key the last value wins, at the place of the first.
    public var tree: JSON {
        guard node.kind != json_null, let nodes = document.result.nodes, let text = document.result.text else {
            return .null
        }
        return withExtendedLifetime(document) { TreeBuilder(nodes: nodes, text: text).value(at: Int(index)) }
    }
}

/// Builds values straight from a document's nodes. The parser bounds how deep it goes.
private struct TreeBuilder {
    let nodes: UnsafePointer<json_node>
    let text: UnsafePointer<UInt8>

    func value(at index: Int) -> JSON {
        let node = nodes[index]
        switch node.kind {
        case json_false: return .bool(false)
        case json_true: return .bool(true)
        case json_integer, json_number: return .number(JSONNumber(checked: string(of: node)))
        case json_string: return .string(string(of: node))
        case json_array:
            var elements: [JSON] = []
            elements.reserveCapacity(Int(node.length))
            var next = index + 1
            for _ in 0..<node.length {
                elements.append(value(at: next))
                next = Int(nodes[next].next)
            }
            return .array(elements)
        case json_object:
            var members = JSONObject()
            members.reserveCapacity(Int(node.length))
            var key = index + 1
            for _ in 0..<node.length {
                members.append(string(of: nodes[key]), value(at: key + 1))
                key = Int(nodes[key + 1].next)
            }
            return .object(members)
        default: return .null
        }
    }

    private func string(of node: json_node) -> String {
        String(decoding: UnsafeBufferPointer(start: text + Int(node.offset), count: Int(node.length)), as: UTF8.self)
    }
}
