/// What stands where a service wants a text and the client has none. Services refuse white space.
enum Placeholder {
    static let text = "."
}
