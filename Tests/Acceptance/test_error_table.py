"""The table of failures, row by row: what the upstream does; the status, type, code and words that a client gets."""

import asyncio
import json
import socketserver
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import pytest

from support import chat, event_stream, scripted_claude
from support.stack import Stack, aws_environment
from support.upstream import Exchange

INVALID, INTERNAL = "invalid_request_error", "internal_server_error"
END_OF_LIFE = "This model version has reached the end of its life"


@dataclass
class Way:
    """One of the ways to a model."""

    name: str
    deployment: str
    stream: bool
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def operation(self) -> str:
        return "ConverseStream" if self.stream else "Converse"

    def ask(self, stack: Stack, **more) -> httpx.Response:
        return httpx.post(
            stack.url + chat.path(self.deployment),
            headers=chat.HEADERS | self.headers,
            json=chat.body("Hello", stream=self.stream, **more),
            timeout=20,
        )


KEY = {"X-UPSTREAM-KEY": "sk-key"}
CONVERSE = [Way("converse", chat.DEPLOYMENT, False), Way("converse stream", chat.DEPLOYMENT, True)]
CLAUDE = [Way("claude", scripted_claude.DEPLOYMENT, False), Way("claude stream", scripted_claude.DEPLOYMENT, True)]
ANTHROPIC = [
    Way("anthropic", scripted_claude.DEPLOYMENT, False, KEY),
    Way("anthropic stream", scripted_claude.DEPLOYMENT, True, KEY),
]
ALL = CONVERSE + CLAUDE + ANTHROPIC


def ways(which: list[Way]):
    return pytest.mark.parametrize("way", which, ids=lambda way: way.name)


@pytest.fixture(scope="module")
def stack(_scripted):
    environment = aws_environment(_scripted.url) | {
        "ANTHROPIC_BASE_URL": _scripted.url,
        "DIAL_URL": _scripted.url,
        "REQUEST_TIMEOUT_SECONDS": "1",
    }
    stack = Stack(sandbox=False, environment=environment)
    yield stack
    stack.close()


def answering(status: int, body: bytes | dict, content_type: str = "application/json", **headers: str):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {name.replace("_", "-"): value for name, value in headers.items()}

    async def handler(exchange: Exchange) -> None:
        await exchange.respond(status, content_type, content, lines)

    return handler


