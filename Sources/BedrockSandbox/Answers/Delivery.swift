/// How an answer goes out: how fast, and what goes wrong with it.
struct Delivery {
    /// Tokens a second; 0: as fast as possible.
    private let rate: Double
    /// Milliseconds before the first token.
    let firstToken: Int
    private let fault: Directives.FaultOrder?

    /// - Parameter rate: that of an answer whose directives name none.
    init(_ directives: Directives, rate: Double) {
        self.rate = directives.rate ?? rate
        firstToken = directives.firstToken ?? 0
        fault = directives.fault
    }

    /// What an answer takes, in milliseconds: follows from its length, so that it is the same every time.
    func latency(tokens: Int) -> Int {
        firstToken + (rate > 0 ? Int(Double(tokens) * 1000 / rate) : 0)
    }

    /// What stands before the first token of a stream.
    var wait: [StreamScript.Segment] { firstToken > 0 ? [.wait(.milliseconds(firstToken))] : [] }

    func whole(_ answer: SandboxAnswer, tokens: Int) -> SandboxAnswer {
        var answer = answer
        answer.delay = .milliseconds(latency(tokens: tokens))
        return answer.broken(by: fault)
    }

    func stream(
        _ segments: [StreamScript.Segment],
        _ headers: [SandboxHeader],
        _ faultyStream: FaultyStream
    ) -> SandboxAnswer {
        let interval: Duration? = rate > 0 ? .nanoseconds(Int64(1_000_000_000 / rate)) : nil
        let script = StreamScript(interval: interval, segments: faultyStream.apply(fault, to: segments))
        return SandboxAnswer(status: 200, headers: headers, body: .script(script))
    }
}
