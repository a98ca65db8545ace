import Catalog
import JSON

/// `GET /openai/models`. Source: DIAL API, "GET /openai/models".
enum ModelsAnswer {
    static func json(_ catalog: Catalog) -> JSON {
        let models = catalog.listing.map { model -> JSON in
            let isChat = model.kind == .chat
            return [
                "object": "model",
                "capabilities": [
                    "chat_completion": .bool(isChat), "completion": false, "embeddings": .bool(!isChat),
                    "fine_tune": false, "inference": false,
                ],
                "id": .string(model.id),
            ]
        }
        return ["object": "list", "data": .array(models)]
    }
}
