import AWS
import HTTPClient
import JSON

@testable import BedrockSandbox

/// Keys with which a test signs.
struct Keys {
    var id = "AKIDEXAMPLE"
    var secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    var token: String?

    var credentials: AWSCredentials { AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token) }
}

extension SandboxRequest {
    /// Signed by the adapter's signer.
    func signed(_ keys: Keys = Keys(), service: String, at time: Int = Sandbox.now) throws -> SandboxRequest {
        let host = "sandbox.example"
        let signature = try SigV4Signer.shared.sign(
            HTTPRequest(
                method: method,
                url: "https://\(host)\(target)",
                headers: headers.map { HTTPHeader($0.name, $0.value) },
                body: body
            ),
            credentials: keys.credentials,
            region: "us-east-1",
            service: service,
            unixSeconds: time
        )
        var signed = self
        signed.headers += signature.addedHeaders.map { SandboxHeader($0.name, $0.value) }
        signed.headers.append(SandboxHeader("Host", host))
        return signed
    }
}

extension Sandbox {
    func post(_ form: String, _ keys: Keys? = Keys(), at time: Int = Sandbox.now) throws -> SandboxAnswer {
        let request = SandboxRequest(
            method: "POST",
            target: "/",
            headers: [SandboxHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array("Version=2011-06-15&\(form)".utf8)
        )
        return answer(try keys.map { try request.signed($0, service: "sts", at: time) } ?? request, at: time)
    }

    func get(_ target: String, method: String = "GET", _ headers: [(String, String)] = [], at time: Int = Sandbox.now)
        -> SandboxAnswer
    {
        answer(
            SandboxRequest(method: method, target: target, headers: headers.map { SandboxHeader($0.0, $0.1) }),
            at: time
        )
    }

    /// What Bedrock says to these keys: the caller's ARN or the type of the error.
    func identity(_ keys: Keys, at time: Int = Sandbox.now) throws -> String? {
        let body: JSON = ["messages": [.user("echo:identity")]]
        let request = SandboxRequest(
            method: "POST",
            target: "/model/\(PercentEncoding.encode(Model.nova))/converse",
            headers: [SandboxHeader("Content-Type", "application/json")],
            body: body.serialized()
        )
        let answer = answer(try request.signed(keys, service: "bedrock", at: time), at: time)
        return answer.text ?? answer.errorType
    }
}

extension SandboxAnswer {
    /// The text of the first XML element of that name.
    func element(_ name: String) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let start = text.firstRange(of: "<\(name)>"), let end = text.firstRange(of: "</\(name)>") else {
            return nil
        }
        return String(text[start.upperBound..<end.lowerBound])
    }

    var keys: Keys? {
        guard let id = element("AccessKeyId"), let secret = element("SecretAccessKey") else { return nil }
        return Keys(id: id, secret: secret, token: element("SessionToken"))
    }
}
