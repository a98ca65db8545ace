import AWS
import DIAL
import JSON

/// The `extraData` of an upstream in DIAL Core's configuration.
struct UpstreamExtraData: Sendable {
    var region: String?
    var credentials = UpstreamCredentialFields()
    var compatibleModelID: String?

    init() {}

    /// - Parameter isLenient: take what can be read and ignore the rest.
    /// - Throws: 500 with a text that holds nothing of the header, which has secrets in it.
    init(header: String?, isLenient: Bool) throws(DIALError) {
        guard let header, !header.isEmpty else { return }
        guard let object = (try? JSON(parsing: header))?.objectValue else {
            guard isLenient else { throw Self.malformed("isn't a JSON object") }
            return
        }
        func string(_ name: String) throws(DIALError) -> String? {
            switch object[name] {
            case nil, .null: return nil
            case .string(let value) where value.utf8.count <= Self.byteLimit: return value.nonEmpty
            case _ where isLenient: return nil
            case .string: throw Self.malformed("has a member '\(name)' of more than \(Self.byteLimit) bytes")
            default: throw Self.malformed("has a member '\(name)' that isn't a string")
            }
        }
        region = try string("region")
        credentials.accessKeyID = try string("aws_access_key_id")
        credentials.secretAccessKey = try string("aws_secret_access_key")
        credentials.sessionToken = try string("aws_session_token")
        credentials.roleARN = try string("aws_assume_role_arn")
        compatibleModelID = try string("compatible_model_id")
    }

    /// More than any session token has.
    private static let byteLimit = 8192

    private static func malformed(_ what: String) -> DIALError {
        .internalServerError(
            "The X-UPSTREAM-EXTRA-DATA header \(what); correct the extraData of this upstream in the DIAL Core configuration"
        )
    }
}
