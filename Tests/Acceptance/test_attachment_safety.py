"""Links to files: what may be fetched, what may not, and who gets the request's key of DIAL."""

import asyncio
import socket
import threading
import time

import httpx
import pytest

from support import chat
from support.converse import PDF, png
from support.stack import Stack, aws_environment
from support.upstream import ScriptedUpstream

CLAUDE = "anthropic.claude-3-7-sonnet-20250219-v1:0"
KEY = "the-key-of-this-request"
LIMIT = 4096
# A server's answer takes less than that, and more than a refusal.
TIMEOUT = 1.5


@pytest.fixture(scope="module")
def aws():
    stack = Stack(sandbox=True, environment={"SANDBOX_TOKENS_PER_SECOND": "0"})
    yield stack.sandbox_url
    stack.close()


@pytest.fixture(scope="module")
def _servers():
    core, other = ScriptedUpstream(), ScriptedUpstream()
    yield core, other
    core.close()
    other.close()


@pytest.fixture
def core(_servers):
    """Stands for DIAL Core."""
    _servers[0].reset()
    _servers[0].handler = serving(png(), "image/png")
    return _servers[0]


@pytest.fixture
def other(_servers):
    """Any other server; on this machine, which is no public address."""
    _servers[1].reset()
    _servers[1].handler = serving(png(), "image/png")
    return _servers[1]


@pytest.fixture(scope="module")
def strict(aws, _servers):
    """Without any allowance."""
    stack = Stack(sandbox=False, environment=aws_environment(aws) | {"DIAL_URL": _servers[0].url})
    yield stack
    stack.close()


@pytest.fixture(scope="module")
def open_minded(aws, _servers):
    """Takes this machine for a part of the internet."""
    limits = {
        "DIAL_ADAPTER_ATTACHMENT_NETWORKS": "127.0.0.1, ::1",
        "DIAL_ADAPTER_MAX_ATTACHMENT_BYTES": str(LIMIT),
        "DIAL_ADAPTER_ATTACHMENT_TIMEOUT_SECONDS": str(TIMEOUT),
    }
    stack = Stack(sandbox=False, environment=aws_environment(aws) | {"DIAL_URL": _servers[0].url} | limits)
    yield stack
    stack.close()


def serving(content: bytes, content_type: str, status: int = 200, **headers: str):
    async def handler(exchange):
        await exchange.respond(status, content_type, content, headers)

    return handler


def redirecting(location: str, status: int = 302):
    return serving(b"", "text/plain", status, Location=location)


def routes(**handlers):
    """By the last segment of the path."""

    async def handler(exchange):
        await handlers[exchange.request.target.split("?")[0].split("/")[-1].split(".")[0]](exchange)

    return handler


def ask(stack: Stack, *links: str, kind: str = "image/png", deployment: str = chat.DEPLOYMENT) -> httpx.Response:
    attachments = [{"type": kind, "title": f"file {number}", "url": link} for number, link in enumerate(links)]
    message = {"role": "user", "content": "What is this?", "custom_content": {"attachments": attachments}}
    with httpx.Client(timeout=30) as client:
        return client.post(
            stack.url + chat.path(deployment), headers=chat.HEADERS | {"Api-Key": KEY}, json={"messages": [message]}
        )


def ask_with_part(stack: Stack, link: str) -> httpx.Response:
    parts = [{"type": "text", "text": "?"}, {"type": "image_url", "image_url": {"url": link}}]
    with httpx.Client(timeout=30) as client:
        return client.post(
            stack.url + chat.path(),
            headers=chat.HEADERS | {"Api-Key": KEY},
            json={"messages": [{"role": "user", "content": parts}]},
        )


def refusal(answer: httpx.Response, status: int = 422) -> str:
    assert answer.status_code == status, answer.text
    assert KEY not in answer.text
    return answer.json()["error"]["message"]


