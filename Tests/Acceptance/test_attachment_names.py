"""Names of file servers whose addresses change between a look and the connection: the connection is what counts."""

import contextlib
import socket
import threading

import pytest

from support import hosting
from support.converse import png
from support.stack import BINARIES, Stack, aws_environment
from support.upstream import ScriptedUpstream
from test_attachment_safety import ask, redirecting, refusal, serving

ALLOWED, FORBIDDEN = "127.0.0.1", "127.0.0.2"


class Names:
    """The adapter's own /etc/hosts."""

    def __init__(self, path):
        self.path = path
        self.set()

    def set(self, **names: str) -> None:
        lines = ["127.0.0.1 localhost"]
        for name, addresses in names.items():
            lines += [
                f"{address} {name}.example" for address in ([addresses] if isinstance(addresses, str) else addresses)
            ]
        # In place: the adapter has this very file mounted.
        self.path.write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def server():
    upstream = ScriptedUpstream()
    yield upstream
    upstream.close()


@pytest.fixture(scope="module")
def _names(tmp_path_factory):
    return Names(tmp_path_factory.mktemp("names") / "hosts")


@pytest.fixture
def names(_names):
    _names.set()
    return _names


@pytest.fixture(scope="module")
def stack(_names, tmp_path_factory, server):
    """Takes 127.0.0.1 for a part of the internet, and 127.0.0.2 for what it is."""
    binaries = tmp_path_factory.mktemp("binaries")
    program = binaries / "bedrock-adapter"
    mount = f"--die-with-parent --dev-bind / / --ro-bind {_names.path} /etc/hosts"
    program.write_text(f'#!/bin/sh\nexec {hosting.program("bwrap")} {mount} {BINARIES}/bedrock-adapter "$@"\n')
    program.chmod(0o755)
    settings = {"BINARIES": str(binaries), "DIAL_ADAPTER_ATTACHMENT_NETWORKS": ALLOWED}
    stack = Stack(sandbox=False, environment=aws_environment(server.url) | settings)
    yield stack
    stack.close()


@pytest.fixture
def upstream(server):
    """The model and the file server at the allowed address."""
    server.reset()
    model, picture = server.handler, serving(png(), "image/png")

    async def handler(exchange):
        await (picture if exchange.request.method == "GET" else model)(exchange)

    server.handler = handler
    return server


@pytest.fixture
def visits(server):
    """Connections to the same port of the address that is not allowed."""
    found = []
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((FORBIDDEN, port(server)))
        listener.listen()

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, address = listener.accept()
                    found.append(address)
                    connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield found
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def port(server) -> int:
    return int(server.url.rpartition(":")[2])


def test_the_connection_to_a_forbidden_address_would_be_seen(server, visits):
    socket.create_connection((FORBIDDEN, port(server))).close()
    for _ in range(500):
        if visits:
            return
        threading.Event().wait(0.01)
    pytest.fail("the listener saw nothing")


def test_a_name_of_an_allowed_address(names, stack, upstream, visits):
    names.set(good=ALLOWED)
    answer = ask(stack, f"http://good.example:{port(upstream)}/a.png")
    assert answer.status_code == 200, answer.text
    assert not visits


def test_a_name_of_a_forbidden_address(names, stack, upstream, visits):
    names.set(bad=FORBIDDEN)
    message = refusal(ask(stack, f"http://bad.example:{port(upstream)}/a.png"))
    assert message == f"Downloading files from a non-public address ({FORBIDDEN}) is not allowed"
    assert not visits


def test_a_name_that_changes_sides(names, stack, upstream, visits):
    """Before the change it is fetched; after it, from the address that was allowed or not at all."""
    link = f"http://rebinding.example:{port(upstream)}/a.png"
    names.set(rebinding=ALLOWED)
    assert ask(stack, link).status_code == 200
    names.set(rebinding=FORBIDDEN)
    for _ in range(5):
        answer = ask(stack, link)
        assert answer.status_code == 200 or FORBIDDEN in refusal(answer)
    assert not visits


def test_a_name_that_changes_sides_within_a_request(names, stack, upstream, visits):
    """The first answer of the server leads to a name that it has just moved."""
    names.set(first=ALLOWED)
    model = upstream.handler

    async def handler(exchange):
        if exchange.request.method == "GET":
            names.set(first=ALLOWED, moved=FORBIDDEN)
            await redirecting(f"http://moved.example:{port(upstream)}/b.png")(exchange)
        else:
            await model(exchange)

    upstream.handler = handler
    assert FORBIDDEN in refusal(ask(stack, f"http://first.example:{port(upstream)}/a.png"))
    assert not visits


@pytest.mark.parametrize(
    "order", [[FORBIDDEN, ALLOWED], [ALLOWED, FORBIDDEN]], ids=["forbidden-first", "allowed-first"]
)
def test_a_name_with_an_address_on_either_side(order, names, stack, upstream, visits):
    name = "both" + order[0].rpartition(".")[2]
    names.set(**{name: order})
    answer = ask(stack, f"http://{name}.example:{port(upstream)}/a.png")
    assert answer.status_code == 200 or FORBIDDEN in refusal(answer)
    assert not visits


def test_a_name_that_nobody_knows(names, stack, upstream, visits):
    message = refusal(ask(stack, f"http://unknown.example:{port(upstream)}/a.png"))
    assert "unknown.example" in message
