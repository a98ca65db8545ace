import HTTPClient
import Testing

@testable import AWS

@Suite struct CredentialRotationTests {
    private let first = AWSCredentials.temporary("A", expiration: 10_000)
    private let second = AWSCredentials.temporary("B", expiration: 20_000)
    private let failure = AWSCredentialError(.unreachable)

    private func filled(_ windows: CredentialRotation.Windows = .standard) -> CredentialRotation {
        var rotation = CredentialRotation(windows: windows)
        #expect(rotation.decide(now: 0) == .refreshAndWait)
        #expect(rotation.decide(now: 0) == .wait)
        #expect(rotation.end(.success(first), now: 0) == .success(first))
        return rotation
    }

    @Test func theLifeOfCredentials() {
        var rotation = filled()
        #expect(rotation.decide(now: 9_100) == .use(first))
        // 899 seconds are left: one caller starts the refresh, nobody waits.
        #expect(rotation.decide(now: 9_101) == .useAndRefresh(first))
        #expect(rotation.decide(now: 9_101) == .use(first))
        // 599 seconds are left: everybody waits for it.
        #expect(rotation.decide(now: 9_401) == .wait)
        #expect(rotation.end(.success(second), now: 9_402) == .success(second))
        #expect(rotation.decide(now: 9_402) == .use(second))
    }

    @Test func theWindowsOfAssumedRoles() {
        var rotation = filled(.assumedRole)
        #expect(rotation.decide(now: 9_400) == .use(first))
        #expect(rotation.decide(now: 9_401) == .useAndRefresh(first))
        var late = filled(.assumedRole)
        #expect(late.decide(now: 9_700) == .useAndRefresh(first))
        var later = filled(.assumedRole)
        #expect(later.decide(now: 9_701) == .refreshAndWait)
    }

    @Test(arguments: [CredentialRotation.Windows.standard, .assumedRole])
    func shortLivedCredentialsAreNotFetchedWithEveryCall(windows: CredentialRotation.Windows) {
        var rotation = CredentialRotation(windows: windows)
        let short = AWSCredentials.temporary("S", expiration: 60)
        #expect(rotation.decide(now: 0) == .refreshAndWait)
        #expect(rotation.end(.success(short), now: 0) == .success(short))
        #expect(rotation.decide(now: 30) == .use(short))
        #expect(rotation.decide(now: 31) == .useAndRefresh(short))
        #expect(rotation.decide(now: 41) == .wait)
        // The next ones last as long as usual, and so do their windows.
        #expect(rotation.end(.success(second), now: 41) == .success(second))
        #expect(rotation.decide(now: 20_000 - windows.advisory) == .use(second))
        #expect(rotation.decide(now: 20_001 - windows.advisory) == .useAndRefresh(second))
    }

    @Test func failuresAreCoveredAndBackOff() {
        var rotation = filled()
        var now = 9_101.0
        for delay in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            #expect(rotation.decide(now: now) == .useAndRefresh(first))
            #expect(rotation.end(.failure(failure), now: now) == .success(first))
            #expect(rotation.decide(now: now + delay - 0.5) == .use(first))
            now += delay
        }
        // Still failing in the mandatory window: what is valid is used, nobody waits.
        #expect(rotation.decide(now: 9_999) == .useAndRefresh(first))
        #expect(rotation.decide(now: 9_999) == .use(first))
        #expect(rotation.end(.failure(failure), now: 9_999.5) == .success(first))
        // Expired: the long delay no longer counts, a second after the failure the next caller tries again.
        #expect(rotation.decide(now: 10_000) == .fail(failure))
        #expect(rotation.decide(now: 10_001) == .refreshAndWait)
    }

    @Test func withoutCredentialsTheNextCallTriesAgain() {
        var rotation = CredentialRotation(windows: .standard)
        for _ in 0..<2 {
            #expect(rotation.decide(now: 5) == .refreshAndWait)
            #expect(rotation.end(.failure(failure), now: 5) == .failure(failure))
        }
        #expect(rotation.decide(now: 5) == .refreshAndWait)
        #expect(rotation.end(.failure(failure), now: 5) == .failure(failure))
        // The third failure in a row holds for a second.
        #expect(rotation.decide(now: 5.9) == .fail(failure))
        #expect(rotation.decide(now: 6) == .refreshAndWait)
        #expect(rotation.end(.success(first), now: 6) == .success(first))
        #expect(rotation.decide(now: 6) == .use(first))
    }

    @Test func aClockThatIsSetBackIsNoReasonToRest() {
        var rotation = CredentialRotation(windows: .standard)
        for _ in 0..<3 {
            #expect(rotation.decide(now: 7_205) == .refreshAndWait)
            #expect(rotation.end(.failure(failure), now: 7_205) == .failure(failure))
        }
        #expect(rotation.decide(now: 5) == .refreshAndWait)
        #expect(rotation.end(.success(first), now: 5) == .success(first))
        #expect(rotation.decide(now: 9_900) == .refreshAndWait)
        #expect(rotation.end(.failure(failure), now: 9_900) == .success(first))
        #expect(rotation.decide(now: 9_500) == .useAndRefresh(first))
    }

    @Test func expiredOnArrival() {
        var rotation = CredentialRotation(windows: .standard)
        #expect(rotation.decide(now: 10_000) == .refreshAndWait)
        #expect(rotation.end(.success(first), now: 10_000) == .failure(AWSCredentialError(.expired)))
    }

    @Test func credentialsWithoutExpiryStay() {
        var rotation = CredentialRotation(windows: .standard)
        #expect(rotation.decide(now: 0) == .refreshAndWait)
        #expect(rotation.end(.success(.longTerm), now: 0) == .success(.longTerm))
        #expect(rotation.decide(now: 1e12) == .use(.longTerm))
    }

    @Test func invalidatingDropsTheRejectedOnly() {
        var rotation = filled()
        rotation.invalidate(second)
        #expect(rotation.decide(now: 1) == .use(first))
        rotation.invalidate(first)
        #expect(rotation.decide(now: 1) == .refreshAndWait)
    }
}

