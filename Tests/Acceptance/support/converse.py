"""The adapter before the sandbox with a recorder between them; every request that a test causes is held against AWS's
description of it."""

import json
import struct
import zlib
from dataclasses import dataclass

import httpx
import openai
import pytest

from support import chat
from support.recorder import Recorded, Recorder
from support.request_shapes import violations
from support.stack import Stack, aws_environment

NOVA = "amazon.nova-pro-v1:0"
LLAMA = "us.meta.llama3-3-70b-instruct-v1:0"
COMMAND_R = "cohere.command-r-v1:0"
JAMBA = "ai21.jamba-1-5-large-v1:0"
CLAUDE = "anthropic.claude-3-7-sonnet-20250219-v1:0"
DEEPSEEK = "deepseek.r1-v1:0"

ANTHROPIC_NAMES = {
    "claude-3-haiku-20240307": "anthropic.claude-3-haiku-20240307-v1:0",
    "claude-3-5-sonnet-20241022": "anthropic.claude-3-5-sonnet-20241022-v2:0",
    "claude-3-7-sonnet-20250219": CLAUDE,
    "claude-sonnet-4-20250514": "anthropic.claude-sonnet-4-20250514-v1:0",
    "claude-sonnet-4-5-20250929": "anthropic.claude-sonnet-4-5-20250929-v1:0",
    "claude-opus-4-7": "anthropic.claude-opus-4-7",
}
"""Claude as Anthropic names it, for deployments behind an API key."""

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def png(width: int = 1) -> bytes:
    """A white picture one pixel high."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" + b"\xff\xff\xff" * width)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", pixels) + part(b"IEND", b"")


@dataclass
class Programs:
    stack: Stack
    recorder: Recorder
    storage: str

    @property
    def requests(self) -> list[Recorded]:
        """Those of the current test."""
        return self.recorder.requests

    @property
    def last(self) -> Recorded:
        return self.requests[-1]

    @property
    def client(self) -> openai.AzureOpenAI:
        return openai.AzureOpenAI(
            azure_endpoint=self.stack.url, api_key="any", api_version="2024-10-21", max_retries=0, timeout=60
        )

    def ask(self, deployment: str, prompt: str, **more) -> httpx.Response:
        with httpx.Client(timeout=60) as client:
            return client.post(
                self.stack.url + chat.path(deployment), headers=chat.HEADERS, json=chat.body(prompt, **more)
            )

    def upload(self, name: str, content: bytes, content_type: str) -> str:
        """Puts a file into DIAL's storage; the answer is its link."""
        answer = httpx.put(
            f"{self.storage}/v1/files/sandbox-bucket/{name}",
            headers={"Api-Key": "any"},
            files={"file": (name, content, content_type)},
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["url"]


@pytest.fixture(scope="session")
def _programs():
    backing = Stack(sandbox=True, environment={"SANDBOX_TOKENS_PER_SECOND": "0"})
    recorder = Recorder(backing.sandbox_url)
    front = None
    try:
        environment = aws_environment(recorder.url) | {
            "DIAL_URL": backing.sandbox_url,
            "ANTHROPIC_BASE_URL": recorder.url,
            "COMPATIBILITY_MAPPING": json.dumps(ANTHROPIC_NAMES),
        }
        front = Stack(sandbox=False, environment=environment)
        yield Programs(front, recorder, backing.sandbox_url)
    finally:
        if front:
            front.close()
        recorder.close()
        backing.close()


@pytest.fixture
def programs(_programs):
    _programs.recorder.requests.clear()
    yield _programs
    for each in _programs.requests:
        assert not violations(each.operation, each.model, each.body), each
