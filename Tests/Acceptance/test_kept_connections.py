"""Connections to the upstream are kept: what happens when one turns out to be dead."""

import asyncio
import concurrent.futures
import time

import pytest

from support import chat
from support.upstream import Exchange, speaking


def test_one_that_the_server_closed_is_replaced_unseen(impatient, upstream):
    """The server closes its idle connection; the next request must not pay for that."""

    async def once(exchange):
        await speaking(["fine"])(exchange)
        exchange.close()

    upstream.handler = once
    for _ in range(20):
        assert chat.post(impatient.url).status_code == 200
        time.sleep(0.01)


def test_one_that_is_reset_under_a_request_is_replaced_however_often(impatient, upstream):
    """The server resets the connection after each answer, when the next request is on its way."""

    async def once(exchange):
        await speaking(["fine"])(exchange)
        await asyncio.sleep(0.02)
        exchange.reset()

    upstream.handler = once
    for _ in range(20):
        assert chat.post(impatient.url).status_code == 200
        time.sleep(0.01)


@pytest.mark.parametrize("end", [Exchange.reset, Exchange.close])
def test_a_request_is_sent_twice_at_most_however_many_are_kept(impatient, upstream, end):
    """A server that reads and closes may have begun to answer, and to bill."""

    async def slow(exchange):
        await asyncio.sleep(0.3)
        await speaking(["fine"])(exchange)

    async def ending(exchange):
        await asyncio.sleep(0.05)
        end(exchange)

    upstream.handler = slow
    with concurrent.futures.ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _: chat.post(impatient.url), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    upstream.handler = ending
    before = len(upstream.exchanges)
    assert chat.post(impatient.url).status_code == 502
    assert len(upstream.exchanges) - before == 2


@pytest.mark.parametrize(
    "unasked",
    [
        b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=["idle for too long", "another answer"],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_comes_unasked_is_nobodys_answer(impatient, upstream, unasked, stream):
    """Proxies tell idle clients that they waited too long; libcurl takes it for the answer to the next request."""

    async def once(exchange):
        await speaking([f"answer {len(upstream.exchanges)}"])(exchange)
        await asyncio.sleep(0.02)
        await exchange.raw(unasked)

    upstream.handler = once
    for number in range(1, 6):
        answer = chat.post(impatient.url, stream=stream)
        assert answer.status_code == 200
        assert f"answer {number}" in answer.text
        time.sleep(0.1)
