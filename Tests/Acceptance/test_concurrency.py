"""Many streams at once: none lost, none mixed up, each in order."""

import asyncio
import json
import re
import socket
import struct
import threading
import time
from pathlib import Path

import httpx
import pytest

from support import chat, event_stream, fastcgi
from support.stack import descriptors, threads

STREAMS = 1000
WORDS = 40
# Where Linux's `struct tcp_info` has `tcpi_segs_in`, the packets that came.
SEGMENTS_IN = 140


def marked(stream: int) -> list[str]:
    return [f"{stream:04d}-{word:03d}" for word in range(WORDS)]


@pytest.mark.parametrize(("events", "size"), [(3000, 300), (200, 9000)])
def test_every_choice_of_a_fast_answer_is_whole(impatient, upstream, events, size):
    """Several choices write to one answer, with more than the connection takes at once."""
    pieces = [f"<{number}>" + "x" * size for number in range(events)]

    async def handler(exchange) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\nConnection: close\r\n\r\n"
        # In parts that hold many events: libcurl hands them on without a look at the other choices.
        answer = head + b"".join(event_stream.answer(pieces))
        for start in range(0, len(answer), 32_000):
            await exchange.raw(answer[start : start + 32_000])
        exchange.close()

    upstream.handler = handler
    for choices in (2, 4):
        body = json.dumps(chat.body("x", stream=True, n=choices)).encode()
        with fastcgi.connect(impatient.socket_path) as connection:
            connection.sendall(fastcgi.request(fastcgi.params_for(chat.path(), body, "POST", api_key="k"), body))
            data = b"".join(iter(lambda: connection.recv(1 << 20), b""))
        _, _, text = fastcgi.output(data).decode().partition("\r\n\r\n")
        chunks = chat.events(text)
        assert chunks[-1] == "[DONE]"
        for index in range(choices):
            assert chat.content(chunks, index) == "".join(pieces), f"choice {index} of {choices}"


def test_a_thousand_streams(start):
    stack = start(sandbox=True)
    adapter = stack.adapter
    before = descriptors(adapter)

    async def all_of_them() -> list[bytes]:
        calls = [chat.raw_stream(stack.port, " ".join(["rate:8", *marked(stream)])) for stream in range(STREAMS)]
        gathering = asyncio.gather(*calls)
        await asyncio.sleep(3)
        # All run at the same time, and on no more threads than a few.
        assert descriptors(adapter) - before >= 1.5 * STREAMS
        assert threads(adapter) <= 40
        return await gathering

    for stream, answer in enumerate(asyncio.run(all_of_them())):
        assert answer.startswith(b"HTTP/1.1 200 "), answer[:200]
        chunks = chat.events(chat.unchunked(answer).decode())
        assert chunks[-1] == "[DONE]"
        assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
        assert len({chunk["id"] for chunk in chunks[:-1]}) == 1
        assert re.findall(r"\d{4}-\d{3}", chat.content(chunks)) == marked(stream)
    assert stack.adapter == adapter


def test_events_are_not_acknowledged_one_by_one(start, upstream):
    """As on connections over TLS: otherwise the kernel answers each event with a packet of its own."""
    acknowledgements = []

    def packets_received(exchange) -> int:
        connection = exchange.writer.get_extra_info("socket")
        information = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        return struct.unpack_from("I", information, SEGMENTS_IN)[0]

    async def handler(exchange):
        await exchange.begin_stream()
        await exchange.chunk(event_stream.START)
        before = packets_received(exchange)
        for _ in range(WORDS):
            await exchange.chunk(event_stream.text("word "))
            await asyncio.sleep(0.01)
        acknowledgements.append(packets_received(exchange) - before)
        await exchange.chunk(event_stream.ending())
        await exchange.end_stream()

    upstream.handler = handler
    stack = start()
    chunks = chat.events(chat.unchunked(asyncio.run(chat.raw_stream(stack.port, "Hello"))).decode())
    assert chat.content(chunks) == "word " * WORDS
    assert len(acknowledgements) == 1
    assert 0 < acknowledgements[0] <= 0.75 * WORDS


def test_choices_send_one_body_between_them(start, upstream):
    """Each sends four megabytes; a copy for each would be a quarter of a gigabyte."""
    stack = start()
    with httpx.Client(timeout=60) as client:

        def most(choices: int) -> int:
            body = chat.body("x" * 4_000_000) | {"n": choices}
            answer = client.post(stack.url + chat.path(), headers=chat.HEADERS, json=body).raise_for_status()
            assert len(answer.json()["choices"]) == choices
            status = Path(f"/proc/{stack.adapter}/status").read_text()
            return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024

        assert most(1) > most(64) - 64_000_000


def test_counting_a_long_text_delays_nobody(start, upstream):
    """A single word is the worst that Claude 2's tokenizer can get."""
    stack = start()
    ended = []

    def count() -> None:
        body = {"inputs": [{"type": "string", "value": "x" * 8_000_000}]}
        url = f"{stack.url}/openai/deployments/anthropic.claude-v2:1/tokenize"
        ended.append(httpx.post(url, headers=chat.HEADERS, json=body, timeout=60).json())

    counting = threading.Thread(target=count)
    counting.start()
    time.sleep(0.3)
    for _ in range(5):
        httpx.post(stack.url + chat.path(), headers=chat.HEADERS, json=chat.body("Hi")).raise_for_status()
        assert not ended
    counting.join()
    assert ended == [{"outputs": [{"status": "success", "token_count": 250_000}]}]
