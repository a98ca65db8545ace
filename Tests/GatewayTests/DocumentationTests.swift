import JSON
import Testing

@testable import Gateway

@Suite("Documentation") struct DocumentationTests {
    private let openAPI = try? JSON(parsing: Documentation.openAPI.body)

    @Test func versionIsTheProgramsOwn() {
        #expect(openAPI?["info"]?["version"]?.stringValue == Version.current)
    }

    @Test func everyEndpointIsDescribed() {
        let paths = openAPI?["paths"]
        for endpoint in Endpoint.allCases {
            let method = endpoint.method.lowercased()
            #expect(paths?["/openai/deployments/{deployment}/\(endpoint.rawValue)"]?[method] != nil)
            #expect(paths?["/openai/v1/\(endpoint.rawValue)"]?[method] != nil)
        }
    }

    @Test(arguments: ["GET", "HEAD"]) func routes(_ method: String) {
        #expect(Route(method: method, target: "/docs") == .docs)
        #expect(Route(method: method, target: "/docs?x=1") == .docs)
        #expect(Route(method: method, target: "/docs/") == .redirect(path: "/docs"))
        #expect(Route(method: method, target: "/openapi.json") == .openAPI)
        #expect(Route(method: "POST", target: "/docs") == .methodNotAllowed(allow: "GET"))
    }

    @Test func everyPathIsRouted() throws {
        for (path, operations) in try #require(openAPI?["paths"]?.objectValue) {
            for (method, _) in try #require(operations.objectValue) where method != "parameters" {
                let target = path.split(separator: "{deployment}").joined(separator: "model")
                let route = Route(method: method.uppercased(), target: target)
                #expect(route != .notFound && route != .methodNotAllowed(allow: "GET"), "\(method) \(path)")
            }
        }
    }
}
