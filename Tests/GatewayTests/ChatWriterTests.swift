import DIAL
import EventLoop
import FastCGI
import JSON
import Testing

@testable import Adapters
@testable import Gateway

@Suite("Chat answers on the wire", .serialized)
struct ChatWriterTests {
    @Test func streamsBeginWithTheirFirstOutput() throws {
        let answer = try FastCGIExchange.run { loop, response in
            let answer = ChatResponse(stream: true, choices: 1)
            let writer = ChatWriter(answer, response, requestID: "r", loop: loop, heartbeat: nil)
            // Nothing to say yet: the status is still open.
            try await writer.flush()
            #expect(!writer.flushAtOnce() && !response.hasStarted)
            let choice = answer.makeChoice()
            choice.content("one ")
            #expect(!writer.flushAtOnce())
            try await writer.flush()
            #expect(response.hasStarted && writer.times.firstByte != nil)
            choice.content("two")
            #expect(writer.flushAtOnce())
            choice.finish(.stop)
            try answer.finish()
            try await writer.finish()
        }
        #expect(answer.head.hasPrefix("Status: 200 OK\r\n"))
        for header in [
            "Content-Type: text/event-stream; charset=utf-8", "Cache-Control: no-cache", "X-Accel-Buffering: no",
        ] {
            #expect(answer.head.contains("\r\n\(header)"))
        }
        #expect(!answer.head.contains("Content-Length"))
        #expect(answer.content == "one two" && answer.events.last == "[DONE]")
    }

    @Test func wholeAnswersHaveALength() throws {
        let answer = try FastCGIExchange.run { loop, response in
            let answer = ChatResponse(stream: false, choices: 1)
            let writer = ChatWriter(answer, response, requestID: "r", loop: loop, heartbeat: 0.01)
            writer.announce(CacheReport(path: "prefix.body.messages[0]", timeToLive: 300))
            let choice = answer.makeChoice()
            choice.content("Hello")
            try await writer.flush()
            // A whole answer knows no heartbeat.
            try await loop.sleep(for: .milliseconds(50))
            #expect(!response.hasStarted)
            choice.finish(.stop)
            try answer.finish()
            try await writer.finish()
        }
        #expect(answer.head.contains("\r\nContent-Type: application/json"))
        #expect(answer.head.contains("\r\nContent-Length: \(answer.body.utf8.count)"))
        #expect(answer.head.contains("\r\nX-DIAL-CACHE-BREAKPOINT-PATH: prefix.body.messages[0]"))
        #expect(answer.head.contains("\r\nX-DIAL-CACHE-EXPIRE-AT: "))
        let json = try JSON(parsing: answer.body)
        #expect(json["choices"]?[0]?["message"]?["content"] == "Hello")
    }

    @Test func silenceIsFilledWithHeartbeats() throws {
        let answer = try FastCGIExchange.run { loop, response in
            let answer = ChatResponse(stream: true, choices: 1)
            let writer = ChatWriter(answer, response, requestID: "r", loop: loop, heartbeat: 0.02)
            for _ in 0..<500 where !response.hasStarted { try await loop.sleep(for: .milliseconds(10)) }
            #expect(answer.isStatusCommitted)
            let choice = answer.makeChoice()
            choice.content("late")
            try await writer.flush()
            choice.finish(.stop)
            writer.stop()
            try answer.finish()
            try await writer.finish()
        }
        #expect(answer.body.hasPrefix(": heartbeat\n\n"))
        #expect(answer.content == "late")
    }

    /// The interval begins anew with whatever is sent.
    @Test func heartbeatsComeInSilenceOnly() throws {
        let answer = try FastCGIExchange.run { loop, response in
            let answer = ChatResponse(stream: true, choices: 1)
            let writer = ChatWriter(answer, response, requestID: "r", loop: loop, heartbeat: 0.4)
            let choice = answer.makeChoice()
            choice.content("a")
            try await writer.flush()
            // Never silent for so long, and then once.
            for pause in [300, 300, 300, 700] {
                try await loop.sleep(for: .milliseconds(pause))
                writer.startWaiting()
                choice.content("b")
                #expect(writer.flushAtOnce())
            }
            choice.finish(.stop)
            writer.stop()
            try answer.finish()
            try await writer.finish()
        }
        #expect(answer.content == "abbbb")
        let pieces = answer.body.split(separator: ": heartbeat\n\n", omittingEmptySubsequences: false)
        #expect(pieces.map { $0.split(separator: "\"b\"", omittingEmptySubsequences: false).count - 1 } == [3, 1])
    }

    /// More than the kernel takes at once, of several choices at a time: nothing is lost or torn.
    @Test func choicesTakeTurnsWhenTheClientIsSlow() throws {
        let piece = String(repeating: "x", count: 10_000)
        let answer = try FastCGIExchange.run { loop, response in
            let answer = ChatResponse(stream: true, choices: 3)
            let writer = ChatWriter(answer, response, requestID: "r", loop: loop, heartbeat: nil)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    let choice = answer.makeChoice()
                    group.addTask {
                        for _ in 0..<30 {
                            choice.content(piece)
                            if !writer.flushAtOnce() { try await writer.flush() }
                        }
                        choice.finish(.stop)
                    }
                }
                try await group.waitForAll()
            }
            try answer.finish()
            try await writer.finish()
        }
        for index in 0..<3 {
            #expect(answer.contents(of: index).utf8.count == 30 * piece.utf8.count)
        }
        #expect(answer.events.last == "[DONE]")
    }

    @Test func whoWritesToNobodyIsTold() throws {
        try FastCGIExchange.leave { loop, response in
            let answer = ChatResponse(stream: true, choices: 1)
            let writer = ChatWriter(answer, response, requestID: "r", loop: loop, heartbeat: nil)
            let choice = answer.makeChoice()
            await #expect(throws: ResponseError.self) {
                for _ in 0..<1000 {
                    choice.content("x")
                    try await writer.flush()
                    try? await loop.sleep(for: .milliseconds(5))
                }
            }
        }
    }
}
