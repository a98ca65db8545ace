"""A client that does not read holds back the model, not the adapter's memory."""

import contextlib
import socket
import time

from support import chat, event_stream, fastcgi
from support.stack import memory
from support.upstream import speaking

MEGABYTE = 1 << 20
EVENTS = 1000
TEXT = "0123456789abcdef" * 6400
SMALL_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=0"}
"""A large page counts with its 2 MiB as soon as one byte of it is used, or when the kernel makes it of small ones."""


def flood():
    """100 MB of events, each of 100 KB, as fast as they are taken."""
    event = event_stream.text(TEXT)
    chunk = f"{len(event):x}\r\n".encode() + event + b"\r\n"

    async def handler(exchange):
        await exchange.begin_stream()
        await exchange.chunk(event_stream.START)
        for _ in range(EVENTS):
            await exchange.raw(chunk)
        await exchange.chunk(event_stream.ending())
        await exchange.end_stream()

    return handler


def slow_reader(port: int) -> socket.socket:
    """A client whose own receive buffer is small, so that it is the adapter that has to wait."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    connection.settimeout(60)
    connection.connect(("127.0.0.1", port))
    return connection


def drain(connection: socket.socket, watch) -> tuple[int, bytes]:
    """Reads to the end; gives the number of bytes and the last of them."""
    total, tail = 0, b""
    while piece := connection.recv(1 << 18):
        total += len(piece)
        tail = (tail + piece)[-600:]
        watch()
    return total, tail


def test_memory_stays_flat_behind_a_reader_that_stops(start, upstream):
    upstream.handler = flood()
    stack = start(environment=SMALL_PAGES)
    adapter = stack.adapter
    # What one such stream costs with a reader that keeps up is not the question here; what waiting adds is.
    with contextlib.closing(slow_reader(stack.port)) as connection:
        connection.sendall(chat.request_bytes("warm", stream=True))
        drain(connection, lambda: None)
    base = memory(adapter)
    highest = base

    def watch() -> None:
        nonlocal highest
        highest = max(highest, memory(adapter))

    with contextlib.closing(slow_reader(stack.port)) as connection:
        connection.sendall(chat.request_bytes("slow", stream=True))
        total = len(connection.recv(4096))
        stalled = time.monotonic()
        while time.monotonic() < stalled + 5:
            watch()
            time.sleep(0.02)
        held = upstream.exchanges[-1].sent
        assert held < 30 * MEGABYTE, "the upstream was read although the client did not read"
        time.sleep(1)
        assert upstream.exchanges[-1].sent - held < MEGABYTE, "the upstream is still being read"
        more, tail = drain(connection, watch)
        total += more
    assert total >= EVENTS * len(TEXT)
    assert b"data: [DONE]" in tail
    assert upstream.exchanges[-1].closed_at is None
    assert highest - base <= MEGABYTE, f"memory grew by {(highest - base) / MEGABYTE:.1f} MB"


def test_a_fastcgi_peer_that_stops_reading_is_held_too(start, upstream):
    """The same without nginx in between, and others are served meanwhile."""
    upstream.handler = flood()
    stack = start(environment=SMALL_PAGES)
    body = b'{"stream":true,"messages":[{"role":"user","content":"Hello"}]}'
    params = fastcgi.params_for(chat.path(), body, "POST", api_key="k")
    peers = [fastcgi.connect(stack.socket_path) for _ in range(5)]
    for peer in peers:
        peer.sendall(fastcgi.request(params, body))
        assert peer.recv(1000)
    time.sleep(1)
    base = memory(stack.adapter)
    started = time.monotonic()

    upstream.handler = speaking(["Hello"])
    for _ in range(20):
        assert chat.post(stack.url).status_code == 200
    assert time.monotonic() - started < 3
    time.sleep(1)
    assert memory(stack.adapter) - base <= MEGABYTE
    for peer in peers:
        peer.close()
