"""Credentials that end while requests are under way: nobody notices."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from support import chat
from support.identity import (
    EXPIRED,
    LONG_TERM,
    Sessions,
    ask,
    identity_of_adapter,
    role,
    session,
)
from support.stack import SECRET_KEY


def long_term_keys(around) -> None:
    around.file("credentials", f"[default]\n{LONG_TERM.lines}")


@pytest.fixture
def sessions(issuing_sandbox):
    return Sessions(issuing_sandbox)


def by_role(around, name: str) -> str:
    long_term_keys(around)
    around.variables["AWS_ASSUME_ROLE_ARN"] = role(name)
    return session(name)


def by_container(around, name: str) -> str:
    around.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = f"{around.sandbox}/v2/credentials/{name}"
    return session(name, "task")


def by_instance(around, name: str) -> str:
    around.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = f"{around.sandbox}/instance/{name}"
    return session(name, "i-0123456789abcdef0")


SOURCES = {"role": by_role, "container": by_container, "instance": by_instance}


def test_no_request_is_lost_while_credentials_rotate(surroundings, adapter, sessions):
    """Of three adapters at a time, each with a source of its own."""
    stacks = {}
    for source, prepare in SOURCES.items():
        around = surroundings(source)
        arn = prepare(around, f"expires-in-4,load-{source}")
        stacks[arn] = adapter(around)
    deadline = time.monotonic() + 10
    problems: list[str] = []
    counts = dict.fromkeys(stacks, 0)
    lock = threading.Lock()

    def work(number: int, arn: str, url: str) -> None:
        with httpx.Client(timeout=30) as client:
            while time.monotonic() < deadline:
                streams = number % 2 == 0
                prompt = "echo:identity rate:20" if streams else "echo:identity"
                answer = client.post(url + chat.path(), headers=chat.HEADERS, json=chat.body(prompt, stream=streams))
                whole = streams and answer.status_code == 200
                said = chat.content(chat.events(answer.text)) if whole else answer.text
                with lock:
                    counts[arn] += 1
                    if arn not in said:
                        problems.append(f"{arn}: {answer.status_code} {answer.text[:300]}")
                time.sleep(0.02)

    with ThreadPoolExecutor(12) as pool:
        running = [pool.submit(work, number, arn, stack.url) for arn, stack in stacks.items() for number in range(4)]
        for each in running:
            each.result()
    assert not problems, problems[:3]
    for arn, count in counts.items():
        assert count > 50
        # Each set lasts for two seconds at least before the next is fetched, whoever asks.
        assert 3 <= len(sessions.of(arn)) <= 8, arn


@pytest.mark.parametrize("source", SOURCES)
def test_all_who_wait_share_one_call(source, surroundings, adapter, sessions):
    around = surroundings()
    arn = SOURCES[source](around, f"delay-500,cold-{source}")
    stack = adapter(around, WEB_CONCURRENCY="2")
    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda _: ask(stack), range(30)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["choices"][0]["message"]["content"] for answer in answers} == {arn}
    assert len(sessions.of(arn)) == 1


def test_a_refresh_ahead_of_expiry_holds_nobody_up(surroundings, adapter, sessions):
    around = surroundings()
    # Ten seconds are left when they arrive; the next are fetched when five are.
    arn = by_role(around, "expires-in-13,delay-3000,ahead")
    stack = adapter(around)
    identity_of_adapter(stack)
    slowest = 0.0
    deadline = time.monotonic() + 12
    while len(sessions.of(arn)) < 2 and time.monotonic() < deadline:
        started = time.monotonic()
        identity_of_adapter(stack)
        slowest = max(slowest, time.monotonic() - started)
        time.sleep(0.1)
    assert len(sessions.of(arn)) == 2
    # STS takes three seconds, and those who ask meanwhile do not.
    assert slowest < 2


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("stream", [False, True])
def test_a_revoked_session_is_replaced_and_the_request_sent_again(source, stream, surroundings, adapter, sessions):
    around = surroundings()
    arn = SOURCES[source](around, f"revoked-{source}-{stream}")
    stack = adapter(around)
    for _ in range(2):
        answer = ask(stack, stream=stream)
        assert answer.status_code == 200, answer.text
        assert arn in (chat.content(chat.events(answer.text)) if stream else answer.text)
        if len(sessions.of(arn)) == 1:
            sessions.revoke(arn)
    assert [each["isValid"] for each in sessions.of(arn)] == [False, True]


def test_many_requests_with_a_revoked_session_fetch_one_new_one(surroundings, adapter, sessions):
    around = surroundings()
    arn = by_role(around, "delay-300,revoked-under-load")
    stack = adapter(around)
    identity_of_adapter(stack)
    sessions.revoke(arn)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: ask(stack), range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(sessions.of(arn)) == 2


def test_what_cannot_be_replaced_is_refused_once(surroundings, adapter):
    """Temporary keys of the environment have no successor."""
    around = surroundings()
    around.variables.update(EXPIRED.environment)
    stack = adapter(around)
    answer = ask(stack)
    assert answer.status_code == 403
    assert "ExpiredTokenException" in answer.json()["error"]["message"]
    assert SECRET_KEY not in answer.text + stack.log()


def test_valid_credentials_are_used_while_their_service_is_down(surroundings, adapter, sessions, upstream):
    """STS goes away after the first call: what it handed out serves on until its end."""
    around = surroundings()
    calls = 0

    async def once(exchange):
        nonlocal calls
        calls += 1
        if calls > 1:
            exchange.reset()
            return
        answer = httpx.post(
            around.sandbox,
            content=exchange.request.body,
            headers={
                name: exchange.request.headers[name] for name in ("host", "content-type", "x-amz-date", "authorization")
            },
        )
        await exchange.respond(answer.status_code, "text/xml", answer.content)

    upstream.handler = once
    arn = by_role(around, "expires-in-9,outage")
    around.variables["AWS_ENDPOINT_URL_STS"] = upstream.url
    stack = adapter(around)
    assert identity_of_adapter(stack) == arn
    ends = time.monotonic() + 7
    while time.monotonic() < ends:
        started = time.monotonic()
        assert identity_of_adapter(stack) == arn
        time.sleep(max(0.0, 0.3 - (time.monotonic() - started)))
    assert calls > 1
    assert "those at hand stay in use" in stack.log()
    time.sleep(3)
    answer = ask(stack)
    assert answer.status_code == 503, answer.text
    assert "not reachable" in answer.json()["error"]["message"]
