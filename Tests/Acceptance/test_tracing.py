"""A trace comes in by traceparent, is named in the log and goes on to DIAL's file storage."""

import base64
import json
import re

import httpx
import pytest

from support import chat
from support.stack import Stack, aws_environment
from support.waiting import until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
STABILITY = "stability.stable-image-ultra-v1:0"
IMAGE = {"messages": [{"role": "user", "content": "A lighthouse"}]}
ATTACHED = {
    "messages": [
        {
            "role": "user",
            "content": "Look",
            "custom_content": {"attachments": [{"type": "image/png", "url": "files/bucket/x.png"}]},
        }
    ]
}
PICTURE = b"\x89PNG\r\n\x1a\n"


def requests(upstream, storage: bool) -> list:
    return [
        exchange.request for exchange in upstream.exchanges if exchange.request.target.startswith("/v1/") == storage
    ]


@pytest.fixture(scope="module")
def _stack(_scripted):
    stack = Stack(sandbox=False, environment=aws_environment(_scripted.url) | {"DIAL_URL": _scripted.url})
    yield stack
    stack.close()


@pytest.fixture
def stack(_stack, upstream):
    async def handler(exchange):
        target = exchange.request.target
        if target == "/v1/bucket":
            await exchange.respond(200, "application/json", b'{"bucket":"b","appdata":"b/appdata/d"}')
        elif exchange.request.method == "PUT":
            await exchange.respond(200, "application/json", b'{"url":"files/b/appdata/d/images/x.png"}')
        elif target.startswith("/v1/files/"):
            await exchange.respond(200, "image/png", PICTURE)
        elif "stability" in target:
            body = {"images": [base64.b64encode(PICTURE).decode()], "finish_reasons": [None], "seeds": [1]}
            await exchange.respond(200, "application/json", json.dumps(body).encode())
        else:
            await chat_handler(exchange)

    chat_handler = upstream.handler
    upstream.handler = handler
    return _stack


def post(stack, deployment: str, body: dict, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = httpx.post(stack.url + chat.path(deployment), headers=chat.HEADERS | named, json=body)
    assert answer.status_code == 200, answer.text
    return answer


def line_of(stack, answer: httpx.Response) -> str:
    """The line that the log has of a request, which is written when the answer is out."""
    line = rf"^.* id={answer.headers['x-request-id']} .*$"
    return until(lambda: re.findall(line, stack.log(), re.MULTILINE))[-1]


@pytest.mark.parametrize(("deployment", "body", "calls"), [(STABILITY, IMAGE, 2), (chat.DEPLOYMENT, ATTACHED, 1)])
def test_the_trace_goes_on_to_dials_storage(stack, upstream, deployment, body, calls):
    post(stack, deployment, body, traceparent=PARENT, tracestate="vendor=1")
    storage = requests(upstream, storage=True)
    assert len(storage) == calls
    for request in storage:
        assert request.headers["traceparent"] == PARENT
        assert request.headers["tracestate"] == "vendor=1"
        assert request.headers["api-key"] == chat.HEADERS["Api-Key"]
    # AWS has no use for it.
    for request in requests(upstream, storage=False):
        assert "traceparent" not in request.headers and "tracestate" not in request.headers


@pytest.mark.parametrize("parent", [None, "00-zz-00f067aa0ba902b7-01", "garbage"])
def test_without_a_good_parent_there_is_no_trace(stack, upstream, parent):
    headers = {"tracestate": "vendor=1"} | ({"traceparent": parent} if parent else {})
    answer = post(stack, chat.DEPLOYMENT, ATTACHED, **headers)
    (request,) = requests(upstream, storage=True)
    assert "traceparent" not in request.headers and "tracestate" not in request.headers
    assert "trace_id" not in line_of(stack, answer)


def test_the_log_names_the_trace(stack, upstream):
    answer = post(stack, chat.DEPLOYMENT, chat.body("Hello"), traceparent=PARENT)
    assert f" trace_id={TRACE} " in line_of(stack, answer) + " "
