import CSimdJSON
import Synchronization

/// Parsers that are not in use, the last one used on top: its buffers are still in the processor's caches, and a
/// thousand streams that each wait for their next event need no thousand parsers.
enum ParserPool {
    /// More than there are threads and documents nested within one another; the rest are destroyed.
    private static let capacity = 32
    /// Addresses, since pointers are not Sendable.
    private static let idle = Mutex<[UInt]>([])

    /// - Returns: nil when there is no memory.
    static func take() -> OpaquePointer? {
        if let address = idle.withLock({ $0.popLast() }) { return OpaquePointer(bitPattern: address) }
        return json_parser_create()
    }

    static func giveBack(_ parser: OpaquePointer) {
        let isKept = idle.withLock { idle in
            // The buffers of a large document are many times its size, and the pool keeps what was given back first longest.
            guard idle.count < capacity, !json_parser_is_large(parser) else { return false }
            idle.append(UInt(bitPattern: parser))
            return true
        }
        if !isKept { json_parser_destroy(parser) }
    }
}
