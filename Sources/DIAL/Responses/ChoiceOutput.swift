import JSON

/// One choice of an answer, written piece by piece.
///
/// The choice opens with its first output, so that a failure before that keeps its HTTP status; the order of opening
/// gives the index. Output after the end is dropped.
///
/// Sendable without a lock, as `ChatResponse` is.
public final class ChoiceOutput: @unchecked Sendable {
    private let response: ChatResponse
    private let place: Int
    /// From 0, in the order of opening; nil while the choice is not open.
    public private(set) var index: Int?
    private var isRefused = false
    private var impliedReason: FinishReason = .stop
    private var stageAttachmentCounts: [Int] = []
    private var attachmentCount = 0
    private var toolCallCount = 0
    private var hasFormSchema = false
    private var hasState = false

    init(response: ChatResponse, place: Int) {
        self.response = response
        self.place = place
    }

    /// Whether it has its index; stays true after the end.
    public var isOpen: Bool { index != nil }

    /// Opens the choice without any content; a stream then has its status.
    public func open() {
        guard index == nil, !isRefused else { return }
        index = response.openChoice()
        isRefused = index == nil
    }

    /// Text for the reader; an empty piece is sent as it is.
    public func content(_ text: String) {
        impliedReason = .stop
        emit(.content(text))
    }

    /// The model's reasoning, sent as `reasoning_content`; an end without a given reason does not depend on it.
    public func reasoning(_ text: String) {
        emit(.reasoning(text))
    }

    /// Ends the choice.
    /// - Parameter reason: unless given, the kind of the last output decides: content, tool call or function call.
    public func finish(_ reason: FinishReason? = nil) {
        open()
        guard let index else { return }
        response.finish(index, reason ?? impliedReason)
    }

    /// For the log: the model stopped for a reason that this program does not know.
    public func note(unknownStopReason reason: String) {
        response.note(unknownStopReason: reason)
    }

    /// Tokens of this choice; a later report replaces an earlier one, and those of all choices are summed up.
    public func report(_ usage: Usage) {
        response.report(usage, place: place)
    }

    /// Whether its tokens are part of the answer's.
    public var hasUsage: Bool { response.hasUsage(place) }

    private func emit(_ delta: Delta) {
        open()
        guard let index else { return }
        response.emit(delta, from: index)
    }
}

// Calls of tools and functions.
extension ChoiceOutput {
    /// Opens a tool call.
    /// - Parameters:
    ///   - arguments: JSON text, or its beginning; nil leaves the key out until a piece comes.
    /// - Returns: the index of the call, for its pieces.
    @discardableResult
    public func toolCall(id: String, name: String, arguments: String?) -> Int {
        impliedReason = .toolCalls
        emit(.toolCall(index: toolCallCount, .opened(id: id, name: name, arguments: arguments)))
        toolCallCount += 1
        return toolCallCount - 1
    }

    /// Adds JSON text to the arguments of a call; `index` is what `toolCall` returned.
    public func toolCallArguments(_ index: Int, _ piece: String) {
        emit(.toolCall(index: index, .arguments(piece)))
    }

    /// Opens the legacy function call; a choice has at most one.
    public func functionCall(name: String, arguments: String) {
        impliedReason = .functionCall
        emit(.functionCall(.opened(FunctionCall(name: name, arguments: arguments))))
    }

    /// Adds JSON text to the arguments of the legacy call.
    public func functionCallArguments(_ piece: String) {
        emit(.functionCall(.arguments(piece)))
    }
}

// Custom content.
extension ChoiceOutput {
    /// An attachment of the message itself, numbered in the order of the calls.
    public func attachment(_ attachment: Attachment) {
        emit(.attachment(index: attachmentCount, attachment))
        attachmentCount += 1
    }

    /// Opens a stage.
    /// - Parameter parent: the stage it is a part of.
    /// - Returns: the index of the stage.
    @discardableResult
    public func openStage(_ name: String, parent: Int? = nil) -> Int {
        emit(.stage(index: stageAttachmentCounts.count, .opened(name: name, parent: parent)))
        stageAttachmentCounts.append(0)
        return stageAttachmentCounts.count - 1
    }

    /// Adds to the name of a stage.
    public func appendStage(_ stage: Int, name suffix: String) {
        emit(.stage(index: stage, .name(suffix)))
    }

    /// Adds to the content of a stage.
    public func appendStage(_ stage: Int, content: String) {
        emit(.stage(index: stage, .content(content)))
    }

    /// Adds an attachment to a stage; nothing happens for an index that no stage has.
    public func appendStage(_ stage: Int, attachment: Attachment) {
        guard stageAttachmentCounts.indices.contains(stage) else { return }
        emit(.stage(index: stage, .attachment(index: stageAttachmentCounts[stage], attachment)))
        stageAttachmentCounts[stage] += 1
    }

    /// Ends a stage as `completed` or `failed`; before that it has no status.
    public func closeStage(_ stage: Int, failed: Bool = false) {
        emit(.stage(index: stage, .closed(failed: failed)))
    }

    /// Counts once per choice.
    public func formSchema(_ schema: JSON) {
        guard !hasFormSchema else { return }
        hasFormSchema = true
        emit(.formSchema(schema))
    }

    /// What the client has to send back with the next request; counts once per choice.
    ///
    /// Objects inside its arrays should not have a key `index`: it does not survive an answer without streaming.
    public func state(_ state: JSONObject) {
        guard !hasState else { return }
        hasState = true
        emit(.state(state))
    }
}
