"""SCGI requests by hand, for peers that behave as no web server does."""

import socket


def netstring(content: bytes) -> bytes:
    return str(len(content)).encode() + b":" + content + b","


def headers(pairs: dict[str, str]) -> bytes:
    return b"".join(name.encode() + b"\0" + value.encode() + b"\0" for name, value in pairs.items())


def request(pairs: dict[str, str], body: bytes = b"") -> bytes:
    """What a web server sends: the headers that SCGI wants first, then the others, then the body."""
    first = {"CONTENT_LENGTH": str(len(body)), "SCGI": "1"}
    return netstring(headers(first | {name: value for name, value in pairs.items() if name not in first})) + body


def response(connection: socket.socket) -> bytes:
    """Everything up to the end of the connection."""
    output = b""
    while piece := connection.recv(65536):
        output += piece
    return output
