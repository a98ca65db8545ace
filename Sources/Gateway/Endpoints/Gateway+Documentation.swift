private import CDocumentation

/// The description of the API, part of the program so that it always is the running program's own.
///
/// The viewer that the page loads is not: the web server has its files below `/docs/`, and without them the page is
/// a short one that says so. Source: docs/decisions/0019-documentation-in-the-program.md.
enum Documentation {
    /// HTML.
    static let page = Document(
        contentType: "text/html; charset=utf-8",
        start: documentation_page(),
        count: documentation_page_size()
    )

    /// OpenAPI 3.1 in JSON.
    static let openAPI = Document(
        contentType: "application/json",
        start: documentation_openapi(),
        count: documentation_openapi_size()
    )

    struct Document: Sendable {
        let contentType: String
        let body: [UInt8]

        fileprivate init(contentType: String, start: UnsafePointer<UInt8>?, count: Int) {
            self.contentType = contentType
            body = Array(UnsafeBufferPointer(start: start, count: count))
        }
    }

    /// Nothing from elsewhere. The viewer sets styles of elements by itself; its scripts are files.
    static let headers = [
        (
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-cache"),
    ]
}

extension Gateway {
    /// `GET /docs` and `GET /openapi.json`.
    func describe(_ document: Documentation.Document, _ exchange: Exchange) async {
        exchange.isLogged = false
        await exchange.answer(
            200,
            body: document.body,
            headers: [("Content-Type", document.contentType)] + Documentation.headers
        )
    }
}
