"""Requests with every field there is, damaged at random places; a seed always makes the same one."""

import copy
import json
import random

WORDS = [
    "auto", "none", "required", "user", "system", "tool", "text", "function", "explicit", "implicit", "low", "xhigh",
    "json_object", "json_schema", "static_function", "request", "string", "float", "base64", "true", "True", "TRUE",
    "yes", "y", "on", "off", "t", "T", "f", "no", "N", "nan", "NaN", "inf", "-inf", "infinity",
]  # fmt: skip
NUMERALS = [
    "1", "10", " 7 ", "1.0", "1.5", "+5", "-3", "1_000", "_1", "1_", "1__0", "1e2", "0x10", "1 0", "\u0661", "\uff12",
    "1.", "1.00", ".5", "0.5", "1e-1", "00", "-0", "+0", "1_0.5", "5e0", "1\n", "\u00a01",
]  # fmt: skip
NUMBERS = [0, 1, -1, 2, 3, 128, 129, 1.0, 1.5, -0.0, 0.5, 2.0, 2.5, 1e2, 10**20, -(10**20), 2**53 + 1, 2**63]
CONTAINERS = [
    [], {}, [1], ["a"], [""], ["a"] * 4, ["a"] * 5, [None], [[]], [{}], [10**20], {"a": 1}, {"name": "x"},
    {"type": "function"}, {"type": "function", "function": {"name": "x"}}, {"index": 0}, {"index": "0"},
    {"cache_breakpoint": {}}, {"expire_at": 1}, {"ttl": "5m"}, {"mode": "explicit"},
]  # fmt: skip
ODD = [None, True, False, "", " ", "x", *WORDS, *NUMERALS, *NUMBERS, *CONTAINERS]
KEYS = [
    "extra", "index", "foo", "ttl", "name", "type", "function", "role", "custom_fields", "configuration", "mode", "id",
    "value",
]  # fmt: skip

PARTS = [
    {"type": "text", "text": "a", "prompt_cache_breakpoint": {"mode": "explicit"}},
    {"type": "image_url", "image_url": {"url": "data:x", "detail": "low"}},
    {"type": "file", "file": {"file_data": "x", "file_id": None, "filename": "f"}},
    {"type": "input_audio", "input_audio": {"data": "x", "format": "wav"}},
    {"type": "refusal", "refusal": "no"},
]
CUSTOM_CONTENT = {
    "stages": [
        {
            "name": "s",
            "status": "completed",
            "content": "x",
            "attachments": [{"data": "x", "title": "t", "type": "text/plain"}],
            "index": 0,
            "parent_stage_index": 0,
        }
    ],
    "attachments": [{"url": "x", "type": "image/png", "index": 1, "reference_type": "a", "reference_url": "b"}],
    "state": {"a": [1, {"index": 1}]},
    "form_value": {"x": 1},
    "form_schema": {"y": [2]},
}
FUNCTION = {"name": "f", "strict": True, "description": "d", "parameters": {"type": "object", "index": 5}}
STATIC_FUNCTION = {"name": "s", "description": "x", "configuration": {"a": 1}}
MESSAGE_FIELDS = {
    "custom_content": [CUSTOM_CONTENT],
    "custom_fields": [{"cache_breakpoint": {"expire_at": "2025-01-01T00:00:00Z"}}],
    "tool_calls": [[{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}, "index": 0}]],
    "function_call": [{"name": "f", "arguments": "{}"}],
    "name": ["x"],
    "tool_call_id": ["x"],
    "refusal": ["x"],
    "reasoning_content": ["x"],
}
CHAT_FIELDS = {
    "model": ["m"],
    "functions": [[FUNCTION]],
    "function_call": ["auto", "none", {"name": "f"}],
    "tools": [
        [
            {"type": "function", "function": FUNCTION, "custom_fields": {"cache_breakpoint": {}}},
            {"type": "static_function", "static_function": STATIC_FUNCTION},
        ]
    ],
    "tool_choice": ["auto", "none", "required", {"type": "function", "function": {"name": "f"}}],
    "stream": [True, False],
    "stream_options": [{"include_usage": True}],
    "temperature": [0.5],
    "top_p": [0.5],
    "n": [1],
    "stop": ["a", ["a", "b"]],
    "max_tokens": [5],
    "max_completion_tokens": [5],
    "presence_penalty": [1],
    "frequency_penalty": [-1],
    "logit_bias": [{"1": 0.5, "-3": 1}],
    "user": ["u"],
    "seed": [1],
    "logprobs": [True],
    "top_logprobs": [1],
    "reasoning_effort": ["low"],
    "response_format": [
        {"type": "text"},
        {"type": "json_object"},
        {"type": "json_schema", "json_schema": {"name": "n", "schema": {"a": 1}, "description": "d", "strict": True}},
    ],
    "parallel_tool_calls": [True],
    "prompt_cache_key": ["k"],
    "prompt_cache_options": [{"mode": "implicit", "ttl": "x"}],
    "max_prompt_tokens": [10**6],
    "custom_fields": [{"configuration": {"x": 1}, "cache_breakpoint": {"expire_at": "x"}}],
}
EMBEDDING_FIELDS = {
    "model": ["m"],
    "encoding_format": ["float", "base64"],
    "dimensions": [3],
    "user": ["u"],
    "custom_input": [["a", {"data": "x", "type": "image/png"}, ["a", {"url": "x"}]]],
    "custom_fields": [{"type": "t", "instruction": "i"}],
}


