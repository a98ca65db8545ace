"""Claude through the adapter, over Bedrock and over Anthropic's own API; the sandbox refuses what Anthropic would."""

from dataclasses import dataclass

import aidial_client
import httpx
import openai
import pytest

from support import chat
from support.converse import ANTHROPIC_NAMES, Programs
from support.recorder import MESSAGES, Recorded

API_KEY = "sandbox-anthropic-api-key"
HAIKU = "claude-3-haiku-20240307"
SONNET_35 = "claude-3-5-sonnet-20241022"
SONNET_37 = "claude-3-7-sonnet-20250219"
SONNET_4 = "claude-sonnet-4-20250514"
SONNET_45 = "claude-sonnet-4-5-20250929"
OPUS_47 = "claude-opus-4-7"


@dataclass
class Claude:
    """One transport. Models go by Anthropic's names."""

    transport: str
    programs: Programs

    @property
    def headers(self) -> dict[str, str]:
        return {"X-UPSTREAM-KEY": API_KEY} if self.transport == "anthropic" else {}

    def deployment(self, model: str) -> str:
        return model if self.transport == "anthropic" else ANTHROPIC_NAMES[model]

    @property
    def openai(self) -> openai.AzureOpenAI:
        return self.programs.client.with_options(default_headers=self.headers)

    @property
    def dial(self) -> aidial_client.Dial:
        return aidial_client.Dial(base_url=self.programs.stack.url, api_key="any")

    def ask(self, prompt: str = "", *, model: str = SONNET_37, **more) -> httpx.Response:
        with httpx.Client(timeout=60, headers=self.headers) as client:
            url = self.programs.stack.url + chat.path(self.deployment(model))
            return client.post(url, headers=chat.HEADERS, json=chat.body(prompt, **more))

    def message(self, stream: bool, prompt: str = "", **more) -> dict:
        """The assistant's message, put together from its pieces where it streams, as DIAL's chat does."""
        answer = self.ask(prompt, stream=stream, **more)
        assert answer.status_code == 200, answer.text
        if not stream:
            choice = answer.json()["choices"][0]
            return choice["message"] | {"finish_reason": choice["finish_reason"], "usage": answer.json()["usage"]}
        return merged(chat.events(answer.text))

    @property
    def requests(self) -> list[Recorded]:
        """What Anthropic's or AWS's side got in this test."""
        return self.programs.requests

    @property
    def last(self) -> Recorded:
        """The last request, after a look at what belongs to the transport."""
        last = self.requests[-1]
        if self.transport == "anthropic":
            assert last.operation == MESSAGES
            assert last.headers["x-api-key"] == API_KEY
            assert "authorization" not in last.headers
        else:
            assert last.operation.startswith("InvokeModel")
            assert last.headers["authorization"].startswith("AWS4-HMAC-SHA256 ")
            assert "x-api-key" not in last.headers
        return last


def merged(chunks: list) -> dict:
    """The one choice of a stream as a message."""
    assert chunks[-1] == "[DONE]"
    message: dict = {"role": "assistant"}
    for chunk in chunks[:-1]:
        assert "error" not in chunk, chunk
        if chunk.get("usage"):
            message["usage"] = chunk["usage"]
        for choice in chunk["choices"]:
            delta = choice["delta"]
            for key in ("content", "reasoning_content"):
                if delta.get(key):
                    message[key] = message.get(key, "") + delta[key]
            for call in delta.get("tool_calls") or []:
                calls = message.setdefault("tool_calls", [])
                if call["index"] == len(calls):
                    calls.append({"id": call["id"], "type": "function", "function": {"name": "", "arguments": ""}})
                for key, text in call["function"].items():
                    calls[call["index"]]["function"][key] += text
            if call := delta.get("function_call"):
                function = message.setdefault("function_call", {"name": "", "arguments": ""})
                for key, text in call.items():
                    function[key] += text
            merge_custom(message, delta.get("custom_content") or {})
            if choice["finish_reason"]:
                assert "finish_reason" not in message
                message["finish_reason"] = choice["finish_reason"]
    return message


def merge_custom(message: dict, custom: dict) -> None:
    if "state" in custom:
        message.setdefault("custom_content", {})["state"] = custom["state"]
    for stage in custom.get("stages", []):
        stages = message.setdefault("custom_content", {}).setdefault("stages", [])
        if stage["index"] == len(stages):
            stages.append({"name": "", "content": "", "status": None})
        for key in ("name", "content"):
            stages[stage["index"]][key] += stage.get(key) or ""
        stages[stage["index"]]["status"] = stage.get("status")


def as_history(message: dict) -> dict:
    """A message as the client sends it back."""
    keys = ("role", "content", "tool_calls", "function_call", "custom_content")
    return {key: message[key] for key in keys if message.get(key) is not None}


@pytest.fixture(params=["bedrock", "anthropic"])
def claude(request, programs):
    return Claude(request.param, programs)
