"""FastCGI peers that no web server would be: silent, slow, wrong. They cost themselves and nobody else."""

import contextlib
import json
import random
import socket
import statistics
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from support import chat, fastcgi
from support.mutation import mutants
from support.stack import threads
from support.upstream import speaking

BODY = b'{"messages":[{"role":"user","content":"Hello"}]}'
PARAMS = fastcgi.params_for(chat.path(), BODY, "POST", api_key="k")
WHOLE = fastcgi.request(PARAMS, BODY)


def ask(stack) -> bytes:
    with contextlib.closing(fastcgi.connect(stack.socket_path)) as connection:
        connection.sendall(WHOLE)
        return fastcgi.response(connection)


def latencies(stack, count: int = 300) -> list[float]:
    taken = []
    with httpx.Client() as client:
        for _ in range(count):
            started = time.perf_counter()
            answer = client.post(stack.url + chat.path(), headers=chat.HEADERS, json=chat.body("Hello"))
            taken.append(time.perf_counter() - started)
            assert answer.status_code == 200
    return sorted(taken)


def half_sent(index: int) -> bytes:
    """Five ways to stop in the middle."""
    pairs = fastcgi.pairs(PARAMS)
    return [
        fastcgi.begin()[:5],
        fastcgi.begin(keep=True),
        fastcgi.begin() + fastcgi.record(fastcgi.PARAMS, pairs)[:-7],
        fastcgi.begin() + fastcgi.record(fastcgi.PARAMS, pairs) + fastcgi.record(fastcgi.PARAMS, b""),
        WHOLE[: -len(fastcgi.record(fastcgi.STDIN, b"")) - 9],
    ][index % 5]


def test_silent_and_half_sent_connections_delay_nobody(start, upstream):
    stack = start()
    latencies(stack, 100)
    before = latencies(stack)
    threads_before = threads(stack.adapter)
    with contextlib.ExitStack() as held:
        for _ in range(200):
            held.enter_context(contextlib.closing(fastcgi.connect(stack.socket_path)))
        for index in range(200):
            connection = held.enter_context(contextlib.closing(fastcgi.connect(stack.socket_path)))
            connection.sendall(half_sent(index))
        during = latencies(stack)
        assert threads(stack.adapter) - threads_before <= 32
        time.sleep(3)
        later = latencies(stack)
    for name, taken in (("at once", during), ("after three seconds", later)):
        # Twice and a millisecond is noise of a shared machine; a peer that is waited for costs tens to thousands.
        assert statistics.median(taken) <= 2 * statistics.median(before) + 0.001, name
        assert taken[int(len(taken) * 0.98)] <= 2 * before[int(len(before) * 0.98)] + 0.010, name
    assert statistics.median(latencies(stack)) <= 2 * statistics.median(before) + 0.001


def test_a_slow_peer_is_served_when_it_is_done(start, upstream):
    stack = start()
    with contextlib.closing(fastcgi.connect(stack.socket_path)) as connection:
        for position in range(0, len(WHOLE), 40):
            connection.sendall(WHOLE[position : position + 40])
            time.sleep(0.02)
        assert b"Status: 200" in fastcgi.response(connection)


def test_idle_kept_connections_are_reused(start, upstream):
    stack = start()
    with contextlib.closing(fastcgi.connect(stack.socket_path)) as connection:
        for _ in range(5):
            connection.sendall(fastcgi.request(PARAMS, BODY, keep=True))
            assert b"Status: 200" in fastcgi.response(connection)
            time.sleep(0.1)


def malformed() -> dict[str, bytes]:
    chance = random.Random(7)
    huge = struct.pack(">I", 0xFFFFFFFF)
    pairs = fastcgi.pairs(PARAMS)
    return {
        "wrong version": fastcgi.record(fastcgi.BEGIN, bytes([0, 1, 0, 0, 0, 0, 0, 0]), version=9) + WHOLE[16:],
        "http instead": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "garbage": chance.randbytes(4096),
        "zeros": bytes(4096),
        "params before begin": fastcgi.record(fastcgi.PARAMS, pairs),
        "body before begin": fastcgi.record(fastcgi.STDIN, BODY),
        "unknown record type": fastcgi.record(77, b"????") + WHOLE,
        "begin with a short body": fastcgi.record(fastcgi.BEGIN, b"\x00") + WHOLE[16:],
        "second begin": fastcgi.begin() + fastcgi.begin(request=2) + WHOLE[16:],
        "authorizer": fastcgi.begin(role=fastcgi.AUTHORIZER) + WHOLE[16:],
        "role nobody knows": fastcgi.begin(role=4242) + WHOLE[16:],
        "name longer than all": fastcgi.begin() + fastcgi.record(fastcgi.PARAMS, huge + huge + b"x") + WHOLE[16:],
        "pair cut off": fastcgi.begin()
        + fastcgi.record(fastcgi.PARAMS, pairs[:-5])
        + fastcgi.record(fastcgi.PARAMS, b"")
        + fastcgi.record(fastcgi.STDIN, b""),
        "no params at all": fastcgi.begin() + fastcgi.record(fastcgi.PARAMS, b"") + fastcgi.record(fastcgi.STDIN, b""),
        "body shorter than announced": fastcgi.request(PARAMS | {"CONTENT_LENGTH": "5000"}, BODY),
        "body longer than announced": fastcgi.request(PARAMS | {"CONTENT_LENGTH": "3"}, BODY),
        "length that is no number": fastcgi.request(PARAMS | {"CONTENT_LENGTH": "many"}, BODY),
        "abort in the middle": fastcgi.begin() + fastcgi.record(fastcgi.ABORT, b""),
        "management record": fastcgi.record(fastcgi.GET_VALUES, fastcgi.pairs({"FCGI_MAX_CONNS": ""}), request=0),
    }