def said(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return answer.json()["choices"][0]["message"]["content"]


# Addresses that lead to this machine or to what only this machine may reach.

ADDRESSES = [
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.64.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[fe80::1]",
    "[fec0::1]",
    "[fd00:ec2::254]",
    "[fc00::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[100::1]",
    "[2001::1]",
]
# Other ways to write one of them.
SPELLINGS = [
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "127.1",
    "127.0.1",
    "127.0.0.1.",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "2852039166",
    "0xA9FEA9FE",
]
NAMES = ["localhost", "LOCALHOST", "localhost.", "any.localhost"]


@pytest.mark.parametrize("host", ADDRESSES + SPELLINGS + NAMES)
def test_addresses_that_are_not_public_are_not_connected_to(host, strict, other):
    started = time.monotonic()
    message = refusal(ask(strict, f"http://{host}:{other.port}/x.png"))
    assert "non-public address" in message or "can't be used" in message or "resolve" in message, message
    # Nobody tried: a connection to nowhere would take five seconds to fail.
    assert time.monotonic() - started < 4
    assert not other.exchanges


@pytest.mark.parametrize("port", [22, 80, 443, 6379, 65535])
def test_no_port_is_an_exception(port, strict):
    assert "127.0.0.1" in refusal(ask(strict, f"http://127.0.0.1:{port}/x.png"))


def test_the_name_of_this_machine_is_not_public(strict, other):
    refusal(ask(strict, f"http://{socket.gethostname()}:{other.port}/x.png"))
    assert not other.exchanges


@pytest.mark.parametrize("deployment", [chat.DEPLOYMENT, CLAUDE])
def test_every_family_refuses(deployment, strict, other):
    refusal(ask(strict, other.url + "/x.png", deployment=deployment))
    assert not other.exchanges


def test_content_parts_are_no_exception(strict, other):
    refusal(ask_with_part(strict, other.url + "/x.png"))
    assert not other.exchanges


@pytest.mark.parametrize(
    "link",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "ftp://PLACE/x.png",
        "gopher://PLACE/x.png",
        "dict://PLACE/x.png",
        "ldap://PLACE/x.png",
        "unix:/run/x.sock",
        "http+unix://%2Frun%2Fx.sock/x.png",
        "jar:http://PLACE/x.png",
        "http:PLACE/x.png",
        "http:///x.png",
        "http://",
        "http://core@PLACE/x.png",
        "http://user:password@PLACE/x.png",
        "http://public.example@PLACE/x.png",
        "http://public.example:80@PLACE/x.png",
        "http://PLACE\\@public.example/x.png",
        "http://public.example\\@PLACE/x.png",
        "http://PLACE\t/x.png",
        "http://PL ACE/x.png",
        "http://PLACE/x\r\nApi-Key: stolen",
        "http://PLACE/\u0000x.png",
        "http://PL\u202eACE/x.png",
        "http://127。0。0。1/x.png",
        "http://①②⑦.⓪.⓪.①/x.png",
        "http://127.0.0.1:-1/x.png",
        "http://127.0.0.1:99999/x.png",
        "http://127.0.0.1:8x/x.png",
        "http://[::1/x.png",
        "http://[::1%25lo]/x.png",
        "http://[v1.x]/x.png",
        "http://%31%32%37.0.0.1/x.png",
        "http://exa mple/x.png",
        "//PLACE/x.png",
        "\\\\PLACE\\x.png",
        "/v1/files/x.png",
        "x.png",
        "javascript:alert(1)",
        "data:image/png,plain",
    ],
)
def test_links_that_can_be_read_in_more_than_one_way_are_refused(link, open_minded, other):
    """Even where the server itself would be allowed."""
    refusal(ask(open_minded, link.replace("PLACE", f"127.0.0.1:{other.port}")))
    assert not other.exchanges


# Who gets the key.


def test_files_of_dial_come_with_the_key(strict, core):
    for link in ["files/bucket/a.png", f"{core.url}/v1/files/bucket/a.png"]:
        assert "1 image" in said(ask(strict, link))
    assert [each.request.target for each in core.exchanges] == ["/v1/files/bucket/a.png"] * 2
    assert {each.request.headers["api-key"] for each in core.exchanges} == {KEY}


@pytest.mark.parametrize(
    "link",
    [
        "files/../secret.png",
        "files/bucket/../../../secret.png",
        "files/bucket/%2e%2e/%2E%2E/x.png",
        "files/bucket/.%2e/x.png",
        "files/./x.png",
        "CORE/v1/files/../x.png",
        "CORE/v1/%2e%2e/x.png",
        "files/bucket\\..\\x.png",
        "files/bucket/x.png\r\nX: y",
        "../files/bucket/x.png",
        "/files/bucket/x.png",
        "//files/bucket/x.png",
        "metadata/bucket/x.png",
    ],
)
def test_paths_that_leave_the_files_are_not_asked_for(link, strict, core):
    refusal(ask(strict, link.replace("CORE", core.url)))
    assert not core.exchanges


def test_others_get_no_key_and_no_credentials(open_minded, core, other):
    assert "1 image (png" in said(ask(open_minded, f"{other.url}/x.png?a=b#c"))
    headers = other.exchanges[0].request.headers
    assert other.exchanges[0].request.target == "/x.png?a=b"
    assert set(headers) <= {"host", "user-agent", "accept"}
    assert not core.exchanges


