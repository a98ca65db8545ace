import Testing

@testable import Adapters

@Suite struct PythonWhitespaceTests {
    @Test func unicodeAndSeparators() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let isWhitespace = scalar.properties.isWhitespace || (0x1C...0x1F).contains(value)
            if scalar.isPythonWhitespace != isWhitespace { Issue.record("U+\(String(value, radix: 16))") }
        }
    }
}
