"""The answer as it crosses the wire: order of chunks, headers, statuses, routes."""

import json
import socket
import uuid

import httpx
import pytest

from support import chat


def test_chunk_order_of_a_stream(impatient, upstream):
    answer = chat.post(impatient.url, stream=True)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    first, *deltas, last, done = chat.events(answer.text)
    assert first["choices"] == [{"index": 0, "finish_reason": None, "delta": {"role": "assistant"}}]
    assert [chunk["choices"][0]["delta"] for chunk in deltas] == [{"content": "Hello"}, {"content": " world"}]
    assert all(chunk["usage"] is None for chunk in [first, *deltas])
    assert last["choices"] == [{"index": 0, "finish_reason": "stop", "delta": {}}]
    assert last["usage"]["prompt_tokens"] == 11
    assert last["usage"]["completion_tokens"] == 7
    assert last["usage"]["total_tokens"] == 18
    assert done == "[DONE]"
    chunks = [first, *deltas, last]
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert uuid.UUID(first["id"]).version == 4
    assert len({chunk["created"] for chunk in chunks}) == 1
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}


def test_answer_in_one_piece(impatient, upstream):
    answer = chat.post(impatient.url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    whole = answer.json()
    assert whole["choices"] == [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello world"}}
    ]
    assert whole["object"] == "chat.completion"
    assert whole["usage"]["total_tokens"] == 18


def test_any_text_survives(impatient, upstream):
    prompt = 'quotes " backslash \\ newline \n tab \t zero\u200bwidth \u2028 😀 𝄞 \u0001 end'
    answer = chat.post(impatient.url, prompt)
    assert answer.status_code == 200, answer.text
    sent = json.loads(upstream.exchanges[-1].request.body)
    assert sent["messages"][0]["content"][0]["text"] == prompt


def test_several_choices(impatient, upstream):
    answer = chat.post(impatient.url, stream=True, n=3)
    chunks = chat.events(answer.text)
    assert len(upstream.exchanges) == 3
    for index in range(3):
        assert chat.content(chunks, index) == "Hello world"
    reasons = [
        (choice["index"], choice["finish_reason"])
        for chunk in chunks[:-1]
        for choice in chunk["choices"]
        if choice["finish_reason"]
    ]
    assert sorted(reasons) == [(0, "stop"), (1, "stop"), (2, "stop")]
    last = chunks[-2]
    assert last["choices"][0]["index"] == 2
    assert last["usage"]["prompt_tokens"] == 33
    assert last["usage"]["completion_tokens"] == 21

    whole = chat.post(impatient.url, n=3).json()
    assert [choice["message"]["content"] for choice in whole["choices"]] == ["Hello world"] * 3


@pytest.mark.parametrize("stream", [False, True])
def test_parameters_reach_converse(impatient, upstream, stream):
    request = {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": "And now?"},
        ],
        "stream": stream,
        "temperature": 0.25,
        "top_p": 0.5,
        "max_tokens": 77,
        "stop": ["END"],
    }
    answer = httpx.post(impatient.url + chat.path(), headers=chat.HEADERS, json=request)
    assert answer.status_code == 200, answer.text
    exchange = upstream.exchanges[-1].request
    assert exchange.target.endswith("/converse-stream" if stream else "/converse")
    sent = json.loads(exchange.body)
    assert sent["system"] == [{"text": "Be brief."}]
    assert [message["role"] for message in sent["messages"]] == ["user", "assistant", "user"]
    assert sent["inferenceConfig"] == {"temperature": 0.25, "topP": 0.5, "maxTokens": 77, "stopSequences": ["END"]}


def test_http2_and_http1_give_the_same(impatient, upstream):
    with httpx.Client(http2=True, verify=impatient.tls) as client:
        second = client.post(impatient.tls_url + chat.path(), headers=chat.HEADERS, json=chat.body("x"))
    assert second.http_version == "HTTP/2"
    first = chat.post(impatient.url, "x")
    assert second.json()["choices"] == first.json()["choices"]


