import Testing

@testable import AWS

@Suite struct CryptographyTests {
    @Test func sha256OfKnownTexts() throws {
        #expect(
            try SHA256.hexDigest(of: "".utf8) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
        #expect(
            try SHA256.hexDigest(of: "abc".utf8) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        // A sequence without contiguous storage takes the other way.
        let lazy = Array("abc".utf8).lazy.map { $0 }
        #expect(
            try SHA256.hexDigest(of: lazy) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
    }

    /// RFC 4231, test cases 1, 2 and 6.
    @Test func hmacOfKnownTexts() throws {
        let first = try HMAC.authenticationCode(for: "Hi There".utf8, key: [UInt8](repeating: 0x0B, count: 20))
        #expect(Hexadecimal.encode(first) == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        let second = try HMAC.authenticationCode(for: "what do ya want for nothing?".utf8, key: Array("Jefe".utf8))
        #expect(Hexadecimal.encode(second) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = try HMAC.authenticationCode(
            for: "Test Using Larger Than Block-Size Key - Hash Key First".utf8,
            key: [UInt8](repeating: 0xAA, count: 131)
        )
        #expect(Hexadecimal.encode(long) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test func hmacOfNothingWithEmptyKey() throws {
        let code = try HMAC.authenticationCode(for: [], key: [])
        #expect(Hexadecimal.encode(code) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test func hmacFromManyThreads() async throws {
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    var last = ""
                    for _ in 0..<200 {
                        last = Hexadecimal.encode(
                            try HMAC.authenticationCode(
                                for: "what do ya want for nothing?".utf8,
                                key: Array("Jefe".utf8)
                            )
                        )
                    }
                    return last
                }
            }
            for try await code in group {
                #expect(code == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
            }
        }
    }
}
