"""The pools of upstream connections: bounded where they are to be, in turn, and with a clear end of patience."""

import asyncio
import contextlib
import time

import httpx
import pytest

from support import chat, scripted_claude
from support.upstream import speaking

LIMIT = 2


@pytest.fixture
def gate(upstream):
    """Claude answers only when the test lets it. Gives a function that lets a number of calls go, in their order."""
    doors: list[asyncio.Future] = []

    async def handler(exchange):
        door = asyncio.get_running_loop().create_future()
        doors.append(door)
        opened = asyncio.ensure_future(door)
        closed = asyncio.ensure_future(exchange.closed())
        await asyncio.wait({opened, closed}, return_when=asyncio.FIRST_COMPLETED)
        closed.cancel()
        if opened.done():
            await scripted_claude.speaking(["fine"])(exchange)

    upstream.handler = handler

    def let_go(count: int) -> None:
        for door in doors[:count]:
            door.get_loop().call_soon_threadsafe(lambda door=door: door.done() or door.set_result(None))
        del doors[:count]

    return let_go


async def ask(client: httpx.AsyncClient, stack, **more) -> httpx.Response:
    return await client.post(
        stack.url + chat.path(scripted_claude.DEPLOYMENT), headers=chat.HEADERS, json=chat.body("Hello", **more)
    )


async def until(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


def environment(**more: str) -> dict[str, str]:
    return {"ANTHROPIC_MAX_CONNECTIONS": str(LIMIT)} | more


@pytest.mark.parametrize("stream", [False, True])
def test_a_full_pool_is_a_503_after_the_pool_timeout(start, upstream, gate, stream):
    stack = start(environment=environment(ANTHROPIC_POOL_TIMEOUT="0.5"))

    async def run() -> None:
        async with httpx.AsyncClient(timeout=30) as client:
            held = [asyncio.create_task(ask(client, stack)) for _ in range(LIMIT)]
            await until(lambda: len(upstream.exchanges) == LIMIT)
            started = time.monotonic()
            refused = await ask(client, stack, stream=stream)
            assert time.monotonic() - started >= 0.5
            assert refused.status_code == 503
            assert refused.headers["retry-after"] == "1"
            assert refused.json()["error"] == {
                "message": "No connection to the model endpoint became free in time",
                "code": "503",
            }
            assert len(upstream.exchanges) == LIMIT
            gate(LIMIT)
            assert [answer.status_code for answer in await asyncio.gather(*held)] == [200] * LIMIT
            # And who comes now finds the pool empty.
            after = asyncio.create_task(ask(client, stack))
            await until(lambda: len(upstream.exchanges) == LIMIT + 1)
            gate(1)
            assert (await after).status_code == 200

    asyncio.run(run())


def test_who_waits_gets_a_turn_in_order(start, upstream, gate):
    stack = start(environment=environment(ANTHROPIC_POOL_TIMEOUT="30"))

    async def run() -> list[int]:
        finished: list[int] = []

        async def one(client, number: int) -> None:
            assert (await ask(client, stack)).status_code == 200
            finished.append(number)

        async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None)) as client:
            tasks = []
            for number in range(8):
                tasks.append(asyncio.create_task(one(client, number)))
                # Each is with the adapter before the next sets out.
                await until(lambda number=number: len(upstream.exchanges) == min(number + 1, LIMIT))
                await asyncio.sleep(0.1)
            for count in range(8):
                await until(lambda count=count: len(upstream.exchanges) >= min(count + LIMIT, 8))
                gate(1)
                await until(lambda count=count: len(finished) == count + 1)
            await asyncio.gather(*tasks)
        return finished

    assert asyncio.run(run()) == list(range(8))


