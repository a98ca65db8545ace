import Adapters
import DIAL
import EventLoop
import FastCGI

/// Sends what a chat answer has to say, for one or more choices that are filled at the same time.
///
/// Used by the tasks of one request, all on one loop.
final class ChatWriter: @unchecked Sendable {
    /// Where the time went, for the log.
    struct Times {
        var waiting: UInt64 = 0
        var firstByte: UInt64?
        var attempts: Int?
    }

    // What every event touches stands together, in as few cache lines as may be.
    private let answer: ChatResponse
    private let response: ResponseStream
    private var isWriting = false
    private var lastWrite = EventLoop.now()
    /// How many choices wait for the upstream, and since when one of them does.
    private var waiting = 0
    private var waitingSince: UInt64 = 0
    var times = Times()

    /// Choices that wait for another's write: back-pressure holds for all of them.
    private var waiters: [UnsafeContinuation<Void, Never>] = []
    private var heartbeat: Task<Void, Never>?
    /// What `flushAtOnce` could not send.
    private var unsent: [UInt8] = []
    private var extraHeaders: [(name: String, value: String)]

    init(
        _ answer: ChatResponse,
        _ response: ResponseStream,
        requestID: String,
        loop: EventLoop,
        heartbeat interval: Double?
    ) {
        self.answer = answer
        self.response = response
        extraHeaders = [("X-Request-ID", requestID)]
        if let interval, answer.isStream { startHeartbeat(every: .seconds(interval), loop) }
    }

    /// What is cached upstream after this answer, for DIAL Core's choice of upstreams.
    func announce(_ cache: CacheReport?) {
        guard let cache else { return }
        extraHeaders += [
            ("X-DIAL-CACHE-BREAKPOINT-PATH", cache.path),
            ("X-DIAL-CACHE-EXPIRE-AT", String(UnixTime.seconds() + cache.timeToLive)),
        ]
    }

    /// From here on a choice waits for the upstream.
    func startWaiting() {
        if waiting == 0 { waitingSince = EventLoop.now() }
        waiting += 1
    }

    func stopWaiting() {
        waiting -= 1
        if waiting == 0 { times.waiting &+= EventLoop.now() &- waitingSince }
    }

    /// Sends what a stream has gathered if that takes no waiting: the way of nearly all events.
    /// - Returns: false when `flush` is needed.
    func flushAtOnce() -> Bool {
        // What another choice could not send goes first.
        guard answer.isStream, response.hasStarted, !isWriting, unsent.isEmpty else { return false }
        let bytes = answer.takeBytes()
        guard !bytes.isEmpty else { return true }
        lastWrite = EventLoop.now()
        guard response.writeAtOnce(bytes) else {
            unsent = bytes
            return false
        }
        return true
    }

    /// Sends what a stream has gathered; suspends while the client does not read.
    func flush() async throws(ResponseError) {
        guard answer.isStream else { return }
        while isWriting { await withUnsafeContinuation { waiters.append($0) } }
        let bytes = takeBytes()
        guard !bytes.isEmpty else { return }
        isWriting = true
        defer { resumeWaiters() }
        startResponse()
        try await response.write(bytes)
    }

    /// Sends the rest and ends the answer.
    func finish() async throws(ResponseError) {
        while isWriting { await withUnsafeContinuation { waiters.append($0) } }
        isWriting = true
        defer { resumeWaiters() }
        let bytes = takeBytes()
        if answer.isStream {
            startResponse()
        } else {
            response.start(
                status: 200,
                headers: [("Content-Type", "application/json"), ("Content-Length", String(bytes.count))] + extraHeaders
            )
        }
        try await response.finish(bytes)
        noteFirstByte()
    }

    func stop() {
        heartbeat?.cancel()
    }

    private func startResponse() {
        noteFirstByte()
        lastWrite = EventLoop.now()
        guard !response.hasStarted else { return }
        response.start(
            status: 200,
            headers: [
                ("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-cache"),
                ("X-Accel-Buffering", "no"),
            ] + extraHeaders
        )
    }

    private func takeBytes() -> [UInt8] {
        guard !unsent.isEmpty else { return answer.takeBytes() }
        defer { unsent = [] }
        return unsent + answer.takeBytes()
    }

    private func noteFirstByte() {
        if times.firstByte == nil { times.firstByte = EventLoop.now() }
    }

    private func resumeWaiters() {
        isWriting = false
        let waiters = waiters
        self.waiters = []
        for waiter in waiters { waiter.resume() }
    }

    private func startHeartbeat(every interval: Duration, _ loop: EventLoop) {
        heartbeat = Task(executorPreference: loop) { [weak self] in
            var pause = interval
            while (try? await loop.sleep(for: pause)) != nil {
                guard let self else { return }
                pause = interval
                let silence = Duration.nanoseconds(Int64(clamping: EventLoop.now() &- lastWrite))
                guard silence >= interval else {
                    // Something was sent meanwhile: the interval began with that.
                    pause -= silence
                    continue
                }
                guard !isWriting else { continue }
                answer.heartbeat()
                guard (try? await flush()) != nil else { return }
            }
        }
    }
}

extension RequestLog {
    mutating func adopt(_ times: ChatWriter.Times) {
        firstByte = times.firstByte
        waiting = times.waiting
        attempts = times.attempts
    }
}
