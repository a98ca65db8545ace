"""SCGI in the place of FastCGI: through nginx's scgi_pass as documented, and from peers that misbehave."""

import contextlib
import random
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from support import chat, fastcgi, scgi
from support.hosting import Hosting, documented
from support.mutation import mutants
from support.stack import aws_environment, descriptors, free_ports, memory
from support.upstream import speaking
from support.waiting import until
from test_backpressure import MEGABYTE, flood
from test_cancellation import assert_prompt, leave, stuck
from test_other_servers import assert_words_stream

BODY = b'{"messages":[{"role":"user","content":"Hello"}]}'
PARAMS = fastcgi.params_for(chat.path(), BODY, "POST", api_key="k")
WHOLE = scgi.request(PARAMS, BODY)


class Site(Hosting):
    """nginx with the documented configuration and the adapter behind it."""

    def __init__(self, upstream):
        super().__init__()
        self.socket_path = str(self.folder / "scgi.sock")
        environment = aws_environment(upstream.url) | {"REQUEST_TIMEOUT_SECONDS": "2"}
        self.process = self.adapter("scgi+unix:scgi.sock", environment).process
        (self.port,) = free_ports(1)
        http = documented("web-servers.md", "nginx with SCGI", "nginx")
        assert "unix:/run/dial-adapter/scgi.sock" in http and "listen 80;" in http
        http = http.replace("/run/dial-adapter", str(self.folder)).replace(
            "listen 80;", f"listen 127.0.0.1:{self.port};"
        )
        self.nginx(http, self.port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        return fastcgi.connect(self.socket_path)

    def ask(self) -> bytes:
        with contextlib.closing(self.connect()) as connection:
            connection.sendall(WHOLE)
            return scgi.response(connection)


@pytest.fixture(scope="module")
def _site(_scripted):
    site = Site(_scripted)
    yield site
    site.close()


@pytest.fixture
def site(_site, upstream):
    return _site


def test_words_stream_through_nginx_as_they_come(site, upstream):
    assert_words_stream(site.url, upstream)


def test_large_bodies_arrive_whole(site, upstream):
    prompt = "0123456789abcdef" * (1 << 20)
    assert chat.post(site.url, prompt).status_code == 200
    assert upstream.exchanges[-1].request.body.count(b"0123456789abcdef") == 1 << 20


def test_a_long_answer_arrives_whole(site, upstream):
    words = ["0123456789abcdef" * 6400] * 50
    upstream.handler = speaking(words)
    assert chat.post(site.url).json()["choices"][0]["message"]["content"] == "".join(words)


def test_headers_may_be_longer_than_fastcgi_takes(site, upstream):
    headers = {f"X-Long-{number}": "x" * 30_000 for number in range(3)}
    assert chat.post(site.url, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (chat.path(), b"{", 400),
        (chat.path("no.such-model"), BODY, 404),
        ("/nowhere", BODY, 404),
        (chat.path(), b"x" * (65 << 20), 413),
    ],
    ids=["malformed", "unknown deployment", "unknown path", "too large"],
)
def test_errors_keep_their_status_and_shape(site, path, body, status):
    answer = httpx.post(site.url + path, headers=chat.HEADERS, content=body, timeout=30)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()


def test_leaving_cancels_the_upstream_transfer(site, upstream):
    upstream.handler = stuck
    assert_prompt([leave(site, upstream, True, True) for _ in range(5)])


def test_a_peer_that_stops_reading_is_held(site, upstream):
    upstream.handler = flood()
    body = b'{"stream":true,"messages":[{"role":"user","content":"Hello"}]}'
    with contextlib.closing(site.connect()) as peer:
        peer.sendall(scgi.request(PARAMS, body))
        assert peer.recv(1000)
        time.sleep(1)
        base, sent = memory(site.process.pid), upstream.exchanges[-1].sent
        assert sent < 30 * MEGABYTE
        time.sleep(1)
        assert upstream.exchanges[-1].sent - sent < MEGABYTE
        assert memory(site.process.pid) - base <= MEGABYTE


