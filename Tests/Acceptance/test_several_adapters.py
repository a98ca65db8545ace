"""Three adapters behind one nginx, as docs/web-servers.md has it: when one dies, the others do not notice."""

import asyncio
import re
import signal

from support import chat
from support.hosting import Hosting, documented
from support.stack import REPOSITORY, aws_environment, free_ports
from support.upstream import speaking

WORDS = [f"word{number:02d} " for number in range(30)]
REGIONS = {"10.0.0.11": "us-east-1", "10.0.0.12": "us-west-2", "10.0.0.13": "eu-west-1"}
"""The region that an adapter asks tells which one it was."""


def configuration(addresses: dict[str, str], port: int, adapter_port: int) -> str:
    block = documented("web-servers.md", "Several adapters", "nginx")
    for documented_address, address in addresses.items():
        assert f"server {documented_address}:9000" in block
        block = block.replace(f"{documented_address}:9000", f"{address}:{adapter_port}")
    upstream = (REPOSITORY / "nginx" / "upstream.conf").read_text()
    upstream, count = re.subn(
        r"^upstream dial_adapter \{.*?^\}\n", lambda _: block, upstream, flags=re.DOTALL | re.MULTILINE
    )
    assert count == 1
    return f"{upstream}\nserver {{ listen 127.0.0.1:{port}; include dial-adapter/snippet.conf; }}"


def test_only_the_streams_of_the_one_that_dies_are_lost(upstream):
    upstream.handler = speaking(WORDS, pause=0.1)
    hosting = Hosting()
    try:
        port, adapter_port = free_ports(2)
        addresses = {name: f"127.0.0.{index}" for index, name in enumerate(REGIONS, 1)}
        adapters = {
            region: hosting.adapter(
                f"tcp:{addresses[name]}:{adapter_port}",
                aws_environment(upstream.url) | {"AWS_DEFAULT_REGION": region},
            )
            for name, region in REGIONS.items()
        }
        hosting.nginx(configuration(addresses, port, adapter_port), port)

        async def run() -> tuple[list[bytes], list[bytes]]:
            running = asyncio.gather(*(chat.raw_stream(port, f"early-{number:02d}") for number in range(60)))
            while len(upstream.exchanges) < 60:
                await asyncio.sleep(0.01)
            adapters["us-west-2"].process.send_signal(signal.SIGKILL)
            late = []
            for number in range(60):
                late.append(asyncio.create_task(chat.raw_stream(port, f"late-{number:02d}")))
                await asyncio.sleep(0.01)
            return await running, await asyncio.gather(*late)

        early, late = asyncio.run(run())
    finally:
        hosting.close()

    regions = {}
    for exchange in upstream.exchanges:
        prompt = re.search(rb"(early|late)-\d\d", exchange.request.body)[0].decode()
        assert prompt not in regions, "a request was sent twice"
        regions[prompt] = exchange.request.headers["authorization"].split("/")[2]

    lost = 0
    for number, answer in enumerate(early):
        if regions[f"early-{number:02d}"] == "us-west-2":
            assert b"[DONE]" not in answer
            lost += 1
        else:
            assert_whole(answer)
    # The fewest connections first: each had a third.
    assert 15 <= lost <= 25
    for number, answer in enumerate(late):
        assert_whole(answer)
        assert regions[f"late-{number:02d}"] != "us-west-2"


def assert_whole(answer: bytes) -> None:
    assert answer.startswith(b"HTTP/1.1 200 "), answer[:200]
    chunks = chat.events(chat.unchunked(answer).decode())
    assert chunks[-1] == "[DONE]"
    assert chat.content(chunks) == "".join(WORDS)
