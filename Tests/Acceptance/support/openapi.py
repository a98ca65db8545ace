"""Holds requests and answers against the description of the API."""

import copy
import json
import re
from collections.abc import Iterator

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from support.relay import Answered, Relay
from support.stack import REPOSITORY

FILE = REPOSITORY / "Sources" / "CDocumentation" / "Pages" / "openapi.json"
DOCUMENT = json.loads(FILE.read_text())
METHODS = ("get", "head", "post")


def _close(schema: object) -> None:
    """Readers must expect members that are new; a test must find those that nobody described."""
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
        for value in schema.values():
            _close(value)
    elif isinstance(schema, list):
        for value in schema:
            _close(value)


_CLOSED = copy.deepcopy(DOCUMENT)
_close(_CLOSED["components"]["schemas"])
_close(_CLOSED["components"]["responses"])
_close(_CLOSED["paths"])
_REGISTRY = Registry().with_resource("urn:openapi", Resource(_CLOSED, DRAFT202012))


def violations(pointer: str, value: object) -> list[str]:
    """What is wrong with a value; the pointer leads to the schema, such as `/components/schemas/Error`."""
    validator = Draft202012Validator({"$ref": f"urn:openapi#{pointer}"}, registry=_REGISTRY)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def _resolve(pointer: str) -> tuple[str, dict]:
    """Follows a reference at the end of a pointer."""
    while True:
        value = _CLOSED
        for step in pointer.strip("/").split("/"):
            value = value[step.replace("~1", "/").replace("~0", "~")]
        if "$ref" not in value:
            return pointer, value
        pointer = value["$ref"].removeprefix("#")


def _operation(method: str, target: str) -> str | None:
    path = target.partition("?")[0]
    for template in DOCUMENT["paths"]:
        if re.fullmatch(re.escape(template).replace(r"\{deployment\}", "[^/]+"), path):
            escaped = template.replace("~", "~0").replace("/", "~1")
            return f"/paths/{escaped}/{method.lower()}" if method.lower() in DOCUMENT["paths"][template] else None
    return None


def answer_violations(exchange: Answered) -> Iterator[str]:
    """What an answer has that the description of its operation has not."""
    operation = _operation(exchange.method, exchange.target)
    if operation is None:
        if exchange.status not in (307, 404, 405):
            yield f"{exchange.method} {exchange.target} is not described, but answers {exchange.status}"
        return
    _, described = _resolve(operation)
    if str(exchange.status) not in described["responses"]:
        yield f"status {exchange.status} is not described"
        return
    pointer, response = _resolve(f"{operation}/responses/{exchange.status}")
    if "content" not in response:
        if exchange.body:
            yield f"a body is not described: {exchange.body[:100]!r}"
        return
    media = exchange.headers.get("content-type", "").partition(";")[0]
    if media not in response["content"]:
        yield f"content type {media!r} is not described"
    elif media == "application/json":
        yield from violations(f"{pointer}/content/application~1json/schema", json.loads(exchange.body))
    elif media == "text/event-stream":
        yield from _stream_violations(exchange.body.decode(), exchange.is_whole)


def _stream_violations(text: str, is_whole: bool) -> Iterator[str]:
    *events, rest = text.split("\n\n")
    if is_whole and (events[-1], rest) != ("data: [DONE]", ""):
        yield f"the stream does not end with [DONE]: {events[-1:]}, {rest!r}"
    for event in events:
        if event.startswith(":") or event == "data: [DONE]":
            continue
        value = json.loads(event.removeprefix("data: "))
        schema = "Error" if "error" in value else "ChatCompletionChunk"
        yield from violations(f"/components/schemas/{schema}", value)


def exchange_violations(exchange: Answered) -> list[str]:
    found = list(answer_violations(exchange))
    operation = _operation(exchange.method, exchange.target)
    if operation and exchange.request and exchange.status == 200:
        pointer, _ = _resolve(f"{operation}/requestBody")
        found += [
            f"accepted, but against the description: {violation}"
            for violation in violations(f"{pointer}/content/application~1json/schema", json.loads(exchange.request))
        ]
    return found


class DescribedRelay(Relay):
    """Stands between clients and the adapter and looks at everything that passes."""

    def __init__(self, target: str) -> None:
        self.violations: list[str] = []
        self.count = 0
        super().__init__(target)

    def answered(self, exchange: Answered) -> None:
        self.count += 1
        self.violations += exchange_violations(exchange)
