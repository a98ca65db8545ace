"""Between here and AWS stands a proxy that one asks to CONNECT."""

import contextlib
import json
import socket
import threading

import pytest

from support import chat
from support.tls import TLSFront


class Proxy:
    """Connects to one server, whatever it is asked for; or refuses to."""

    def __init__(self, port: int, refusal: bytes = b"") -> None:
        self._port = port
        self._refusal = refusal
        self.asked: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += client.recv(1)
            self.asked.append(head.split(b"\r\n")[0])
            if self._refusal:
                client.sendall(self._refusal)
                return
            with socket.create_connection(("127.0.0.1", self._port)) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\nRetry-After: 99\r\n\r\n")
                back = threading.Thread(target=self._copy, args=(server, client), daemon=True)
                back.start()
                self._copy(client, server)
                back.join()

    @staticmethod
    def _copy(source: socket.socket, destination: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                destination.sendall(data)
            destination.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def behind(start, upstream, sandbox):
    """Starts programs that reach the scripted upstream over TLS, through a proxy."""
    front = TLSFront(upstream.port, sandbox.certificate, sandbox.certificate.replace("certificate", "key"))
    opened = [front]

    def begin(refusal: bytes = b""):
        proxy = Proxy(int(front.url.rsplit(":", 1)[1]), refusal)
        opened.append(proxy)
        stack = start(
            environment={
                "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": front.url,
                "AWS_CA_BUNDLE": sandbox.certificate,
                "HTTPS_PROXY": proxy.url,
            }
        )
        return stack, proxy

    yield begin
    for each in opened:
        each.close()


@pytest.mark.parametrize("stream", [False, True])
def test_the_status_is_that_of_aws(behind, upstream, stream):
    stack, proxy = behind()

    async def refuse(exchange) -> None:
        headers = {"x-amzn-ErrorType": "ThrottlingException", "Retry-After": "7"}
        await exchange.respond(429, "application/json", json.dumps({"message": "slow down"}).encode(), headers)

    speaking = upstream.handler
    # First on a new connection, then on a kept one.
    for _ in range(2):
        upstream.handler = refuse
        answer = chat.post(stack.url, stream=stream)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
        assert "slow down" in answer.json()["error"]["message"]
    upstream.handler = speaking
    assert "Hello" in chat.post(stack.url, stream=stream).text
    assert proxy.asked and all(line.startswith(b"CONNECT localhost:") for line in proxy.asked)


def test_a_refusal_is_the_proxys(behind, upstream):
    stack, _ = behind(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    answer = chat.post(stack.url)
    assert answer.status_code == 502
    assert answer.json()["error"]["message"].endswith("the proxy answered 407")
    assert not upstream.exchanges
