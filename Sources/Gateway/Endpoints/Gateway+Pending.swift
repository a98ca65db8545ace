import DIAL

extension Gateway {
    func tokenize(_ call: EndpointCall, _ exchange: inout Exchange) async throws(DIALError) { throw .notImplemented }
    func truncatePrompt(_ call: EndpointCall, _ exchange: inout Exchange) async throws(DIALError) { throw .notImplemented }
    func rate(_ call: EndpointCall, _ exchange: inout Exchange) async throws(DIALError) { throw .notImplemented }
    func embed(_ call: EndpointCall, _ exchange: inout Exchange) async throws(DIALError) { throw .notImplemented }
}
struct ConverseAdapterStub {}
