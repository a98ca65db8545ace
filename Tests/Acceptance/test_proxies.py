"""Between here and AWS stands a proxy that one asks to CONNECT."""

import json

import pytest

from support import chat
from support.stack import free_ports
from support.tunnel import ConnectProxy, TLSFront


@pytest.fixture
def behind(start, upstream, sandbox):
    """Starts programs that reach the scripted upstream over TLS, through a proxy."""
    front = TLSFront(upstream.port, sandbox.certificate, sandbox.certificate.replace("certificate", "key"))
    opened = [front]

    def begin(refusal: bytes = b""):
        proxy = ConnectProxy(front.port, refusal)
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


@pytest.mark.parametrize(
    ("http", "all_", "named"), [("dead", "", "HTTP_PROXY"), ("", "dead", "ALL_PROXY"), ("dead", "dead", "HTTP_PROXY")]
)
def test_a_proxy_that_is_not_there_is_named(start, upstream, http, all_, named):
    (port,) = free_ports(1)
    dead = f"http://127.0.0.1:{port}"
    stack = start(environment={"HTTP_PROXY": http and dead, "ALL_PROXY": all_ and dead})
    answer = chat.post(stack.url)
    assert answer.status_code == 502
    host = upstream.url.removeprefix("http://")
    expected = f"{host} (through the proxy of {named}, unless NO_PROXY has the host)"
    assert answer.json()["error"]["message"].endswith(expected)


def test_an_empty_variable_is_no_proxy(start):
    (port,) = free_ports(1)
    stack = start(environment={"HTTP_PROXY": "", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": f"http://127.0.0.1:{port}"})
    assert chat.post(stack.url).json()["error"]["message"].endswith(f"127.0.0.1:{port}")
