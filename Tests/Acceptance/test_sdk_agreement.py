"""The DIAL SDK and the adapter judge requests alike, in the same words."""

import asyncio
import json

from support import fastcgi
from support.odd_requests import OddRequest
from support.sdk import Judge

COUNT = 4000
DEPLOYMENTS = {"embeddings": "amazon.titan-embed-text-v2:0"}


def complaint(connection, request: OddRequest) -> str | None:
    """What the adapter says of the structure of a request; nothing where it says something else, or answers."""
    path = f"/openai/deployments/{DEPLOYMENTS.get(request.endpoint, 'amazon.nova-lite-v1:0')}/{request.endpoint}"
    params = fastcgi.params_for(path, request.body, "POST", api_key="k")
    connection.sendall(fastcgi.request(params, request.body, keep=True))
    head, _, body = fastcgi.response(connection).partition(b"\r\n\r\n")
    if b"Status: 400" not in head:
        return None
    message = json.loads(body)["error"]["message"]
    return message if message.startswith("Your request contained invalid structure") else None


def test_validation(impatient, upstream):
    async def compare() -> list[str]:
        found = []
        connection = fastcgi.connect(impatient.socket_path)
        async with Judge() as judge:
            for seed in range(COUNT):
                request = OddRequest(seed)
                expected = await judge.complaint(request.endpoint, request.body)
                actual = complaint(connection, request)
                if expected != actual:
                    found.append(f"{request.endpoint} {request.body.decode()}\n  SDK: {expected}\n  here: {actual}")
        connection.close()
        return found

    assert asyncio.run(compare()) == []


def test_the_generator_makes_both_kinds():
    async def refused() -> int:
        async with Judge() as judge:
            requests = [OddRequest(seed) for seed in range(200)]
            return sum([await judge.complaint(each.endpoint, each.body) is not None for each in requests])

    assert 40 < asyncio.run(refused()) < 180
