/// The program as a server. docs/configuration.md, "The server".
struct ServerConfiguration: Sendable {
    /// One thread each, 1…256.
    let eventLoops: Int
    /// Seconds after a signal during which `/ready` says no and everything is still served.
    let drainDelay: Double
    /// Seconds that requests under way get after the drain delay.
    let shutdownGrace: Double
    /// Permissions of a unix socket, up to 0o777.
    let socketMode: UInt32
    /// Of a request; a longer one gets 413.
    let maximumBodyBytes: Int
    /// Of bodies and files that one event loop holds at a time; more bodies wait, more files get 503.
    let maximumHeldBytes: Int
    /// Requests to deployments at a time, all event loops together; more get 503.
    let maximumInFlight: Int

    init(_ reader: inout EnvironmentReader) {
        eventLoops = reader.integer("WEB_CONCURRENCY", default: 1, in: 1...256)
        drainDelay = reader.seconds("DIAL_ADAPTER_DRAIN_DELAY_SECONDS", default: 0, in: 0...3600)
        shutdownGrace = reader.seconds("DIAL_ADAPTER_SHUTDOWN_GRACE_SECONDS", default: 30, in: 0...86_400)
        socketMode = Self.socketMode(&reader)
        maximumBodyBytes = reader.integer("DIAL_ADAPTER_MAX_BODY_BYTES", default: 64 << 20, in: 1024...(1 << 31))
        maximumHeldBytes = reader.integer("DIAL_ADAPTER_MAX_HELD_BYTES", default: 1 << 30, in: 1024...(1 << 40))
        maximumInFlight = reader.integer("DIAL_ADAPTER_MAX_INFLIGHT", default: 10_000, in: 1...1_000_000)
    }

    private static func socketMode(_ reader: inout EnvironmentReader) -> UInt32 {
        guard let text = reader.string("DIAL_ADAPTER_SOCKET_MODE") else { return 0o660 }
        guard let mode = UInt32(text, radix: 8), mode <= 0o777 else {
            reader.report("DIAL_ADAPTER_SOCKET_MODE is '\(text)'; set it to an octal mode such as 0660")
            return 0o660
        }
        return mode
    }
}
