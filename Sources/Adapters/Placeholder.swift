/// What stands where a service wants a text and the client has none. Services refuse white space.
enum Placeholder {
    static let text = "."
    /// The user's, where the conversation ends with the assistant and the model wants it to end with the user.
    static let continuation = "Continue."
}