@Suite struct RotatingCredentialProviderTests {
    private static let expiration = FakeWorld.start + 3600

    private func provider(
        _ source: ScriptedSource,
        _ world: FakeWorld
    ) -> RotatingCredentialProvider {
        RotatingCredentialProvider(
            source,
            runtime: world.runtime(ScriptedTransport(.failure(.timeout))),
            windows: .standard
        )
    }

    private func eventually(_ condition: () -> Bool) async {
        for _ in 0..<2000 where !condition() { try? await Task.sleep(for: .milliseconds(1)) }
        #expect(condition())
    }

    @Test func manyCallersOneLoad() async throws {
        let gate = Gate()
        let source = ScriptedSource(gate: gate) { .success(.temporary("N\($0)", expiration: Self.expiration)) }
        let provider = provider(source, FakeWorld())
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await provider.credentials().accessKeyID } }
            await eventually { gate.waitingCount == 1 }
            gate.open()
            for try await name in group { #expect(name == "N0") }
        }
        #expect(source.count == 1)
    }

    @Test func failureReachesAllWhoWait() async throws {
        let gate = Gate()
        let source = ScriptedSource(gate: gate) { _ in .failure(AWSCredentialError(.denied)) }
        let provider = provider(source, FakeWorld())
        await withTaskGroup(of: AWSCredentialError.Cause?.self) { group in
            for _ in 0..<10 { group.addTask { await cause { _ = try await provider.credentials() } } }
            await eventually { gate.waitingCount == 1 }
            gate.open()
            for await cause in group { #expect(cause == .denied) }
        }
    }

    @Test func refreshHappensBehindTheScenes() async throws {
        let world = FakeWorld()
        let source = ScriptedSource { .success(.temporary("N\($0)", expiration: Self.expiration * Double($0 + 1))) }
        let provider = provider(source, world)
        #expect(try await provider.credentials().accessKeyID == "N0")
        world.advance(by: 3600 - 800)
        #expect(try await provider.credentials().accessKeyID == "N0")
        await eventually { source.count == 2 && world.notes.count == 2 }
        #expect(try await provider.credentials().accessKeyID == "N1")
        #expect(source.count == 2)
    }

    @Test func aCancelledCallerStopsWaitingAndTheOthersDoNot() async throws {
        let gate = Gate()
        let source = ScriptedSource(gate: gate) { .success(.temporary("N\($0)", expiration: Self.expiration)) }
        let provider = provider(source, FakeWorld())
        let impatient = Task { await cause { _ = try await provider.credentials() } }
        await eventually { gate.waitingCount == 1 }
        let patient = Task { try await provider.credentials().accessKeyID }
        impatient.cancel()
        #expect(await impatient.value == .cancelled)
        gate.open()
        #expect(try await patient.value == "N0")
        #expect(source.count == 1)
    }

    @Test func rejectedCredentialsAreReplaced() async throws {
        let source = ScriptedSource { .success(.temporary("N\($0)", expiration: Self.expiration)) }
        let provider = provider(source, FakeWorld())
        let old = try await provider.credentials()
        provider.invalidate(old)
        #expect(try await provider.credentials().accessKeyID == "N1")
        // The late rejection of another request does not throw away the new ones.
        provider.invalidate(old)
        #expect(try await provider.credentials().accessKeyID == "N1")
    }

    @Test func notesTellWhatHappened() async throws {
        let world = FakeWorld()
        let source = ScriptedSource {
            $0 == 0 ? .failure(AWSCredentialError(.notFound)) : .success(.temporary("N", expiration: Self.expiration))
        }
        let provider = provider(source, world)
        #expect(await cause { _ = try await provider.credentials() } == .notFound)
        _ = try await provider.credentials()
        #expect(
            world.notes == [
                .refreshFailed(source: "script", error: AWSCredentialError(.notFound), isCovered: false),
                .obtained(source: "script", expiration: Self.expiration),
            ]
        )
    }
}
