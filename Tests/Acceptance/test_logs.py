"""One line per request, and nothing in it that is nobody's business."""

import asyncio
import contextlib
import itertools
import json
import os
import pty
import re
import socket
import threading
import time
import tty

import httpx
import pytest

from support import chat, event_stream, fastcgi, scripted_claude
from support.hosting import Hosting
from support.stack import SECRET_KEY, Stack, aws_environment
from support.upstream import speaking
from support.waiting import until

DEBUG = {"LOG_LEVEL": "DEBUG", "DIAL_SDK_LOG": "DEBUG"}
SECRETS = ["PROMPT-SECRET", "ANSWER-SECRET", "KEY-SECRET", "EXTRA-SECRET", "TOKEN-SECRET", SECRET_KEY]


class Log:
    """What programs say from now on, and where they are."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._before = len(stack.log())
        self.url = stack.url

    @property
    def text(self) -> str:
        return self._stack.log()[self._before :]

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def requests(self, count: int) -> list[str]:
        """The lines of so many requests, each of which is written when its answer is out."""
        until(lambda: self.text.count(" total_ms=") >= count)
        found = [line for line in self.lines if " total_ms=" in line]
        assert len(found) == count
        return found

    def only(self, key: str, value) -> dict:
        """The one line, of those in JSON, that has this."""

        def found() -> list[dict]:
            lines = [json.loads(line) for line in self.lines if line.startswith("{") and line.endswith("}")]
            return [line for line in lines if line.get(key) == value]

        (line,) = until(found)
        return line


@pytest.fixture(scope="module")
def _running(_scripted):
    """One stack for each environment that tests ask for."""
    stacks: dict[tuple, Stack] = {}

    def begin(environment: dict[str, str]) -> Stack:
        key = tuple(environment.items())
        if key not in stacks:
            stacks[key] = Stack(sandbox=False, environment=aws_environment(_scripted.url) | environment)
        return stacks[key]

    yield begin
    for stack in stacks.values():
        stack.close()


@pytest.fixture
def logging(_running, upstream):
    return lambda **environment: Log(_running(environment))


@pytest.fixture
def told(logging):
    """In JSON, by programs that wait two seconds for the model."""
    return logging(DIAL_SDK_LOG_FORMAT="json", REQUEST_TIMEOUT_SECONDS="2")


def ask_with_secrets(log: Log, upstream, requests: int) -> None:
    upstream.handler = speaking(["ANSWER-SECRET", " more"])
    headers = chat.HEADERS | {"Api-Key": "KEY-SECRET", "Authorization": "Bearer TOKEN-SECRET"}
    for number in range(requests):
        answer = httpx.post(
            log.url + chat.path(), headers=headers, json=chat.body("PROMPT-SECRET", stream=number % 2 == 0)
        )
        assert answer.status_code == 200


def test_one_line_per_request_without_prompt_or_secret(logging, upstream):
    log = logging()
    ask_with_secrets(log, upstream, 6)
    for line in log.requests(6):
        assert chat.DEPLOYMENT in line
        assert "200" in line and "us-east-1" in line and "stop" in line
    for secret in SECRETS:
        assert secret not in log.text


@pytest.mark.parametrize("deployment", [chat.DEPLOYMENT, scripted_claude.DEPLOYMENT])
@pytest.mark.parametrize("stream", [False, True])
def test_reasons_of_the_future_are_logged(logging, upstream, deployment, stream):
    def reasons(reason: str) -> list[str]:
        async def handler(exchange) -> None:
            if deployment == chat.DEPLOYMENT:
                whole = json.loads(event_stream.block("x")) | {"stopReason": reason}
                pieces = [event_stream.START, event_stream.text("x"), event_stream.ending(reason)]
            else:
                whole = json.loads(scripted_claude.message("x")) | {"stop_reason": reason}
                events = scripted_claude.events(["x"])
                events[-2] = {"type": "message_delta", "delta": {"stop_reason": reason}}
                pieces = [scripted_claude.chunk(event) for event in events]
            if not stream:
                await exchange.respond(200, "application/json", json.dumps(whole).encode())
                return
            await exchange.begin_stream()
            for piece in pieces:
                await exchange.chunk(piece)
            await exchange.end_stream()

        upstream.handler = handler
        log = logging()
        body = chat.body("x", stream=stream)
        answer = httpx.post(log.url + chat.path(deployment), headers=chat.HEADERS, json=body)
        assert answer.status_code == 200 and '"finish_reason":"stop"' in answer.text
        (line,) = log.requests(1)
        assert deployment in line
        return re.findall(r'unknown_stop_reason=("[^"]*"|\S+)', line)

    assert reasons("end_turn") == []
    assert reasons("tired_of_it") == ["tired_of_it"]
    assert reasons("what AWS says") == ["other"]


def test_failures_are_logged_with_their_status(logging, upstream):
    async def handler(exchange):
        await exchange.respond(
            429, "application/json", b'{"message":"no"}', {"x-amzn-ErrorType": "ThrottlingException"}
        )

    log = logging()
    upstream.handler = handler
    chat.post(log.url, "PROMPT-SECRET")
    (line,) = log.requests(1)
    assert chat.DEPLOYMENT in line and " status=429 " in line
    assert "PROMPT-SECRET" not in log.text


def test_failures_tell_attempts_and_whose_time_it_was(logging, upstream):
    async def handler(exchange):
        await asyncio.sleep(0.4)
        await exchange.respond(503, "application/json", b'{"message":"no"}')

    log = logging(BOTOCORE_MAX_RETRY_ATTEMPTS="1", DIAL_SDK_LOG_FORMAT="json")
    upstream.handler = handler
    assert chat.post(log.url).status_code == 503
    line = log.only("status", 503)
    assert line["attempts"] == 2
    assert float(line["total_ms"]) > 800
    assert float(line["overhead_ms"]) < float(line["total_ms"]) - 700


def test_tokens_of_a_client_that_left_are_logged(told, upstream):
    """Claude says what the prompt was before it answers."""

    async def handler(exchange):
        await exchange.begin_stream()
        for event in scripted_claude.events(["one ", "two "])[:3]:
            await exchange.chunk(scripted_claude.chunk(event))
        await exchange.closed()

    upstream.handler = handler
    path = chat.path("anthropic.claude-3-7-sonnet-20250219-v1:0")
    with httpx.stream("POST", told.url + path, headers=chat.HEADERS, json=chat.body("x", stream=True)) as answer:
        next(answer.iter_raw())
    line = told.only("error_code", "499")
    assert line["prompt_tokens"] == 11


@pytest.mark.parametrize("given", [{}, {"X-Request-ID": "mine"}])
@pytest.mark.parametrize("body", [chat.body("x"), chat.body("x", stream=True), {}], ids=["whole", "stream", "error"])
def test_an_answer_leads_to_its_line(impatient, upstream, given, body):
    before = len(impatient.log())
    answer = httpx.post(impatient.url + chat.path(), headers=chat.HEADERS | given, json=body)
    number = answer.headers["x-request-id"]
    assert number == given.get("X-Request-ID", number)
    until(lambda: f" id={number} " in impatient.log()[before:])


@pytest.mark.parametrize("given", ["abc 10.9.8.7 POST /forged 200", "x" * 129, "é".encode()])
def test_an_id_that_would_confuse_the_logs_is_replaced(impatient, given):
    answer = httpx.post(impatient.url + chat.path(), headers=chat.HEADERS | {"X-Request-ID": given}, json={})
    number = answer.headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{32}", number)
    until(lambda: f" id={number} " in impatient.log())


def test_why_a_call_failed_is_logged(told, upstream):
    async def refusing(exchange):
        await exchange.respond(403, "application/json", b"{}", {"x-amzn-errortype": "ExpiredTokenException"})

    async def ending(exchange):
        exchange.close()

    upstream.handler = refusing
    assert chat.post(told.url).status_code == 403
    assert told.only("error_type", "ExpiredTokenException")["status"] == 403
    upstream.handler = ending
    assert chat.post(told.url).status_code == 502
    line = told.only("level", "WARNING")
    assert "The connection to the model endpoint was lost" in line["message"]
    assert told.only("status", 502)["id"] == line["id"]


def test_the_slower_of_two_choices_is_waited_for(told, upstream):
    calls = itertools.count()

    async def handler(exchange):
        await asyncio.sleep(next(calls))
        await exchange.respond(200, "application/vnd.amazon.eventstream", b"".join(event_stream.answer(["hi"])))

    upstream.handler = handler
    assert chat.post(told.url, "x", stream=True, n=2).status_code == 200
    line = told.only("status", 200)
    assert float(line["total_ms"]) > 900
    assert float(line["overhead_ms"]) < 300


@pytest.mark.parametrize("end", ["time-out", "reset", "leave"])
def test_the_silence_of_a_model_is_not_ours(told, upstream, end):
    async def handler(exchange):
        await exchange.begin_stream()
        await exchange.chunk(event_stream.START + event_stream.text("word "))
        if end == "reset":
            await asyncio.sleep(0.8)
            exchange.reset()
        await exchange.closed()

    upstream.handler = handler
    body = chat.body("x", stream=True)
    with httpx.stream("POST", told.url + chat.path(), headers=chat.HEADERS, json=body) as answer:
        pieces = answer.iter_raw()
        next(pieces)
        if end == "leave":
            time.sleep(0.8)
        else:
            list(pieces)
    line = told.only("error_code", {"time-out": "504", "reset": "502", "leave": "499"}[end])
    assert float(line["total_ms"]) > 700
    assert float(line["overhead_ms"]) < 300


def test_tokens_of_a_stream_that_breaks_are_logged(told, upstream):
    """The answer tells none, as recorded; AWS charges for them."""

    async def handler(exchange):
        await exchange.begin_stream()
        for event in scripted_claude.events(["one ", "two "])[:3]:
            await exchange.chunk(scripted_claude.chunk(event))
        await exchange.end_stream()

    upstream.handler = handler
    path = chat.path("anthropic.claude-3-7-sonnet-20250219-v1:0")
    answer = httpx.post(told.url + path, headers=chat.HEADERS, json=chat.body("x", stream=True))
    assert '"error"' in answer.text and "prompt_tokens" not in answer.text
    assert told.only("error_code", "502")["prompt_tokens"] == 11


@pytest.mark.parametrize(
    ("deployment", "body"),
    [
        (
            "anthropic.claude-3-7-sonnet-20250219-v1:0",
            {
                "content": [{"type": "tool_use", "id": "t", "name": "f", "input": {}}],
                "stop_reason": "tool_use",
                "usage": {"input_tokens": 11, "output_tokens": 7},
            },
        ),
        (
            "amazon.nova-lite-v1:0",
            {
                "output": {"message": {"role": "assistant", "content": [{"text": "Blocked."}]}},
                "stopReason": "guardrail_intervened",
                "usage": {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18},
            },
        ),
    ],
)
def test_tokens_of_a_whole_answer_that_fails_are_logged(told, upstream, deployment, body):
    async def handler(exchange):
        await exchange.respond(200, "application/json", json.dumps(body).encode())

    upstream.handler = handler
    answer = httpx.post(told.url + chat.path(deployment), headers=chat.HEADERS, json=chat.body("x"))
    assert answer.status_code >= 400
    line = told.only("message", "POST chat/completions")
    assert (line["prompt_tokens"], line["completion_tokens"]) == (11, 7)


def test_tokens_that_an_answer_does_not_tell_are_not_logged(told, upstream):
    async def handler(exchange):
        await exchange.respond(200, "application/json", b'{"type":"message","stop_reason":"end_turn"}')

    upstream.handler = handler
    path = chat.path("anthropic.claude-3-7-sonnet-20250219-v1:0")
    assert httpx.post(told.url + path, headers=chat.HEADERS, json=chat.body("x")).status_code == 500
    assert "prompt_tokens" not in told.only("message", "POST chat/completions")


def test_tokens_of_all_choices_are_logged(told, upstream):
    """One ends, the other breaks off; its tokens were spent as well."""

    async def handler(exchange):
        first = len(upstream.exchanges) == 1
        await exchange.begin_stream()
        for event in scripted_claude.events(["one "]) if first else scripted_claude.events(["two "])[:1]:
            await exchange.chunk(scripted_claude.chunk(event))
        if not first:
            await asyncio.sleep(0.5)
        await exchange.end_stream()

    upstream.handler = handler
    path = chat.path("anthropic.claude-3-7-sonnet-20250219-v1:0")
    answer = httpx.post(told.url + path, headers=chat.HEADERS, json=chat.body("x", stream=True, n=2))
    assert '"error"' in answer.text
    assert told.only("message", "POST chat/completions")["prompt_tokens"] == 22


def test_an_unknown_prefix_is_warned_of_once(logging, upstream):
    upstream.handler = speaking(["x"])
    log = logging()
    for _ in range(3):
        for deployment in ("xx.amazon.nova-lite-v1:0", "eu.amazon.nova-lite-v1:0"):
            answer = httpx.post(log.url + chat.path(deployment), headers=chat.HEADERS, json=chat.body("x"))
            assert answer.status_code == 200
    log.requests(6)
    assert log.text.count("AWS documents no geographic prefix") == 1
    assert "prefix 'xx'" in log.text


def test_a_repair_that_a_request_needs_many_times_is_logged_once(told, upstream):
    upstream.handler = scripted_claude.speaking(["x"])
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    turns = [{"role": "assistant", "tool_calls": [call]}, {"role": "user", "content": "Go on"}] * 500
    tools = [{"type": "function", "function": {"name": "f"}}]
    body = {"messages": [{"role": "user", "content": "x"}, *turns], "tools": tools}
    path = chat.path(scripted_claude.DEPLOYMENT)
    assert httpx.post(told.url + path, headers=chat.HEADERS, json=body).status_code == 200
    line = told.only("times", "500")
    assert "A tool call without a result" in line["message"] and line["id"]


def test_debug_still_keeps_keys_and_credentials(logging, upstream):
    log = logging(**DEBUG)
    ask_with_secrets(log, upstream, 2)
    log.requests(2)
    for secret in ("KEY-SECRET", "TOKEN-SECRET", SECRET_KEY):
        assert secret not in log.text


def test_extra_data_is_never_quoted(logging):
    log = logging()
    for extra in (
        '{"region": "EXTRA-SECRET',
        '{"aws_secret_access_key": "EXTRA-SECRET"}',
        '{"region": 5, "x": "EXTRA-SECRET"}',
    ):
        answer = chat.post(log.url, headers={"X-UPSTREAM-EXTRA-DATA": extra})
        assert answer.status_code >= 400
        assert "EXTRA-SECRET" not in answer.text
    log.requests(3)
    assert "EXTRA-SECRET" not in log.text


def test_reasons_of_refused_requests_are_told_at_the_level_of_the_dial_api(logging):
    reason = "path temperature"
    for environment, told in (
        ({"AIDIAL_LOG_LEVEL": "DEBUG"}, True),
        ({"AIDIAL_LOG_LEVEL": "WARNING", "DIAL_SDK_LOG": "DEBUG"}, True),
        ({"LOG_LEVEL": "DEBUG"}, False),
    ):
        log = logging(**environment)
        assert chat.post(log.url, temperature=5).status_code == 400
        log.requests(1)
        lines = [line for line in log.lines if " | dial | " in line and reason in line]
        assert bool(lines) == told, environment


QUESTION = {"role": "user", "content": "x"}
CALL = {"id": "ID-SECRET", "type": "function", "function": {"name": "NAME-SECRET", "arguments": "{}"}}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
QUOTED = [
    (
        chat.DEPLOYMENT,
        {"messages": [QUESTION | {"content": [{"type": "file", "file": {"file_data": "FILE-SECRET!"}}]}]},
        ["FILE-SECRET"],
    ),
    (
        scripted_claude.DEPLOYMENT,
        {
            "messages": [
                QUESTION
                | {
                    "custom_content": {
                        "attachments": [{"type": "image/png", "title": "TITLE-SECRET", "data": "A" * 8_000_000}]
                    }
                }
            ]
        },
        ["TITLE-SECRET"],
    ),
    (
        "anthropic.claude-v2:1",
        {
            "messages": [
                QUESTION,
                {"role": "assistant", "tool_calls": [CALL]},
                {"role": "tool", "tool_call_id": "1", "content": "x"},
            ],
            "tools": [TOOL],
        },
        ["ID-SECRET", "NAME-SECRET"],
    ),
]


@pytest.mark.parametrize(("deployment", "body", "secrets"), QUOTED, ids=["file", "title", "calls"])
def test_what_a_refusal_quotes_is_in_no_line(logging, deployment, body, secrets):
    log = logging(**DEBUG)
    answer = httpx.post(log.url + chat.path(deployment), headers=chat.HEADERS, json=body)
    assert answer.status_code == 422, answer.text
    log.requests(1)
    assert "The request failed" in log.text
    for secret in secrets:
        assert secret in answer.text, "the sender is told"
        assert secret not in log.text


def pair(kind: str) -> tuple[int, int]:
    """The ends to read from and to write to."""
    if kind == "pipe":
        return os.pipe()
    if kind == "terminal":
        reader, writer = pty.openpty()
        tty.setraw(writer)
        return reader, writer
    return tuple(end.detach() for end in socket.socketpair())


@pytest.mark.parametrize("kind", ["pipe", "socket", "terminal"])
def test_a_reader_of_the_log_that_stops_delays_no_request(upstream, kind):
    reader, writer = pair(kind)
    hosting = Hosting()
    try:
        environment = aws_environment(upstream.url) | {"DIAL_SDK_LOG_FORMAT": "json"}
        hosting.adapter("unix:adapter.sock", environment, stderr=writer)
        os.close(writer)
        path = str(hosting.folder / "adapter.sock")
        with fastcgi.connect(path) as connection:

            def ask() -> None:
                # Long, so that the log is full soon.
                parameters = fastcgi.params_for(f"/openai/deployments/{'m' * 3000}/configuration", api_key="k")
                connection.sendall(fastcgi.request(parameters, keep=True))
                assert fastcgi.response(connection).startswith(b"Status: 404")

            for _ in range(600):
                ask()
            os.set_blocking(reader, False)
            lines = [read(reader)]
            ask()

            def has_all() -> bool:
                # A terminal hands on what was written a moment later.
                lines.append(read(reader))
                text = "".join(lines)
                return "Nobody read this log" in text and text.rpartition("Nobody read this log")[2].count("\n") == 2

            until(has_all, 5)
    finally:
        hosting.close()
        os.close(reader)

    told = [json.loads(line) for line in "".join(lines).splitlines()]
    requests = [line for line in told if line.get("status") == 404]
    [notice] = [line for line in told if "Nobody read this log" in line["message"]]
    assert notice["level"] == "WARNING"
    assert len(requests) + int(re.search(r"\d+", notice["message"])[0]) == 601
    assert told[-1] == requests[-1], "the first line after the gap is there"


def test_a_terminal_that_is_read_gets_the_lines(upstream):
    """It holds less than a burst of them."""
    reader, writer = pair("terminal")
    hosting = Hosting()
    try:
        environment = aws_environment(upstream.url) | {"DIAL_SDK_LOG_FORMAT": "json"}
        hosting.adapter("unix:adapter.sock", environment, stderr=writer)
        os.close(writer)
        told = bytearray()

        def read_on() -> None:
            with contextlib.suppress(OSError):
                while piece := os.read(reader, 4096):
                    told.extend(piece)
                    time.sleep(0.002)

        reading = threading.Thread(target=read_on)
        reading.start()
        parameters = fastcgi.params_for(f"/openai/deployments/{'m' * 500}/configuration", api_key="k")
        with fastcgi.connect(str(hosting.folder / "adapter.sock")) as connection:
            for _ in range(300):
                connection.sendall(fastcgi.request(parameters, keep=True))
                assert fastcgi.response(connection).startswith(b"Status: 404")
    finally:
        hosting.close()
        reading.join()
        os.close(reader)
    lines = [json.loads(line) for line in told.decode().splitlines()]
    # On a busy machine the reader may be kept waiting for longer than it gets.
    assert len([line for line in lines if line.get("status") == 404]) > 250


def read(descriptor: int) -> str:
    """What is there, and nothing waited for."""
    pieces = []
    while True:
        try:
            pieces.append(os.read(descriptor, 65536))
        except BlockingIOError:
            return b"".join(pieces).decode()
