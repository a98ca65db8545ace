"""Measures the adapter next to nginx alone, in one run on one machine, and prints ratios.

Both get the same bytes from the same upstream, the sandbox: the adapter translates them, nginx passes them on raw.
CPU is user and kernel time of the adapter's process, or of the yardstick's nginx processes. What the figures mean
stands in docs/performance.md.
"""

import argparse
import contextlib
import json
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Acceptance"))

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import tokenizer
from load import Connection, Streams, processor_time, resident
from raw_proxy import RawProxy
from support import chat, fastcgi
from support.stack import (
    ACCESS_KEY,
    BINARIES,
    REGION,
    SECRET_KEY,
    Stack,
    aws_environment,
    clean_environment,
    free_ports,
)

ADAPTER_MARKER = b'"content":'
RAW_MARKER = b"contentBlockDelta"


def signed(sandbox_port: int, prompt: str, *, stream: bool) -> bytes:
    """The upstream's own request, for the yardstick; as bytes of a kept-alive connection."""
    operation = "converse-stream" if stream else "converse"
    url = f"http://127.0.0.1:{sandbox_port}/model/{chat.DEPLOYMENT.replace(':', '%3A')}/{operation}"
    body = json.dumps({"messages": [{"role": "user", "content": [{"text": prompt}]}]})
    request = AWSRequest("POST", url, data=body, headers={"Content-Type": "application/json"})
    SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "bedrock", REGION).add_auth(request)
    head = [f"POST {url.split(str(sandbox_port), 1)[1]} HTTP/1.1", f"Host: 127.0.0.1:{sandbox_port}"]
    head += [f"{name}: {value}" for name, value in request.headers.items()]
    head += [f"Content-Length: {len(body)}"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body.encode()


class Sides:
    """The two that are compared: how to reach them, what to send, whose CPU counts."""

    def __init__(self, stack: Stack, proxy: RawProxy, sandbox_port: int):
        self._sandbox_port = sandbox_port
        self.ports = {"adapter": stack.port, "nginx": proxy.port}
        self.processes = {"adapter": [stack.adapter], "nginx": proxy.processes}
        self.markers = {"adapter": ADAPTER_MARKER, "nginx": RAW_MARKER}

    def request(self, side: str, prompt: str, *, stream: bool) -> bytes:
        if side == "adapter":
            return chat.request_bytes(prompt, stream=stream, keep=True)
        return signed(self._sandbox_port, prompt, stream=stream)

    def streams(self, side: str, prompt: str) -> Streams:
        def connect() -> socket.socket:
            return socket.create_connection(("127.0.0.1", self.ports[side]))

        return Streams(connect, self.request(side, prompt, stream=True), self.markers[side])


def event_cost(sides: Sides, side: str, streams: int, rate: int, seconds: float) -> float:
    """Microseconds of CPU per streamed event, with all streams open and paced: about one event per wake-up."""
    with contextlib.closing(sides.streams(side, f"words:1000000 rate:{rate}")) as load:
        load.open(streams, over=2)
        load.run(1)
        before, events = processor_time(sides.processes[side]), load.events
        load.run(seconds)
        after, counted = processor_time(sides.processes[side]), load.events - events
    expected = streams * rate * seconds
    if load.ended or not 0.8 * expected <= counted <= 1.2 * expected:
        raise RuntimeError(f"{side}: {counted} events of {expected:.0f}, {load.ended} streams ended early")
    return (after - before) / counted


def request_cost(sides: Sides, side: str, requests: int) -> float:
    """Microseconds of CPU per request that is answered in one piece, over four kept-alive connections."""
    request = sides.request(side, "words:50 rate:0", stream=False)
    connections = [Connection(sides.ports[side]) for _ in range(4)]
    for connection in connections:
        for _ in range(20):
            connection.whole(request)
    before = processor_time(sides.processes[side])
    for number in range(requests):
        connections[number % 4].whole(request)
    after = processor_time(sides.processes[side])
    for connection in connections:
        connection.close()
    return (after - before) / requests


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def added(taken: dict[str, list[float]]) -> dict[str, float]:
    """Milliseconds that the adapter adds at the median and at the 99th percentile."""
    return {
        name: 1000 * (percentile(taken["adapter"], share) - percentile(taken["nginx"], share))
        for name, share in (("p50", 0.50), ("p99", 0.99))
    }


def added_latency(sides: Sides, requests: int) -> dict[str, float]:
    """Whole answers, one at a time, the sides taking turns."""
    connections = {side: Connection(port) for side, port in sides.ports.items()}
    bodies = {side: sides.request(side, "words:50 rate:0", stream=False) for side in sides.ports}
    taken = {side: [] for side in sides.ports}
    for number in range(requests + 50):
        for side, connection in connections.items():
            seconds = connection.whole(bodies[side])
            if number >= 50:
                taken[side].append(seconds)
    return added(taken)


def added_first_token(sides: Sides, requests: int, background: int = 100) -> dict[str, float]:
    """Time to the first text of a stream while others run on the same side."""
    taken = {}
    for side in sides.ports:
        request = sides.request(side, "words:3 rate:0", stream=True)
        connection = Connection(sides.ports[side])
        with contextlib.closing(sides.streams(side, "words:1000000 rate:10")) as load:
            load.open(background, over=1)
            taken[side] = []
            for number in range(requests + 50):
                seconds = connection.until(request, sides.markers[side])
                if number >= 50:
                    taken[side].append(seconds)
                load.run(0.002)
        connection.close()
    return added(taken)


def memory(stack: Stack, counts: list[int]) -> dict[int, int]:
    """Bytes the adapter occupies at so many open streams, slow ones, straight over FastCGI."""
    body = json.dumps(chat.body("words:1000000 rate:0.5", stream=True)).encode()
    request = fastcgi.request(fastcgi.params_for(chat.path(), body, "POST", api_key="k"), body)
    path = stack.socket_path

    found = {0: resident(stack.adapter)}
    with contextlib.closing(Streams(lambda: fastcgi.connect(path, 30), request, ADAPTER_MARKER)) as load:
        opened = 0
        for count in counts:
            load.open(count - opened, over=(count - opened) / 500)
            opened = count
            load.run(5)
            found[count] = resident(stack.adapter)
        if load.ended:
            raise RuntimeError(f"{load.ended} of {opened} streams ended early")
    return found


def start_up(rounds: int = 20) -> tuple[float, int]:
    """Milliseconds from the start of the program to its first answer, and the bytes it occupies then."""
    taken, sizes = [], []
    with tempfile.TemporaryDirectory(prefix="benchmark-") as directory:
        environment = clean_environment(Path(directory)) | aws_environment("http://127.0.0.1:1")
        health = fastcgi.request(fastcgi.params_for("/health"))
        for number in range(rounds):
            path = f"{directory}/{number}.sock"
            started = time.perf_counter()
            process = subprocess.Popen(
                [BINARIES / "bedrock-adapter", "--listen", f"unix:{path}"],
                env=environment,
                cwd=directory,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            while True:
                try:
                    with contextlib.closing(fastcgi.connect(path)) as connection:
                        connection.sendall(health)
                        fastcgi.response(connection)
                    break
                except (FileNotFoundError, ConnectionRefusedError):
                    if process.poll() is not None:
                        raise RuntimeError("the adapter did not start") from None
                    time.sleep(0.0005)
            taken.append(1000 * (time.perf_counter() - started))
            sizes.append(resident(process.pid))
            process.terminate()
            process.wait(10)
    return statistics.median(taken), round(statistics.median(sizes))


def row(name: str, value: str, target: str = "") -> None:
    print(f"{name:<58}{value:>14}  {target}", flush=True)


def compare(name: str, measure, rounds: int, target: str) -> float:
    """Measures both sides in turn, several times, and prints the medians and the median of the ratios."""
    taken = {"adapter": [], "nginx": []}
    for _ in range(rounds):
        for side, values in taken.items():
            values.append(measure(side))
    row(f"{name}: adapter", f"{statistics.median(taken['adapter']):.1f} µs")
    row(f"{name}: nginx", f"{statistics.median(taken['nginx']):.1f} µs")
    ratio = statistics.median(a / b for a, b in zip(taken["adapter"], taken["nginx"], strict=True))
    row(f"{name}: adapter / nginx", f"{ratio:.2f}", target)
    return ratio


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--streams", type=int, default=300, help="open while events are measured")
    parser.add_argument("--rates", type=int, nargs="+", default=[20, 50], help="events per second of each")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--memory", type=int, nargs="*", default=[1000, 5000], help="open streams")
    parser.add_argument(
        "--only", choices=["events", "requests", "latency", "first-token", "tokenizer", "memory", "start-up"]
    )
    parser.add_argument("--tls", action="store_true", help="TLS between either side and the upstream, as with AWS")
    options = parser.parse_args()

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def wanted(name: str) -> bool:
        return options.only in (None, name)

    if wanted("start-up"):
        milliseconds, size = start_up()
        row("start to first answer, median", f"{milliseconds:.1f} ms", "≤ 50 ms")
        row("memory when idle", f"{size / 1e6:.1f} MB", "≤ 25 MB")

    with contextlib.ExitStack() as cleanup:
        stack = Stack(sandbox=True, environment={"LOG_LEVEL": "WARNING"})
        cleanup.callback(stack.close)
        port, tls_port = free_ports(2)
        sandbox_port = upstream_port = stack.sandbox_port
        if options.tls:
            certificate = stack.certificate
            cleanup.enter_context(contextlib.closing(RawProxy(tls_port, sandbox_port, certificate=certificate)))
            upstream_port = tls_port
            settings = aws_environment(f"https://localhost:{tls_port}") | {"AWS_CA_BUNDLE": certificate}
            stack = Stack(sandbox=False, environment=settings | {"LOG_LEVEL": "WARNING"})
            cleanup.callback(stack.close)
        proxy = cleanup.enter_context(contextlib.closing(RawProxy(port, upstream_port, to_tls=options.tls)))
        sides = Sides(stack, proxy, sandbox_port)
        if wanted("requests"):
            compare(
                "CPU per whole request",
                lambda side: request_cost(sides, side, options.requests),
                options.rounds,
                "≤ 2.5, aim 2.0",
            )
        if wanted("events"):
            for rate in options.rates:
                compare(
                    f"CPU per streamed event, {rate} a second",
                    lambda side, rate=rate: event_cost(sides, side, options.streams, rate, options.seconds),
                    options.rounds,
                    "≤ 1.0, aim 0.75",
                )
        if wanted("latency"):
            for name, milliseconds in added_latency(sides, options.requests).items():
                row(f"latency added to a whole answer, {name}", f"{milliseconds:.2f} ms")
        if wanted("first-token"):
            for name, milliseconds in added_first_token(sides, options.requests // 2).items():
                target = "≤ 1 ms" if name == "p99" else ""
                row(f"time to first token added, 100 streams, {name}", f"{milliseconds:.2f} ms", target)

        if wanted("tokenizer"):
            tokenizer.compare(stack, options.rounds, row)

    if wanted("memory"):
        # nginx and the sandbox hold three descriptors for each of these, so they get a set of their own.
        stack = Stack(sandbox=True, environment={"LOG_LEVEL": "WARNING"})
        try:
            found = memory(stack, options.memory)
        finally:
            stack.close()
        for count, size in found.items():
            row(f"memory at {count} open streams", f"{size / 1e6:.1f} MB")
        for count in options.memory:
            row(f"memory per stream at {count}", f"{(found[count] - found[0]) / count / 1024:.1f} KB", "≤ 40 KB")


if __name__ == "__main__":
    main()
