import DIAL

extension ChoiceOutput {
    /// Content, unless there is none.
    func pass(_ text: String) {
        if !text.isEmpty { content(text) }
    }
}
