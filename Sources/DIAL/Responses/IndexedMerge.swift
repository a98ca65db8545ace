import JSON

/// What the merge does to free-form values: an array of objects with an integer `index` is sorted in by that index, gaps
/// become empty objects, and `index` disappears from its elements.
///
/// Only arrays that are members of the value itself are looked at. The SDK goes into any depth, which takes `index` out of the
/// arguments of tool calls kept in a state, and the model would be told of calls that it did not make.
enum IndexedMerge {
    /// An index beyond this many gaps leaves its array as it is: the index then is data of its own, and no memory is
    /// spent on it.
    private static let mostGaps = 1024

    static func merged(_ value: JSON) -> JSON {
        guard case .object(let object) = value else { return value }
        var result = JSONObject()
        for (key, member) in object {
            if case .array(let elements) = member {
                result.append(key, .array((sortedIn(elements) ?? elements).map(withoutIndex)))
            } else {
                result.append(key, member)
            }
        }
        return .object(result)
    }

    private static func withoutIndex(_ element: JSON) -> JSON {
        guard case .object(var object) = element else { return element }
        object["index"] = nil
        return .object(object)
    }

    private static func sortedIn(_ elements: [JSON]) -> [JSON]? {
        let indices = elements.compactMap { $0.objectValue?["index"]?.intValue }
        guard !elements.isEmpty, indices.count == elements.count, Set(indices).count == indices.count,
            let highest = indices.max(), let lowest = indices.min(), lowest >= 0,
            highest - elements.count < mostGaps
        else { return nil }
        var places = [JSON](repeating: .object(JSONObject()), count: highest + 1)
        for (index, element) in zip(indices, elements) { places[index] = element }
        return places
    }
}
