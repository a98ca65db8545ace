"""Every size has an end, and whoever goes beyond it is told which one."""

import base64
import contextlib
import gzip
import http.server
import json
import os
import signal
import socketserver
import threading
import time

import httpx
import pytest

from support import chat, fastcgi
from support.stack import Stack, aws_environment, memory

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def stack(_scripted):
    environment = aws_environment(_scripted.url) | {
        "DIAL_ADAPTER_MAX_BODY_BYTES": str(MIB),
        "DIAL_ADAPTER_MAX_ATTACHMENT_BYTES": "100000",
        "DIAL_ADAPTER_MAX_ATTACHMENT_BYTES_TOTAL": "250000",
        "DIAL_URL": _scripted.url,
    }
    stack = Stack(sandbox=False, environment=environment)
    yield stack
    stack.close()


def ask(stack, body: bytes | dict, **more) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.post(stack.url + chat.path(), headers=chat.HEADERS, content=content, timeout=30, **more)


def error_of(answer: httpx.Response, status: int) -> dict:
    assert answer.status_code == status, answer.text
    return answer.json()["error"]


def test_a_body_of_the_limit_and_one_byte_more(stack, upstream):
    frame = json.dumps(chat.body("")).encode()
    at = json.dumps(chat.body("x" * (MIB - len(frame)))).encode()
    assert len(at) == MIB
    assert ask(stack, at).status_code == 200
    error = error_of(ask(stack, at + b" "), 413)
    assert (error["type"], error["code"]) == ("invalid_request_error", "413")
    assert str(MIB) in error["message"] and "DIAL_ADAPTER_MAX_BODY_BYTES" in error["message"]
    assert len(upstream.exchanges) == 1


def test_a_body_far_beyond_the_limit_is_not_kept(stack, upstream):
    before = memory(stack.adapter)
    for _ in range(5):
        assert ask(stack, b" " * (40 * MIB)).status_code == 413
    assert memory(stack.adapter) - before < 20 * MIB


def test_a_body_without_a_length(stack, upstream):
    """Chunked, so that nothing announces its size."""

    def pieces():
        for _ in range(3 * 16):
            yield b" " * 65536

    answer = httpx.post(stack.url + chat.path(), headers=chat.HEADERS, content=pieces(), timeout=30)
    assert error_of(answer, 413)["code"] == "413"


def nested(depth: int) -> bytes:
    """A request in which arrays and objects are nested that deep."""
    schema = '{"a":' * (depth - 4) + "1" + "}" * (depth - 4)
    function = '{"name":"f","parameters":' + schema + "}"
    return (
        '{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":' + function + "}]}"
    ).encode()


def test_json_is_nested_128_times_at_most(stack, upstream):
    assert ask(stack, nested(128)).status_code == 200
    error = error_of(ask(stack, nested(129)), 400)
    assert error["type"] == "invalid_request_error" and "128" in error["message"]
    for hostile in (b"[" * 900_000, b'{"a":' * 150_000):
        assert error_of(ask(stack, hostile), 400)["type"] == "invalid_request_error"


def test_headers_of_an_ordinary_size_pass_and_huge_ones_do_not(stack, upstream):
    extra = json.dumps({"region": "us-east-1", "note": "x" * 12_000})
    assert ask(stack, chat.body("Hello")).status_code == 200
    with httpx.Client() as client:
        long = client.post(
            stack.url + chat.path(),
            headers=chat.HEADERS | {"X-UPSTREAM-EXTRA-DATA": extra},
            json=chat.body("Hello"),
        )
        assert long.status_code == 200
        huge = client.post(
            stack.url + chat.path(), headers=chat.HEADERS | {"X-Note": "x" * 40_000}, json=chat.body("Hello")
        )
    assert error_of(huge, 400)["code"] == "400"


