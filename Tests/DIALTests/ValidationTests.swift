import DIAL
import JSON
import Testing

@Suite("Validation of requests")
struct ValidationTests {
    @Test("Recorded verdicts", arguments: try Recording.all("bad-", "ok-", "chat-full"))
    func recording(_ recording: Recording) throws {
        let error = violation(recording)
        guard recording.status >= 400 else {
            #expect(error == nil)
            return
        }
        #expect(error?.status == recording.status)
        #expect(try error.map { try JSON(parsing: $0.body()) } == recording.body)
    }

    private func violation(_ recording: Recording) -> DIALError? {
        do throws(DIALError) {
            let body = JSON.object(try RequestBody.parse(recording.requestBody))
            switch recording.endpoint {
            default: _ = try ChatCompletionRequest(decoding: body)
            }
            return nil
        } catch {
            return error
        }
    }
}
