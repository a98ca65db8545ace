import Catalog
import JSON

extension SamplingRule {
    /// Takes away what the model refuses.
    /// - Returns: what to say of it.
    func settle(_ temperature: inout JSONNumber?, _ topP: inout JSONNumber?) -> String? {
        switch self {
        case .all:
            return nil
        case .temperatureOrTopP:
            guard temperature != nil, topP != nil else { return nil }
            topP = nil
            return "top_p was not sent: the model takes either it or temperature"
        case .unsupported:
            guard temperature != nil || topP != nil else { return nil }
            (temperature, topP) = (nil, nil)
            return "temperature and top_p were not sent: the model does not take them"
        }
    }
}
