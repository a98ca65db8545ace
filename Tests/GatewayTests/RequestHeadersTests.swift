import DIAL
import FastCGI
import Testing

@testable import Gateway

/// Source: DIAL API, "Request headers"; platform, "Extra data".
@Suite("What DIAL Core tells in headers")
struct RequestHeadersTests {
    static func headers(
        _ values: [String: String],
        apiKey: String? = "key",
        takesBearer: Bool = false,
        trusting: Bool = true
    ) throws(DIALError) -> RequestHeaders {
        var parameters = values.map { name, value in
            (name: "HTTP_" + String(name.uppercased().map { $0 == "-" ? "_" : $0 }), value: value)
        }
        if let apiKey { parameters.append((name: "HTTP_API_KEY", value: apiKey)) }
        let request = FastCGIRequest(parameters: RequestParameters(parameters), body: [])
        return try RequestHeaders(request, takesBearer: takesBearer, trustsUpstreamHeaders: trusting)
    }

    static func failure(_ values: [String: String], apiKey: String? = "key") -> DIALError? {
        do throws(DIALError) {
            _ = try headers(values, apiKey: apiKey)
            return nil
        } catch {
            return error
        }
    }

    @Test func theApiKeyMustBeThereAndMayBeEmpty() throws {
        #expect(Self.failure([:], apiKey: nil) == .apiKeyRequired)
        #expect(Self.failure(["Authorization": "Bearer x"], apiKey: nil) == .apiKeyRequired)
        #expect(try Self.headers([:], apiKey: "").apiKey == "")
    }

