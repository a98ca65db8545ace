"""Chat requests over plain HTTP, with the time at which each byte came."""

import asyncio
import json
import time
from dataclasses import dataclass, field

import httpx

DEPLOYMENT = "amazon.nova-lite-v1:0"
HEADERS = {"Api-Key": "acceptance-key", "Content-Type": "application/json"}


def path(deployment: str = DEPLOYMENT) -> str:
    return f"/openai/deployments/{deployment}/chat/completions"


def body(prompt: str, *, stream: bool = False, **more) -> dict:
    return {"messages": [{"role": "user", "content": prompt}], "stream": stream, **more}


def post(
    url: str, prompt: str = "Hello", *, timeout: float = 30, headers: dict | None = None, **more
) -> httpx.Response:
    with httpx.Client(timeout=timeout) as client:
        return client.post(url + path(), headers=HEADERS | (headers or {}), json=body(prompt, **more))


def events(text: str) -> list[dict | str]:
    """The data of every event; the last one stays the word [DONE]."""
    found = []
    for each in text.split("\n\n"):
        if not each:
            continue
        assert each.startswith("data: "), f"not an event: {each!r}"
        data = each.removeprefix("data: ")
        found.append(data if data == "[DONE]" else json.loads(data))
    return found


def content(chunks: list[dict | str], index: int = 0) -> str:
    return "".join(
        choice["delta"].get("content") or ""
        for chunk in chunks
        if isinstance(chunk, dict)
        for choice in chunk.get("choices", [])
        if choice["index"] == index
    )


def stream_error(chunks: list[dict | str]) -> dict:
    """The error that ends a stream: the last event but [DONE]."""
    assert chunks[-1] == "[DONE]", f"the stream does not end with [DONE]: {chunks[-2:]}"
    assert isinstance(chunks[-2], dict) and "error" in chunks[-2], f"no error before [DONE]: {chunks[-2]}"
    return chunks[-2]["error"]


@dataclass
class Timed:
    """A streamed answer: its text and the time of every piece read from the socket."""

    status: int = 0
    text: str = ""
    times: list[float] = field(default_factory=list)


def post_timed(client: httpx.Client, url: str, prompt: str, **more) -> Timed:
    result = Timed()
    with client.stream("POST", url + path(), headers=HEADERS, json=body(prompt, stream=True, **more)) as answer:
        result.status = answer.status_code
        for piece in answer.iter_text():
            result.text += piece
            result.times.append(time.monotonic())
    return result


def request_bytes(prompt: str, *, stream: bool, keep: bool = False, **more) -> bytes:
    payload = json.dumps(body(prompt, stream=stream, **more)).encode()
    head = (
        f"POST {path()} HTTP/1.1\r\nHost: localhost\r\nApi-Key: acceptance-key\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(payload)}\r\nConnection: {'keep-alive' if keep else 'close'}\r\n\r\n"
    )
    return head.encode() + payload


def unchunked(data: bytes) -> bytes:
    """The body of an HTTP/1.1 answer; raises when it is cut short."""
    head, _, rest = data.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" not in head.lower():
        return rest
    whole = bytearray()
    position = 0
    while True:
        end = rest.index(b"\r\n", position)
        size = int(rest[position:end], 16)
        if size == 0:
            return bytes(whole)
        whole += rest[end + 2 : end + 2 + size]
        position = end + 2 + size + 2


async def raw_stream(port: int, prompt: str, **more) -> bytes:
    """One streamed answer as bytes, head included, read with as little work as possible: for many at a time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request_bytes(prompt, stream=True, **more))
        pieces = []
        while piece := await reader.read(65536):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        writer.close()
