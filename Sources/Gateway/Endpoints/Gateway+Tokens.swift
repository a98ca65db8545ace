import Adapters
import DIAL
import EventLoop

extension Gateway {
    /// `POST …/tokenize`. Source: DIAL API, "tokenize".
    func tokenize(_ call: EndpointCall, _ exchange: Exchange) async throws(DIALError) {
        let request = try await read(exchange, as: TokenizeRequest.init(decoding:ignoringUnknownFields:))
        let deployment = try deployment(call, kind: .chat)
        guard deployment.profile.tokenize else { throw .notImplemented }
        let adapter = try adapter(for: deployment)
        let context = context(deployment, .bedrock, call.headers)
        var outputs: [TokenizeResponse.Output] = []
        var heldSince = EventLoop.now()
        for input in request.inputs {
            try await giveWay(&heldSince)
            do throws(DIALError) {
                switch input {
                case .request(let chat): outputs.append(.tokens(try await adapter.countTokens(in: chat, context)))
                case .text(let text): outputs.append(.tokens(try await adapter.countTokens(in: text, context)))
                }
            } catch {
                outputs.append(.failure(error.message))
            }
        }
        await exchange.answerJSON(TokenizeResponse(outputs: outputs).body())
    }

    /// `POST …/truncate_prompt`. Source: DIAL API, "truncate_prompt".
    func truncatePrompt(_ call: EndpointCall, _ exchange: Exchange) async throws(DIALError) {
        let request = try await read(exchange, as: TruncatePromptRequest.init(decoding:ignoringUnknownFields:))
        let deployment = try deployment(call, kind: .chat)
        guard deployment.profile.truncatePrompt else { throw .notImplemented }
        let adapter = try adapter(for: deployment)
        let context = context(deployment, .bedrock, call.headers)
        var outputs: [TruncatePromptResponse.Output] = []
        var heldSince = EventLoop.now()
        for chat in request.inputs {
            try await giveWay(&heldSince)
            guard let limit = chat.maxPromptTokens else {
                outputs.append(.withoutLimit)
                continue
            }
            do throws(DIALError) {
                let discarded = try await adapter.discardedMessages(in: chat, fitting: limit, context)
                outputs.append(.discarded(discarded))
            } catch {
                outputs.append(.failure(error.message))
            }
        }
        await exchange.answerJSON(TruncatePromptResponse(outputs: outputs).body())
    }

    /// What many inputs need together may take seconds: the loop serves others in between.
    /// - Parameter heldSince: when the loop last did, in nanoseconds.
    /// - Throws: 499 when the client has gone.
    private func giveWay(_ heldSince: inout UInt64) async throws(DIALError) {
        guard EventLoop.now() - heldSince > 5_000_000 else { return }
        do {
            try await loop.sleep(for: .zero)
        } catch {
            throw .cancelled
        }
        heldSince = EventLoop.now()
    }

    /// `POST …/rate`: taken note of and no more. Source: DIAL API, "rate".
    func rate(_ call: EndpointCall, _ exchange: Exchange) async throws(DIALError) {
        _ = try await read(exchange, as: RateRequest.init(decoding:ignoringUnknownFields:))
        _ = try deployment(call, kind: .chat)
        await exchange.answer(200, body: [], headers: [])
    }
}
