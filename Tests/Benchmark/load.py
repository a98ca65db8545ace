"""A load generator for one thread: many connections, little work for each."""

import select
import socket
import time
from collections.abc import Callable
from pathlib import Path


def processor_time(processes: list[int]) -> float:
    """Microseconds of CPU that the processes have used, all threads, in user and kernel."""
    total = 0
    for process in processes:
        for task in Path(f"/proc/{process}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1000


def resident(process: int) -> int:
    """Bytes of memory that a process occupies, its program text included."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096


class Streams:
    """Streams that run side by side; counts the events that come in by a marker that each holds once."""

    def __init__(self, connect: Callable[[], socket.socket], request: bytes, marker: bytes):
        self._connect = connect
        self._request = request
        self._marker = marker
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self.events = 0
        self.ended = 0

    def open(self, count: int, over: float) -> None:
        """Opens streams evenly over some seconds, so that they do not beat in time."""
        started = time.monotonic()
        for number in range(count):
            connection = self._connect()
            connection.sendall(self._request)
            connection.setblocking(False)
            self._sockets[connection.fileno()] = connection
            self._poll.register(connection, select.EPOLLIN)
            self.run(max(0.0, started + over * (number + 1) / count - time.monotonic()))

    def run(self, seconds: float) -> None:
        """Reads whatever comes, for so long."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            for descriptor, _ in self._poll.poll(left, 512):
                data = self._sockets[descriptor].recv(65536)
                if data:
                    self.events += data.count(self._marker)
                else:
                    self.ended += 1
                    self._poll.unregister(descriptor)
                    self._sockets.pop(descriptor).close()

    def close(self) -> None:
        for connection in self._sockets.values():
            connection.close()
        self._sockets.clear()
        self._poll.close()


class Connection:
    """One kept-alive HTTP/1.1 connection that takes a request at a time."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def whole(self, request: bytes) -> float:
        """Seconds until a whole answer with Content-Length or chunks is there."""
        started = time.perf_counter()
        self.socket.sendall(request)
        self._read_rest(b"")
        return time.perf_counter() - started

    def until(self, request: bytes, marker: bytes) -> float:
        """Seconds until the marker is there; reads the rest of the answer too."""
        started = time.perf_counter()
        self.socket.sendall(request)
        data = b""
        while marker not in data:
            data += self._piece()
        taken = time.perf_counter() - started
        self._read_rest(data)
        return taken

    def _piece(self) -> bytes:
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server closed the connection")
        return piece

    def _read_rest(self, data: bytes) -> None:
        while b"\r\n\r\n" not in data:
            data += self._piece()
        head, _, body = data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"unexpected answer: {data[:500]!r}")
        lower = head.lower()
        if b"content-length:" in lower:
            size = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
            while len(body) < size:
                body += self._piece()
        else:
            while not body.endswith(b"0\r\n\r\n"):
                body += self._piece()

    def close(self) -> None:
        self.socket.close()
