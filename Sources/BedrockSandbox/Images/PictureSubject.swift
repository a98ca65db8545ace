import JSON

/// What a picture follows from: everything in the request but the form of the file.
struct PictureSubject {
    var text: String
    /// The request's, or one that follows from it.
    var seed: Int

    /// - Parameter prompt: without its directives.
    init(_ invocation: Sandbox.Invocation, _ prompt: String) {
        var subject = invocation.json.objectValue ?? [:]
        subject["prompt"] = .string(prompt)
        for key in ["output_format", "seed", "text_prompts"] { subject[key] = nil }
        let description = "\(invocation.model.id) \(JSON.object(subject).serializedString())"
        let asked = invocation.json["seed"]?.intValue ?? 0
        // Zero asks for any.
        seed = asked == 0 ? Digest.sha256(description).prefix(4).reduce(0) { $0 << 8 | Int($1) } : asked
        text = "\(description) \(seed)"
    }
}
