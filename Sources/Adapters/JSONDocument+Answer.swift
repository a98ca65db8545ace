import DIAL
import JSON

extension JSONDocument {
    /// A whole answer of a model.
    /// - Throws: 502 where it is not JSON.
    convenience init(answer: [UInt8]) throws(DIALError) {
        self.init()
        do {
            try parse(mending: answer)
        } catch {
            throw .notJSON(error.reason)
        }
    }
}
