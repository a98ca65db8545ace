import JSON

/// Something that goes wrong on demand.
struct Fault: Sendable {
    /// What happens.
    enum Effect: Sendable {
        /// An HTTP error of the service.
        case error(AWSError)
        /// An HTTP answer that no service wrote.
        case raw(status: Int, type: String?, body: String)
        /// No answer at all.
        case hangBeforeHead
        /// An error that ends the stream; without a stream the HTTP error of the same meaning.
        case failure(Failure, equivalent: AWSError)
        /// The stream goes wrong in this way.
        case stream(StreamFault)
    }

    /// An error as the last message of a stream.
    enum Failure: Sendable {
        case exception(type: String, payload: JSONObject)
        case errorMessage(code: String, message: String)
        /// The error event of Anthropic.
        case overloaded
    }

    enum StreamFault: Sendable {
        case cut, halfFrame, drop, end, noStop, noMetadata, badChecksum, badPrelude, hugeFrame, hang, unknownEvents,
            notJSON
    }

    var name: String
    var summary: String
    var effect: Effect

    init(_ name: String, _ summary: String, _ effect: Effect) {
        self.name = name
        self.summary = summary
        self.effect = effect
    }

    /// An exception inside the stream.
    private init(_ name: String, exception type: String, payload: JSONObject, equivalent: AWSError) {
        self.init(
            name,
            "\(type) in the stream",
            .failure(.exception(type: type, payload: payload), equivalent: equivalent)
        )
    }
}

extension Fault {
    static func named(_ name: String) -> Fault? { table.first { $0.name == name } }

    /// Every fault there is; `--help` and the documentation list it.
    static let table: [Fault] = httpFaults + streamFaults

    private static let httpFaults: [Fault] = [
        Fault(
            "throttling",
            "429 ThrottlingException with Retry-After: 2",
            .error(throttled)
        ),
        Fault(
            "model-not-ready",
            "429 ModelNotReadyException",
            .error(
                AWSError(
                    status: 429,
                    type: "ModelNotReadyException",
                    message: "The model specified in the request is not ready to serve inference requests."
                )
            )
        ),
        Fault(
            "access-denied",
            "403 AccessDeniedException",
            .error(.accessDenied("You don't have access to the model with the specified model ID."))
        ),
        Fault(
            "expired-token",
            "403 ExpiredTokenException",
            .error(
                AWSError(
                    status: 403,
                    type: "ExpiredTokenException",
                    message: "The security token included in the request is expired"
                )
            )
        ),
        Fault(
            "not-found",
            "404 ResourceNotFoundException",
            .error(.notFound("Could not resolve the foundation model from the provided model identifier."))
        ),
        Fault(
            "end-of-life",
            "404 ResourceNotFoundException, the model is retired",
            .error(
                .notFound(
                    "This model version has reached the end of its life. Please refer to the AWS "
                        + "documentation for more details."
                )
            )
        ),
        Fault(
            "on-demand",
            "400 ValidationException, the model needs an inference profile",
            .error(
                .validation(
                    "Invocation of model ID with on-demand throughput isn’t supported. Retry your request "
                        + "with the ID or ARN of an inference profile that contains this model."
                )
            )
        ),
        Fault("validation", "400 ValidationException", .error(.validation("Malformed input request."))),
        Fault(
            "context-length",
            "400 ValidationException, the input is too long",
            .error(.validation("Input is too long for requested model."))
        ),
        Fault(
            "filtered-words",
            "400 ValidationException, a content filter of an image model",
            .error(.validation("One or more prompts contains filtered words."))
        ),
        Fault(
            "model-timeout",
            "408 ModelTimeoutException",
            .error(
                AWSError(
                    status: 408,
                    type: "ModelTimeoutException",
                    message: "The request took too long to process. Processing time exceeded the model timeout length."
                )
            )
        ),
        Fault("model-error", "424 ModelErrorException with originalStatusCode", .error(modelError)),
        Fault("internal-error", "500 InternalServerException", .error(internalError)),
        Fault(
            "service-unavailable",
            "503 ServiceUnavailableException; Anthropic: 529 overloaded_error",
            .error(unavailable)
        ),
        Fault(
            "no-error-type",
            "403 without x-amzn-errortype, the code only in __type",
            .raw(
                status: 403,
                type: "application/json",
                body: #"{"__type":"com.amazon.coral.service#UnrecognizedClientException","#
                    + #""Message":"The security token included in the request is invalid."}"#
            )
        ),
        Fault(
            "html-502",
            "502 with an HTML page of a proxy",
            .raw(
                status: 502,
                type: "text/html",
                body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
                    + "<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
            )
        ),
        Fault("empty-503", "503 without a body", .raw(status: 503, type: nil, body: "")),
        Fault("text-200", "200 with a text that is not JSON", .raw(status: 200, type: "text/plain", body: "OK")),
        Fault("hang-head", "no answer, not even a status line", .hangBeforeHead),
    ]