@pytest.mark.parametrize("prefix", ["http://localhost:{port}", "http://127.0.0.1:{port}@127.0.0.1:{other}"])
def test_an_address_that_looks_like_dials_is_not_dials(prefix, open_minded, core, other):
    """The same server by another name has another origin."""
    link = prefix.format(port=core.port, other=other.port)
    answer = ask(open_minded, f"{link}/v1/files/bucket/x.png")
    if "@" in link:
        refusal(answer)
        assert not core.exchanges
    else:
        assert "1 image" in said(answer)
        assert [each.request.headers.get("api-key") for each in core.exchanges] == [None]
    assert not other.exchanges


# Redirects.


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_lead_on(status, open_minded, other):
    other.handler = routes(
        a=redirecting("b.png", status), b=redirecting("/c/d.png", status), d=serving(png(), "image/png")
    )
    assert "1 image" in said(ask(open_minded, f"{other.url}/x/a.png"))
    assert [each.request.target for each in other.exchanges] == ["/x/a.png", "/x/b.png", "/c/d.png"]


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/x.png",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/x.png",
        "http://0xA9FEA9FE/x.png",
        "//192.168.0.1/x.png",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "data:image/png;base64,aGk=",
        "http://user:password@127.0.0.1/x.png",
        "http:///x.png",
        "http://",
    ],
)
def test_redirects_to_forbidden_places_are_refused(location, open_minded, other):
    other.handler = redirecting(location)
    refusal(ask(open_minded, f"{other.url}/x.png"))
    assert len(other.exchanges) == 1


def test_dial_may_redirect_but_its_key_stays(open_minded, core, other):
    core.handler = routes(a=redirecting("/v1/files/bucket/b.png"), b=redirecting(f"{other.url}/stored.png"))
    assert "1 image" in said(ask(open_minded, "files/bucket/a.png"))
    assert [each.request.headers.get("api-key") for each in core.exchanges] == [KEY, KEY]
    assert [each.request.headers.get("api-key") for each in other.exchanges] == [None]


def test_dial_cannot_redirect_to_private_places(strict, core, other):
    core.handler = redirecting(f"{other.url}/x.png")
    refusal(ask(strict, "files/bucket/a.png"))
    assert not other.exchanges


def test_others_cannot_have_dials_files_read(open_minded, core, other):
    other.handler = redirecting(f"{core.url}/v1/files/victim/secret.png")
    said(ask(open_minded, f"{other.url}/x.png"))
    assert [each.request.headers.get("api-key") for each in core.exchanges] == [None]


def test_redirects_in_a_circle_end(open_minded, other):
    other.handler = redirecting("/x.png")
    assert "too many redirects" in refusal(ask(open_minded, f"{other.url}/x.png"))
    assert len(other.exchanges) == 6


# What a server may send.


def image(size: int) -> bytes:
    return png() + b"\0" * (size - len(png()))


def chunked(content: bytes, pause: float = 0.0, piece: int = 512):
    async def handler(exchange):
        await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(content), piece):
            await exchange.chunk(content[start : start + piece])
            await asyncio.sleep(pause)
        await exchange.end_stream()

    return handler


@pytest.mark.parametrize("make", [lambda data: serving(data, "image/png"), chunked], ids=["length", "chunked"])
def test_the_limit_of_a_file(make, open_minded, other):
    other.handler = make(image(LIMIT))
    assert f"{LIMIT} bytes" in said(ask(open_minded, f"{other.url}/x.png"))
    other.handler = make(image(LIMIT + 1))
    message = refusal(ask(open_minded, f"{other.url}/x.png"))
    assert "DIAL_ADAPTER_MAX_ATTACHMENT_BYTES" in message


def test_an_endless_file_is_not_read_on(open_minded, other):
    ended = threading.Event()

    async def endless(exchange):
        try:
            await exchange.begin_stream()
            while exchange.closed_at is None:
                await exchange.chunk(b"x" * 65536)
        finally:
            ended.set()

    other.handler = endless
    refusal(ask(open_minded, f"{other.url}/x.png"))
    assert ended.wait(5), "the connection is still open"
    assert other.exchanges[0].sent < 16 << 20


def test_a_length_that_is_too_much_is_believed(open_minded, other):
    async def boasting(exchange):
        await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 99999999999\r\n\r\n")
        await exchange.closed()

    other.handler = boasting
    started = time.monotonic()
    assert "larger than" in refusal(ask(open_minded, f"{other.url}/x.png"))
    assert time.monotonic() - started < TIMEOUT


