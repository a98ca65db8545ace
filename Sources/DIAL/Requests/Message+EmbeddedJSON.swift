extension [Message] {
    /// Brackets, commas and colons: half of what the body itself may have, where values count as well.
    private static var embeddedJSONLimit: Int { 1_000_000 }

    /// Arguments of calls and results of tools are JSON within JSON, which the body's own limit does not see. Parsed, two bytes of
    /// it take fifty.
    /// - Throws: 413.
    func checkEmbeddedJSON() throws(DIALError) {
        var count = 0
        for message in self {
            for call in message.toolCalls ?? [] { count += call.function.arguments.punctuationCount }
            if let call = message.functionCall { count += call.arguments.punctuationCount }
            if message.role == .tool, case .text(let text) = message.content { count += text.punctuationCount }
        }
        guard count <= Self.embeddedJSONLimit else {
            throw DIALError(
                status: 413,
                message: "The arguments of the calls and the results of the tools have more than "
                    + "\(Self.embeddedJSONLimit) brackets, commas and colons in all",
                type: DIALError.invalidRequestType
            )
        }
    }
}

extension String {
    fileprivate var punctuationCount: Int {
        utf8.count { byte in
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: ":"): true
            default: false
            }
        }
    }
}