@pytest.mark.parametrize("path", [chat.path(), "/openai/v1/chat/completions"])
@pytest.mark.parametrize("body", [b'{"messages":[', BODY])
def test_a_body_that_was_cut_off_is_told_to_be(impatient, path, body):
    """Also where what came could be read."""
    params = fastcgi.params_for(path, BODY, "POST", api_key="k", x_dial_deployment_id=chat.DEPLOYMENT)
    with contextlib.closing(fastcgi.connect(impatient.socket_path)) as connection:
        connection.sendall(fastcgi.request(params | {"CONTENT_LENGTH": "5000"}, body))
        answer = fastcgi.response(connection)
    assert b"Status: 400" in answer and b"shorter than its Content-Length" in answer


@pytest.mark.parametrize("name", list(malformed()))
def test_a_malformed_peer_costs_its_own_connection_only(impatient, upstream, name):
    adapter = impatient.adapter
    with contextlib.closing(fastcgi.connect(impatient.socket_path)) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(malformed()[name])
            connection.shutdown(socket.SHUT_WR)
        started = time.monotonic()
        with contextlib.suppress(ConnectionResetError, TimeoutError):
            while connection.recv(65536):
                assert time.monotonic() - started < 10
    assert b"Status: 200" in ask(impatient)
    assert impatient.adapter == adapter


def test_a_peer_that_does_not_wait_gets_its_answer_and_nothing_more(impatient, upstream):
    """A request while another is answered breaks the protocol; what follows is none, whatever it looks like."""
    upstream.handler = speaking(["One", "two"], pause=0.2)
    body = json.dumps(chat.body("Hello", stream=True)).encode()
    whole = fastcgi.request(PARAMS | {"CONTENT_LENGTH": str(len(body))}, body, keep=True)
    with contextlib.closing(fastcgi.connect(impatient.socket_path)) as connection:
        connection.sendall(whole)
        for piece in (whole[:8], whole[8:]):
            time.sleep(0.1)
            connection.sendall(piece)
        assert fastcgi.response(connection).endswith(b"data: [DONE]\n\n")
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1) == b""
    assert b"Status: 200" in ask(impatient)
    assert len(upstream.exchanges) == 2


def test_mutated_requests_by_the_thousand(impatient, upstream):
    """Every one gets an answer or a closed connection; the program stays."""
    adapter = impatient.adapter

    def send(mutant: bytes) -> None:
        with contextlib.closing(fastcgi.connect(impatient.socket_path)) as connection:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(mutant)
                connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionResetError):
                while connection.recv(65536):
                    pass

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(send, mutants(WHOLE, 1000)))
    # The upstream runs in this process, and may take a while to get over a thousand requests cut short.
    deadline = time.monotonic() + 30
    while b"Status: 200" not in (answer := ask(impatient)):
        assert b"Status: 504" in answer and time.monotonic() < deadline, answer
    assert impatient.adapter == adapter


def test_a_peer_that_asks_without_reading_loses_its_connection(impatient, upstream):
    adapter = impatient.adapter
    question = fastcgi.request(fastcgi.params_for("/openai/models"), keep=True)
    with (
        contextlib.closing(fastcgi.connect(impatient.socket_path)) as connection,
        pytest.raises((BrokenPipeError, ConnectionResetError)),
    ):
        # Each answer is written before the next question comes; together they are more than the socket holds.
        for _ in range(1000):
            connection.sendall(question)
            time.sleep(0.002)
            started = time.monotonic()
            assert b"Status: 200" in health(impatient)
            assert time.monotonic() - started < 1
    assert impatient.adapter == adapter


def health(stack) -> bytes:
    with contextlib.closing(fastcgi.connect(stack.socket_path)) as connection:
        connection.sendall(fastcgi.request(fastcgi.params_for("/health")))
        return fastcgi.response(connection)


def test_answers_side_by_side_keep_to_their_requests(sandbox):
    """One writer frames them all: every record bears its own request's id, on its own connection."""
    with contextlib.ExitStack() as held:
        connections = {}
        for number in (1, 7, 255, 256, 65535):
            body = json.dumps(chat.body(f"words:{40 + number % 10} rate:400", stream=True)).encode()
            params = fastcgi.pairs(fastcgi.params_for(chat.path(), body, "POST", api_key="k"))
            connection = held.enter_context(contextlib.closing(fastcgi.connect(sandbox.socket_path)))
            connection.sendall(
                fastcgi.begin(request=number)
                + fastcgi.record(fastcgi.PARAMS, params, request=number)
                + fastcgi.record(fastcgi.PARAMS, b"", request=number)
                + fastcgi.record(fastcgi.STDIN, body, request=number)
                + fastcgi.record(fastcgi.STDIN, b"", request=number)
            )
            connections[number] = connection
        for number, connection in connections.items():
            received, ids, ends = b"", set(), 0
            with contextlib.suppress(EOFError):
                while True:
                    _, kind, identity, size, padding = struct.unpack(">BBHHBx", fastcgi.exactly(connection, 8))
                    content = fastcgi.exactly(connection, size)
                    fastcgi.exactly(connection, padding)
                    ids.add(identity)
                    ends += kind == fastcgi.END
                    received += content if kind == fastcgi.STDOUT else b""
            assert ids == {number} and ends == 1
            assert received.count(b'"delta":{"content"') >= 40 + number % 10
            assert received.endswith(b"data: [DONE]\n\n")
