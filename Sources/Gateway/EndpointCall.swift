/// What an endpoint is called with, besides the body.
struct EndpointCall {
    let deploymentID: String
    let headers: RequestHeaders
}
