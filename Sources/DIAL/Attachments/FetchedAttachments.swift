import JSON

extension AttachmentLoader {
    /// Files of one request; models take a hundred at most.
    public static var fileLimit: Int { 1000 }

    /// Fetches files ahead of their use, some at a time.
    ///
    /// A failure is kept for the `load` that asks for the file, so that a request fails with the error of its first bad file,
    /// whichever download ends first. Files after that one are not waited for.
    /// - Parameters:
    ///   - links: in the order in which they will be asked for; a link that occurs again is fetched once, and counts as often
    ///     as it occurs, since the model gets it as often.
    ///   - width: how many are under way at a time.
    /// - Returns: a loader that has them; what else it is asked for it fetches then.
    public func fetchingAhead(_ links: [String], atATime width: Int = 4) async -> any AttachmentLoader {
        guard !links.isEmpty else { return self }
        let links = links.map { ExactString($0) }
        var uses: [ExactString: Int] = [:]
        for link in links { uses[link, default: 0] += 1 }
        var fetched = FetchedAttachments(rest: self)
        guard links.count <= Self.fileLimit else {
            fetched.outcomes[links[0]] = .failure(.tooManyFiles(Self.fileLimit))
            return fetched
        }
        var seen: Set<ExactString> = []
        let files = links.filter { seen.insert($0).inserted }
        await withTaskGroup(of: (Int, Result<[UInt8], DIALError>).self) { group in
            var progress = FetchProgress(uses: files.map { uses[$0] ?? 1 }, width: width, byteLimit: totalLimit)
            repeat {
                while let index = progress.start() {
                    group.addTask { (index, await self.outcome(of: files[index].text)) }
                }
                guard let (index, result) = await group.next() else { break }
                progress.finish(index, result)
            } while !progress.isComplete
            group.cancelAll()
            for (index, result) in progress.outcomes { fetched.outcomes[files[index]] = result }
        }
        return fetched
    }

    private func outcome(of link: String) async -> Result<[UInt8], DIALError> {
        do throws(DIALError) {
            return .success(try await load(url: link))
        } catch {
            return .failure(error)
        }
    }
}

/// Has some files already.
private struct FetchedAttachments: AttachmentLoader {
    let rest: any AttachmentLoader
    var outcomes: [ExactString: Result<[UInt8], DIALError>] = [:]

    var totalLimit: Int { rest.totalLimit }

    func load(url: String) async throws(DIALError) -> [UInt8] {
        guard let outcome = outcomes[ExactString(url)] else { return try await rest.load(url: url) }
        return try outcome.get()
    }
}

/// Which of several downloads to start, and which results count. Without input or output.
struct FetchProgress: Sendable {
    private let uses: [Int]
    private let width: Int
    private let byteLimit: Int
    private var next = 0
    /// Those from here on are not needed: one before them failed.
    private var end: Int
    private var running = 0
    private var byteCount = 0
    private var results: [Int: Result<[UInt8], DIALError>] = [:]

    /// - Parameters:
    ///   - uses: how often each file occurs in the request.
    ///   - byteLimit: of all files together, each as often as it occurs.
    init(uses: [Int], width: Int, byteLimit: Int) {
        self.uses = uses
        end = uses.count
        self.width = max(1, width)
        self.byteLimit = byteLimit
    }

    /// The next download to start, if any.
    mutating func start() -> Int? {
        guard next < end, running < width, byteCount <= byteLimit else { return nil }
        running += 1
        next += 1
        return next - 1
    }

    mutating func finish(_ index: Int, _ result: Result<[UInt8], DIALError>) {
        running -= 1
        results[index] = result
        switch result {
        case .success(let file): byteCount += file.count * uses[index]
        case .failure: end = min(end, index + 1)
        }
        // Which file is the first too many shows when those before it are there.
        if byteCount > byteLimit, let excess = firstExcess { end = min(end, excess + 1) }
    }

    private var firstExcess: Int? {
        var sum = 0
        for index in 0..<end {
            guard case .success(let file)? = results[index] else { return nil }
            sum += file.count * uses[index]
            if sum > byteLimit { return index }
        }
        return nil
    }

    var isComplete: Bool {
        (0..<end).allSatisfy { results[$0] != nil }
    }

    /// The results up to the first failure, and the first file that is too much as one.
    var outcomes: [Int: Result<[UInt8], DIALError>] {
        var outcomes = results.filter { $0.key < end }
        if let excess = firstExcess {
            outcomes[excess] = .failure(.filesTooLarge(byteLimit))
        }
        return outcomes
    }
}

extension DIALError {
    /// 422 with the limit.
    public static func tooManyFiles(_ limit: Int) -> DIALError {
        .validation("The request refers to more than \(limit) files; send fewer")
    }

    /// 422 with the limit, in bytes.
    public static func filesTooLarge(_ limit: Int) -> DIALError {
        .validation(
            "The files of the request together are larger than \(limit) bytes, "
                + "the limit set by DIAL_ADAPTER_MAX_ATTACHMENT_BYTES_TOTAL"
        )
    }
}