def test_parameters_of_a_peer_that_is_no_nginx_have_an_end(stack, upstream):
    params = fastcgi.params_for(chat.path(), b"{}", "POST", api_key="k")
    whole = fastcgi.begin()
    for number in range(40):
        pairs = fastcgi.pairs({f"HTTP_X_{number}": "x" * 20_000})
        whole += fastcgi.record(fastcgi.PARAMS, pairs)
    whole += fastcgi.record(fastcgi.PARAMS, fastcgi.pairs(params)) + fastcgi.record(fastcgi.PARAMS, b"")
    with contextlib.closing(fastcgi.connect(stack.socket_path)) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(whole)
        with pytest.raises((EOFError, ConnectionResetError)):
            fastcgi.response(connection)
    assert ask(stack, chat.body("Hello")).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n", 0),
        ("n", 129),
        ("stop", ["a"] * 5),
        ("temperature", 2.1),
        ("top_p", 1.1),
        ("max_tokens", 0),
        ("max_prompt_tokens", 0),
        ("presence_penalty", -2.1),
    ],
)
def test_numbers_in_a_request_have_bounds(stack, upstream, field, value):
    error = error_of(ask(stack, chat.body("Hello", **{field: value})), 400)
    assert f"path {field}" in error["message"]
    assert not upstream.exchanges


def test_many_messages_and_many_tools_are_the_models_matter(stack, upstream):
    messages = [{"role": role, "content": "x"} for _ in range(2000) for role in ("user", "assistant")]
    tools = [{"type": "function", "function": {"name": f"f{number}"}} for number in range(500)]
    body = {"messages": [*messages, {"role": "user", "content": "x"}], "tools": tools}
    assert ask(stack, body).status_code == 200
    sent = json.loads(upstream.exchanges[0].request.body)
    assert len(sent["messages"]) == 4001 and len(sent["toolConfig"]["tools"]) == 500


def with_images(count: int) -> dict:
    attachments = [{"type": "image/png", "url": f"files/bucket/{number}.png"} for number in range(count)]
    return {"messages": [{"role": "user", "content": "Look", "custom_content": {"attachments": attachments}}]}


def storing(upstream, size: int, *, encoding: str = "", encode=bytes) -> list[str]:
    """Gives a picture of that size for every file, the model's answer for anything else. Returns what was asked for."""
    model = upstream.handler
    asked: list[str] = []
    picture = b"\x89PNG\r\n\x1a\n" + b"x" * (size - 8)

    async def handler(exchange):
        if exchange.request.method == "GET":
            asked.append(exchange.request.target)
            if encoding:
                body = encode(picture)
                head = f"Content-Type: image/png\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}"
                return await exchange.raw(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body)
            await exchange.respond(200, "image/png", picture)
        else:
            await model(exchange)

    upstream.handler = handler
    return asked


def test_one_attachment_of_the_limit_and_one_byte_more(stack, upstream):
    storing(upstream, 100_000)
    assert ask(stack, with_images(1)).status_code == 200
    upstream.reset()
    storing(upstream, 100_001)
    error = error_of(ask(stack, with_images(1)), 422)
    assert error["code"] == "invalid_argument"
    assert "100000" in error["message"] and "DIAL_ADAPTER_MAX_ATTACHMENT_BYTES" in error["message"]


@pytest.mark.parametrize(("size", "status"), [(100_000, 200), (100_001, 422), (50_000_000, 422)])
def test_a_compressed_attachment_counts_as_what_it_holds(stack, upstream, size, status):
    storing(upstream, size, encoding="gzip", encode=gzip.compress)
    assert ask(stack, with_images(1)).status_code == status
    if status == 200:
        assert len(sent_image(upstream)) == size


@pytest.mark.parametrize("encoding", ["utf-8", "aws-chunked", "identity", "gzip"])
def test_an_attachment_that_is_not_compressed_is_sent_as_it_is(stack, upstream, encoding):
    """Whatever its store says of it."""
    storing(upstream, 1000, encoding=encoding)
    assert ask(stack, with_images(1)).status_code == 200
    assert len(sent_image(upstream)) == 1000


def test_a_compressed_attachment_that_is_cut_off_is_not_sent(stack, upstream):
    storing(upstream, 1000, encoding="gzip", encode=lambda picture: gzip.compress(picture)[:-9])
    assert "damaged" in error_of(ask(stack, with_images(1)), 422)["message"]


def sent_image(upstream) -> bytes:
    content = json.loads(upstream.exchanges[-1].request.body)["messages"][0]["content"]
    return base64.b64decode(content[-1]["image"]["source"]["bytes"])


