import Bedrock
import DIAL

/// From upstream events to the output of one choice: a state machine without I/O.
public protocol AnswerTranslator {
    /// - Throws: ``DIALError`` when the event is an error, or cannot be understood; the answer ends there.
    mutating func receive(_ event: UpstreamEvent, _ choice: ChoiceOutput) throws(DIALError)

    /// Images that the model made and the answer refers to; none for models that make text.
    ///
    /// Known when the upstream body has ended. Where there is a file storage the caller stores them and hands the attachments
    /// to ``attach(_:)``; then it calls ``end(_:)``.
    var images: [GeneratedImage] { get }

    /// What stands for the ``images``, in their order. Without this call they are part of the answer itself.
    mutating func attach(_ attachments: [Attachment])

    /// The upstream body ended.
    /// - Throws: ``DIALError`` when the answer is incomplete.
    mutating func end(_ choice: ChoiceOutput) throws(DIALError)

    /// The answer ends here because of a failure, thrown by this translator or met on the way: closes what is open (stages)
    /// and reports what is known (usage) if output has begun. The caller calls this before it reports the error; more than
    /// once does no harm.
    mutating func abort(_ choice: ChoiceOutput)

    /// The model has said that its answer ends here: whatever becomes of the connection, the answer is there.
    var isComplete: Bool { get }

    /// Tokens counted so far, where the upstream says it before the end.
    var usageSoFar: Usage? { get }
}

extension AnswerTranslator {
    /// For models that make text.
    public var images: [GeneratedImage] { [] }
    public mutating func attach(_ attachments: [Attachment]) {}
    /// For translators that have nothing open.
    public mutating func abort(_ choice: ChoiceOutput) {}
    /// For answers that come as a whole.
    public var isComplete: Bool { false }
    /// For upstreams that count at the end only.
    public var usageSoFar: Usage? { nil }
}
