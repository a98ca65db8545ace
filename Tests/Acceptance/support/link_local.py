"""Run in a network of its own: gives it the addresses at which AWS's machines and containers find their credentials,
and prints as JSON who the adapter and boto3 are by each of them."""

import asyncio
import contextlib
import fcntl
import json
import socket
import struct
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import chat
from support.identity import REGION, Surroundings, identity_of_boto
from support.stack import Stack

CONTAINER_AGENT = "169.254.170.2"
INSTANCE_METADATA = "169.254.169.254"
SET_ADDRESS, SET_FLAGS = 0x8916, 0x8914
UP_AND_RUNNING = 0x1 | 0x40


def set_up_loopback(*addresses: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, SET_FLAGS, struct.pack("16sh14x", b"lo", UP_AND_RUNNING))
        for number, address in enumerate(addresses, 1):
            name = f"lo:{number}".encode()
            fcntl.ioctl(
                handle, SET_ADDRESS, struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(address))
            )


def relay(address: str, port: int) -> None:
    """Port 80 of the address is that port of this machine."""

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pipe(reader, upstream_writer), pipe(upstream_reader, writer))

    async def run() -> None:
        server = await asyncio.start_server(serve, address, 80)
        ready.set()
        await server.serve_forever()

    ready = threading.Event()
    threading.Thread(target=lambda: asyncio.run(run()), daemon=True).start()
    assert ready.wait(10)


def identities(folder: Path, sandbox: str, variables: dict[str, str]) -> dict[str, str]:
    around = Surroundings(folder, sandbox, "", "", variables)
    # The address itself is what this is about.
    around.variables = {
        name: value for name, value in around.variables.items() if name != "AWS_EC2_METADATA_SERVICE_ENDPOINT"
    }
    stack = Stack(sandbox=False, environment=around.environment)
    try:
        answer = chat.post(stack.url, "echo:identity")
        assert answer.status_code == 200, answer.text
        return {"adapter": answer.json()["choices"][0]["message"]["content"], "boto3": identity_of_boto(around)}
    finally:
        stack.close()


def main() -> None:
    folder = Path(sys.argv[1])
    set_up_loopback(CONTAINER_AGENT, INSTANCE_METADATA)
    aws = Stack(sandbox=True, environment={"AWS_DEFAULT_REGION": REGION})
    try:
        for address in (CONTAINER_AGENT, INSTANCE_METADATA):
            relay(address, aws.sandbox_port)
        found = {
            "container": identities(
                folder / "container",
                aws.sandbox_url,
                {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/task-role"},
            ),
            "instance": identities(folder / "instance", aws.sandbox_url, {}),
        }
    finally:
        aws.close()
    print(json.dumps(found))


main()
