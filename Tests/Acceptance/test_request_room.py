"""What the adapter may hold at a time: more bodies wait, more files are refused, and nothing else is held up."""

import asyncio
import contextlib
import json
import os
import signal
import threading
import time

import httpx
import pytest

from support import chat, event_stream, fastcgi
from support.stack import memory

MIB = 1024 * 1024
WAITING = "more bodies wait with the web server"
# One loop, since each has room of its own.
ENVIRONMENT = {"DIAL_ADAPTER_MAX_HELD_BYTES": str(MIB), "WEB_CONCURRENCY": "1"}
LONG = "x" * (700 * 1024)


@pytest.fixture
def held(upstream):
    """An upstream that answers long requests when the event is set, and others at once."""
    answer, go_on = upstream.handler, threading.Event()

    async def handler(exchange):
        if exchange.request.method == "GET":
            return await exchange.respond(200, "image/png", b"\x89PNG\r\n\x1a\n" + bytes(600 * 1024))
        while len(exchange.request.body) > 65536 and not go_on.is_set():
            await asyncio.sleep(0.005)
        await answer(exchange)

    upstream.handler = handler
    yield go_on
    go_on.set()


@pytest.fixture
def stack(start, upstream):
    return start(environment=ENVIRONMENT | {"DIAL_URL": upstream.url})


def send(stack, content: str, **more):
    """A request straight to the adapter; a thread writes what the adapter may not read."""
    body = json.dumps(chat.body(content, **more)).encode()
    connection = fastcgi.connect(stack.socket_path, 20)
    request = fastcgi.request(fastcgi.params_for(chat.path(), body, "POST", api_key="k"), body)

    connection.sendall(request[:4096])

    def write():
        with contextlib.suppress(OSError):
            connection.sendall(request[4096:])

    threading.Thread(target=write, daemon=True).start()
    return connection


def status(connection) -> int:
    with contextlib.closing(connection):
        return int(fastcgi.response(connection).split(b" ")[1])


