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
        // zlib keeps the address.
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
        // Files may stand one after the other. Source: RFC 1952, 2.2.
        repeat {
            let status = inflateFile(&rest, stream, into: &content, limit: limit)
            guard content.count <= limit else { throw .tooLarge }
            guard status == Z_STREAM_END else { throw .damaged }
            inflateReset(stream)
        } while begins(rest)
        return content
    }

    /// - Returns: zlib's status at the end of the file, of the bytes, or beyond the limit.
    private static func inflateFile(
        _ rest: inout ArraySlice<UInt8>,
        _ stream: UnsafeMutablePointer<z_stream>,
        into content: inout [UInt8],
        limit: Int
    ) -> Int32 {
        var status = Z_OK
        rest.withUnsafeBufferPointer { input in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = UInt32(clamping: input.count)
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64 * 1024) { output in
                while status == Z_OK, content.count <= limit {
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(output.count)
                    status = CZlib.inflate(stream, Z_NO_FLUSH)
                    content.append(contentsOf: output.dropLast(Int(stream.pointee.avail_out)))
                }
            }
        }
        rest = rest.suffix(Int(stream.pointee.avail_in))
        return status
    }
}
