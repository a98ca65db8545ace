/// A second in UTC as calendar fields of the Gregorian calendar.
public struct UTCTime: Sendable, Equatable {
    /// `month` and `day` count from 1; out of range values are not corrected.
    public var year, month, day, hour, minute, second: Int

    public init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// The fields of `unixSeconds`, seconds since 1970-01-01T00:00:00Z. Years are kept within 0 to 9999.
    public init(unixSeconds: Int) {
        let bounded = min(max(unixSeconds, -62_167_219_200), 253_402_300_799)
        let secondOfDay = ((bounded % 86_400) + 86_400) % 86_400
        // Days are counted from 0000-03-01, so that the leap day is the last of its year.
        let days = (bounded - secondOfDay) / 86_400 + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = secondOfDay / 3600
        minute = secondOfDay / 60 % 60
        second = secondOfDay % 60
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    public var unixSeconds: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era * 146_097 + dayOfEra - 719_468) * 86_400 + hour * 3600 + minute * 60 + second
    }

    /// `20250701T123456Z`, the form of `X-Amz-Date`.
    public var basicISO8601: String { text(dateSeparator: nil, timeSeparator: nil) }

    /// `2025-07-01T12:34:56Z`
    public var extendedISO8601: String { text(dateSeparator: UInt8(ascii: "-"), timeSeparator: UInt8(ascii: ":")) }

    private func text(dateSeparator: UInt8?, timeSeparator: UInt8?) -> String {
        String(unsafeUninitializedCapacity: 20) { text in
            var count = 0
            func append(_ byte: UInt8) {
                text[count] = byte
                count += 1
            }
            func append(_ value: Int, after separator: UInt8?) {
                if let separator { append(separator) }
                append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10 % 10))
                append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10))
            }
            append(year / 100, after: nil)
            append(year, after: nil)
            append(month, after: dateSeparator)
            append(day, after: dateSeparator)
            append(hour, after: UInt8(ascii: "T"))
            append(minute, after: timeSeparator)
            append(second, after: timeSeparator)
            append(UInt8(ascii: "Z"))
            return count
        }
    }
}
