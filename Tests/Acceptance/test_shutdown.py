"""SIGTERM: nothing new, everything that runs to its end, exit 0. A second one: at once."""

import asyncio
import os
import signal
import socket
import time

import pytest

from support import chat, fastcgi
from support.hosting import Hosting
from support.stack import aws_environment
from support.upstream import speaking
from support.waiting import until

WORDS = [f"word{number:02d} " for number in range(30)]


@pytest.fixture
def adapter(upstream):
    """The adapter alone, to see its own exit status. Gives the process and its socket."""
    hosting = Hosting()
    process = hosting.adapter(
        "unix:adapter.sock",
        aws_environment(upstream.url),
        # The tests may run under nohup.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    ).process
    yield process, str(hosting.folder / "adapter.sock")
    hosting.close()


def begin_stream(path: str) -> socket.socket:
    body = b'{"stream":true,"messages":[{"role":"user","content":"Hello"}]}'
    connection = fastcgi.connect(path, timeout=30)
    connection.sendall(fastcgi.request(fastcgi.params_for(chat.path(), body, "POST", api_key="k"), body))
    return connection


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_idle_it_exits_at_once_with_0(adapter, number):
    process, _ = adapter
    idle = fastcgi.connect(adapter[1])
    process.send_signal(number)
    assert process.wait(3) == 0
    idle.close()


def test_a_hangup_that_was_to_be_ignored_is_ignored(upstream):
    """As nohup has it."""
    hosting = Hosting()
    try:
        hosting.adapter(
            "unix:adapter.sock",
            aws_environment(upstream.url),
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
        ).process.send_signal(signal.SIGHUP)
        upstream.handler = speaking(WORDS, pause=0.01)
        stream = begin_stream(str(hosting.folder / "adapter.sock"))
        assert chat.content(chat.events(fastcgi.response(stream).decode().partition("\r\n\r\n")[2])) == "".join(WORDS)
    finally:
        hosting.close()


def test_a_successor_keeps_its_socket(upstream):
    """Moved into the place of the one that ends."""
    hosting = Hosting()
    try:
        old = hosting.adapter("unix:adapter.sock", aws_environment(upstream.url)).process
        hosting.adapter("unix:new.sock", aws_environment(upstream.url))
        path = hosting.folder / "adapter.sock"
        (hosting.folder / "new.sock").rename(path)
        old.terminate()
        assert old.wait(5) == 0
        upstream.handler = speaking(WORDS, pause=0)
        assert b"[DONE]" in fastcgi.response(begin_stream(str(path)))
    finally:
        hosting.close()


def test_running_streams_finish_and_new_connections_are_refused(adapter, upstream):
    process, path = adapter
    upstream.handler = speaking(WORDS, pause=0.05)
    streams = [begin_stream(path) for _ in range(100)]
    until(lambda: len(upstream.exchanges) == 100, 10)
    process.terminate()
    time.sleep(0.3)
    with pytest.raises((ConnectionRefusedError, FileNotFoundError, EOFError, ConnectionResetError)):
        late = begin_stream(path)
        fastcgi.exactly(late, 8)
    for stream in streams:
        output = fastcgi.response(stream).decode()
        chunks = chat.events(output.partition("\r\n\r\n")[2])
        assert chunks[-1] == "[DONE]"
        assert chat.content(chunks) == "".join(WORDS)
    assert process.wait(5) == 0


def test_a_second_signal_exits_at_once(adapter, upstream):
    process, path = adapter
    upstream.handler = speaking(WORDS, pause=0.5)
    stream = begin_stream(path)
    assert stream.recv(1000)
    process.terminate()
    time.sleep(0.3)
    assert process.poll() is None
    process.terminate()
    process.wait(1)
    stream.close()


def test_the_grace_period_has_an_end(upstream, start):
    upstream.handler = speaking(WORDS, pause=1)
    stack = start(environment={"DIAL_ADAPTER_SHUTDOWN_GRACE_SECONDS": "1"})
    stream = begin_stream(stack.socket_path)
    assert stream.recv(1000)
    process = stack.adapter
    os.kill(process, signal.SIGTERM)
    started = time.monotonic()
    while time.monotonic() < started + 5:
        if stack.process.poll() is not None or process not in stack.children().values():
            break
        time.sleep(0.05)
    assert 0.8 <= time.monotonic() - started <= 3
    stream.close()


def test_through_nginx_no_stream_is_lost(start, upstream):
    upstream.handler = speaking(WORDS, pause=0.05)
    stack = start()

    async def run() -> list[bytes]:
        streams = asyncio.gather(*(chat.raw_stream(stack.port, "Hello") for _ in range(200)))
        while len(upstream.exchanges) < 200:
            await asyncio.sleep(0.01)
        os.kill(stack.adapter, signal.SIGTERM)
        return await streams

    for answer in asyncio.run(run()):
        chunks = chat.events(chat.unchunked(answer).decode())
        assert chunks[-1] == "[DONE]"
        assert chat.content(chunks) == "".join(WORDS)
    stack.wait(10)
    assert "bedrock-adapter ended with status 0" in stack.log()


def test_requests_after_the_end_get_a_502_as_json(start, upstream):
    upstream.handler = speaking(WORDS, pause=0.1)
    stack = start()

    async def run() -> None:
        stream = asyncio.create_task(chat.raw_stream(stack.port, "Hello"))
        while not upstream.exchanges:
            await asyncio.sleep(0.01)
        os.kill(stack.adapter, signal.SIGTERM)
        # nginx has a connection left that it keeps.
        await asyncio.sleep(1.5)
        late = await asyncio.to_thread(chat.post, stack.url)
        assert late.status_code == 502
        assert late.json()["error"]["code"] == "502"
        assert b"[DONE]" in await stream

    asyncio.run(run())


QUESTION = b'{"messages":[{"role":"user","content":"Hello"}]}'


def kept() -> bytes:
    return fastcgi.request(fastcgi.params_for(chat.path(), QUESTION, "POST", api_key="k"), QUESTION, keep=True)


def test_requests_that_came_before_the_signal_was_seen_are_answered(adapter, upstream):
    """On a connection that the web server keeps, and on one that waits to be accepted."""
    process, path = adapter
    known = fastcgi.connect(path, 10)
    known.sendall(kept())
    assert b"Status: 200" in fastcgi.response(known)
    process.send_signal(signal.SIGSTOP)
    process.terminate()
    known.sendall(kept())
    waiting = fastcgi.connect(path, 10)
    waiting.sendall(kept())
    process.send_signal(signal.SIGCONT)
    for connection in (known, waiting):
        assert b"Status: 200" in fastcgi.response(connection)
        assert connection.recv(1) == b""
    assert process.wait(3) == 0


def test_what_comes_on_a_kept_connection_within_a_second_is_answered(adapter, upstream):
    """The web server chose the connection before it could know."""
    process, path = adapter
    used, unused = fastcgi.connect(path, 10), fastcgi.connect(path, 10)
    for connection in (used, unused):
        connection.sendall(kept())
        assert b"Status: 200" in fastcgi.response(connection)
    process.terminate()
    time.sleep(0.4)
    used.sendall(kept())
    assert b"Status: 200" in fastcgi.response(used)
    assert used.recv(1) == b""
    assert process.poll() is None
    assert unused.recv(1) == b""
    assert process.wait(1) == 0


def test_kept_connections_alone_are_no_reason_to_warn(start, upstream):
    stack = start(environment={"DIAL_ADAPTER_SHUTDOWN_GRACE_SECONDS": "0.3"})
    assert chat.post(stack.url).status_code == 200
    os.kill(stack.adapter, signal.SIGTERM)
    stack.wait(10)
    assert "stopped" in stack.log() and "WARNING" not in stack.log()


def test_a_request_of_which_half_came_is_waited_for(adapter, upstream):
    process, path = adapter
    request = kept()
    half = fastcgi.connect(path, 10)
    half.sendall(request[:-30])
    time.sleep(0.2)
    process.terminate()
    time.sleep(0.5)
    half.sendall(request[-30:])
    assert b"Status: 200" in fastcgi.response(half)
    assert process.wait(3) == 0


def test_but_not_for_ever(adapter, upstream):
    process, path = adapter
    half = fastcgi.connect(path, 10)
    half.sendall(kept()[:-30])
    time.sleep(0.2)
    process.terminate()
    assert process.wait(8) == 0
    assert half.recv(1) == b""


def test_a_request_on_its_way_over_a_new_connection_is_answered(adapter, upstream):
    process, path = adapter
    connection = fastcgi.connect(path, 10)
    time.sleep(0.005)
    process.terminate()
    time.sleep(0.1)
    connection.sendall(kept())
    assert b"Status: 200" in fastcgi.response(connection)
    assert process.wait(3) == 0


def test_what_is_no_request_holds_up_nothing(adapter, upstream):
    """Half a question about the adapter, and the rest of it."""
    process, path = adapter
    question = fastcgi.record(fastcgi.GET_VALUES, b"\x0f\x00FCGI_MPXS_CONNS", request=0)
    connection = fastcgi.connect(path, 10)
    connection.sendall(question[:12])
    time.sleep(0.2)
    process.terminate()
    time.sleep(0.2)
    connection.sendall(question[12:])
    assert process.wait(3) == 0