    @Test func aBearerTokenMayStandForIt() throws {
        for spelling in ["Bearer x", "bearer x"] {
            #expect(try Self.headers(["Authorization": spelling], apiKey: nil, takesBearer: true).apiKey == "x")
        }
        #expect(try Self.headers(["Authorization": "Bearer x"], takesBearer: true).apiKey == "key")
        for wrong in ["Basic x", "Bearer ", "", "Bearer"] {
            #expect(throws: DIALError.apiKeyRequired) {
                try Self.headers(["Authorization": wrong], apiKey: nil, takesBearer: true)
            }
        }
    }

    @Test func everyMemberOfTheExtraDataIsRead() throws {
        let data = try Self.headers([
            "X-UPSTREAM-EXTRA-DATA": """
            {"region":"eu-west-1","aws_access_key_id":"A","aws_secret_access_key":"S","aws_session_token":"T",\
            "aws_assume_role_arn":"R","compatible_model_id":"M","unknown":{"x":1}}
            """
        ]).extraData.get()
        #expect(data.region == "eu-west-1" && data.compatibleModelID == "M")
        #expect(data.credentials.accessKeyID == "A" && data.credentials.secretAccessKey == "S")
        #expect(data.credentials.sessionToken == "T" && data.credentials.roleARN == "R")
    }

    @Test(arguments: ["", "{}", #"{"region":null}"#, #"{"region":""}"#])
    func absentAndEmptyAreTheSame(_ text: String) throws {
        #expect(try Self.headers(["X-UPSTREAM-EXTRA-DATA": text]).extraData.get().region == nil)
    }

    @Test(arguments: [
        "{", "[]", "null", #""text""#, #"{"region":1}"#, #"{"aws_secret_access_key":["SECRET"]}"#, "SECRET",
    ])
    func malformedExtraDataIsNeverQuoted(_ text: String) throws {
        let headers = try Self.headers(["X-UPSTREAM-EXTRA-DATA": text])
        #expect(headers.compatibleModelID == nil)
        guard case .failure(let error) = headers.extraData else {
            Issue.record("no failure")
            return
        }
        #expect(error.status == 500 && error.type == DIALError.internalServerType)
        #expect(!error.message.contains("SECRET"))
        #expect(error.message.contains("DIAL Core configuration"))
    }

    @Test func withAKeyTheExtraDataIsTakenAsFarAsItGoes() throws {
        let headers = try Self.headers([
            "X-UPSTREAM-KEY": "k", "X-UPSTREAM-EXTRA-DATA": #"{"region":5,"compatible_model_id":"M"}"#,
        ])
        #expect(headers.upstreamKey == "k")
        #expect(try headers.compatibleModelID == "M" && headers.extraData.get().region == nil)
        #expect(try Self.headers(["X-UPSTREAM-KEY": "k", "X-UPSTREAM-EXTRA-DATA": "{"]).upstreamKey == "k")
    }

    @Test func anEmptyKeyIsNone() throws {
        #expect(try Self.headers(["X-UPSTREAM-KEY": ""]).upstreamKey == nil)
    }

    @Test func headersOfUpstreamsMayBeDistrusted() throws {
        let headers = try Self.headers(
            ["X-UPSTREAM-KEY": "k", "X-UPSTREAM-EXTRA-DATA": #"{"region":"eu-west-1","compatible_model_id":"M"}"#],
            trusting: false
        )
        #expect(try headers.upstreamKey == nil && headers.extraData.get().region == nil)
        #expect(headers.compatibleModelID == nil)
        #expect(try Self.headers(["X-UPSTREAM-EXTRA-DATA": "{"], trusting: false).extraData.get().region == nil)
    }

    @Test func applicationPropertiesAreJSON() throws {
        #expect(Self.failure(["X-DIAL-APPLICATION-PROPERTIES": #"{"a":1}"#]) == nil)
        #expect(Self.failure(["X-DIAL-APPLICATION-PROPERTIES": ""]) == nil)
        #expect(Self.failure(["X-DIAL-APPLICATION-PROPERTIES": "null"]) == nil)
        let list = try #require(Self.failure(["X-DIAL-APPLICATION-PROPERTIES": "[1]"]))
        #expect(list.status == 400 && list.message.contains("unreliable_dial_application_properties. Input should be"))
        let error = try #require(Self.failure(["X-DIAL-APPLICATION-PROPERTIES": "{a"]))
        #expect(error.status == 400)
        #expect(error.message == "The value of X-DIAL-APPLICATION-PROPERTIES header isn't valid JSON")
    }
}

/// Source: W3C Trace Context, level 1, section 3.2.
@Suite("Trace context")
struct TraceContextTests {
    static let traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
    static let parent = "00-\(traceID)-00f067aa0ba902b7-01"

    @Test func aParentIsTakenInAndHandedOn() throws {
        let trace = try #require(TraceContext(parent: Self.parent, state: "a=1,b=2"))
        #expect(trace.traceID == Self.traceID && trace.spanID == "00f067aa0ba902b7")
        #expect(trace.headers.map(\.name) == ["traceparent", "tracestate"])
        #expect(trace.headers.map(\.value) == [Self.parent, "a=1,b=2"])
        let bare = try #require(TraceContext(parent: Self.parent, state: ""))
        #expect(bare.headers.map(\.name) == ["traceparent"])
    }

    @Test func laterVersionsAreReadAsThisOne() throws {
        let trace = try #require(
            TraceContext(parent: "cc-\(Self.traceID)-00f067aa0ba902b7-00-what-comes-later", state: nil)
        )
        #expect(trace.headers[0].value == "00-\(Self.traceID)-00f067aa0ba902b7-00")
    }

    @Test(arguments: [
        "", "-", "00", "00-\(traceID)", "00-\(traceID)-00f067aa0ba902b7", "ff-\(traceID)-00f067aa0ba902b7-01",
        "00-\(traceID)-00f067aa0ba902b7-01-more", "0-\(traceID)-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-\(traceID)-0000000000000000-01",
        "00-\(traceID.uppercased())-00f067aa0ba902b7-01", "00-\(traceID)-00f067aa0ba902b-01",
        "00-\(traceID)-00f067aa0ba902b7-1", "00-\(traceID)-00f067aa0ba902b7-zz", "00_\(traceID)_00f067aa0ba902b7_01",
        "00-\(traceID)-00f067aa0ba902b7-01\r\nX: y",
    ])
    func anythingElseIsNone(_ header: String) {
        #expect(TraceContext(parent: header, state: "a=1") == nil)
    }

    @Test func noParentIsNoTrace() {
        #expect(TraceContext(parent: nil, state: "a=1") == nil)
    }
}
