"""Connections given up while they were being made."""

import asyncio
import contextlib
import json
import select
import shutil
import socket
import subprocess
import time

import pytest

from support import chat, fastcgi
from support.converse import png
from support.stack import threads
from support.upstream import speaking

SLOW_NAMES = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    static int (*original)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (!original) original = dlsym(RTLD_NEXT, "getaddrinfo");
    if (name && !strcmp(name, "slow.example")) {
        sleep(15);
        return EAI_AGAIN;
    }
    return original(name, service, hints, found);
}
"""
"""A server of names that is silent for a while."""


def send(stack, content) -> socket.socket:
    body = json.dumps({"messages": [{"role": "user", "content": content}]}).encode()
    connection = fastcgi.connect(stack.socket_path, 3)
    connection.sendall(fastcgi.request(fastcgi.params_for(chat.path(), body, "POST", api_key="k"), body))
    return connection


def test_the_next_connections_are_watched(start, upstream):
    """libcurl closes such sockets unseen, and their numbers come again."""
    stack = start(environment={"DIAL_ADAPTER_ATTACHMENT_NETWORKS": "127.0.0.0/8"})
    with contextlib.ExitStack() as sockets:
        deaf = sockets.enter_context(socket.socket())
        deaf.bind(("127.0.0.1", 0))
        # While its queue is full a connection is neither made nor refused.
        deaf.listen(0)
        for _ in range(3):
            client = sockets.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(deaf.getsockname())
        image = {"type": "image_url", "image_url": {"url": f"http://127.0.0.1:{deaf.getsockname()[1]}/x.png"}}
        with contextlib.closing(send(stack, [image])):
            time.sleep(0.5)
        time.sleep(0.1)
        # The first new socket has the number; what does not fit into its buffer needs it to be watched.
        for length in (10, 300_000, 300_000):
            with contextlib.closing(send(stack, "x" * length)) as connection:
                assert b"Status: 200" in fastcgi.response(connection)


@pytest.fixture(scope="module")
def slow_names(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    (folder / "names.c").write_text(SLOW_NAMES)
    # The compiler that Swift brings.
    compiler = shutil.which("clang") or "cc"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", "names.so", "names.c"], cwd=folder, check=True)
    return {"LD_PRELOAD": str(folder / "names.so")}


def test_names_that_are_still_looked_up_are_so_many_and_no_more(start, slow_names):
    """Each takes a thread, which outlives its request."""
    stack = start(environment=slow_names)
    links = [f"http://slow.example/{number}.png" for number in range(4)]
    for _ in range(80):
        with contextlib.closing(send(stack, [{"type": "image_url", "image_url": {"url": url}} for url in links])):
            time.sleep(0.02)
    time.sleep(0.3)
    assert 200 < threads(stack.adapter) < 256 + 16
    with contextlib.closing(send(stack, [{"type": "image_url", "image_url": {"url": links[0]}}])) as connection:
        assert b"Status: 503" in fastcgi.response(connection)
    assert chat.post(stack.url).status_code == 200


def test_slow_downloads_are_no_lookups(start, upstream):
    """More at a time than names may be looked up."""

    async def handler(exchange):
        if exchange.request.method == "GET":
            await asyncio.sleep(2)
            await exchange.respond(200, "image/png", png(8))
        else:
            await speaking(["fine"])(exchange)

    upstream.handler = handler
    stack = start(environment={"DIAL_ADAPTER_ATTACHMENT_NETWORKS": "127.0.0.0/8"})
    links = [f"{upstream.url}/{number}.png" for number in range(4)]
    content = [{"type": "image_url", "image_url": {"url": url}} for url in links]
    with contextlib.ExitStack() as clients:
        waiting = [clients.enter_context(contextlib.closing(send(stack, content))) for _ in range(80)]
        for connection in waiting:
            connection.settimeout(30)
            assert b"Status: 200" in fastcgi.response(connection)


@pytest.mark.parametrize("leaves", [True, False])
def test_a_name_that_is_still_looked_up_holds_up_nobody(start, slow_names, leaves):
    """The thread that waits for the name is left to itself, when the client leaves and when it took too long."""
    stack = start(environment=slow_names)
    image = {"type": "image_url", "image_url": {"url": "http://slow.example/x.png"}}
    with contextlib.closing(send(stack, [image])) as connection:
        time.sleep(0.5)
        if leaves:
            connection.close()
        # Connecting may take five seconds, looking up included; then there is an answer to read.
        end = time.monotonic() + (2 if leaves else 8)
        while time.monotonic() < end and (leaves or not select.select([connection], [], [], 0)[0]):
            asked = time.monotonic()
            with contextlib.closing(fastcgi.connect(stack.socket_path, 30)) as other:
                other.sendall(fastcgi.request(fastcgi.params_for("/health")))
                assert b"Status: 200" in fastcgi.response(other)
            assert time.monotonic() - asked < 1
            time.sleep(0.05)
        if leaves:
            assert " status=499 " in stack.log()
        else:
            assert b"Status: 504" in fastcgi.response(connection)
