import DIAL

/// Several inputs at a time, each of which may fail alone.
extension ChatAdapter {
    /// `tokenize`
    /// - Throws: 499 when the client has gone.
    public func count(_ request: TokenizeRequest, _ context: AdapterContext) async throws(DIALError) -> TokenizeResponse
    {
        var outputs: [TokenizeResponse.Output] = []
        for input in request.inputs {
            guard !Task.isCancelled else { throw .cancelled }
            do throws(DIALError) {
                switch input {
                case .request(let chat): outputs.append(.tokens(try await countTokens(in: chat, context)))
                case .text(let text): outputs.append(.tokens(context.deployment.profile.tokenizer.count(text)))
                }
            } catch {
                outputs.append(.failure(error.message))
            }
        }
        return TokenizeResponse(outputs: outputs)
    }

    /// `truncate_prompt`
    /// - Throws: 499 when the client has gone.
    public func truncate(
        _ request: TruncatePromptRequest,
        _ context: AdapterContext
    ) async throws(DIALError) -> TruncatePromptResponse {
        var outputs: [TruncatePromptResponse.Output] = []
        for chat in request.inputs {
            guard !Task.isCancelled else { throw .cancelled }
            guard let limit = chat.maxPromptTokens else {
                outputs.append(.withoutLimit)
                continue
            }
            do throws(DIALError) {
                outputs.append(.discarded(try await discardedMessages(in: chat, fitting: limit, context)))
            } catch {
                outputs.append(.failure(error.message))
            }
        }
        return TruncatePromptResponse(outputs: outputs)
    }
}