def test_attachments_together(stack, upstream):
    storing(upstream, 100_000)
    assert ask(stack, with_images(2)).status_code == 200
    error = error_of(ask(stack, with_images(3)), 422)
    assert "250000" in error["message"] and "DIAL_ADAPTER_MAX_ATTACHMENT_BYTES_TOTAL" in error["message"]
    # The next request has its own.
    assert ask(stack, with_images(2)).status_code == 200


@pytest.mark.parametrize("endpoint", ["tokenize", "truncate_prompt"])
def test_attachments_of_all_prompts_together(stack, upstream, endpoint):
    asked = storing(upstream, 100_000)
    prompt = with_images(1) | {"max_prompt_tokens": 1_000_000}
    inputs = [{"type": "request", "value": prompt} if endpoint == "tokenize" else prompt] * 20
    url = f"{stack.url}/openai/deployments/{chat.DEPLOYMENT}/{endpoint}"
    outputs = httpx.post(url, headers=chat.HEADERS, json={"inputs": inputs}, timeout=30).json()["outputs"]
    assert [output["status"] for output in outputs] == ["success"] * 2 + ["error"] * 18, outputs[0]
    assert "DIAL_ADAPTER_MAX_ATTACHMENT_BYTES_TOTAL" in outputs[-1]["error"]
    assert len(asked) == 3


def test_attachments_of_a_long_request(stack, upstream):
    """It is translated on another thread than transfers run on."""
    asked = storing(upstream, 100_000)
    body = with_images(2)
    body["messages"][0]["content"] = "x" * 500_000
    for _ in range(3):
        assert ask(stack, body).status_code == 200
    assert len(asked) == 6


def test_the_number_of_attachments(stack, upstream):
    asked = storing(upstream, 8)
    error = error_of(ask(stack, with_images(1001)), 422)
    assert error["code"] == "invalid_argument"
    assert asked == []


def test_an_endless_attachment_ends(stack, upstream):
    """The server announces nothing and never stops."""

    async def handler(exchange):
        await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while exchange.closed_at is None:
                await exchange.chunk(b"x" * 65536)

    upstream.handler = handler
    started = time.monotonic()
    assert error_of(ask(stack, with_images(1)), 422)["code"] == "invalid_argument"
    assert time.monotonic() - started < 10


class Redirecting(http.server.BaseHTTPRequestHandler):
    """Leads from one place to the next, for ever."""

    def do_GET(self) -> None:
        self.server.count += 1
        self.send_response(302)
        self.send_header("Location", f"/v1/files/{self.server.count}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_redirects_have_an_end(start, upstream):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Redirecting) as server:
        server.count = 0
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stack = start(environment={"DIAL_URL": f"http://127.0.0.1:{server.server_address[1]}"})
        error = error_of(ask(stack, with_images(1)), 422)
        server.shutdown()
        assert "redirects" in error["message"] and server.count == 6


def test_ready_says_no_before_anything_is_refused(start, upstream):
    stack = start(environment={"DIAL_ADAPTER_DRAIN_DELAY_SECONDS": "2"})
    ready = stack.url + "/ready"
    assert httpx.get(ready).json() == {"status": "ready"}
    assert httpx.head(ready).status_code == 200
    adapter = stack.adapter
    os.kill(adapter, signal.SIGTERM)
    deadline = time.monotonic() + 1.5
    while (answer := httpx.get(ready)).status_code == 200:
        assert time.monotonic() < deadline
    assert answer.status_code == 503 and answer.json() == {"status": "draining"}
    # Alive, and at everybody's service.
    assert httpx.get(stack.url + "/health").json() == {"status": "ok"}
    assert ask(stack, chat.body("Hello")).status_code == 200
    assert stack.wait(10) is not None
    assert "bedrock-adapter ended with status 0" in stack.log()


def test_probes_ask_nothing_of_anybody(stack, upstream):
    for path in ("/health", "/ready"):
        answer = httpx.get(stack.url + path)
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
        assert httpx.post(stack.url + path).status_code == 405
    assert not upstream.exchanges
    assert "/health" not in stack.log() and "/ready" not in stack.log()
