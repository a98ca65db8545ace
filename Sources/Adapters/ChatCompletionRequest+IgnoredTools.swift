import DIAL

extension ChatCompletionRequest {
    /// For models without tools: what is declared has never been an error there.
    var notesOfIgnoredTools: [String] {
        declaredFunctions.isEmpty ? [] : ["The tools of the request were not sent: the model has none"]
    }
}
