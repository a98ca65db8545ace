"""Recorded cases of Tests/Fixtures: a DIAL request, the upstream exchanges it leads to, the DIAL answer."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from support import event_stream
from support.stack import ACCESS_KEY, REGION, REPOSITORY, SECRET_KEY
from support.upstream import Exchange, Request

FIXTURES = REPOSITORY / "Tests" / "Fixtures"
UPSTREAM = "{{upstream}}"


@dataclass(frozen=True)
class Recording:
    """One case. What a `departure` in it changes, with its reason, stands over what was recorded."""

    name: str
    case: dict

    @property
    def is_held(self) -> bool:
        """Cases of the profile `reference` show another adapter; they count where a departure says what we do."""
        return "departure" in self.case or (
            self.case.get("profile", "core") != "reference" and self.case.get("compare") != "none"
        )

    @property
    def departure(self) -> dict:
        return self.case.get("departure", {})

    @property
    def request(self) -> dict:
        return self.case["dial_request"]

    @property
    def upstream(self) -> list[dict]:
        return self.departure.get("upstream", self.case["upstream"])

    @property
    def answer(self) -> dict:
        return self.departure.get("dial_response", self.case["dial_response"])

    @property
    def is_older_form(self) -> bool:
        """Recorded from an adapter with other chunks: compared by what an answer amounts to, by its `target`."""
        return "family" in self.case

    @property
    def is_unordered(self) -> bool:
        """Whether upstream calls may come in any order."""
        body = self.request.get("body")
        several = isinstance(body, dict) and body.get("n", 1) != 1
        return several or self.request["path"].split("?")[0].endswith("/embeddings") or bool(self.case.get("unordered"))

    @property
    def environment(self) -> dict[str, str]:
        defaults = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_DEFAULT_REGION": REGION}
        stated = defaults | (self.case.get("env") or {}) | self.departure.get("env", {})
        if "DIAL_URL" in stated:
            stated["DIAL_URL"] = UPSTREAM
        repeated = sum(
            one["response"]["status"] >= 400 and one["request"] == next_one["request"]
            for one, next_one in zip(self.upstream, self.upstream[1:], strict=False)
        )
        if repeated and not self.is_unordered and "ANTHROPIC_MAX_RETRY_ATTEMPTS" not in stated:
            stated["BOTOCORE_MAX_RETRY_ATTEMPTS"] = str(repeated)
        return stated

    def at(self, url: str) -> "Recording":
        """The same case with the address of the upstream filled in."""
        text = json.dumps(self.case).replace(UPSTREAM, url)
        if dial := (self.case.get("env") or {}).get("DIAL_URL"):
            text = text.replace(dial, url)
        return Recording(self.name, json.loads(text))


def recordings(*folders: str) -> list[Recording]:
    found = []
    for file in sorted(path for folder in folders for path in (FIXTURES / folder).glob("*.json")):
        case = json.loads(file.read_text())
        if "dial_request" in case:
            found.append(Recording(f"{file.parent.name}/{file.stem}", case))
    return found


def body_of(request: dict) -> bytes:
    if "body_raw" in request:
        return request["body_raw"].encode()
    body = request.get("body")
    return b"" if body is None else json.dumps(body, ensure_ascii=False).encode()


def differences(expected, actual, where: str = "") -> Iterator[str]:
    """Members in any order, numbers by value; strings of the recording may hold markers."""
    if isinstance(expected, str) and "{{" in expected:
        if not accepts(expected, actual):
            yield f"{where}: {actual!r} is not {expected}"
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected.keys() | actual.keys():
            if key in expected and key in actual:
                yield from differences(expected[key], actual[key], f"{where}/{key}")
            else:
                yield f"{where}/{key}: only {'expected' if key in expected else 'there'}: {(expected | actual)[key]!r}"
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from differences(one, other, f"{where}/{index}")
    elif expected != actual or isinstance(expected, bool) != isinstance(actual, bool):
        yield f"{where}: expected {expected!r}, got {actual!r}"


MARKED_TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict, "array": list}


def accepts(marker: str, actual) -> bool:
    if marker == "{{any}}":
        return True
    if (kind := re.fullmatch(r"\{\{any-(\w+)\}\}", marker)) is not None:
        return isinstance(actual, MARKED_TYPES[kind[1]])
    if not isinstance(actual, str):
        return False
    if marker == "{{uuid4}}":
        return re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", actual) is not None
    if (rule := re.fullmatch(r"\{\{(contains|match):(.*)\}\}", marker, re.DOTALL)) is not None:
        return rule[2] in actual if rule[1] == "contains" else re.search(rule[2], actual) is not None
    pattern = ".*".join(re.escape(part) for part in marker.split("{{any}}"))
    return re.fullmatch(pattern, actual, re.DOTALL) is not None


@dataclass
class Script:
    """Plays the upstream of one case and notes what was wrong with the requests."""

    recording: Recording
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.remaining = list(range(len(self.recording.upstream)))
        bodies = iter(self.recording.case.get("target", {}).get("upstream_bodies", []))
        self.requests = []
        for exchange in self.recording.upstream:
            request = exchange["request"]
            body = next(bodies, None) if not _is_storage(request["path"]) else None
            self.requests.append(request if body is None else request | {"body": body})

    async def play(self, exchange: Exchange) -> None:
        index = self._claim(exchange.request)
        if index is None:
            await exchange.respond(400, "application/json", b'{"message": "not in the recording"}')
            return
        response = self.recording.upstream[index]["response"]
        unsafe = {"content-length", "transfer-encoding", "connection", "content-type"}
        headers = {name: value for name, value in response.get("headers", {}).items() if name.lower() not in unsafe}
        kind = next((v for k, v in response.get("headers", {}).items() if k.lower() == "content-type"), "text/plain")
        if "events" not in response:
            await exchange.respond(response["status"], kind, _whole(response), headers)
            return
        lines = {"Content-Type": kind, "Transfer-Encoding": "chunked"} | headers
        head = f"HTTP/1.1 {response['status']} X\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
        await exchange.raw(head.encode() + b"\r\n")
        for event in _events(response, kind):
            if event is None:
                exchange.close()
                return
            await exchange.chunk(event)
        await exchange.end_stream()

    def _claim(self, request: Request) -> int | None:
        storage = _is_storage(request.target)
        candidates = [index for index in self.remaining if _is_storage(self.requests[index]["path"]) == storage]
        if not candidates:
            # Asking for the bucket again is as good as remembering it.
            known = [i for i, each in enumerate(self.requests) if each["path"] == request.target == "/v1/bucket"]
            if not known:
                self.complaints.append(f"a request too many: {request.method} {request.target}")
            return known[0] if known else None
        judged = {index: list(self._compare(index, request)) for index in candidates}
        index = candidates[0]
        if storage or self.recording.is_unordered:
            index = min(candidates, key=lambda index: len(judged[index]))
        self.complaints += judged[index]
        self.remaining.remove(index)
        return index

    def _compare(self, index: int, request: Request) -> Iterator[str]:
        expected, where = self.requests[index], f"upstream[{index}]"
        if (expected["method"], _target(expected["path"])) != (request.method, _target(request.target)):
            yield f"{where}: expected {expected['method']} {expected['path']}, got {request.method} {request.target}"
        # Accept headers are the adapter's own business.
        free = {"accept", "x-amzn-bedrock-accept", "user-agent"} if self.recording.is_older_form else set()
        for name, value in expected.get("headers", {}).items():
            if value.startswith("multipart/form-data"):
                value = "multipart/form-data{{any}}"
            if name.lower() not in free and list(differences(value, request.headers.get(name.lower()))):
                yield f"{where} header {name}: expected {value!r}, got {request.headers.get(name.lower())!r}"
        if "multipart" in expected:
            parts = [{key: part[key] for key in part if key != "filename"} for part in expected["multipart"]]
            yield from differences(parts, _multipart(request), f"{where} multipart")
        elif isinstance(expected.get("body"), dict):
            yield from differences(_sorted_stops(expected["body"]), _sorted_stops(json.loads(request.body)), where)

    def missing(self) -> list[str]:
        """Exchanges that did not take place. After a failure of one of several calls, the others need not."""
        if self.recording.is_unordered and self.recording.answer["status"] >= 400:
            return []
        return [
            f"upstream[{index}] did not take place"
            for index in self.remaining
            if self.requests[index]["path"] != "/v1/bucket"
        ]


def _is_storage(target: str) -> bool:
    return target.startswith(("/v1/bucket", "/v1/files"))


def _target(target: str) -> tuple[list[str], list]:
    parts = urlsplit(target)
    return [unquote(segment) for segment in parts.path.split("/")], sorted(parse_qsl(parts.query))


def _sorted_stops(body: dict) -> dict:
    return body | {"stop_sequences": sorted(body["stop_sequences"])} if body.get("stop_sequences") else body


def _multipart(request: Request) -> list[dict]:
    boundary = re.search(r'boundary="?([^";]+)', request.headers.get("content-type", ""))
    if boundary is None:
        return []
    parts = []
    for segment in request.body.split(b"--" + boundary[1].encode())[1:-1]:
        head, _, data = segment.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        data = data.removesuffix(b"\r\n")
        name = re.search(rb'(?i)[; ]name="([^"]*)"', head)
        kind = re.search(rb"(?i)content-type:\s*(\S+)", head)
        digest = hashlib.sha256(data).hexdigest()
        parts.append({"name": name[1].decode(), "content_type": kind[1].decode(), "size": len(data), "sha256": digest})
    return parts


def _whole(response: dict) -> bytes:
    if "body_base64" in response:
        return base64.b64decode(response["body_base64"])
    body = response.get("body")
    if isinstance(body, str):
        encoded = re.fullmatch(r"\{\{base64:(.*)\}\}", body, re.DOTALL)
        return base64.b64decode(encoded[1]) if encoded else body.encode()
    return b"" if body is None else json.dumps(body).encode()


def _events(response: dict, kind: str) -> Iterator[bytes | None]:
    """The bytes of a stream, piece by piece; None where the connection breaks."""
    if "stream_base64" in response:
        yield from _frames(base64.b64decode(response["stream_base64"]))
        return
    for event in response["events"]:
        if "$disconnect" in event:
            yield None
            return
        if "base64" in event:
            yield base64.b64decode(event["base64"])
        elif kind.startswith("text/event-stream"):
            yield f"event: {event.get('type', 'message')}\ndata: {json.dumps(event)}\n\n".encode()
        elif event.get("message_type") == "error":
            names = {":error-code": event["error_code"], ":error-message": event["error_message"]}
            yield event_stream.frame(names | {":message-type": "error"}, b"")
        elif event.get("message_type") == "exception":
            yield event_stream.exception(event["type"], event["payload"])
        elif "payload" in event:
            yield event_stream.event(event["type"], event["payload"])
        elif "$exception" in event:
            payload = {key: value for key, value in event.items() if key != "$exception"}
            yield event_stream.exception(event["$exception"], payload)
        else:
            data = base64.b64encode(json.dumps(event).encode()).decode()
            yield event_stream.event("chunk", {"bytes": data, "p": "abcdef"})


def _frames(data: bytes) -> Iterator[bytes]:
    while data:
        length = max(16, int.from_bytes(data[:4], "big"))
        yield data[:length]
        data = data[length:]
