/// A request of InvokeModel in the form that a family of models takes: checked, and ready to be answered.
protocol ModelBody {
    /// Where directives are looked for.
    var userText: String { get }

    /// - Parameter rate: tokens a second, unless the directives say otherwise.
    func answer(_ directives: Directives, rate: Double) throws(AWSError) -> SandboxAnswer
}
