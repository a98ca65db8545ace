"""Every recorded case through the built program: FastCGI in, HTTP upstream out, back again."""

import itertools
import json

import pytest

from support import chat, fastcgi, merging
from support.hosting import Hosting, Process
from support.recording import UPSTREAM, Recording, Script, body_of, differences, recordings

ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "ANTHROPIC_BASE_URL")
CASES = [case for case in recordings("claude", "converse", "converse-combinations", "invoke-model") if case.is_held]


class Adapters(Hosting):
    """One running adapter for each environment that the cases ask for."""

    def __init__(self, upstream_url: str):
        super().__init__()
        self._url = upstream_url
        self._by_environment: dict[str, tuple[Process, str]] = {}

    def socket_for(self, environment: dict[str, str]) -> str:
        key = json.dumps(environment, sort_keys=True)
        if key not in self._by_environment:
            name = f"{len(self._by_environment)}.sock"
            stated = {name: value.replace(UPSTREAM, self._url) for name, value in environment.items()}
            adapter = self.adapter(f"unix:{name}", dict.fromkeys(ENDPOINTS, self._url) | stated)
            self._by_environment[key] = adapter, str(self.folder / name)
        adapter, path = self._by_environment[key]
        assert adapter.process.poll() is None, "the adapter ended"
        return path


@pytest.fixture(scope="module")
def adapters(_scripted):
    running = Adapters(_scripted.url)
    yield running
    running.close()


def ask(path: str, request: dict) -> tuple[int, dict[str, str], bytes]:
    body = body_of(request)
    params = fastcgi.params_for(request["path"], body, request["method"])
    params |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request["headers"].items()}
    connection = fastcgi.connect(path, timeout=30)
    try:
        connection.sendall(fastcgi.request(params, body))
        head, _, answer = fastcgi.response(connection).partition(b"\r\n\r\n")
    finally:
        connection.close()
    pairs = (line.partition(":") for line in head.decode().split("\r\n"))
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    return int(headers.pop("status", "200").split()[0]), headers, answer


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_recording(case: Recording, adapters, upstream):
    path = adapters.socket_for(case.environment)
    case = case.at(upstream.url)
    script = Script(case)
    upstream.handler = script.play
    status, headers, body = ask(path, case.request)
    if case.is_older_form:
        complaints = list(older_form(case, status, headers, body))
    else:
        complaints = list(whole_answer(case, status, headers, body))
    assert complaints + script.complaints + script.missing() == []


def is_stream(headers: dict[str, str]) -> bool:
    return headers.get("content-type", "").startswith("text/event-stream")


def whole_answer(case: Recording, status: int, headers: dict[str, str], body: bytes):
    """The recorded answer, chunk by chunk."""
    expected = case.answer
    if status != expected["status"]:
        yield f"status: expected {expected['status']}, got {status}: {body[:300]!r}"
    for name, value in expected.get("headers", {}).items():
        if name != "content-type":
            yield from differences(value, headers.get(name.lower()), f"header {name}")
        elif value.split(";")[0] != headers.get("content-type", "").split(";")[0]:
            yield f"media type: expected {value}, got {headers.get('content-type')}"
    if "sse_chunks" not in expected:
        found = json.loads(body) if body else None
    elif not is_stream(headers):
        yield f"no stream but {body[:300]!r}"
        return
    else:
        found = chat.events(body.decode())
    recorded = expected.get("sse_chunks", expected.get("body"))
    if not case.is_unordered:
        yield from differences(recorded, found)
        return
    # Which of several answers becomes which choice is free, and how their chunks interleave.
    if "sse_chunks" in expected:
        recorded, found = merging.merged(recorded), merging.merged(found)
    orders = itertools.permutations(found.pop("choices", []))
    choices = recorded.pop("choices", [])
    yield from differences(recorded, found)
    numbered = [[each | {"index": place} for place, each in enumerate(order)] for order in orders]
    yield from min((list(differences(choices, each)) for each in numbered), key=len)


def older_form(case: Recording, status: int, headers: dict[str, str], body: bytes):
    """What the answer amounts to, by the target where there is one."""
    target = case.case.get("target", {})
    error = target.get("error")
    expected_status = error["status"] if error else case.answer["status"]
    if status != expected_status:
        yield f"status: expected {expected_status}, got {status}: {body[:300]!r}"
    if case.case.get("compare") == "status":
        return
    found = merging.merged(chat.events(body.decode())) if is_stream(headers) else json.loads(body)
    if error:
        text = error.get("stream_error", error)["message_contains"]
        if text not in found["error"]["message"]:
            yield f"error: expected …{text}…, got {found['error']}"
        return
    expected = target.get("merged") or target.get("body") or case.answer.get("merged") or case.answer["body"]
    if "choices" not in expected:
        yield from differences(expected, found)
        return
    expected, found = merging.amount(expected), merging.amount(found)
    if case.case.get("compare") == "all-but-usage":
        expected.pop("usage"), found.pop("usage")
    if case.is_unordered:
        for each in (expected, found):
            each["choices"].sort(key=lambda choice: json.dumps(choice | {"index": 0}))
            each["choices"] = [choice | {"index": place} for place, choice in enumerate(each["choices"])]
    yield from differences(expected, found)