def error_of(answer: httpx.Response, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()["error"]


AWS_ERRORS = [
    (400, "ValidationException", INVALID),
    (400, "ConflictException", INVALID),
    (400, "ServiceQuotaExceededException", INVALID),
    (403, "AccessDeniedException", None),
    (404, "ResourceNotFoundException", None),
    (408, "ModelTimeoutException", None),
    (424, "ModelErrorException", None),
    (424, "ModelStreamErrorException", None),
    (429, "ThrottlingException", None),
    (429, "ModelNotReadyException", None),
    (500, "InternalServerException", INTERNAL),
    (503, "ServiceUnavailableException", None),
]


@ways(CONVERSE + CLAUDE)
@pytest.mark.parametrize(("status", "name", "kind"), AWS_ERRORS, ids=[name for _, name, _ in AWS_ERRORS])
def test_errors_of_bedrock(stack, upstream, way, status, name, kind):
    upstream.handler = answering(status, {"message": "It went wrong."}, x_amzn_ErrorType=name)
    error = error_of(way.ask(stack), status)
    spelt = f"An error occurred ({name}) when calling the {way.operation} operation: It went wrong."
    message = spelt if way in CONVERSE else "It went wrong."
    assert error == {"message": message} | ({"type": kind} if kind else {}) | {"code": str(status)}
    assert len(upstream.exchanges) == 1


ANTHROPIC_ERRORS = [
    (400, "invalid_request_error", INVALID),
    (401, "authentication_error", None),
    (403, "permission_error", None),
    (404, "not_found_error", None),
    (413, "request_too_large", None),
    (429, "rate_limit_error", None),
    (500, "api_error", INTERNAL),
    (529, "overloaded_error", None),
]


@ways(ANTHROPIC)
@pytest.mark.parametrize(("status", "name", "kind"), ANTHROPIC_ERRORS, ids=[name for _, name, _ in ANTHROPIC_ERRORS])
def test_errors_of_anthropic(stack, upstream, way, status, name, kind):
    body = {"type": "error", "error": {"type": name, "message": "It went wrong."}}
    upstream.handler = answering(status, body, Retry_After="7", Retry_After_Ms="6500")
    answer = way.ask(stack)
    expected = {"message": "It went wrong."} | ({"type": kind} if kind else {}) | {"code": str(status)}
    assert error_of(answer, status) == expected
    assert answer.headers["retry-after"] == "7"
    assert answer.headers["retry-after-ms"] == "6500"


@ways(CONVERSE + CLAUDE)
@pytest.mark.parametrize("name", ["ThrottlingException", "ServiceUnavailableException"])
def test_retry_after_of_bedrock_is_handed_on(stack, upstream, way, name):
    status = 429 if name == "ThrottlingException" else 503
    upstream.handler = answering(status, {"message": "Slow down."}, x_amzn_ErrorType=name, Retry_After="9")
    answer = way.ask(stack)
    error_of(answer, status)
    assert answer.headers["retry-after"] == "9"


@ways(ALL)
def test_no_retry_after_is_made_up(stack, upstream, way):
    upstream.handler = answering(429, {"message": "Slow down."}, x_amzn_ErrorType="ThrottlingException")
    assert "retry-after" not in way.ask(stack).headers


@ways(CONVERSE + CLAUDE)
def test_the_end_of_a_models_life(stack, upstream, way):
    text = f"{END_OF_LIFE}. Please refer to the documentation."
    upstream.handler = answering(404, {"message": text}, x_amzn_ErrorType="ResourceNotFoundException")
    assert error_of(way.ask(stack), 404) == {
        "message": text,
        "code": "DeploymentNotFound",
        "display_message": END_OF_LIFE,
    }


@ways(CONVERSE + CLAUDE)
@pytest.mark.parametrize("text", ["Input is too long for requested model.", "prompt is too long: 9 tokens > 8 maximum"])
def test_too_long_a_prompt(stack, upstream, way, text):
    upstream.handler = answering(400, {"message": text}, x_amzn_ErrorType="ValidationException")
    error = error_of(way.ask(stack), 400)
    assert (error["type"], error["param"], error["code"]) == (INVALID, "messages", "context_length_exceeded")
    assert error["message"].endswith(text)


@ways(CONVERSE)
def test_filtered_words(stack, upstream, way):
    text = "One or more prompts contains filtered words."
    upstream.handler = answering(400, {"message": text}, x_amzn_ErrorType="ValidationException")
    assert error_of(way.ask(stack), 400) == {"message": text, "type": INVALID, "code": "content_filter"}


@ways(CONVERSE)
def test_a_guardrail_that_intervenes(stack, upstream, way):
    async def handler(exchange: Exchange) -> None:
        if not way.stream:
            body = json.loads(event_stream.block("Blocked by us.")) | {"stopReason": "guardrail_intervened"}
            return await exchange.respond(200, "application/json", json.dumps(body).encode())
        await exchange.begin_stream()
        await exchange.chunk(event_stream.START + event_stream.ending("guardrail_intervened"))
        await exchange.end_stream()

    upstream.handler = handler
    error = error_of(way.ask(stack), 400)
    assert (error["type"], error["code"]) == (INVALID, "content_filter")


# --- What is no answer at all


@ways(ALL)
def test_a_page_of_a_proxy_is_not_relayed(stack, upstream, way):
    upstream.handler = answering(503, b"<html><body>INTERNAL-PAGE</body></html>", "text/html")
    assert "INTERNAL-PAGE" not in way.ask(stack).text
    assert way.ask(stack).status_code == 503


@ways([way for way in ALL if not way.stream])
@pytest.mark.parametrize("body", [b"OK", b"<html>INTERNAL-PAGE</html>", b'{"output":'])
def test_200_without_json(stack, upstream, way, body):
    upstream.handler = answering(200, body)
    error = error_of(way.ask(stack), 502)
    assert error["code"] == "502" and "type" not in error
    assert "INTERNAL-PAGE" not in error["message"]


SILENCE = {"message": "The model endpoint did not answer in time", "code": "504"}


def side_by_side(stack: Stack, which: list[Way]) -> dict[str, httpx.Response]:
    """For what takes a while each time: the answer by the name of the way."""
    with ThreadPoolExecutor(len(which)) as pool:
        return dict(zip([way.name for way in which], pool.map(lambda way: way.ask(stack), which), strict=True))


def test_silence_before_the_head_is_504(stack, upstream):
    async def handler(exchange: Exchange) -> None:
        await exchange.closed()

    upstream.handler = handler
    started = time.monotonic()
    for name, answer in side_by_side(stack, ALL).items():
        assert error_of(answer, 504) == SILENCE, name
    assert 1 <= time.monotonic() - started < 5
    upstream.reset()
    assert CONVERSE[0].ask(stack).status_code == 200


@ways(ALL)
@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_connection_dropped_before_the_head_is_502(stack, upstream, way, how):
    async def handler(exchange: Exchange) -> None:
        exchange.close() if how == "close" else exchange.reset()

    upstream.handler = handler
    error = error_of(way.ask(stack), 502)
    assert error["code"] == "502" and "type" not in error
    assert upstream.url not in error["message"]


@pytest.fixture(scope="module")
def unreachable():
    """TLS is spoken to a port that does not; nothing listens where Anthropic should be."""
    environment = aws_environment("http://127.0.0.1:9") | {"ANTHROPIC_BASE_URL": "http://user:PASSWORD@127.0.0.1:9"}
    stack = Stack(sandbox=False, environment=environment)
    yield stack
    stack.close()


@ways(ALL)
def test_a_connection_that_cannot_be_made_is_502(unreachable, way):
    error = error_of(way.ask(unreachable), 502)
    assert error["code"] == "502" and "type" not in error
    assert "PASSWORD" not in error["message"]


def test_no_tls_is_502(start):
    class Plain(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(4096)
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Plain) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"https://127.0.0.1:{server.server_address[1]}"
        error = error_of(CONVERSE[0].ask(start(environment={"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url})), 502)
        server.shutdown()
    assert error["message"].startswith("The TLS handshake with the model endpoint failed")


# --- Inside a stream


def bedrock_event(way: Way, text: str) -> bytes:
    """The beginning of an answer with one piece of text."""
    if way in CONVERSE:
        return event_stream.START + event_stream.text(text)
    return b"".join(scripted_claude.chunk(event) for event in scripted_claude.events([text])[:3])


def streamed(way: Way, *pieces: bytes, then=None):
    async def handler(exchange: Exchange) -> None:
        await exchange.begin_stream()
        for piece in pieces:
            await exchange.chunk(piece)
            # Each piece is read by itself.
            await asyncio.sleep(0.03)
        await (then(exchange) if then else exchange.end_stream())

    return handler


BEDROCK_STREAMS = [CONVERSE[1], CLAUDE[1]]
EXCEPTIONS = [
    ("validationException", 400, INVALID),
    ("modelTimeoutException", 408, None),
    ("modelStreamErrorException", 424, None),
    ("throttlingException", 429, None),
    ("internalServerException", 500, INTERNAL),
    ("serviceUnavailableException", 503, None),
    ("somethingNewException", 500, INTERNAL),
]


@ways(BEDROCK_STREAMS)
@pytest.mark.parametrize(("name", "status", "kind"), EXCEPTIONS, ids=[name for name, _, _ in EXCEPTIONS])
def test_exceptions_in_a_stream(stack, upstream, way, name, status, kind):
    exception = event_stream.exception(name, {"message": "It went wrong."})
    upstream.handler = streamed(way, exception)
    early = error_of(way.ask(stack), status)
    upstream.handler = streamed(way, bedrock_event(way, "one "), exception)
    late = chat.events(way.ask(stack).text)
    assert chat.content(late) == "one "
    # The same words, whether they can have a status or not.
    assert chat.stream_error(late) == early
    assert early.get("type") == kind and early["code"] == str(status)
    assert early["message"].endswith("It went wrong.")


@ways(BEDROCK_STREAMS)
def test_the_original_message_of_a_model_is_kept(stack, upstream, way):
    payload = {"message": "The model failed.", "originalMessage": "out of memory", "originalStatusCode": 500}
    upstream.handler = streamed(way, event_stream.exception("modelStreamErrorException", payload))
    assert error_of(way.ask(stack), 424)["message"].endswith("The model failed. (out of memory)")


@ways(BEDROCK_STREAMS)
def test_error_messages_in_a_stream(stack, upstream, way):
    headers = {":message-type": "error", ":error-code": "InternalFailure", ":error-message": "It went wrong."}
    upstream.handler = streamed(way, event_stream.frame(headers, b""))
    error = error_of(way.ask(stack), 500)
    assert error["type"] == INTERNAL and error["message"].endswith("It went wrong.")


BROKEN = {
    "checksum of the message": lambda frame: frame[:-1] + bytes([frame[-1] ^ 1]),
    "checksum of the prelude": lambda frame: frame[:9] + bytes([frame[9] ^ 1]) + frame[10:],
    "cut inside": lambda frame: frame[:-5],
}


@ways(BEDROCK_STREAMS)
@pytest.mark.parametrize("how", list(BROKEN))
def test_a_damaged_stream_is_502(stack, upstream, way, how):
    damaged = BROKEN[how](event_stream.text("two "))
    upstream.handler = streamed(way, damaged)
    error = error_of(way.ask(stack), 502)
    assert error["code"] == "502" and "type" not in error
    upstream.handler = streamed(way, bedrock_event(way, "one "), damaged)
    late = chat.events(way.ask(stack).text)
    assert chat.content(late) == "one " and chat.stream_error(late)["code"] == "502"


@ways(BEDROCK_STREAMS)
def test_a_stream_that_ends_early_is_502_in_the_stream(stack, upstream, way):
    upstream.handler = streamed(way, bedrock_event(way, "one "))
    late = chat.events(way.ask(stack).text)
    assert chat.content(late) == "one " and chat.stream_error(late)["code"] == "502"
    assert not [choice for chunk in late[:-2] for choice in chunk["choices"] if choice["finish_reason"]]


@ways(BEDROCK_STREAMS)
def test_silence_in_a_stream_is_504_in_the_stream(stack, upstream, way):
    upstream.handler = streamed(way, bedrock_event(way, "one "), then=lambda exchange: exchange.closed())
    late = chat.events(way.ask(stack).text)
    assert chat.content(late) == "one "
    assert chat.stream_error(late) == SILENCE
    upstream.reset()
    assert CONVERSE[0].ask(stack).status_code == 200


@ways(BEDROCK_STREAMS)
def test_unknown_events_are_skipped(stack, upstream, way):
    new = event_stream.event("somethingNew", {"x": 1})
    if way in CONVERSE:
        rest = [event_stream.ending()]
    else:
        known = scripted_claude.events([])[2:]
        rest = [scripted_claude.chunk(event) for event in ({"type": "something_new"}, *known)]
    upstream.handler = streamed(way, new, bedrock_event(way, "one "), new, *rest)
    answer = chat.events(way.ask(stack).text)
    assert answer[-1] == "[DONE]" and "error" not in answer[-2]
    assert chat.content(answer) == "one "


SENT_ERRORS = [
    ("overloaded_error", 529, None),
    ("rate_limit_error", 429, None),
    ("invalid_request_error", 400, INVALID),
    ("api_error", 500, INTERNAL),
]


@pytest.mark.parametrize(("name", "status", "kind"), SENT_ERRORS, ids=[name for name, _, _ in SENT_ERRORS])
def test_error_events_of_anthropic(stack, upstream, name, status, kind):
    way = ANTHROPIC[1]
    event = {"type": "error", "error": {"type": name, "message": "It went wrong."}}

    def speaking(*events: dict):
        return answering(200, b"".join(scripted_claude.server_sent(event) for event in events), "text/event-stream")

    expected = {"message": "It went wrong."} | ({"type": kind} if kind else {}) | {"code": str(status)}
    upstream.handler = speaking(event)
    assert error_of(way.ask(stack), status) == expected
    upstream.handler = speaking(*scripted_claude.events(["one "])[:3], event)
    late = chat.events(way.ask(stack).text)
    assert chat.content(late) == "one " and chat.stream_error(late) == expected


# --- Credentials


def test_no_credentials(start, upstream):
    missing = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "true"}
    error = error_of(CONVERSE[0].ask(start(environment=missing)), 500)
    assert error == {"message": "Unable to locate credentials", "type": INTERNAL, "code": "500"}


def test_half_of_a_key_pair(start, upstream):
    error = error_of(CONVERSE[0].ask(start(environment={"AWS_SECRET_ACCESS_KEY": ""})), 500)
    assert error["type"] == INTERNAL and "Partial AWS credentials" in error["message"]


@pytest.mark.parametrize(
    "extra",
    [
        "{not json SECRET",
        '["SECRET"]',
        '{"region": 5, "aws_secret_access_key": "SECRET"}',
        '{"region": "no such SECRET region"}',
        '{"aws_access_key_id": "AKID"}',
    ],
)
def test_bad_extra_data(stack, extra):
    way = Way("", chat.DEPLOYMENT, False, {"X-UPSTREAM-EXTRA-DATA": extra})
    error = error_of(way.ask(stack), 500)
    assert error["type"] == INTERNAL and error["code"] == "500"
    assert "SECRET" not in error["message"]


ROLE = {"X-UPSTREAM-EXTRA-DATA": '{"aws_assume_role_arn": "arn:aws:iam::123456789012:role/Adapter"}'}


def test_a_role_that_may_not_be_assumed(start, upstream):
    text = "User: arn:aws:iam::1:user/x is not authorized to perform: sts:AssumeRole"
    body = f"<ErrorResponse><Error><Code>AccessDenied</Code><Message>{text}</Message></Error></ErrorResponse>"
    upstream.handler = answering(403, body.encode(), "text/xml")
    stack = start(environment={"AWS_ENDPOINT_URL_STS": upstream.url})
    error = error_of(Way("", chat.DEPLOYMENT, False, ROLE).ask(stack), 403)
    assert "type" not in error and error["code"] == "403"
    assert "AccessDenied" in error["message"] and text in error["message"]


def test_sts_out_of_reach_is_503(start, upstream):
    stack = start(environment={"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9"})
    error = error_of(Way("", chat.DEPLOYMENT, False, ROLE).ask(stack), 503)
    assert error["code"] == "503" and "type" not in error


# --- Attachments


def with_image(url: str) -> dict:
    attachment = {"type": "image/png", "url": url}
    return {"messages": [{"role": "user", "content": "Look", "custom_content": {"attachments": [attachment]}}]}


@pytest.mark.parametrize(
    ("url", "status", "words"),
    [
        ("http://127.0.0.1/x.png", 422, "non-public address"),
        ("http://169.254.169.254/latest/meta-data", 422, "non-public address"),
        ("http://[::1]/x.png", 422, "non-public address"),
        ("ftp://example.com/x.png", 422, ""),
        ("http://no-such-host.invalid/x.png", 422, "resolve"),
    ],
)
def test_attachments_that_may_not_be_fetched(stack, upstream, url, status, words):
    answer = httpx.post(stack.url + chat.path(), headers=chat.HEADERS, json=with_image(url), timeout=20)
    error = error_of(answer, status)
    assert (error["type"], error["code"]) == (INVALID, "invalid_argument")
    assert words in error["message"]
    assert not upstream.exchanges


@pytest.mark.parametrize(("answered", "status", "kind"), [(404, 500, INTERNAL), (403, 500, INTERNAL), (500, 502, None)])
def test_files_that_dials_storage_does_not_give(stack, upstream, answered, status, kind):
    """DIAL Core granted the request access to its files: that one is missing is not the client's mistake."""
    upstream.handler = answering(answered, b"INTERNAL-PAGE", "text/plain")
    answer = httpx.post(stack.url + chat.path(), headers=chat.HEADERS, json=with_image("files/bucket/x.png"))
    error = error_of(answer, status)
    assert error.get("type") == kind
    assert "files/bucket/x.png" in error["message"] and "INTERNAL-PAGE" not in error["message"]


# --- The request itself

UNKNOWN = {"messages": [{"role": "user", "content": "x"}], "surprise": 1}
REQUESTS = {
    "not JSON": (b"{", 400, INVALID, "400", "isn't valid JSON"),
    "an array": (b"[]", 400, INVALID, "400", "must be a JSON object"),
    "null": (b"null", 400, INVALID, "400", "must be a JSON object"),
    "empty": (b"", 400, INVALID, "400", "isn't valid JSON"),
    "not UTF-8": (b'{"messages": "\xff"}', 400, INVALID, "400", "UTF-8"),
    "wrong type": (b'{"messages": 1}', 400, INVALID, "400", "invalid structure on path messages"),
    "unknown field": (json.dumps(UNKNOWN).encode(), 400, INVALID, "400", "invalid structure on path surprise"),
}


@pytest.mark.parametrize("name", list(REQUESTS))
def test_requests_that_are_none(stack, upstream, name):
    body, status, kind, code, words = REQUESTS[name]
    answer = httpx.post(stack.url + chat.path(), headers=chat.HEADERS, content=body)
    error = error_of(answer, status)
    assert (error["type"], error["code"]) == (kind, code)
    assert words in error["message"]
    assert not upstream.exchanges


def test_no_api_key(stack):
    answer = httpx.post(stack.url + chat.path(), json=chat.body("Hello"))
    assert error_of(answer, 400) == {"message": "Api-Key header is required", "type": INVALID, "code": "400"}


def test_unknown_deployment(stack):
    error = error_of(Way("", "no-such-model", False).ask(stack), 404)
    assert (error["type"], error["code"]) == ("runtime_error", "DeploymentNotFound")
    assert "'no-such-model'" in error["message"] and "compatible_model_id" in error["message"]


def test_endpoint_that_the_model_has_not(stack):
    path = "/openai/deployments/stability.sd3-large-v1:0/tokenize"
    answer = httpx.post(stack.url + path, headers=chat.HEADERS, json={"inputs": []})
    assert error_of(answer, 404) == {
        "message": "The endpoint is not implemented",
        "type": "runtime_error",
        "code": "404",
    }
