"""Stands between the adapter and the sandbox and remembers the requests."""

import json
import urllib.parse
from dataclasses import dataclass

from support.relay import Relay

OPERATIONS = {
    "converse": "Converse",
    "converse-stream": "ConverseStream",
    "invoke": "InvokeModel",
    "invoke-with-response-stream": "InvokeModelWithResponseStream",
}
MESSAGES = "Messages"
"""Of Anthropic's own API, which has the model in the body."""


@dataclass
class Recorded:
    operation: str
    model: str
    body: dict
    headers: dict[str, str]


class Recorder(Relay):
    def __init__(self, target: str) -> None:
        self.requests: list[Recorded] = []
        super().__init__(target)

    def asked(self, target: str, body: bytes, headers: dict[str, str]) -> None:
        content = json.loads(body)
        match urllib.parse.urlsplit(target).path.strip("/").split("/"):
            case ["model", model, operation]:
                recorded = Recorded(OPERATIONS[operation], urllib.parse.unquote(model), content, headers)
            case ["v1", "messages"]:
                recorded = Recorded(MESSAGES, content["model"], content, headers)
            case _:
                raise ValueError(f"no known operation: {target}")
        self.requests.append(recorded)