def half_sent(index: int) -> bytes:
    """Ways to stop in the middle."""
    return [b"", b"1", WHOLE[:9], WHOLE[:-1], WHOLE[: len(WHOLE) - len(BODY)], WHOLE[: len(WHOLE) - len(BODY) - 1]][
        index % 6
    ]


def test_silent_and_half_sent_connections_delay_nobody(site):
    with contextlib.ExitStack() as held:
        for index in range(300):
            held.enter_context(contextlib.closing(site.connect())).sendall(half_sent(index))
        started = time.monotonic()
        for _ in range(50):
            assert b"Status: 200" in site.ask()
        # One that were waited for would cost seconds.
        assert time.monotonic() - started < 5


def test_a_slow_peer_is_served_when_it_is_done(site):
    with contextlib.closing(site.connect()) as connection:
        for position in range(0, len(WHOLE), 20):
            connection.sendall(WHOLE[position : position + 20])
            time.sleep(0.01)
        assert b"Status: 200" in scgi.response(connection)


def test_connections_end_with_their_answers(site):
    assert b"Status: 200" in site.ask()
    before = descriptors(site.process.pid)
    with ThreadPoolExecutor(20) as pool:
        assert all(b"Status: 200" in answer for answer in pool.map(lambda _: site.ask(), range(200)))
    # Each event loop keeps connections to the upstream, twenty at most here.
    assert descriptors(site.process.pid) - before <= 60


def test_running_streams_finish_when_the_adapter_is_stopped(upstream):
    words = [f"word{number} " for number in range(20)]
    upstream.handler = speaking(words, pause=0.05)
    hosting = Hosting()
    try:
        process = hosting.adapter("scgi+unix:scgi.sock", aws_environment(upstream.url)).process
        body = b'{"stream":true,"messages":[{"role":"user","content":"Hello"}]}'
        with contextlib.closing(fastcgi.connect(str(hosting.folder / "scgi.sock"))) as connection:
            connection.sendall(scgi.request(PARAMS, body))
            output = connection.recv(65536)
            process.terminate()
            output += scgi.response(connection)
        chunks = chat.events(output.decode().partition("\r\n\r\n")[2])
        assert chunks[-1] == "[DONE]"
        assert chat.content(chunks) == "".join(words)
        assert process.wait(5) == 0
    finally:
        hosting.close()


def malformed() -> dict[str, bytes]:
    first = {"CONTENT_LENGTH": "0", "SCGI": "1"}
    return {
        "http instead": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "fastcgi instead": fastcgi.request(PARAMS, BODY),
        "garbage": random.Random(7).randbytes(4096),
        "zeros": bytes(4096),
        "empty netstring": b"0:,",
        "length without end": b"1" * 4096,
        "length too large": b"999999999:",
        "no comma": scgi.netstring(scgi.headers(first))[:-1] + b";",
        "name without value": scgi.netstring(scgi.headers(first) + b"NAME\0"),
        "no content length": scgi.netstring(scgi.headers({"SCGI": "1"})),
        "content length that is no number": scgi.netstring(scgi.headers(first | {"CONTENT_LENGTH": "many"})),
        "no version": scgi.netstring(scgi.headers({"CONTENT_LENGTH": "0"})),
        "body shorter than announced": scgi.netstring(scgi.headers(first | {"CONTENT_LENGTH": "5000"})) + BODY,
        "nothing but what must be": scgi.netstring(scgi.headers(first)),
        "two requests": WHOLE + WHOLE,
    }


def send_and_leave(site, data: bytes) -> None:
    with contextlib.closing(site.connect()) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            while connection.recv(65536):
                pass


@pytest.mark.parametrize("name", list(malformed()))
def test_a_malformed_peer_costs_its_own_connection_only(site, name):
    send_and_leave(site, malformed()[name])
    assert b"Status: 200" in site.ask()
    assert site.process.poll() is None


def test_mutated_requests_by_the_hundred(site):
    """Every one gets an answer or a closed connection; the program stays."""
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda mutant: send_and_leave(site, mutant), mutants(WHOLE, 500)))
    until(lambda: b"Status: 200" in site.ask(), 30)
    assert site.process.poll() is None