class OddRequest:
    """`endpoint` and `body` of one request."""

    def __init__(self, seed: int):
        self._random = random.Random(seed)
        makers = {
            "chat/completions": (6, self._chat),
            "embeddings": (1.2, self._embeddings),
            "tokenize": (1.2, self._tokenize),
            "truncate_prompt": (1, lambda: {"inputs": self._several(0, 2, self._chat)}),
            "rate": (0.6, lambda: self._some({"responseId": ["x"], "rate": [True, False]}, 0.5)),
        }
        self.endpoint = self._random.choices(list(makers), [weight for weight, _ in makers.values()])[0]
        body = makers[self.endpoint][1]()
        for _ in range(self._random.choice([0, 1, 1, 1, 1, 2, 2, 3])):
            self._damage(body)
        self.body = json.dumps(body).encode()

    def _several(self, least: int, most: int, make) -> list:
        return [make() for _ in range(self._random.randint(least, most))]

    def _some(self, fields: dict[str, list], share: float) -> dict:
        return {
            name: copy.deepcopy(self._random.choice(values))
            for name, values in fields.items()
            if self._random.random() < share
        }

    def _message(self) -> dict:
        role = self._random.choice(["user", "assistant", "system", "tool", "function", "developer"])
        content = copy.deepcopy(self._random.choice(["hi", "", None, PARTS[:1], PARTS]))
        return {"role": role, "content": content} | self._some(MESSAGE_FIELDS, 0.2)

    def _chat(self) -> dict:
        members = list(({"messages": self._several(1, 3, self._message)} | self._some(CHAT_FIELDS, 0.25)).items())
        if self._random.random() < 0.3:
            self._random.shuffle(members)
        return dict(members)

    def _embeddings(self) -> dict:
        given = copy.deepcopy(self._random.choice(["x", ["x", "y"], [1, 2], [[1], [2, 3]], []]))
        return {"input": given} | self._some(EMBEDDING_FIELDS, 0.5)

    def _tokenize(self) -> dict:
        def given() -> dict:
            value, kind = self._random.choice([("x", "string"), (None, "request")])
            named = {"type": kind} if self._random.random() < 0.5 else {}
            return named | {"value": value or self._chat()}

        return {"inputs": self._several(0, 2, given)}

    def _damage(self, body: dict) -> None:
        places = list(_places(body))
        if not places:
            body["extra"] = 1
            return
        container, key = self._random.choice(places)
        odd, choice = copy.deepcopy(self._random.choice(ODD)), self._random.random()
        if choice < 0.55:
            container[key] = odd
        elif choice < 0.7:
            del container[key]
        elif isinstance(container, list):
            container.insert(0, odd)
        else:
            target = container[key] if isinstance(container[key], dict) else container
            target[self._random.choice(KEYS)] = odd


def _places(value):
    """Every container with each of its keys, at any depth."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield value, key
        yield from _places(member)
