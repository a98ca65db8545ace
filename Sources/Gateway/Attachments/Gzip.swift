import CZlib

/// A file that came compressed. Object storage hands out what was stored so to everybody, whether asked for it or not.
enum Gzip {
    enum Failure: Error {
        case damaged, tooLarge
    }

    /// Whether the bytes begin as the format does. Source: RFC 1952, 2.3.1.
    static func begins(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// What the file holds.
    /// - Throws: `.damaged` when it is not what it seems, or ends early; `.tooLarge` beyond so many bytes.
    static func inflate(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        // The largest window, and gzip's head and tail around it.
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .damaged
        }
        defer { inflateEnd(stream) }
        var rest = bytes[...]
        var content: [UInt8] = []
        repeat {
            content += try member(&rest, stream, limit: limit - content.count)
            inflateReset(stream)
        } while begins(rest)
        return content
    }

    /// One of the files that may stand one after the other. Source: RFC 1952, 2.2.
    private static func member(
        _ rest: inout ArraySlice<UInt8>,
        _ stream: UnsafeMutablePointer<z_stream>,
        limit: Int
    ) throws(Failure) -> [UInt8] {
        var content: [UInt8] = []
        let status = rest.withUnsafeBufferPointer { input in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = UInt32(clamping: input.count)
            var status = Z_OK
            while status == Z_OK, content.count <= limit {
                content += [UInt8](unsafeUninitializedCapacity: 64 * 1024) { output, count in
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(output.count)
                    status = CZlib.inflate(stream, Z_NO_FLUSH)
                    count = output.count - Int(stream.pointee.avail_out)
                }
            }
            return status
        }
        guard content.count <= limit else { throw .tooLarge }
        guard status == Z_STREAM_END else { throw .damaged }
        rest = rest.suffix(Int(stream.pointee.avail_in))
        return content
    }
}
