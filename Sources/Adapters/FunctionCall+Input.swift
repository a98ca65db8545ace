import DIAL
import JSON

extension FunctionCall {
    /// The arguments as the object that services want: clients send nothing at all, `null` or `""` for a call without any.
    /// - Throws: where they are no JSON.
    func input() throws(JSONParseError) -> JSONObject {
        arguments.isBlank ? [:] : try JSON(mending: arguments.utf8).objectValue ?? [:]
    }
}