def test_who_leaves_the_queue_costs_nobody_a_turn(start, upstream, gate):
    stack = start(environment=environment(ANTHROPIC_POOL_TIMEOUT="30"))

    async def run() -> None:
        async with httpx.AsyncClient(timeout=30) as client:
            held = [asyncio.create_task(ask(client, stack)) for _ in range(LIMIT)]
            await until(lambda: len(upstream.exchanges) == LIMIT)
            with contextlib.suppress(httpx.ReadTimeout):
                await client.post(
                    stack.url + chat.path(scripted_claude.DEPLOYMENT),
                    headers=chat.HEADERS,
                    json=chat.body("Hello"),
                    timeout=0.3,
                )
            last = asyncio.create_task(ask(client, stack))
            await asyncio.sleep(0.3)
            gate(LIMIT)
            await asyncio.gather(*held)
            await until(lambda: len(upstream.exchanges) == LIMIT + 1)
            gate(1)
            assert (await last).status_code == 200
            assert len(upstream.exchanges) == LIMIT + 1

    asyncio.run(run())


def test_who_leaves_a_call_makes_room(start, upstream, gate):
    stack = start(environment=environment(ANTHROPIC_POOL_TIMEOUT="30"))

    async def run() -> None:
        async with httpx.AsyncClient(timeout=30) as client:
            held = [asyncio.create_task(ask(client, stack)) for _ in range(LIMIT)]
            await until(lambda: len(upstream.exchanges) == LIMIT)
            held[0].cancel()
            next_one = asyncio.create_task(ask(client, stack))
            await until(lambda: len(upstream.exchanges) == LIMIT + 1)
            gate(LIMIT + 1)
            assert (await next_one).status_code == 200
            assert (await held[1]).status_code == 200

    asyncio.run(run())


def test_converse_is_not_bounded_by_it(start, upstream):
    stack = start(environment=environment(ANTHROPIC_POOL_TIMEOUT="0", BOTOCORE_CLIENT_MAX_POOL_CONNECTIONS="1"))
    running = speaking(["a "] * 5, pause=0.1)
    upstream.handler = running

    async def run() -> list[httpx.Response]:
        async with httpx.AsyncClient(timeout=30) as client:
            calls = [
                client.post(stack.url + chat.path(), headers=chat.HEADERS, json=chat.body("Hello", stream=True))
                for _ in range(10)
            ]
            return await asyncio.gather(*calls)

    for answer in asyncio.run(run()):
        assert answer.status_code == 200
        assert chat.content(chat.events(answer.text)) == "a " * 5


def connections(upstream) -> int:
    return len({id(exchange.writer) for exchange in upstream.exchanges})


@pytest.mark.parametrize(("kept", "expected"), [("100", 1), ("0", 5)])
def test_idle_connections_are_kept_as_told(start, upstream, kept, expected):
    stack = start(environment={"ANTHROPIC_MAX_KEEPALIVE_CONNECTIONS": kept})
    upstream.handler = scripted_claude.speaking(["fine"])
    with httpx.Client() as client:
        for _ in range(5):
            answer = client.post(
                stack.url + chat.path(scripted_claude.DEPLOYMENT), headers=chat.HEADERS, json=chat.body("Hello")
            )
            assert answer.status_code == 200
    assert connections(upstream) == expected


def test_too_many_requests_are_refused_at_once(start, upstream, gate):
    stack = start(environment={"DIAL_ADAPTER_MAX_INFLIGHT": "3"})

    async def run() -> None:
        async with httpx.AsyncClient(timeout=30) as client:
            held = [asyncio.create_task(ask(client, stack)) for _ in range(3)]
            await until(lambda: len(upstream.exchanges) == 3)
            started = time.monotonic()
            refused = await ask(client, stack)
            assert time.monotonic() - started < 2
            assert refused.status_code == 503
            assert refused.headers["retry-after"] == "1"
            assert "too many requests" in refused.json()["error"]["message"]
            # What probes ask needs no deployment.
            assert (await client.get(stack.url + "/health")).status_code == 200
            gate(3)
            assert [answer.status_code for answer in await asyncio.gather(*held)] == [200] * 3
            last = asyncio.create_task(ask(client, stack))
            await until(lambda: len(upstream.exchanges) == 4)
            gate(1)
            assert (await last).status_code == 200

    asyncio.run(run())
