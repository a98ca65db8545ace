"""Connections given up while they were being made: libcurl closes them unseen, and their numbers come again."""

import contextlib
import json
import socket
import time

from support import chat, fastcgi


def send(stack, content) -> socket.socket:
    body = json.dumps({"messages": [{"role": "user", "content": content}]}).encode()
    connection = fastcgi.connect(stack.socket_path, 3)
    connection.sendall(fastcgi.request(fastcgi.params_for(chat.path(), body, "POST", api_key="k"), body))
    return connection


def test_the_next_connections_are_watched(start, upstream):
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
