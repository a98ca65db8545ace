import JSON
import Testing

@testable import Adapters
@testable import DIAL

/// What arrives with `DIAL_ADAPTER_IGNORE_UNKNOWN_FIELDS`: the DIAL API knows no `ttl`.
@Suite("Converse: life of cache points")
struct ConverseCachePointTests {
    static func mark(_ ttl: JSON) -> JSON { ["cache_breakpoint": ["ttl": ttl]] }

    static func point(_ ttl: String?) -> JSON {
        guard let ttl else { return ["cachePoint": ["type": "default"]] }
        return ["cachePoint": ["type": "default", "ttl": .string(ttl)]]
    }

    static func prepare(_ request: JSON, _ deployment: String = Converse.claude) async throws -> (JSON, CacheReport?) {
        let context = try Converse.context(deployment)
        let request = try ChatCompletionRequest(decoding: request, ignoringUnknownFields: true)
        let prepared = try await ConverseAdapter().prepare(request, context)
        return (try JSON(parsing: prepared.call.body), prepared.cache)
    }

    static func request(tools: JSON, system: JSON, user: JSON) -> JSON {
        [
            "tools": [["type": "function", "function": ["name": "f"], "custom_fields": mark(tools)]],
            "messages": [
                ["role": "system", "content": "s", "custom_fields": mark(system)],
                ["role": "user", "content": "u", "custom_fields": mark(user)],
            ],
        ]
    }

    /// AWS refuses an hour behind five minutes, in the order tools, system, messages: earlier points live as long then.
    @Test(
        arguments: [
            (["5m", "1h", nil], ["1h", "1h", nil]), (["1h", "5m", nil], ["1h", "5m", nil]),
            ([nil, "5m", "1h"], ["1h", "1h", "1h"]), (["1d", nil, "5m"], [nil, nil, "5m"]),
        ] as [([JSON], [String?])]
    )
    func timesToLiveNeverRise(_ given: [JSON], _ sent: [String?]) async throws {
        let (body, cache) = try await Self.prepare(
            Self.request(tools: given[0], system: given[1], user: given[2])
        )
        #expect(body["toolConfig"]?["tools"]?[1] == Self.point(sent[0]))
        #expect(body["system"]?[1] == Self.point(sent[1]))
        #expect(body["messages"]?[0]?["content"]?[1] == Self.point(sent[2]))
        #expect(cache?.timeToLive == (given.contains("1h") ? 3600 : 300))
    }

    @Test func novaKnowsOneTimeToLive() async throws {
        let (body, _) = try await Self.prepare(Self.request(tools: "1h", system: "1h", user: nil), Converse.nova)
        #expect(body["system"]?[1] == Self.point(nil))
        #expect(body["toolConfig"]?["tools"]?.arrayValue?.count == 1)
    }

    @Test func whatIsNotMarkedIsNotReported() async throws {
        let request: JSON = [
            "messages": [
                ["role": "system", "content": " ", "custom_fields": Self.mark("5m")],
                ["role": "user", "content": "u"],
            ]
        ]
        #expect(try await Self.prepare(request).1 == nil)
    }

    @Test func aMarkOfNovasToolsIsNotReported() async throws {
        let tools: JSON = [["type": "function", "function": ["name": "f"], "custom_fields": Self.mark("5m")]]
        let request: JSON = ["tools": tools, "messages": [["role": "user", "content": "u"]]]
        #expect(try await Self.prepare(request, Converse.nova).1 == nil)
        #expect(try await Self.prepare(request).1?.path == "prefix.body.tools[0]")
    }

    /// AWS refuses Nova's cache points right behind a file.
    @Test func novaHasTextBetweenFileAndCachePoint() async throws {
        let (body, _) = try await Self.prepare(
            [
                "messages": [
                    [
                        "role": "user", "content": "look",
                        "custom_content": ["attachments": [["type": "image/png", "data": "iVBORw0KGgo="]]],
                        "custom_fields": Self.mark(nil),
                    ]
                ]
            ],
            Converse.nova
        )
        let content = try #require(body["messages"]?[0]?["content"]?.arrayValue)
        #expect(content.map { $0.objectValue?.keys ?? [] } == [["image"], ["text"], ["cachePoint"]])
    }

    /// A turn that goes leaves a file and a mark side by side.
    @Test func novaHasTextBetweenThemWhateverGoes() async throws {
        let image: JSON = ["type": "image_url", "image_url": ["url": "data:image/png;base64,iVBORw0KGgo="]]
        let messages: JSON = [
            ["role": "user", "content": [["type": "text", "text": "look"], image]],
            ["role": "assistant", "content": ""],
            ["role": "user", "content": "", "custom_fields": ["cache_breakpoint": [:]]],
            ["role": "user", "content": "hi"],
        ]
        let body = try await Converse.body(["messages": messages])
        let content = try #require(body["messages"]?[0]?["content"]?.arrayValue)
        #expect(content.map { $0.objectValue?.keys ?? [] } == [["image"], ["text"], ["cachePoint"], ["text"]])
    }

    /// Blank messages have a mark and nothing to stand before it.
    @Test(arguments: [Converse.nova, Converse.claude])
    func aPointStandsBehindSomething(_ deployment: String) async throws {
        func marked(_ content: JSON) -> JSON { ["role": "user", "content": content, "custom_fields": Self.mark(nil)] }
        func sent(_ messages: JSON) async throws -> [[String]] {
            let (body, _) = try await Self.prepare(["messages": messages], deployment)
            return body["messages"]?[0]?["content"]?.arrayValue?.map { $0.objectValue?.keys ?? [] } ?? []
        }
        let after = try await sent([marked(""), ["role": "user", "content": "a"], ["role": "user", "content": "b"]])
        #expect(after == [["text"], ["cachePoint"], ["text"]])
        #expect(
            try await sent([marked(""), marked("a"), marked(""), marked("b")]) == [
                ["text"], ["cachePoint"], ["text"], ["cachePoint"],
            ]
        )
        #expect(try await sent([marked(""), marked("")]).last == ["cachePoint"])
    }
}

@Suite struct CacheReportTests {
    @Test(
        arguments: [
            (["30s"], 30), (["10m", "2h", nil], 7200), ([nil], 300), (["5m", "30s"], 300), (["x"], 300), (["-1m"], 300),
            (["99999999999999999999h"], 300), (["9999999999999999h"], 300), (["m"], 300), ([""], 300),
        ] as [([String?], Int)]
    )
    func theLongestTimeCounts(_ times: [String?], _ seconds: Int) throws {
        let messages = times.map { time -> JSON in
            let breakpoint: JSON = time.map { ["ttl": .string($0)] } ?? [:]
            return ["role": "user", "content": "x", "custom_fields": ["cache_breakpoint": breakpoint]]
        }
        let request = try ChatCompletionRequest(decoding: ["messages": .array(messages)], ignoringUnknownFields: true)
        let report = try #require(CacheReport(request))
        #expect(report == CacheReport(path: "prefix.body.messages[\(times.count - 1)]", timeToLive: seconds))
    }
}
