import Synchronization
import Testing

@testable import DIAL

@Suite(.timeLimit(.minutes(1))) struct FetchedAttachmentsTests {
    /// Holds every download until a test lets it end.
    private final class Server: AttachmentLoader {
        private struct State {
            var waiting: [String: CheckedContinuation<Result<[UInt8], DIALError>, Never>] = [:]
            var started: [String] = []
            var greatest = 0
        }

        private let state = Mutex(State())
        let totalLimit: Int

        init(totalLimit: Int = .max) { self.totalLimit = totalLimit }

        var started: [String] { state.withLock { $0.started } }
        var greatest: Int { state.withLock { $0.greatest } }

        func load(url: String) async throws(DIALError) -> [UInt8] {
            let result = await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    state.withLock { state in
                        state.started.append(url)
                        state.waiting[url] = continuation
                        state.greatest = max(state.greatest, state.waiting.count)
                    }
                }
            } onCancel: {
                end(url, .failure(.validation("cancelled")))
            }
            return try result.get()
        }

        func end(_ url: String, _ result: Result<[UInt8], DIALError>) {
            state.withLock { $0.waiting.removeValue(forKey: url) }?.resume(returning: result)
        }

        /// Waits until so many downloads have started.
        func starts(_ count: Int) async {
            while started.count < count, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
        }
    }

    private static func file(_ text: String) -> [UInt8] {
        Array(text.utf8)
    }

    private static func error(_ loader: any AttachmentLoader, _ url: String) async -> String? {
        do {
            _ = try await loader.load(url: url)
            return nil
        } catch {
            return error.message
        }
    }

    @Test func someAtATimeAndEachLinkOnce() async throws {
        let server = Server()
        let links = ["a", "b", "a", "c", "d", "b"]
        async let loader = server.fetchingAhead(links, atATime: 2)
        await server.starts(2)
        server.end("b", .success(Self.file("B")))
        await server.starts(3)
        server.end("c", .success(Self.file("C")))
        await server.starts(4)
        server.end("d", .success(Self.file("D")))
        server.end("a", .success(Self.file("A")))
        let fetched = await loader
        for link in links {
            #expect(try await fetched.load(url: link) == Array(link.uppercased().utf8))
        }
        #expect(server.started.sorted() == ["a", "b", "c", "d"])
        #expect(server.greatest == 2)
    }

    @Test func theFirstFailureInOrderCountsWhicheverComesFirst() async throws {
        let server = Server()
        async let loader = server.fetchingAhead(["a", "b", "c", "d", "e"], atATime: 3)
        await server.starts(3)
        server.end("c", .failure(.validation("c is bad")))
        server.end("b", .failure(.validation("b is bad")))
        server.end("a", .success(Self.file("A")))
        let fetched = await loader
        #expect(await Self.error(fetched, "a") == nil)
        #expect(await Self.error(fetched, "b") == "b is bad")
        // Nothing after a failure is started.
        #expect(server.started.sorted() == ["a", "b", "c"])
    }

    @Test func downloadsAfterAFailureAreEnded() async throws {
        let server = Server()
        async let loader = server.fetchingAhead(["a", "b"], atATime: 2)
        await server.starts(2)
        server.end("a", .failure(.validation("a is bad")))
        // Nobody ends b: it is cancelled.
        let fetched = await loader
        #expect(await Self.error(fetched, "a") == "a is bad")
    }

    @Test func filesTogetherMayBeTooMuch() async throws {
        let server = Server(totalLimit: 5)
        async let loader = server.fetchingAhead(["a", "b", "c", "d"], atATime: 3)
        await server.starts(3)
        server.end("c", .success(Self.file("333")))
        await server.starts(4)
        server.end("b", .success(Self.file("22")))
        server.end("a", .success(Self.file("1")))
        // Nobody ends d: it is not waited for.
        let fetched = await loader
        #expect(await Self.error(fetched, "b") == nil)
        #expect(
            await Self.error(fetched, "c") == "The files of the request together are larger than 5 bytes, "
                + "the limit set by DIAL_ADAPTER_MAX_ATTACHMENT_BYTES_TOTAL"
        )
        #expect(await Self.error(fetched, "a") == nil)
    }

    @Test func aFileCountsAsOftenAsItOccurs() async throws {
        let server = Server(totalLimit: 5)
        async let loader = server.fetchingAhead(["a", "a", "a"])
        await server.starts(1)
        server.end("a", .success(Self.file("22")))
        #expect(await Self.error(await loader, "a")?.hasPrefix("The files of the request together") == true)
        #expect(server.started == ["a"])
    }

    @Test func whatWasNotAskedForIsFetchedWhenItIs() async throws {
        let server = Server()
        let loader = await server.fetchingAhead([])
        async let file = loader.load(url: "z")
        await server.starts(1)
        server.end("z", .success(Self.file("Z")))
        let bytes = try await file
        #expect(bytes == Array("Z".utf8))
        #expect(server.started == ["z"])
    }

    @Test("A request with too many files fetches none of them")
    func tooManyFiles() async {
        let server = Server()
        let fetched = await server.fetchingAhead((0...1000).map { "file\($0)" })
        #expect(await Self.error(fetched, "file0") == "The request refers to more than 1000 files; send fewer")
        #expect(server.started.isEmpty)
        let same = await server.fetchingAhead(Array(repeating: "file", count: 1001))
        #expect(await Self.error(same, "file") == "The request refers to more than 1000 files; send fewer")
    }
}
