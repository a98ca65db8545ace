import Glibc

extension EventLoop {
    /// Runs the loop on a thread of its own until it stops.
    /// - Returns: the thread, for those who wait for its end.
    @discardableResult
    public func runOnThread() throws(SystemError) -> pthread_t {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context.toOpaque()
        )
        guard result == 0 else {
            context.release()
            throw SystemError("pthread_create", code: result)
        }
        return thread
    }
}
