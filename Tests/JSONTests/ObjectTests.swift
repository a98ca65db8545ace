import JSON
import RandomTesting
import Testing

@Suite struct ObjectTests {
    @Test func settingKeepsPlacesAndNilRemoves() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["c"] = 3
        object["a"] = "new"
        object["b"] = nil
        object["missing"] = nil
        object["b"] = .null
        #expect(object.keys == ["a", "c", "b"])
        #expect(object["a"] == "new")
        #expect(object["b"] == .null)
        #expect(object.count == 3)
        #expect(!object.isEmpty)
        #expect(JSONObject().isEmpty)
    }

    @Test func literalsAndAppendTakeTheLastDuplicate() {
        var object: JSONObject = ["a": 1, "b": 2, "a": 3]
        object.append("b", 4)
        #expect(object == ["a": 3, "b": 4])
    }

    /// The same operations on a plain list of pairs, around and beyond the size from which keys are indexed.
    @Test func largeObjectsBehaveAsSmallOnes() {
        var generator = SeededGenerator(seed: 11)
        var object = JSONObject()
        var pairs: [(key: String, value: JSON)] = []
        for step in 0..<3000 {
            let key = "key \(Int.random(in: 0..<60, using: &generator))"
            let place = pairs.firstIndex { $0.key == key }
            if Int.random(in: 0..<3, using: &generator) == 0 {
                object[key] = nil
                if let place { pairs.remove(at: place) }
            } else {
                object[key] = JSON(step)
                if let place { pairs[place].value = JSON(step) } else { pairs.append((key, JSON(step))) }
            }
            #expect(object[key] == pairs.first { $0.key == key }?.value)
        }
        #expect(object.keys == pairs.map(\.key))
        #expect(object.map(\.value) == pairs.map(\.value))
        #expect(object.map(\.key) == pairs.map(\.key))
        #expect(object == JSONObject(pairs.map { ($0.key, $0.value) }))
    }

    @Test func equalityMindsTheOrder() {
        let left: JSONObject = ["a": 1, "b": 2]
        #expect(left != ["b": 2, "a": 1])
        #expect(Set([left, left, ["b": 2, "a": 1]]).count == 2)
    }

    /// Unicode takes the two spellings for the same.
    @Test func exactStringsAreTheSameByTheirBytesOnly() {
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        #expect(composed == decomposed)
        #expect(ExactString(composed) != ExactString(decomposed))
        #expect(Set([composed, decomposed, composed].map { ExactString($0) }).count == 2)
        #expect(composed.hasSameBytes(as: "\u{E9}"))
        #expect(!composed.hasSameBytes(as: decomposed))
        #expect(!"a".hasSameBytes(as: "b"))
    }

    @Test func wordsAreStringsOf64BytesAtMost() {
        let word = String(repeating: "é", count: 32)
        #expect(JSON.string(word).wordValue == word)
        #expect(JSON.string(word + "x").wordValue == nil)
        #expect(JSON(5).wordValue == nil)
    }
}
