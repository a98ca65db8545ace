"""A client that goes away takes its upstream transfer with it, at once."""

import asyncio
import contextlib
import socket
import statistics
import time

import httpx
import pytest

from support import chat, event_stream, fastcgi
from support.http2 import HTTP2Client
from support.waiting import until

ROUNDS = 10


async def silent(exchange):
    """Accepts the request and says nothing."""
    await exchange.closed()


async def talking(exchange):
    """One word each 20 ms, for ever."""
    await exchange.begin_stream()
    await exchange.chunk(event_stream.START)
    while exchange.closed_at is None:
        await exchange.chunk(event_stream.text("word "))
        await asyncio.sleep(0.02)


async def stuck(exchange):
    """One word, then silence."""
    await exchange.begin_stream()
    await exchange.chunk(event_stream.START + event_stream.text("word "))
    await exchange.closed()


def assert_prompt(delays: list[float]) -> None:
    assert statistics.median(delays) <= 0.1, delays
    assert max(delays) <= 0.5, delays


def leave(stack, upstream, stream: bool, read: bool) -> float:
    """Asks, goes away, and returns the seconds until the upstream saw it."""
    count = len(upstream.exchanges)
    with contextlib.closing(socket.create_connection(("127.0.0.1", stack.port), timeout=10)) as connection:
        connection.sendall(chat.request_bytes("Hello", stream=stream))
        until(lambda: len(upstream.exchanges) > count)
        if read:
            assert connection.recv(65536)
        else:
            time.sleep(0.05)
    left = time.monotonic()
    exchange = upstream.exchanges[count]
    until(lambda: exchange.closed_at is not None)
    return exchange.closed_at - left


@pytest.mark.parametrize(
    ("handler", "stream", "read"),
    [(silent, False, False), (silent, True, False), (talking, True, True), (stuck, True, True)],
    ids=["waiting for a whole answer", "waiting for the first event", "words coming", "silent after a word"],
)
def test_leaving_cancels_the_upstream_transfer(start, upstream, handler, stream, read):
    upstream.handler = handler
    stack = start()
    assert_prompt([leave(stack, upstream, stream, read) for _ in range(ROUNDS)])


def test_leaving_one_http2_stream_of_many_cancels_that_one(start, upstream):
    """A client resets streams of one connection, one after the other; the first stream's words keep coming."""
    upstream.handler = talking
    stack = start()
    with contextlib.closing(HTTP2Client(stack.tls_port, stack.certificate)) as client:
        stays = client.post(chat.path(), chat.body("stays", stream=True))
        client.wait_for_data(stays)
        delays = []
        for _ in range(ROUNDS):
            goes = client.post(chat.path(), chat.body("goes", stream=True))
            client.wait_for_data(goes)
            exchange = upstream.exchanges[-1]
            left = time.monotonic()
            client.reset(goes)
            until(lambda exchange=exchange: exchange.closed_at is not None)
            delays.append(exchange.closed_at - left)
            client.wait_for_data(stays)
    assert_prompt(delays)


def test_leaving_cancels_every_choice(start, upstream):
    upstream.handler = stuck
    stack = start()
    with contextlib.closing(socket.create_connection(("127.0.0.1", stack.port), timeout=10)) as connection:
        connection.sendall(chat.request_bytes("Hello", stream=True, n=4))
        until(lambda: len(upstream.exchanges) == 4)
        assert connection.recv(65536)
    until(lambda: all(exchange.closed_at for exchange in upstream.exchanges), 1)


def test_an_abort_record_cancels_too(start, upstream):
    upstream.handler = stuck
    stack = start()
    body = b'{"stream":true,"messages":[{"role":"user","content":"Hello"}]}'
    params = fastcgi.params_for(chat.path(), body, "POST", api_key="k")
    with contextlib.closing(fastcgi.connect(stack.socket_path)) as connection:
        connection.sendall(fastcgi.request(params, body, keep=True))
        assert connection.recv(65536)
        aborted = time.monotonic()
        connection.sendall(fastcgi.record(fastcgi.ABORT, b""))
        exchange = upstream.exchanges[-1]
        until(lambda: exchange.closed_at is not None)
        assert exchange.closed_at - aborted <= 0.5


def test_others_do_not_notice(start, upstream):
    """One client of two leaves; the other's words keep coming."""
    upstream.handler = talking
    stack = start()
    with httpx.Client(timeout=30) as client:
        request = client.stream("POST", stack.url + chat.path(), headers=chat.HEADERS, json=chat.body("x", stream=True))
        with request as answer:
            pieces = answer.iter_text()
            next(pieces)
            for _ in range(3):
                leave(stack, upstream, True, True)
                assert next(pieces)


def test_an_abort_record_ends_an_answer_that_waits_for_its_reader(start, upstream):
    """A web server that holds the answer back, since its client reads slowly, and then wants no more of it."""

    async def flooding(exchange):
        await exchange.begin_stream()
        await exchange.chunk(event_stream.START)
        while exchange.closed_at is None:
            await exchange.chunk(event_stream.text("x" * 4000))

    upstream.handler = flooding
    stack = start()
    body = b'{"stream":true,"messages":[{"role":"user","content":"Hello"}]}'
    params = fastcgi.params_for(chat.path(), body, "POST", api_key="k")
    with contextlib.closing(fastcgi.connect(stack.socket_path)) as connection:
        connection.sendall(fastcgi.request(params, body, keep=True))
        until(lambda: upstream.exchanges)
        exchange = upstream.exchanges[-1]
        sent = -1
        while sent < exchange.sent:
            sent = exchange.sent
            time.sleep(0.5)
        connection.sendall(fastcgi.record(fastcgi.ABORT, b""))
        until(lambda: exchange.closed_at is not None, 1)