    private static let streamFaults: [Fault] = [
        Fault(
            "stream-throttling",
            exception: "throttlingException",
            payload: ["message": "Too many requests, please wait before trying again."],
            equivalent: throttled
        ),
        Fault(
            "stream-internal",
            exception: "internalServerException",
            payload: ["message": .string(internalError.message)],
            equivalent: internalError
        ),
        Fault(
            "stream-model-error",
            exception: "modelStreamErrorException",
            payload: [
                "message": "An error occurred while streaming the response. Retry your request.",
                "originalStatusCode": 500, "originalMessage": "The model crashed.",
            ],
            equivalent: modelError
        ),
        Fault(
            "stream-validation",
            exception: "validationException",
            payload: ["message": "The model returned the following errors: Validation Error"],
            equivalent: .model("Validation Error")
        ),
        Fault(
            "stream-unavailable",
            exception: "serviceUnavailableException",
            payload: ["message": .string(unavailable.message)],
            equivalent: unavailable
        ),
        Fault(
            "stream-timeout",
            exception: "modelTimeoutException",
            payload: ["message": "Model has timed out in processing the request."],
            equivalent: AWSError(
                status: 408,
                type: "ModelTimeoutException",
                message: "Model has timed out in processing the request."
            )
        ),
        Fault(
            "stream-unknown",
            "an exception of a type nobody knows in the stream",
            .failure(
                .exception(type: "quantumDecoherenceException", payload: ["message": "The cat is both."]),
                equivalent: AWSError(status: 500, type: "QuantumDecoherenceException", message: "The cat is both.")
            )
        ),
        Fault(
            "stream-error",
            "a message of type error in the stream",
            .failure(
                .errorMessage(code: "InternalFailure", message: "An internal server error occurred"),
                equivalent: AWSError(
                    status: 500,
                    type: "InternalServerException",
                    message: "An internal server error occurred"
                )
            )
        ),
        Fault(
            "stream-overloaded",
            "Anthropic's error event overloaded_error in the stream",
            .failure(.overloaded, equivalent: unavailable)
        ),
        Fault("cut", "the connection drops in the middle of a frame", .stream(.cut)),
        Fault("half-frame", "the body ends properly in the middle of a frame", .stream(.halfFrame)),
        Fault("drop", "the connection drops between two frames", .stream(.drop)),
        Fault("end", "the body ends properly after the first tokens", .stream(.end)),
        Fault("no-stop", "the body ends properly without messageStop and metadata", .stream(.noStop)),
        Fault("no-metadata", "the body ends properly without metadata", .stream(.noMetadata)),
        Fault("bad-crc", "a frame with a wrong message checksum", .stream(.badChecksum)),
        Fault("bad-prelude", "a frame with a wrong prelude checksum", .stream(.badPrelude)),
        Fault("huge-frame", "a frame that claims a length of 1 GiB", .stream(.hugeFrame)),
        Fault("hang", "the stream stays open and silent", .stream(.hang)),
        Fault("unknown-events", "events, deltas and members nobody knows, then a normal end", .stream(.unknownEvents)),
        Fault("not-json", "an event whose payload is not JSON", .stream(.notJSON)),
    ]

    private static let throttled = AWSError(
        status: 429,
        type: "ThrottlingException",
        message: "Too many requests, please wait before trying again.",
        headers: [SandboxHeader("Retry-After", "2")]
    )
    private static let internalError = AWSError(
        status: 500,
        type: "InternalServerException",
        message: "The system encountered an unexpected error during processing. Try your request again."
    )
    private static let unavailable = AWSError(
        status: 503,
        type: "ServiceUnavailableException",
        message: "Bedrock is unable to process your request."
    )
    private static let modelError = AWSError(
        status: 424,
        type: "ModelErrorException",
        message: "The system encountered an unexpected error during processing. Try your request again.",
        details: ["originalStatusCode": 500, "resourceName": "model"]
    )
}