def test_health_needs_no_key(impatient):
    answer = httpx.get(impatient.url + "/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


def test_models_are_listed(impatient):
    listing = httpx.get(impatient.url + "/openai/models").json()
    assert listing["object"] == "list"
    assert chat.DEPLOYMENT in [model["id"] for model in listing["data"]]


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("GET", "/nothing", 404, "Not Found"),
        ("GET", "//openai/models", 404, "Not Found"),
        ("POST", "/openai/models", 405, "Method Not Allowed"),
        ("GET", chat.path(), 405, "Method Not Allowed"),
    ],
)
def test_routes_that_do_not_match(impatient, method, path, status, detail):
    answer = httpx.request(method, impatient.url + path, headers=chat.HEADERS)
    assert (answer.status_code, answer.json()) == (status, {"detail": detail})


def test_percent_encoded_deployment_is_the_same(impatient, upstream):
    path = chat.path().replace(":", "%3A")
    answer = httpx.post(impatient.url + path, headers=chat.HEADERS, json=chat.body("x"))
    assert answer.status_code == 200


def test_unknown_deployment(impatient):
    answer = httpx.post(impatient.url + chat.path("nobody.knows-v1:0"), headers=chat.HEADERS, json=chat.body("x"))
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "DeploymentNotFound"
    assert "nobody.knows-v1:0" in answer.json()["error"]["message"]


def test_the_key_header_is_required(impatient):
    answer = httpx.post(impatient.url + chat.path(), json=chat.body("x"))
    assert answer.status_code == 400
    assert answer.json() == {
        "error": {"message": "Api-Key header is required", "type": "invalid_request_error", "code": "400"}
    }


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"messages":"no"}',
        b"[" * 5000,
    ],
)
def test_a_body_that_is_no_request_is_refused_with_a_reason(impatient, upstream, content):
    answer = httpx.post(impatient.url + chat.path(), headers=chat.HEADERS, content=content)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"]
    assert upstream.exchanges == []


def test_half_a_surrogate_pair_reaches_converse_as_a_replacement(impatient, upstream):
    content = b'{"messages":[{"role":"user","content":"cut \\ud83d"}]}'
    answer = httpx.post(impatient.url + chat.path(), headers=chat.HEADERS, content=content)
    assert answer.status_code == 200
    assert json.loads(upstream.exchanges[0].request.body)["messages"][0]["content"] == [{"text": "cut \ufffd"}]


def test_health_answers_get_and_head(impatient):
    assert httpx.get(impatient.url + "/health").json() == {"status": "ok"}
    assert httpx.head(impatient.url + "/health").status_code == 200


def test_large_and_chunked_bodies_arrive_whole(impatient, upstream):
    prompt = "long " * 600_000
    payload = json.dumps(chat.body(prompt)).encode()

    def pieces():
        for start in range(0, len(payload), 100_000):
            yield payload[start : start + 100_000]

    for content in (payload, pieces()):
        answer = httpx.post(impatient.url + chat.path(), headers=chat.HEADERS, content=content, timeout=30)
        assert answer.status_code == 200, answer.text
        sent = json.loads(upstream.exchanges[-1].request.body)
        assert sent["messages"][0]["content"][0]["text"].split() == prompt.split()


def test_a_redirect_that_is_too_long_is_none(impatient):
    assert httpx.get(f"{impatient.url}/health/?{'x' * 4000}").headers["location"].endswith("/health?" + "x" * 4000)
    answer = httpx.get(f"{impatient.url}/health/?{'x' * 9000}")
    assert (answer.status_code, answer.json()["error"]["message"]) == (414, "The request target is too long")


