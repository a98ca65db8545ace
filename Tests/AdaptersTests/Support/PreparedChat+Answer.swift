import JSON
import Testing

@testable import Adapters
@testable import Bedrock
@testable import DIAL

extension PreparedChat {
    /// What the client gets of the upstream's answer to one choice.
    func answer(to events: [UpstreamEvent], stream: Bool) -> ClientAnswer {
        let response = ChatResponse(stream: stream, choices: 1, id: "id", created: 1)
        do throws(DIALError) {
            try translate(events, response.makeChoice())
            try response.finish()
        } catch {
            return ClientAnswer(error, ending: response)
        }
        return ClientAnswer(response)
    }

    /// Takes the whole of an upstream's answer.
    func translate(_ events: [UpstreamEvent], _ choice: ChoiceOutput) throws(DIALError) {
        var translator = makeTranslator()
        do throws(DIALError) {
            for event in events { try translator.receive(event, choice) }
            try translator.end(choice)
        } catch {
            translator.abort(choice)
            throw error
        }
    }

    /// The error that a request ends with before any call.
    static func error(_ prepare: () async throws -> PreparedChat) async throws -> DIALError {
        do {
            let prepared = try await prepare()
            Issue.record("no error but \(String(decoding: prepared.call.body, as: UTF8.self))")
        } catch let error as DIALError {
            return error
        }
        return .processingFailed
    }
}
