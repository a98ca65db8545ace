import Testing

@testable import Bedrock

@Suite("Which failures are worth another attempt")
struct RetryPolicyTests {
    @Test(
        arguments: [
            (429, nil, true), (500, "X", true), (502, nil, true), (503, nil, true), (504, nil, true), (509, nil, true),
            (400, "ThrottlingException", true), (400, "TooManyRequestsException", true), (400, "SlowDown", true),
            (400, "RequestTimeout", true), (400, "LimitExceededException", true), (400, "ValidationException", false),
            (400, nil, false), (403, "ThrottlingException", true), (408, "RequestTimeoutException", true),
            (408, "ModelTimeoutException", false),
            (424, "ModelErrorException", false), (529, nil, false),
        ] as [(Int, String?, Bool)]
    )
    func ofAWS(_ status: Int, _ code: String?, _ covered: Bool) {
        let policy = RetryPolicy(rules: .aws, retries: 1)
        let failure = RetryPolicy.Failure.answer(status: status, code: code, wishes: .init(shouldRetry: true))
        #expect(policy.covers(failure) == covered)
    }

    @Test(
        arguments: [
            (408, nil, true), (409, nil, true), (429, nil, true), (500, nil, true), (529, nil, true), (400, nil, false),
            (400, true, true), (500, false, false),
        ] as [(Int, Bool?, Bool)]
    )
    func ofAnthropic(_ status: Int, _ wish: Bool?, _ covered: Bool) {
        let policy = RetryPolicy(rules: .anthropic, retries: 1)
        let failure = RetryPolicy.Failure.answer(status: status, code: nil, wishes: .init(shouldRetry: wish))
        #expect(policy.covers(failure) == covered)
    }

    @Test(arguments: [RetryPolicy.Rules.aws, .anthropic])
    func ofTheConnection(_ rules: RetryPolicy.Rules) {
        let policy = RetryPolicy(rules: rules, retries: 1)
        #expect(policy.covers(.connection) && !policy.covers(.final))
    }
}
