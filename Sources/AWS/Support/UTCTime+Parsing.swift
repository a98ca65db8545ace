extension UTCTime {
    /// Seconds since 1970 of an ISO 8601 time: `2025-07-01T13:34:56Z`, with or without a fraction, separators and an
    /// offset such as `+02:00`; a time without a zone is taken as UTC. Nil when it is anything else.
    public static func unixSeconds(iso8601 text: String) -> Double? {
        var scanner = DigitScanner(text)
        guard let year = scanner.digits(4) else { return nil }
        scanner.skip("-")
        guard let month = scanner.digits(2) else { return nil }
        scanner.skip("-")
        guard let day = scanner.digits(2), scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.digits(2)
        else { return nil }
        scanner.skip(":")
        guard let minute = scanner.digits(2) else { return nil }
        scanner.skip(":")
        let second = scanner.digits(2) ?? 0
        let fraction = scanner.skip(".") ? scanner.fraction() : 0
        guard let fraction, let offset = scanner.zone(), scanner.isAtEnd else { return nil }
        let time = UTCTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        guard time.isPlausible else { return nil }
        return Double(time.unixSeconds - offset) + fraction
    }

    /// Seconds since 1970 of a `Date` header in the preferred form of HTTP, `Tue, 01 Jul 2025 12:34:56 GMT`.
    public static func unixSeconds(httpDate text: String) -> Double? {
        // What is longer is no date, and may take long to compare.
        guard text.utf8.count <= 64 else { return nil }
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = Int(words[3]),
            let month = monthNames.firstIndex(of: String(words[2]))
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3 else { return nil }
        let time = UTCTime(
            year: year,
            month: month + 1,
            day: day,
            hour: clock[0],
            minute: clock[1],
            second: clock[2]
        )
        return time.isPlausible ? Double(time.unixSeconds) : nil
    }

    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private var isPlausible: Bool {
        (0...9999).contains(year) && (1...12).contains(month) && (1...31).contains(day) && (0...23).contains(hour)
            && (0...59).contains(minute) && (0...60).contains(second)
    }
}

/// Reads fixed-width numbers off the front of a text.
private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func digits(_ count: Int) -> Int? {
        let head = rest.prefix(count)
        guard head.count == count, head.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        rest = rest.dropFirst(count)
        return head.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    @discardableResult
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func fraction() -> Double? {
        var value = 0.0
        var scale = 0.1
        var count = 0
        while let digit = digits(1) {
            value += Double(digit) * scale
            scale /= 10
            count += 1
        }
        return count > 0 ? value : nil
    }

    /// Seconds to take from the local time, zero when no zone is given.
    mutating func zone() -> Int? {
        if isAtEnd || skip("Z") || skip("z") { return 0 }
        let sign: Int
        if skip("+") {
            sign = 1
        } else if skip("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = digits(2) else { return nil }
        skip(":")
        return sign * (hours * 3600 + (digits(2) ?? 0) * 60)
    }
}
