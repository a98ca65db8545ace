public struct ServerSentEventDecoder: Sendable {
    public mutating func append(_ bytes: [UInt8]) {}
    public mutating func next() -> (event: String?, data: [UInt8])? { nil }
}
