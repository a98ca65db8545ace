"""FastCGI records by hand, for peers that behave as no web server does."""

import socket
import struct

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, GET_VALUES = 1, 2, 3, 4, 5, 6, 9
RESPONDER, AUTHORIZER = 1, 2


def record(kind: int, content: bytes, *, request: int = 1, version: int = 1, padding: int = 0) -> bytes:
    return struct.pack(">BBHHBx", version, kind, request, len(content), padding) + content + bytes(padding)


def begin(*, role: int = RESPONDER, keep: bool = False, request: int = 1) -> bytes:
    return record(BEGIN, struct.pack(">HB5x", role, keep), request=request)


def length(value: int) -> bytes:
    return bytes([value]) if value < 128 else struct.pack(">I", value | 0x80000000)


def pairs(params: dict[str, str]) -> bytes:
    return b"".join(
        length(len(name.encode())) + length(len(value.encode())) + name.encode() + value.encode()
        for name, value in params.items()
    )


def params_for(path: str, body: bytes = b"", method: str = "GET", **headers: str) -> dict[str, str]:
    return {
        "REQUEST_METHOD": method,
        "REQUEST_URI": path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "CONTENT_TYPE": "application/json" if body else "",
        "REMOTE_ADDR": "127.0.0.1",
    } | {f"HTTP_{name.upper()}": value for name, value in headers.items()}


def request(params: dict[str, str], body: bytes = b"", *, keep: bool = False) -> bytes:
    whole = begin(keep=keep) + record(PARAMS, pairs(params)) + record(PARAMS, b"")
    for start in range(0, len(body), 65535):
        whole += record(STDIN, body[start : start + 65535])
    return whole + record(STDIN, b"")


def connect(path: str, timeout: float = 10) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(timeout)
    connection.connect(path)
    return connection


def exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError("the adapter closed the connection")
        data += piece
    return data


def output(data: bytes) -> bytes:
    """What whole records hold of STDOUT."""
    pieces, position = [], 0
    while position < len(data):
        _, kind, _, size, padding = struct.unpack_from(">BBHHBx", data, position)
        if kind == STDOUT:
            pieces.append(data[position + 8 : position + 8 + size])
        position += 8 + size + padding
    return b"".join(pieces)


def response(connection: socket.socket) -> bytes:
    """What the adapter writes to STDOUT, up to END_REQUEST."""
    output = b""
    while True:
        _, kind, _, size, padding = struct.unpack(">BBHHBx", exactly(connection, 8))
        content = exactly(connection, size)
        exactly(connection, padding)
        if kind == STDOUT:
            output += content
        elif kind == END:
            return output
