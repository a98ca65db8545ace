"""Everything that can go wrong on the way to the model: a clear error, in bounded time, and nothing worse."""

import asyncio
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from support import chat, event_stream, scripted_claude
from support.upstream import speaking

PATIENCE = 6
"""Seconds within which every fault is an answer; the stack waits two for its upstream."""


UNUSABLE = ("500", "502")
"""An answer that arrived and cannot be used; which of the two says whether it broke on the way or was written so."""


def ask(stack, **more) -> httpx.Response:
    started = time.monotonic()
    answer = chat.post(stack.url, **more)
    assert time.monotonic() - started < PATIENCE
    return answer


def assert_error(answer: httpx.Response, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    error = answer.json()["error"]
    assert error["message"] and "<" not in error["message"]
    assert isinstance(error["code"], str)
    return error


def still_works(stack, upstream) -> None:
    upstream.handler = speaking(["fine"])
    assert ask(stack).json()["choices"][0]["message"]["content"] == "fine"


@pytest.mark.parametrize("stream", [False, True])
def test_refused(start, stream):
    with socket.socket() as closed:
        # Held, so that nobody else listens there.
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        error = assert_error(ask(start(environment={"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url}), stream=stream), 502)
    assert error["code"] == "502"


@pytest.mark.parametrize("stream", [False, True])
def test_name_that_does_not_resolve(start, stream):
    stack = start(environment={"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://no-such-host.invalid"})
    assert_error(ask(stack, stream=stream), 502)


def whole_answer() -> bytes:
    """A streamed answer as the bytes of a connection."""
    chunks = b"".join(
        f"{len(event):x}\r\n".encode() + event + b"\r\n" for event in event_stream.answer(["one ", "two "])
    )
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + chunks + b"0\r\n\r\n"


def break_off(at: int, how: str):
    async def handler(exchange):
        await exchange.raw(whole_answer()[:at])
        # Give what was sent the time to be read: an RST throws away what is still on its way.
        await asyncio.sleep(0.03)
        exchange.reset() if how == "reset" else exchange.close()

    return handler


WHOLE = whole_answer()
FIRST_TEXT_ENDS = WHOLE.index(event_stream.text("one ")) + len(event_stream.text("one "))
COMPLETE = WHOLE.index(event_stream.ending()) + len(event_stream.ending())


@pytest.mark.parametrize("how", ["reset", "close"])
@pytest.mark.parametrize("at", [*range(0, COMPLETE, 41), FIRST_TEXT_ENDS, COMPLETE - 1])
def test_broken_off_at_any_byte(impatient, upstream, at, how):
    upstream.handler = break_off(at, how)
    answer = ask(impatient, stream=True)
    if at < FIRST_TEXT_ENDS:
        # The role chunk may have gone out with messageStart or wait for the first text; both are right.
        if answer.status_code != 200:
            assert_error(answer, 502)
            return
        assert chat.content(chat.events(answer.text)) == ""
    assert answer.status_code == 200
    chunks = chat.events(answer.text)
    assert chat.stream_error(chunks)["code"] == "502"
    assert "one two ".startswith(chat.content(chunks))
    still_works(impatient, upstream)


@pytest.mark.parametrize("how", ["reset", "close", "silence"])
@pytest.mark.parametrize("model", [chat.DEPLOYMENT, scripted_claude.DEPLOYMENT])
def test_an_answer_that_is_complete_is_one_however_the_connection_ends(impatient, upstream, model, how):
    events = event_stream.answer(["one ", "two "])
    if model == scripted_claude.DEPLOYMENT:
        events = [scripted_claude.chunk(event) for event in scripted_claude.events(["one ", "two "])]

    async def handler(exchange):
        await exchange.begin_stream()
        await exchange.chunk(b"".join(events))
        await asyncio.sleep(0.03 if how != "silence" else PATIENCE)
        exchange.reset() if how == "reset" else exchange.close()

    upstream.handler = handler
    body = chat.body("Hello", stream=True)
    started = time.monotonic()
    answer = httpx.post(impatient.url + chat.path(model), headers=chat.HEADERS, json=body, timeout=PATIENCE)
    # A second is what the end of a body gets.
    assert time.monotonic() - started < 1.9
    chunks = chat.events(answer.text)
    assert chat.content(chunks) == "one two " and chunks[-1] == "[DONE]"
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop" and chunks[-2]["usage"]
    still_works(impatient, upstream)


@pytest.mark.parametrize("length", [2, 3_000_000])
def test_silence_is_waited_for_once(impatient, upstream, length):
    """After a body as well, whose sending was progress."""

    async def handler(exchange):
        await asyncio.sleep(PATIENCE)

    upstream.handler = handler
    started = time.monotonic()
    assert_error(ask(impatient, prompt="x" * length), 504)
    assert 1.9 < time.monotonic() - started < 3.5


def test_a_body_on_its_way_is_no_silence(start):
    """Read at a pace that takes more than the time that a silent model gets."""
    answer = event_stream.block("read")
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        server.settimeout(10)
        server.bind(("127.0.0.1", 0))
        server.listen()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        stack = start(environment={"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url, "REQUEST_TIMEOUT_SECONDS": "1"})

        def read_slowly():
            connection, _ = server.accept()
            with connection:
                connection.settimeout(10)
                received = bytearray()
                while not received.endswith(b'x"}]}]}') and (piece := connection.recv(100_000)):
                    received += piece
                    time.sleep(0.03)
                head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                connection.sendall(head % len(answer) + answer)

        with ThreadPoolExecutor() as pool:
            reading = pool.submit(read_slowly)
            found = chat.post(stack.url, "x" * 12_000_000, timeout=30)
            assert found.json()["choices"][0]["message"]["content"] == "read"
            reading.result()


@pytest.mark.parametrize("at", [0, 1, 60, -1])
def test_whole_answer_broken_off(impatient, upstream, at):
    body = event_stream.block("Hello")
    bytes_ = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    async def handler(exchange):
        await exchange.raw(bytes_[:at])
        await asyncio.sleep(0.03)
        exchange.reset()

    upstream.handler = handler
    assert_error(ask(impatient), 502)
    still_works(impatient, upstream)


def flipped(event: bytes, at: int) -> bytes:
    return event[:at] + bytes([event[at] ^ 1]) + event[at + 1 :]


@pytest.mark.parametrize("at", [0, 9, 30, -20, -1], ids=["length", "prelude checksum", "header", "payload", "checksum"])
@pytest.mark.parametrize("after_text", [False, True])
def test_a_frame_with_a_flipped_bit(impatient, upstream, at, after_text):
    async def handler(exchange):
        await exchange.begin_stream()
        if after_text:
            await exchange.chunk(event_stream.START + event_stream.text("one "))
            await asyncio.sleep(0.05)
        broken = flipped(event_stream.text("two "), at)
        await exchange.chunk(broken + event_stream.ending())
        await exchange.end_stream()

    upstream.handler = handler
    answer = ask(impatient, stream=True)
    if after_text:
        chunks = chat.events(answer.text)
        assert chat.stream_error(chunks)["code"] in UNUSABLE
        assert chat.content(chunks) == "one "
    else:
        assert_error(answer, answer.status_code)
        assert str(answer.status_code) in UNUSABLE
    still_works(impatient, upstream)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("begin", [b"<html><body>", b"<h1>503</h1>", b"<!-- -->", b'<?xml version="1.0"?><Error>'])
def test_error_page_of_a_proxy(impatient, upstream, begin, stream):
    async def handler(exchange):
        await exchange.respond(503, "text/html", begin + b"SECRET-PAGE")

    upstream.handler = handler
    error = assert_error(ask(impatient, stream=stream), 503)
    assert "SECRET-PAGE" not in error["message"]


def test_a_page_in_place_of_a_stream_is_told(impatient, upstream):
    async def handler(exchange):
        await exchange.respond(200, "text/html; charset=utf-8", b"<html><body>Please log in</body></html>")

    upstream.handler = handler
    error = assert_error(ask(impatient, stream=True), 502)
    assert "The model endpoint answered with text/html" in error["message"]
    assert "log in" not in error["message"]


@pytest.mark.parametrize("stream", [False, True])
def test_error_of_the_service(impatient, upstream, stream):
    async def handler(exchange):
        await exchange.respond(
            400,
            "application/json",
            json.dumps({"message": "The text field is blank."}).encode(),
            {"x-amzn-ErrorType": "ValidationException:http://internal.amazon.com/"},
        )

    upstream.handler = handler
    error = assert_error(ask(impatient, stream=stream), 400)
    operation = "ConverseStream" if stream else "Converse"
    assert error["message"] == (
        f"An error occurred (ValidationException) when calling the {operation} operation: The text field is blank."
    )
    assert error["type"] == "invalid_request_error"


@pytest.mark.parametrize("stream", [False, True])
def test_throttling_keeps_status_and_retry_after_and_is_not_retried(impatient, upstream, stream):
    async def handler(exchange):
        await exchange.respond(
            429,
            "application/json",
            b'{"message":"Too many requests"}',
            {"x-amzn-ErrorType": "ThrottlingException", "Retry-After": "7"},
        )

    upstream.handler = handler
    answer = ask(impatient, stream=stream)
    assert_error(answer, 429)
    assert answer.headers["retry-after"] == "7"
    assert len(upstream.exchanges) == 1


@pytest.mark.parametrize("stream", [False, True])
def test_half_of_a_surrogate_pair_costs_itself_only(impatient, upstream, stream):
    def half(payload: dict) -> bytes:
        return json.dumps(payload).replace("HALF", "\\ud83d").encode()

    async def handler(exchange):
        if not stream:
            message = {"role": "assistant", "content": [{"text": "a HALF b"}]}
            await exchange.respond(
                200, "application/json", half({"output": {"message": message}, "stopReason": "end_turn"})
            )
            return
        await exchange.begin_stream()
        headers = {":event-type": "contentBlockDelta", ":content-type": "application/json", ":message-type": "event"}
        piece = half({"contentBlockIndex": 0, "delta": {"text": "a HALF b"}})
        await exchange.chunk(event_stream.frame(headers, piece))
        await exchange.chunk(event_stream.event("messageStop", {"stopReason": "end_turn"}))
        await exchange.end_stream()

    upstream.handler = handler
    answer = ask(impatient, stream=stream)
    said = chat.content(chat.events(answer.text)) if stream else answer.json()["choices"][0]["message"]["content"]
    assert said == "a \ufffd b"


@pytest.mark.parametrize("how", ["cut off", "silent", "endless"])
def test_a_refusal_whose_text_is_lost_keeps_its_status(impatient, upstream, how):
    async def handler(exchange):
        await exchange.raw(b"HTTP/1.1 429 X\r\nRetry-After: 7\r\nContent-Length: 2000000\r\n\r\n{")
        if how == "cut off":
            exchange.close()
        elif how == "silent":
            await exchange.closed()
        else:
            await exchange.raw(b" " * 1_999_999)

    upstream.handler = handler
    answer = ask(impatient, stream=False)
    assert_error(answer, 429)
    assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("throttlingException", "429"),
        ("serviceUnavailableException", "503"),
        ("modelStreamErrorException", "424"),
        ("validationException", "400"),
        ("internalServerException", "500"),
        ("surpriseException", "500"),
    ],
)
@pytest.mark.parametrize("after_text", [False, True])
def test_exception_in_the_stream(impatient, upstream, name, code, after_text):
    async def handler(exchange):
        await exchange.begin_stream()
        if after_text:
            await exchange.chunk(event_stream.START + event_stream.text("one "))
        await exchange.chunk(event_stream.exception(name, {"message": "It went wrong."}))
        await exchange.end_stream()

    upstream.handler = handler
    answer = ask(impatient, stream=True)
    if after_text:
        error = chat.stream_error(chat.events(answer.text))
        assert error["code"] == code
    else:
        error = assert_error(answer, int(code))
    assert "It went wrong." in error["message"]


def test_a_stream_without_its_end_is_an_error(impatient, upstream):
    async def handler(exchange):
        await exchange.begin_stream()
        await exchange.chunk(event_stream.START + event_stream.text("one "))
        await exchange.end_stream()

    upstream.handler = handler
    assert chat.stream_error(chat.events(ask(impatient, stream=True).text))["code"] in UNUSABLE


@pytest.mark.parametrize("body", [b"", b"OK", b'{"output":', b"[]"])
def test_a_whole_answer_that_is_no_answer(impatient, upstream, body):
    async def handler(exchange):
        await exchange.respond(200, "application/json", body)

    upstream.handler = handler
    answer = ask(impatient)
    assert_error(answer, answer.status_code)
    assert str(answer.status_code) in UNUSABLE


@pytest.mark.parametrize(
    "head",
    [
        b"hello\r\n\r\n",
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 099 OK\r\n\r\n",
        b"\x15\x03\x01\0\2\2P",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + b" " * 300_000,
    ],
)
def test_an_answer_that_is_not_http(impatient, upstream, head):
    async def handler(exchange):
        await exchange.raw(head)
        exchange.close()

    upstream.handler = handler
    assert "broke the HTTP protocol" in assert_error(ask(impatient), 502)["message"]


def test_a_status_line_comes_first(impatient, upstream):
    """What looks like one among the headers is none, and one of an interim answer is not that of the answer."""

    async def handler(exchange):
        await exchange.raw(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nHTTP/1.1 503 X: y\r\n")
        message = {"role": "assistant", "content": [{"text": "x" * 300_000}]}
        body = json.dumps({"output": {"message": message}, "stopReason": "end_turn"}).encode()
        await exchange.raw(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

    upstream.handler = handler
    assert ask(impatient, stream=False).status_code == 200


def test_one_choice_that_fails_fails_the_request(impatient, upstream):
    async def handler(exchange):
        if len(upstream.exchanges) == 2:
            await exchange.respond(
                429, "application/json", b'{"message":"no"}', {"x-amzn-ErrorType": "ThrottlingException"}
            )
        else:
            await asyncio.sleep(0.1)
            await speaking(["fine"])(exchange)

    upstream.handler = handler
    assert_error(ask(impatient, n=3), 429)


@pytest.mark.parametrize("stream", [False, True])
def test_the_first_choice_that_fails_ends_the_others(impatient, upstream, stream):
    """Its error is the answer, at once and with its status; the other call is given up."""

    async def handler(exchange):
        if exchange is not upstream.exchanges[0]:
            await exchange.respond(
                429, "application/json", b'{"message":"no"}', {"x-amzn-ErrorType": "ThrottlingException"}
            )
        else:
            await exchange.closed()

    upstream.handler = handler
    began = time.monotonic()
    assert_error(ask(impatient, n=2, stream=stream), 429)
    assert time.monotonic() - began < 1
    while upstream.exchanges[0].closed_at is None:
        assert time.monotonic() - began < 2, "the other call goes on"
        time.sleep(0.01)


def test_a_choice_that_fails_leaves_no_sum_of_tokens(impatient, upstream):
    async def handler(exchange):
        if len(upstream.exchanges) == 1:
            await speaking(["fine"])(exchange)
            return
        await asyncio.sleep(0.2)
        await exchange.begin_stream()
        await exchange.chunk(event_stream.START + event_stream.text("so"))
        await exchange.chunk(event_stream.exception("throttlingException", {"message": "no"}))

    upstream.handler = handler
    chunks = chat.events(ask(impatient, n=2, stream=True).text)
    assert chunks[-1] == "[DONE]" and chunks[-2]["error"]["code"] == "429"
    assert not [chunk for chunk in chunks[:-2] if chunk.get("usage")]


REFUSAL = b"HTTP/1.1 503 X\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
ANNOUNCEMENT = b"HTTP/1.1 102 Processing\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "piece", "status"),
    [(REFUSAL, b" ", 503), (b"", ANNOUNCEMENT, 504)],
    ids=["the text of an error", "announcements"],
)
def test_what_trickles_for_ever(impatient, upstream, head, piece, status):
    async def handler(exchange):
        await exchange.raw(head)
        while exchange.closed_at is None:
            await exchange.raw(piece)
            await asyncio.sleep(0.1)

    upstream.handler = handler
    with ThreadPoolExecutor(2) as pool:
        for answer in pool.map(lambda stream: ask(impatient, stream=stream), (False, True)):
            assert_error(answer, status)
    still_works(impatient, upstream)
