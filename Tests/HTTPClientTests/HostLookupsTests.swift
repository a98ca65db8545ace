import Testing

@testable import HTTPClient

@Suite("How many names are looked up at a time")
struct HostLookupsTests {
    @Test func noMoreThanTheLimit() {
        var lookups = Self.full()
        let atTheLimit = lookups.mayBegin(now: 0)
        #expect(!atTheLimit)
        lookups.end()
        let below = lookups.mayBegin(now: 0)
        #expect(below)
    }

    @Test func thoseThatEndedLeaveNothing() {
        var lookups = Self.full()
        for _ in 0..<HostLookups.limit { lookups.end() }
        for _ in 0..<HostLookups.limit {
            let mayBegin = lookups.mayBegin(now: 0)
            #expect(mayBegin)
            lookups.begin()
        }
        let mayBegin = lookups.mayBegin(now: 0)
        #expect(!mayBegin)
    }

    @Test func abandonedOnesCountForAsLongAsTheResolverTakes() {
        var lookups = Self.full()
        lookups.abandon(now: 10)
        lookups.abandon(now: 20)
        let longest = HostLookups.longest
        let answers = [20, longest + 10, longest + 11].map { lookups.mayBegin(now: $0) }
        #expect(answers == [false, false, true])
        // The first is over, the second not yet.
        lookups.begin()
        let later = [longest + 20, longest + 21].map { lookups.mayBegin(now: $0) }
        #expect(later == [false, true])
    }

    private static func full() -> HostLookups {
        var lookups = HostLookups()
        for _ in 0..<HostLookups.limit { lookups.begin() }
        return lookups
    }
}
