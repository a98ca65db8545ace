import Testing

@testable import Gateway

/// Source: DIAL API, "Routes"; platform, "Resolution of a deployment id", step 1.
@Suite("Routes")
struct RouteTests {
    static let chat = "chat/completions"

    static func deployment(_ path: String, method: String = "POST") -> (id: String, Endpoint)? {
        guard case .deployment(let id, let endpoint) = Route(method: method, target: path) else { return nil }
        return (id, endpoint)
    }

    @Test(arguments: [
        ("amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"),
        ("amazon.nova-lite-v1%3A0", "amazon.nova-lite-v1:0"), ("a%20b", "a b"), ("%c3%a9", "é"), ("a%2Fb", "a/b"),
        ("a%252Fb", "a%2Fb"), ("A.B", "A.B"), ("..", ".."), ("a+b", "a+b"),
        (
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile%2Fus.amazon.nova-pro-v1:0",
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0"
        ),
        // Some proxies decode the slash.
        (
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0",
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0"
        ),
        ("embeddings", "embeddings"), ("chat", "chat"),
    ])
    func deploymentIDs(_ spelling: String, _ id: String) throws {
        for endpoint in Endpoint.allCases {
            let method = endpoint == .configuration ? "GET" : "POST"
            let path = "/openai/deployments/\(spelling)/\(endpoint.rawValue)"
            for query in ["", "?api-version=2024-02-01", "?x=/y/", "#f"] {
                let found = try #require(Self.deployment(path + query, method: method), "\(path)\(query)")
                #expect(found.id == id)
                #expect(found.1 == endpoint)
            }
        }
    }

    @Test(arguments: [
        "%", "%4", "%zz", "a%", "%ff", "%00", "a%0Ab", "a%7F", "",
    ])
    func unusableIDs(_ spelling: String) {
        #expect(Self.deployment("/openai/deployments/\(spelling)/\(Self.chat)") == nil)
    }

    @Test func idsHaveALength() {
        let longest = String(repeating: "a", count: 2048)
        #expect(Self.deployment("/openai/deployments/\(longest)/\(Self.chat)")?.id == longest)
        #expect(Self.deployment("/openai/deployments/\(longest)a/\(Self.chat)") == nil)
    }

    @Test(arguments: [
        "", "/", "openai/models", "//openai/models", "/openai", "/openai/", "/OPENAI/models", "/openai/deployments",
        "/openai/deployments/a", "/openai/deployments/a/", "/openai/deployments/a/chat",
        "/openai/deployments/a/completions",
        "/openai/deployments/a/Chat/Completions", "/openai/v1", "/openai/v2/chat/completions",
        "//", "/metrics", "/healthz", "/health/live", "*", "http://host/health",
    ])
    func nothingThere(_ target: String) {
        #expect(Route(method: "GET", target: target) == .notFound)
    }

    @Test(arguments: [
        ("GET", "/health", Route.health), ("HEAD", "/health?x", .health), ("GET", "/ready", .ready),
        ("HEAD", "/ready", .ready), ("GET", "/openai/models", .models), ("GET", "/openai/v1/models", .openAIModels),
        ("POST", "/openai/v1/chat/completions", .headerDeployment(.chatCompletions)),
        ("POST", "/openai/v1/embeddings?a=b", .headerDeployment(.embeddings)),
        ("GET", "/openai/v1/configuration", .headerDeployment(.configuration)), ("GET", "/h%65alth", .health),
        ("GET", "/openai%2Fmodels", .models), ("POST", "/%6fpenai/v1/chat%2Frate", .notFound),
        ("POST", "/openai/v1/chat%2Fcompletions", .headerDeployment(.chatCompletions)),
        ("POST", "/%6Fpenai/deployments%2Fa%2525/chat/%63ompletions", .deployment(id: "a%25", .chatCompletions)),
        ("GET", "/openai/v1/models/a.b-v1%3A0", .openAIModel(id: "a.b-v1:0")), ("GET", "/redoc", .docs),
        ("GET", "/health%", .notFound),
    ])
    func plainRoutes(_ method: String, _ target: String, _ route: Route) {
        #expect(Route(method: method, target: target) == route)
    }

    @Test(arguments: [
        ("POST", "/health", "GET"), ("DELETE", "/ready", "GET"), ("POST", "/openai/models", "GET"),
        ("HEAD", "/openai/models", "GET"),
        ("GET", "/openai/deployments/a/chat/completions", "POST"),
        ("OPTIONS", "/openai/deployments/a/embeddings", "POST"),
        ("POST", "/openai/deployments/a/configuration", "GET"), ("post", "/openai/v1/rate", "POST"),
        ("", "/openai/v1/rate", "POST"),
    ])
    func otherMethods(_ method: String, _ target: String, _ allow: String) {
        #expect(Route(method: method, target: target) == .methodNotAllowed(allow: allow))
    }

    @Test(arguments: [
        ("/health/", "/health"), ("/health///", "/health"), ("/openai/models/?x=y", "/openai/models"),
        ("/openai/deployments/a%3Ab/chat/completions/", "/openai/deployments/a%3Ab/chat/completions"),
        ("/openai/models%2F", "/openai/models"), ("/health%2f/%2F?x", "/health"),
    ])
    func trailingSlashes(_ target: String, _ path: String) {
        #expect(Route(method: "POST", target: target) == .redirect(path: path))
    }

    @Test func patternsNameTheRouteAndNotTheDeployment() {
        var patterns: Set<String> = []
        for endpoint in Endpoint.allCases {
            let deployment = Route.deployment(id: "secret", endpoint).pattern
            #expect(deployment == "/openai/deployments/{deployment_id}/\(endpoint.rawValue)")
            #expect(Route.headerDeployment(endpoint).pattern == "/openai/v1/\(endpoint.rawValue)")
            patterns.formUnion([deployment, Route.headerDeployment(endpoint).pattern])
        }
        #expect(patterns.count == 12)
        #expect(Route.notFound.pattern == "" && Route.redirect(path: "/x").pattern == "")
    }
}
