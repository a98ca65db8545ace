"""Conversations as no client should send them, but clients do: AWS has to accept what becomes of each."""

import base64
import json
import random

import httpx
import pytest

from support import chat
from support.converse import CLAUDE, COMMAND_R, JAMBA, LLAMA, NOVA, PDF, png
from support.request_shapes import violations

PIXTRAL = "us.mistral.pixtral-large-2502-v1:0"
MINISTRAL = "mistral.ministral-3-8b-instruct"
QWEN = "qwen.qwen3-vl-235b-a22b"
GPT = "us.openai.gpt-6-astra"
IMAGES = (NOVA, CLAUDE, PIXTRAL, MINISTRAL, QWEN, GPT)
DOCUMENTS = (NOVA, CLAUDE, COMMAND_R, JAMBA, PIXTRAL)
TEXTS = ["", " ", "\n\t", "a", "What is it?", "two\n\nlines ", "\u3000", "é😀", '{"a": 1}', "[1]", "null"]
TITLES = [None, "", "report.pdf", "report.pdf", "a/b:c?.pdf", "\u3000名前\u3000.md", "x" * 300, "..."]
NAMES = ["get_weather", "get-weather", "get.weather", "get weather", "wetter_über", "n" * 80]
SCHEMAS = [
    None,
    {},
    {"properties": {"a": {"type": "string"}}},
    {"type": "object", "properties": {}, "additionalProperties": False, "$schema": "x"},
    {
        "type": "object",
        "properties": {"p": {"$ref": "#/$defs/P"}},
        "required": ["p"],
        "$defs": {"P": {"type": "object", "properties": {"q": {"type": "integer"}}}},
    },
]


class Conversation:
    def __init__(self, seed: int):
        self._random = random.Random(seed)
        self.deployment = self._one(NOVA, CLAUDE, COMMAND_R, JAMBA, LLAMA, PIXTRAL, MINISTRAL, QWEN, GPT)
        self._ids = self._files = 0
        self._open: list[str] = []
        self._legacy = self._maybe(0.15)
        self._has_tools = self._maybe(0.6)
        messages = [self._system() for _ in range(self._one(0, 0, 1, 2))]
        messages += [self._turn() for _ in range(self._random.randint(1, 7))]
        self.body = {"messages": messages, "stream": self._maybe(0.5)} | self._parameters()

    def _one(self, *choices):
        return self._random.choice(choices)

    def _maybe(self, share: float) -> bool:
        return self._random.random() < share

    def _marked(self, message: dict) -> dict:
        return message | ({"custom_fields": {"cache_breakpoint": {}}} if self._maybe(0.2) else {})

    def _content(self):
        parts = [{"type": "text", "text": self._one(*TEXTS)} for _ in range(self._random.randint(0, 3))]
        return self._one(*TEXTS, None, parts)

    def _system(self) -> dict:
        content = self._content()
        return self._marked({"role": self._one("system", "developer"), "content": content})

    def _turn(self) -> dict:
        if not self._has_tools:
            return self._one(self._user, self._user, self._assistant)()
        return self._one(self._user, self._user, self._assistant, self._calls, self._result, self._result)()

    def _user(self) -> dict:
        message = {"role": "user", "content": self._content()}
        # AWS takes five documents in a request.
        if self.deployment in DOCUMENTS and self._files < 4 and self._maybe(0.3):
            message["custom_content"] = {"attachments": [self._file() for _ in range(self._random.randint(1, 2))]}
        return self._marked(message)

    def _file(self) -> dict:
        self._files += 1
        kinds = []
        if self.deployment in IMAGES:
            kinds.append({"type": self._one("image/png", "image/jpeg"), "data": base64.b64encode(png()).decode()})
        kinds.append({"type": "application/pdf", "data": base64.b64encode(PDF).decode()})
        kinds.append({"type": self._one("text/plain", "text/markdown", "text/csv"), "data": "YSxi"})
        title = self._one(*TITLES)
        return self._one(*kinds) | ({"title": title} if title is not None else {})

    def _assistant(self) -> dict:
        return self._marked({"role": "assistant", "content": self._content()})

    def _calls(self) -> dict:
        arguments = self._one("", "{}", "null", '"x"', '{"a": "\\ud83d"}', '{"a": {"b": [1, 1.50]}}')
        if self._legacy:
            self._open.append(self._one(*NAMES))
            call = {"name": self._open[-1], "arguments": arguments}
            return self._marked({"role": "assistant", "content": None, "function_call": call})
        calls = []
        for _ in range(self._random.randint(1, 3)):
            self._ids += 1
            self._open.append(f"call_{self._ids}")
            function = {"name": self._one(*NAMES), "arguments": arguments}
            calls.append({"id": self._open[-1], "type": "function", "function": function})
        return self._marked({"role": "assistant", "content": self._content(), "tool_calls": calls})

    def _result(self) -> dict:
        answered = self._one(*self._open, "unknown")
        role, key = ("function", "name") if self._legacy else ("tool", "tool_call_id")
        return self._marked({"role": role, key: answered, "content": self._one(*TEXTS)})

    def _parameters(self) -> dict:
        given: dict = {}
        if self._has_tools and self._maybe(0.7):
            functions = [self._function(name) for name in self._random.sample(NAMES, self._random.randint(0, 3))]
            if self._legacy:
                given["functions"] = functions
            else:
                given["tools"] = [self._marked({"type": "function", "function": each}) for each in functions]
                named = [{"type": "function", "function": {"name": each["name"]}} for each in functions]
                if functions and self.deployment not in (COMMAND_R, JAMBA) and self._maybe(0.5):
                    given["tool_choice"] = self._one("auto", "required", *named)
        choices = {"temperature": 0.5, "top_p": 1, "max_tokens": 50, "n": 2, "stop": ["", "x", " "]}
        given |= {key: value for key, value in choices.items() if self._maybe(0.2)}
        if self.deployment == CLAUDE or self._maybe(0.2):
            given["custom_fields"] = {"configuration": {"performanceConfig": {"latency": "standard"}}}
        return given

    def _function(self, name: str) -> dict:
        function = {"name": name, "parameters": self._one(*SCHEMAS), "description": self._one(None, "", "d")}
        return {key: value for key, value in function.items() if value is not None}


def expected_refusal(conversation: Conversation, sent: dict | None) -> str:
    """What nobody can make sense of, and answers to be continued by models that continue none."""
    if sent is None:
        return "List of messages must not be empty"
    continues_none = conversation.deployment in (COMMAND_R, JAMBA, LLAMA, PIXTRAL, GPT)
    if sent["messages"][-1]["role"] == "assistant" and continues_none:
        return "A conversation must end with a user message"
    return "(nothing)"


@pytest.mark.parametrize("start", range(0, 600, 100))
def test_any_conversation(programs, start):
    refused = []
    with httpx.Client(timeout=60) as client:
        for seed in range(start, start + 100):
            conversation = Conversation(seed)
            url = programs.stack.url + chat.path(conversation.deployment)
            programs.requests.clear()
            answer = client.post(url, headers=chat.HEADERS, json=conversation.body)
            for each in programs.requests:
                assert not violations(each.operation, each.model, each.body), each
            sent = programs.last.body if programs.requests else None
            is_refused = answer.status_code != 200 or '"error"' in answer.text
            if is_refused and expected_refusal(conversation, sent) not in answer.text:
                refused.append(f"{seed} {conversation.deployment}: {answer.text[:400]}\n{json.dumps(sent)[:2000]}")
    assert not refused, "\n".join(refused)