def test_errors_of_nginx_itself_are_json(impatient):
    too_long = httpx.get(impatient.url + "/" + "a" * 40_000)
    assert (too_long.status_code, too_long.json()["error"]["code"]) == (414, "414")
    too_large = httpx.post(impatient.url + "/", content=bytes(65 << 20))
    assert (too_large.status_code, too_large.json()["error"]["code"]) == (413, "413")
    plain = httpx.get(f"http://127.0.0.1:{impatient.tls_port}/")
    assert (plain.status_code, plain.json()["error"]["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize(
    ("request_line", "header", "status"),
    [
        (f"POST {chat.path()} HTTP/1.1", "Transfer-Encoding: chunked\r\n\r\nzz", 400),
        (f"POST {chat.path()} HTTP/1.1", "Transfer-Encoding: gzip", 501),
        ("GET /health HTTP/2.0", "Accept: */*", 505),
        ("GET / HTTP/1.1", 'If-Match: "x"', 412),
        ("GET / HTTP/1.1", "Range: bytes=10000000-", 416),
    ],
)
def test_so_are_those_of_requests_that_are_none(impatient, request_line, header, status):
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=10) as connection:
        connection.sendall(f"{request_line}\r\nHost: x\r\nConnection: close\r\n{header}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == str(status).encode()
    assert json.loads(body)["error"]["code"] == str(status)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-DIAL-OVERRIDE-NAME": ""}, 500),
        ({"X-DIAL-DEPLOYMENT-ID": ""}, 404),
        ({"X-DIAL-OVERRIDE-NAME": "", "X-DIAL-DEPLOYMENT-ID": chat.DEPLOYMENT}, 200),
    ],
)
def test_an_empty_override_is_none(impatient, headers, status):
    url = f"{impatient.url}/openai/v1/chat/completions"
    assert httpx.post(url, headers=chat.HEADERS | headers, json=chat.body("x")).status_code == status


@pytest.mark.parametrize("headers", [{}, {"X-UPSTREAM-EXTRA-DATA": "{bad"}, {"Api-Key": "dial-key"}])
@pytest.mark.parametrize("endpoint", ["chat/completions", "embeddings"])
def test_an_unknown_deployment_in_the_headers_comes_before_anything_else(impatient, endpoint, headers):
    unknown = {"chat/completions": "nope", "embeddings": chat.DEPLOYMENT}[endpoint]
    answer = httpx.post(
        f"{impatient.url}/openai/v1/{endpoint}", headers=headers | {"X-DIAL-DEPLOYMENT-ID": unknown}, content=b"{"
    )
    assert answer.status_code == 404
    assert answer.json() == {
        "error": {
            "message": f"The deployment '{unknown}' doesn't provide the '{endpoint}' endpoint",
            "type": "runtime_error",
            "code": "DeploymentNotFound",
        }
    }


@pytest.mark.parametrize(
    ("deployment", "endpoint", "body", "status", "text"),
    [
        (chat.DEPLOYMENT, "chat/completions", b"{", 400, "The request body isn't valid JSON"),
        (chat.DEPLOYMENT, "chat/completions", b"{}", 400, "on path messages. Field required"),
        ("nope", "chat/completions", json.dumps(chat.body("x")).encode(), 404, "The deployment id 'nope' is unknown"),
        (chat.DEPLOYMENT, "chat/completions", json.dumps(chat.body("x")).encode(), 500, "X-UPSTREAM-EXTRA-DATA"),
        (chat.DEPLOYMENT, "tokenize", b'{"inputs":[{"type":"string","value":"x"}]}', 200, "token_count"),
        (chat.DEPLOYMENT, "rate", b"{}", 200, ""),
    ],
)
def test_broken_extra_data_is_told_where_it_is_needed(impatient, deployment, endpoint, body, status, text):
    answer = httpx.post(
        f"{impatient.url}/openai/deployments/{deployment}/{endpoint}",
        headers=chat.HEADERS | {"X-UPSTREAM-EXTRA-DATA": "{bad"},
        content=body,
    )
    assert answer.status_code == status
    assert text in answer.text
