import CCurl

/// The headers of a request as libcurl's list: one piece of memory for the lines and one for the list, both used again.
final class HeaderLines {
    private var text = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    private var textCapacity = 1
    private var nodes = UnsafeMutablePointer<curl_slist>.allocate(capacity: 1)
    private var nodeCapacity = 1

    /// The memory is kept, and no server takes more.
    private static let byteLimit = 65_536

    /// libcurl's list, valid until the next change.
    var list: UnsafeMutablePointer<curl_slist> { nodes }

    deinit {
        text.deallocate()
        nodes.deallocate()
    }

    /// - Throws: `HTTPError.invalidRequest` for characters that would begin another header, and for too many of them.
    func fill(with headers: [HTTPHeader]) throws(HTTPError) {
        // Without this last line libcurl asks before it sends a long body.
        let last: StaticString = "Expect:"
        var size = last.utf8CodeUnitCount + 1
        for header in headers {
            guard header.name.isHeaderName, header.value.isHeaderValue else {
                throw .invalidRequest(
                    "the header \(header.name.isHeaderName ? header.name : "name") has characters that headers must not have"
                )
            }
            size += header.name.utf8.count + header.value.utf8.count + 3
        }
        guard size <= Self.byteLimit else {
            throw .invalidRequest("the headers have more than \(Self.byteLimit) bytes")
        }
        reserve(text: size, nodes: headers.count + 1)
        var end = text
        for (index, header) in headers.enumerated() {
            (nodes + index).initialize(to: curl_slist(data: end, next: nodes + index + 1))
            end = Self.put(header.name.utf8, at: end)
            // libcurl takes "Name;" for a header without value and "Name:" for its removal.
            end = Self.put(header.value.isEmpty ? ";".utf8 : ": ".utf8, at: end)
            end = Self.put(header.value.utf8, at: end)
            end.initialize(to: 0)
            end += 1
        }
        (nodes + headers.count).initialize(to: curl_slist(data: end, next: nil))
        end = Self.put(last.description.utf8, at: end)
        end.initialize(to: 0)
    }

    private func reserve(text size: Int, nodes count: Int) {
        if size > textCapacity {
            text.deallocate()
            text = .allocate(capacity: size)
            textCapacity = size
        }
        if count > nodeCapacity {
            nodes.deallocate()
            nodes = .allocate(capacity: count)
            nodeCapacity = count
        }
    }

    private static func put(_ bytes: String.UTF8View, at start: UnsafeMutablePointer<CChar>) -> UnsafeMutablePointer<
        CChar
    > {
        let count = bytes.count
        start.withMemoryRebound(to: UInt8.self, capacity: count) { target in
            let target = UnsafeMutableBufferPointer(start: target, count: count)
            if bytes.withContiguousStorageIfAvailable({ _ = target.update(fromContentsOf: $0) }) == nil {
                _ = target.update(fromContentsOf: bytes)
            }
        }
        return start + count
    }
}