def test_a_slow_drip_ends(open_minded, other):
    other.handler = chunked(image(200), pause=0.2, piece=1)
    started = time.monotonic()
    assert "in time" in refusal(ask(open_minded, f"{other.url}/x.png"), 504)
    assert TIMEOUT <= time.monotonic() - started < TIMEOUT + 5


def test_a_server_that_says_nothing(open_minded, other):
    async def silent(exchange):
        await exchange.closed()

    other.handler = silent
    refusal(ask(open_minded, f"{other.url}/x.png"), 504)


@pytest.mark.parametrize(("status", "expected"), [(404, 422), (401, 422), (500, 502), (204, 400), (302, 502)])
def test_what_a_server_answers_otherwise(status, expected, open_minded, other):
    other.handler = serving(b"internal page", "text/html", status)
    answer = ask(open_minded, f"{other.url}/x.png")
    # An empty file is for the model to refuse.
    assert answer.status_code == expected, answer.text
    assert "internal page" not in answer.text


def test_a_broken_connection(open_minded, other):
    async def broken(exchange):
        await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nxx")
        exchange.reset()

    other.handler = broken
    refusal(ask(open_minded, f"{other.url}/x.png"), 502)


def test_the_file_itself_says_which_image_it_is(open_minded, other):
    other.handler = serving(png(), "text/plain")
    assert "1 image (png" in said(ask(open_minded, f"{other.url}/x.jpg", kind="image/jpeg"))


def test_a_page_in_place_of_an_image_is_the_clients_mistake(open_minded, other):
    other.handler = serving(b"<html>Sign in</html>", "text/html")
    answer = ask(open_minded, f"{other.url}/x.png")
    assert answer.status_code == 400, answer.text
    assert "Sign in" not in answer.text


# Files that arrive.


def test_images_and_documents_from_an_allowed_network(open_minded, core, other):
    other.handler = routes(picture=serving(png(), "image/png"), paper=serving(PDF, "application/pdf"))
    assert f"1 image (png, {len(png())} bytes)" in said(ask(open_minded, f"{other.url}/picture.png"))
    assert f"pdf, {len(PDF)} bytes" in said(ask(open_minded, f"{other.url}/paper.pdf", kind="application/pdf"))
    assert "1 image" in said(ask_with_part(open_minded, f"{other.url}/picture.png"))


def test_files_are_fetched_side_by_side_and_keep_their_order(open_minded, other):
    running, most = 0, 0

    async def handler(exchange):
        nonlocal running, most
        number = int(exchange.request.target.split("/")[-1].split(".")[0])
        running += 1
        most = max(most, running)
        # Until others are there too; the first ends last.
        await asyncio.sleep(0.5 - 0.05 * (number % 4))
        running -= 1
        await exchange.respond(200, "image/png", image(100 + number))

    other.handler = handler
    text = said(ask(open_minded, *(f"{other.url}/{number}.png" for number in range(8))))
    sizes = [f"png, {100 + number} bytes" for number in range(8)]
    assert [text.index(size) for size in sizes] == sorted(text.index(size) for size in sizes)
    assert 2 <= most <= 4
    assert len(other.exchanges) == 8


def test_a_file_that_occurs_again_is_fetched_once(open_minded, other):
    said(ask(open_minded, f"{other.url}/1.png", f"{other.url}/2.png", f"{other.url}/1.png"))
    assert sorted(each.request.target for each in other.exchanges) == ["/1.png", "/2.png"]


def test_the_first_bad_file_is_the_error_whichever_fails_first(open_minded, other):
    async def handler(exchange):
        number = int(exchange.request.target.split("/")[-1].split(".")[0])
        await asyncio.sleep(0.4 if number == 1 else 0)
        status = {1: 403, 2: 500, 3: 404}.get(number, 200)
        await exchange.respond(status, "image/png", png())

    other.handler = handler
    for _ in range(3):
        answer = ask(open_minded, *(f"{other.url}/{number}.png" for number in range(8)))
        assert "403" in refusal(answer)


def test_files_behind_one_that_is_refused_unseen_are_left_alone(open_minded, other):
    """But for those that set out with it, four at a time."""
    links = [f"{other.url}/1.png", "file:///etc/passwd", *(f"{other.url}/{number}.png" for number in range(2, 20))]
    assert "'file' URL scheme" in refusal(ask(open_minded, *links))
    assert len(other.exchanges) <= 4
