import JSON

/// An error as a service of AWS reports it: a status, `x-amzn-errortype` and `{"message": …}`.
///
/// Source: Amazon Bedrock API reference, "Common errors" and the errors of Converse.
struct AWSError: Error, Sendable, Equatable {
    var status: Int
    var type: String
    var message: String
    /// Members of the body besides the message.
    var details: JSONObject = [:]
    var headers: [SandboxHeader] = []

    static func validation(_ message: String) -> AWSError {
        AWSError(status: 400, type: "ValidationException", message: message)
    }

    /// A refusal that comes from the model behind the API rather than from the API itself.
    static func model(_ message: String) -> AWSError {
        validation("The model returned the following errors: " + message)
    }

    /// A field of the request that the model knows nothing of.
    static func unsupported(_ field: String) -> AWSError {
        validation("This model doesn't support the \(field) field. Remove \(field) and try again.")
    }

    static func serialization(_ message: String) -> AWSError {
        AWSError(status: 400, type: "SerializationException", message: message)
    }

    static func accessDenied(_ message: String) -> AWSError {
        AWSError(status: 403, type: "AccessDeniedException", message: message)
    }

    static func notFound(_ message: String) -> AWSError {
        AWSError(status: 404, type: "ResourceNotFoundException", message: message)
    }

    static func extraneousKey(_ key: String, at pointer: String) -> AWSError {
        model(
            "Malformed input request: \(pointer): extraneous key [\(key)] is not permitted, "
                + "please reformat your input and try again."
        )
    }

    static let unknownOperation = AWSError(
        status: 404,
        type: "UnknownOperationException",
        message: "The requested operation is not recognized by the service."
    )

    var answer: SandboxAnswer {
        var body: JSONObject = ["message": .string(message)]
        for (key, value) in details { body[key] = value }
        return .json(
            .object(body),
            status: status,
            headers: [
                // The suffix is what the service really sends; clients cut it at the colon.
                SandboxHeader("x-amzn-ErrorType", type + ":http://internal.amazon.com/coral/com.amazon.bedrock/")
            ] + headers
        )
    }
}
