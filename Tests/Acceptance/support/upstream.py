"""A scripted stand-in for AWS that does to the connection whatever a test asks for, down to the byte."""

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from support import event_stream


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Exchange:
    """One request with the connection it came on."""

    request: Request
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    started: float = field(default_factory=time.monotonic)
    closed_at: float | None = None
    sent: int = 0

    async def watch(self) -> None:
        """Notes when the adapter closes the connection, without taking a byte of a request that may follow."""
        while not self.reader.at_eof() and self.reader.exception() is None:
            await asyncio.sleep(0.002)
        self.closed_at = time.monotonic()

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()
        self.sent += len(data)

    async def respond(self, status: int, content_type: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        lines = {"Content-Type": content_type, "Content-Length": str(len(body))} | (headers or {})
        head = f"HTTP/1.1 {status} X\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        await self.raw(head.encode() + b"\r\n" + body)

    async def begin_stream(self) -> None:
        await self.raw(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )

    async def chunk(self, data: bytes) -> None:
        await self.raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def end_stream(self) -> None:
        await self.raw(b"0\r\n\r\n")

    def reset(self) -> None:
        """Closes with RST instead of FIN."""
        handle = self.writer.get_extra_info("socket")
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def close(self) -> None:
        self.writer.close()

    async def closed(self) -> None:
        while self.closed_at is None:
            await asyncio.sleep(0.002)


Handler = Callable[[Exchange], Awaitable[None]]


def speaking(pieces: list[str], pause: float = 0.0) -> Handler:
    """Answers properly, streamed or whole, as the request's path asks for."""

    async def handler(exchange: Exchange) -> None:
        if not exchange.request.target.endswith("/converse-stream"):
            await exchange.respond(200, "application/json", event_stream.block("".join(pieces)))
            return
        await exchange.begin_stream()
        for piece in event_stream.answer(pieces):
            await exchange.chunk(piece)
            if pause:
                await asyncio.sleep(pause)
        await exchange.end_stream()

    return handler


class ScriptedUpstream:
    """Runs on a thread with a loop of its own; `handler` may be replaced between requests."""

    def __init__(self) -> None:
        self.reset()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def reset(self) -> None:
        self.handler: Handler = speaking(["Hello", " world"])
        self.exchanges: list[Exchange] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)

        async def start() -> None:
            server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=4096)
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()

        self._loop.run_until_complete(start())
        self._loop.run_forever()
        # Connections that are kept.
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await self._read(reader)
                exchange = Exchange(request, reader, writer)
                self.exchanges.append(exchange)
                watch = asyncio.create_task(exchange.watch())
                try:
                    await self.handler(exchange)
                except ConnectionError:
                    # The adapter closed it while the handler wrote.
                    exchange.closed_at = exchange.closed_at or time.monotonic()
                    raise
                finally:
                    watch.cancel()
                    await asyncio.gather(watch, return_exceptions=True)
                if writer.is_closing() or exchange.closed_at is not None:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @staticmethod
    async def _read(reader: asyncio.StreamReader) -> Request:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.rstrip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Request(method, target, headers, body)
