"""Stands between the adapter and the sandbox and remembers the requests."""

import json
import urllib.parse
from dataclasses import dataclass

from support.relay import Relay

OPERATIONS = {"converse": "Converse", "converse-stream": "ConverseStream"}


@dataclass
class Recorded:
    operation: str
    model: str
    body: dict


class Recorder(Relay):
    def __init__(self, target: str) -> None:
        self.requests: list[Recorded] = []
        super().__init__(target)

    def asked(self, target: str, body: bytes) -> None:
        _, model, operation = target.strip("/").split("/")
        self.requests.append(Recorded(OPERATIONS[operation], urllib.parse.unquote(model), json.loads(body)))
