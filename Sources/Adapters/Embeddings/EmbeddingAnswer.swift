import DIAL
import JSON

/// What the answers of embedding models have in common: vectors.
enum EmbeddingAnswer {
    static func vector(_ view: JSONView?) throws(DIALError) -> [Double] {
        guard let view, view.kind == .array else { throw .internalServerError("The model's answer has no embedding") }
        var vector: [Double] = []
        vector.reserveCapacity(view.count)
        for element in view.elements {
            guard let number = element.double else {
                throw .internalServerError("The model's embedding holds something else than numbers")
            }
            vector.append(number)
        }
        return vector
    }
}
