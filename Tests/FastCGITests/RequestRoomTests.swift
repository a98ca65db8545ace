import Testing

@testable import FastCGI

@Suite struct RequestRoomTests {
    private final class Request {}
    private let requests = (0..<4).map { _ in Request() }

    /// Who is let in now, by index.
    private func letIn(_ room: inout RequestRoom) -> [Int] {
        var found: [Int] = []
        while let next = room.next() { found.append(requests.firstIndex { ObjectIdentifier($0) == next.id } ?? -1) }
        return found
    }

    private func take(_ bytes: Int, _ index: Int, _ room: inout RequestRoom) -> Bool {
        room.take(bytes, for: id(index)) == .admitted
    }

    private func id(_ index: Int) -> ObjectIdentifier { ObjectIdentifier(requests[index]) }

    @Test func whoComesFirstIsLetInFirst() {
        var room = RequestRoom(limit: 100)
        let atOnce = [(60, 0), (50, 1), (10, 2)].map { take($0, $1, &room) }
        // The third would fit, and is not the first in the line.
        #expect(atOnce == [true, false, false])
        #expect(letIn(&room) == [] && room.waiting == 2)

        room.giveBack(60)
        #expect(letIn(&room) == [1, 2])
        #expect(room.waiting == 0 && room.taken == 60)
    }

    @Test func aBodyThatIsLargerThanAllOfTheRoomHasItForItself() {
        var room = RequestRoom(limit: 100)
        let atOnce = [(500, 0), (1, 1), (500, 2)].map { take($0, $1, &room) }
        #expect(atOnce == [true, false, false])
        room.giveBack(500)
        #expect(letIn(&room) == [1])
        room.giveBack(1)
        #expect(letIn(&room) == [2])
    }

    @Test func whoLeavesTheLineCostsNobodyATurn() {
        var room = RequestRoom(limit: 100)
        let atOnce = [(100, 0), (40, 1), (40, 2), (40, 3)].map { take($0, $1, &room) }
        #expect(atOnce == [true, false, false, false])
        room.leave(id(1))
        room.giveBack(100)
        #expect(letIn(&room) == [2, 3] && room.taken == 80)
    }

    @Test func whatCameUnannouncedCounts() {
        var room = RequestRoom(limit: 100)
        room.add(150)
        let atOnce = take(1, 0, &room)
        #expect(!atOnce && letIn(&room) == [])
        room.giveBack(150)
        #expect(letIn(&room) == [0])
    }

    @Test func moreOfARequestIsThereOrNot() {
        var room = RequestRoom(limit: 1_000_000)
        func add(_ bytes: Int, beside own: Int) -> Bool { room.add(bytes, ifFittingBeside: own) }
        let ofTheFirst = [add(600_000, beside: 0), add(600_000, beside: 600_000)]
        // What is not worth waiting for is not refused.
        let ofTheSecond = [add(70_000, beside: 0), add(0, beside: 0), add(65_536, beside: 0)]
        #expect(ofTheFirst == [true, true] && ofTheSecond == [false, true, true] && room.taken == 1_265_536)
        room.giveBack(1_265_536)
        let ofBoth = [add(500_000, beside: 0), add(500_000, beside: 0), add(70_000, beside: 500_000)]
        #expect(ofBoth == [true, true, false] && room.taken == 1_000_000)
    }

    @Test func theLineHasAnEnd() {
        var room = RequestRoom(limit: 100)
        room.add(100)
        let last = (0...RequestRoom.longestLine).map { _ in room.take(1, for: id(0)) }.suffix(2)
        #expect(Array(last) == [.waiting, .refused] && room.waiting == RequestRoom.longestLine)
    }
}
