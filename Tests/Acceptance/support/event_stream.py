"""application/vnd.amazon.eventstream, written from the specification for the tests' own use."""

import json
import struct
import zlib
from collections.abc import Iterable


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    block = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value.encode())) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack(">II", 16 + len(block) + len(payload), len(block))
    prelude += struct.pack(">I", zlib.crc32(prelude))
    message = prelude + block + payload
    return message + struct.pack(">I", zlib.crc32(message))


def event(name: str, payload: dict) -> bytes:
    headers = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    return frame(headers, json.dumps(payload).encode())


def exception(name: str, payload: dict) -> bytes:
    headers = {":exception-type": name, ":content-type": "application/json", ":message-type": "exception"}
    return frame(headers, json.dumps(payload).encode())


def text(piece: str) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}})


START = event("messageStart", {"role": "assistant"})
USAGE = {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18}


def ending(stop_reason: str = "end_turn") -> bytes:
    return (
        event("contentBlockStop", {"contentBlockIndex": 0})
        + event("messageStop", {"stopReason": stop_reason})
        + event("metadata", {"usage": USAGE, "metrics": {"latencyMs": 5}})
    )


def answer(pieces: Iterable[str]) -> list[bytes]:
    """A whole Converse stream, one element per event or closing group of events."""
    return [START, *(text(piece) for piece in pieces), ending()]


def block(content: str) -> bytes:
    """The same as a Converse answer in one piece."""
    return json.dumps(
        {
            "output": {"message": {"role": "assistant", "content": [{"text": content}]}},
            "stopReason": "end_turn",
            "usage": USAGE,
            "metrics": {"latencyMs": 5},
        }
    ).encode()