def until(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def waits(stack) -> bool:
    return WAITING in stack.log()


def test_bodies_wait_for_room_and_others_do_not(stack, upstream, held):
    first = send(stack, "1" + LONG)
    until(lambda: len(upstream.exchanges) == 1)
    before = memory(stack.adapter)
    others = []
    for number in range(2, 12):
        others.append(send(stack, f"{number} " + LONG))
        time.sleep(0.02)
    assert status(send(stack, "short")) == 200
    assert [len(exchange.request.body) > 65536 for exchange in upstream.exchanges] == [True, False]
    # Sanitizers keep what was freed.
    if not os.environ.keys() & {"ASAN_OPTIONS", "TSAN_OPTIONS"}:
        assert memory(stack.adapter) - before < 3 * MIB
    held.set()
    assert [status(connection) for connection in [first, *others]] == [200] * 11
    came = [json.loads(exchange.request.body)["messages"][0]["content"][0]["text"] for exchange in upstream.exchanges]
    assert [text.split(" ")[0] for text in came[2:]] == [str(number) for number in range(2, 12)]
    assert stack.log().count(WAITING) == 1


def test_a_stream_needs_no_room_once_it_began(stack, upstream):
    with begun(upstream) as go_on, contextlib.closing(send(stack, LONG, stream=True)) as stream:
        assert b"Hello" in stream.recv(65536)
        assert status(send(stack, LONG)) == 200
        go_on.set()


def test_each_choice_needs_it(stack, upstream):
    """One has begun, and the other still has the request to send."""
    with begun(upstream, but=1) as go_on, contextlib.closing(send(stack, LONG, stream=True, n=2)) as stream:
        assert b"Hello" in stream.recv(65536)
        second = send(stack, LONG)
        until(lambda: waits(stack))
        go_on.set()
        assert status(second) == 200


def test_a_heartbeat_is_no_beginning(start, upstream, held):
    stack = start(environment=ENVIRONMENT | {"DIAL_SDK_SSE_HEARTBEAT_INTERVAL": "0.1"})
    with contextlib.closing(send(stack, LONG, stream=True)) as stream:
        assert b": heartbeat" in stream.recv(65536) + stream.recv(65536)
        second = send(stack, LONG)
        until(lambda: waits(stack))
        time.sleep(0.3)
        assert len(upstream.exchanges) == 1
        held.set()
        assert status(second) == 200


@contextlib.contextmanager
def begun(upstream, but: int = 0):
    """Streams begin, but for so many, and end when the event is set; others are answered at once."""
    speak, go_on = upstream.handler, threading.Event()
    streams = []

    async def handler(exchange):
        if not exchange.request.target.endswith("/converse-stream"):
            return await speak(exchange)
        streams.append(exchange)
        if len(streams) != but:
            await exchange.begin_stream()
            await exchange.chunk(event_stream.text("Hello"))
        while not go_on.is_set():
            await asyncio.sleep(0.005)
        exchange.close()

    upstream.handler = handler
    yield go_on
    go_on.set()


def test_who_gives_up_costs_nobody_a_turn(stack, upstream, held):
    first = send(stack, LONG)
    until(lambda: len(upstream.exchanges) == 1)
    leaving = [send(stack, LONG) for _ in range(5)]
    until(lambda: waits(stack))
    last = send(stack, LONG)
    time.sleep(0.1)
    for connection in leaving:
        connection.close()
    # The one that has the room leaves, too.
    first.close()
    until(lambda: len(upstream.exchanges) == 2)
    held.set()
    assert status(last) == 200
    assert [status(send(stack, LONG)) for _ in range(3)] == [200] * 3
    assert len(upstream.exchanges) == 5


def test_a_request_that_waits_is_answered_while_the_program_ends(stack, upstream, held):
    first = send(stack, LONG)
    until(lambda: len(upstream.exchanges) == 1)
    second = send(stack, LONG)
    until(lambda: waits(stack))
    os.kill(stack.adapter, signal.SIGTERM)
    time.sleep(0.3)
    held.set()
    assert (status(first), status(second)) == (200, 200)
    stack.wait(10)
    assert "bedrock-adapter ended with status 0" in stack.log()


def test_who_waits_for_long_is_to_try_again(stack, upstream, held):
    """Before nginx loses its patience, be the body in nginx's hands or in the kernel's."""
    first = send(stack, LONG + "x" * 250 * 1024)
    until(lambda: len(upstream.exchanges) == 1)
    answers = []

    def ask(content: str):
        started = time.monotonic()
        answer = chat.post(stack.url, content)
        answers.append((answer, time.monotonic() - started))

    threads = [threading.Thread(target=ask, args=["x" * size]) for size in (100_000, 5_000_000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer, seconds in answers:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert "DIAL_ADAPTER_MAX_HELD_BYTES" in answer.json()["error"]["message"]
        assert 9 < seconds < 15
    assert len(answers) == 2
    assert len(upstream.exchanges) == 1
    held.set()
    assert status(first) == 200
    assert status(send(stack, LONG)) == 200


def test_a_body_that_does_not_come_makes_room(stack, upstream):
    with contextlib.closing(fastcgi.connect(stack.socket_path, 20)) as slow:
        body = json.dumps(chat.body("x" * 900 * 1024)).encode()
        request = fastcgi.request(fastcgi.params_for(chat.path(), body, "POST", api_key="k"), body)
        slow.sendall(request[:2000])
        time.sleep(0.1)
        started = time.monotonic()
        assert status(send(stack, LONG)) == 200
        assert 4 < time.monotonic() - started < 9
        slow.sendall(request[2000:])
        assert fastcgi.response(slow).startswith(b"Status: 503 ")
    assert len(upstream.exchanges) == 1


def test_through_nginx(stack, upstream, held):
    answers = []

    def ask():
        answers.append(chat.post(stack.url, LONG).status_code)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    until(lambda: waits(stack))
    assert chat.post(stack.url, "short").status_code == 200
    held.set()
    for thread in threads:
        thread.join()
    assert answers == [200] * 6


def with_files(count: int) -> dict:
    attachments = [{"type": "image/png", "url": f"files/bucket/{number}.png"} for number in range(count)]
    return {"messages": [{"role": "user", "content": "Look", "custom_content": {"attachments": attachments}}]}


def test_files_without_room_are_refused(stack, upstream, held):
    answers = {}

    def ask(count: int) -> httpx.Response:
        return httpx.post(stack.url + chat.path(), headers=chat.HEADERS, json=with_files(count), timeout=20)

    # It is alone, and may have more than there is.
    first = threading.Thread(target=lambda: answers.update(first=ask(2)))
    first.start()
    until(lambda: any(exchange.request.method == "POST" for exchange in upstream.exchanges))
    refused = ask(1)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert "DIAL_ADAPTER_MAX_HELD_BYTES" in refused.json()["error"]["message"]
    assert chat.post(stack.url, "short").status_code == 200
    # A body waits for the files, too.
    body = send(stack, LONG)
    until(lambda: waits(stack))
    held.set()
    first.join()
    assert (answers["first"].status_code, status(body)) == (200, 200)
    assert ask(1).status_code == 200
