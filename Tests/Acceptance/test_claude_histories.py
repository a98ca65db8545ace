"""Histories as clients really send them, thrown together: the service must never have a reason to refuse one."""

import random

import pytest

from support.claude import OPUS_47, SONNET_4, SONNET_35, SONNET_37, SONNET_45, as_history

MARK = {"cache_breakpoint": {}}
BUDGET = {"type": "enabled", "budget_tokens": 1024}
NAMES = ["lookup", "get.weather", "f"]
IDS = ["call_1", "call_1", "functions.f:0", "toolu 2", "ü"]


def tools(names: list[str]) -> list[dict]:
    return [{"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in names]


class Histories:
    def __init__(self, seed: int, answers: list[dict]) -> None:
        self.dice = random.Random(seed)
        self.answers = answers

    def text(self) -> str:
        return self.dice.choice(["a", "b\n", " c", "…", "é"])

    def marked(self, message: dict) -> dict:
        return message | ({"custom_fields": MARK} if self.dice.random() < 0.3 else {})

    def user(self) -> dict:
        text = self.text()
        parts = [{"type": "text", "text": text}, {"type": "text", "text": self.dice.choice(["", " ", "d"])}]
        message = {"role": "user", "content": self.dice.choice([text, parts])}
        return message | ({"tool_calls": self.calls()} if self.dice.random() < 0.1 else {})

    def calls(self) -> list[dict]:
        functions = [{"name": self.dice.choice(NAMES), "arguments": "{}"} for _ in range(self.dice.randint(1, 3))]
        return [{"id": self.dice.choice(IDS), "type": "function", "function": function} for function in functions]

    def assistant(self) -> list[dict]:
        """An answer: written here, one of the model's own, or one that calls."""
        match self.dice.randrange(4):
            case 0:
                return [{"role": "assistant", "content": self.text()}]
            case 1:
                return [self.dice.choice(self.answers)]
            case 2:
                name = self.dice.choice(NAMES)
                call = {"role": "assistant", "content": None, "function_call": {"name": name, "arguments": "{}"}}
                return [call, *self.results([{"role": "function", "name": name, "content": "r"}])]
            case _:
                calls = self.calls()
                message = {"role": "assistant", "content": self.dice.choice([None, "so", ""]), "tool_calls": calls}
                return [
                    message,
                    *self.results([{"role": "tool", "tool_call_id": each["id"], "content": "r"} for each in calls]),
                ]

    def results(self, results: list[dict]) -> list[dict]:
        """Some are missing, the order is any, and one may answer nothing."""
        kept = [each for each in results if self.dice.random() < 0.8]
        self.dice.shuffle(kept)
        stray = [{"role": "tool", "tool_call_id": "nobody", "content": ""}] if self.dice.random() < 0.1 else []
        return kept + stray

    def conversation(self) -> list[dict]:
        messages = [{"role": "system", "content": "s"}] if self.dice.random() < 0.5 else []
        for _ in range(self.dice.randint(1, 5)):
            messages += [self.user()] if self.dice.random() < 0.5 else self.assistant()
        if self.dice.random() < 0.5:
            messages.append(self.user())
        elif self.dice.random() < 0.2:
            messages.append({"role": "developer", "content": "t"})
        if all(message["role"] in ("system", "developer") for message in messages):
            messages.append(self.user())
        return [self.marked(message) for message in messages]

    def request(self) -> dict:
        request = {
            "model": self.dice.choice([SONNET_35, SONNET_37, SONNET_4, SONNET_45, OPUS_47]),
            "messages": self.conversation(),
            "stream": self.dice.random() < 0.5,
            "temperature": self.dice.choice([None, 0, 1, 2]),
            "max_tokens": self.dice.choice([None, 50, 3000]),
            "stop": self.dice.choice([None, [""], ["zzz", " "]]),
            "tools": tools(NAMES),
            "tool_choice": self.dice.choice(["auto", "none", "required"]),
        }
        if self.dice.random() < 0.3:
            request |= {"tools": None, "tool_choice": None, "functions": [tools(NAMES)[0]["function"]]}
        thinks = request["model"] not in (SONNET_35, OPUS_47)
        if thinks and self.dice.random() < 0.6:
            request["custom_fields"] = {"configuration": {"thinking": BUDGET}}
        last = request["messages"][-1]
        if last["role"] == "assistant":
            # The end of a prefill is handed on as it is, and the last model takes none.
            request["messages"].append(self.user())
        return {key: value for key, value in request.items() if value is not None}


@pytest.mark.parametrize("seed", range(2))
def test_no_history_is_refused(claude, seed):
    thinking = {"custom_fields": {"configuration": {"thinking": BUDGET}}}
    calling = 'redacted:1 call:lookup {"a": 1} call:f {}'
    answers = [
        claude.message(False, "hi", **thinking),
        claude.message(True, calling, tools=tools(NAMES), **thinking),
        claude.message(True, calling, functions=[tools(["lookup"])[0]["function"]], **thinking),
        claude.message(True, "reasoning:1100 cut", max_tokens=1050, **thinking),
    ]
    histories = Histories(seed, [{"content": ""} | as_history(answer) for answer in answers])
    for _ in range(40):
        request = histories.request()
        answer = claude.ask(**request)
        assert answer.status_code == 200, (answer.text, request, claude.last.body)
        assert '"error"' not in answer.text


@pytest.mark.parametrize("seed", range(2))
def test_prefills(claude, seed):
    """An assistant's last message is continued, whatever stands before it."""
    histories = Histories(100 + seed, [{"role": "assistant", "content": "x"}])
    for _ in range(20):
        request = histories.request() | {"model": SONNET_37}
        request["messages"].append({"role": "assistant", "content": "So"})
        answer = claude.ask(**request)
        assert answer.status_code == 200, (answer.text, request, claude.last.body)
