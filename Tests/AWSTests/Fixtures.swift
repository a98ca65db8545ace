import Foundation

enum Fixtures {
    static func data(_ name: String, file: String = #filePath) throws -> Data {
        let tests = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
        return try Data(contentsOf: tests.appendingPathComponent("Fixtures").appendingPathComponent(name))
    }
}

extension String {
    /// The bytes of hexadecimal digits; blanks are skipped.
    var hexBytes: [UInt8] {
        let digits = filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
