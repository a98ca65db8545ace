"""The same request to every model on Converse, with more in it than most take: AWS has to accept what becomes of it."""

import json
import re

import httpx
import pytest

from support import chat
from support.stack import REPOSITORY

ROWS = [
    [cell.strip(" `") for cell in line.strip("|").split("|")]
    for line in (REPOSITORY / "docs/models.md").read_text().splitlines()
    if line.startswith("| `") and line.count("|") == 9
]
CONVERSE = [(name, tools != "—", forms == "yes") for name, _, api, _, tools, forms, *_ in ROWS if api == "Converse"]

# AWS refuses a forced choice on these; it is sent as the recordings of them have it.
UNFORCED = ("ai21.jamba-", "cohere.command-r")


def tool(name: str) -> dict:
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    return {"type": "function", "function": {"name": name, "description": "d", "parameters": parameters}}


def call(identity: str, name: str) -> dict:
    return {"id": identity, "type": "function", "function": {"name": name, "arguments": '{"city": "Rome"}'}}


def ask(programs, model: str, messages: list[dict], **more) -> list[dict]:
    """The answers to the request without and with streaming, as the message of the first choice."""
    messages = [{"role": "system", "content": "Be brief."}, *messages]
    answers = []
    for stream in (False, True):
        body = {"messages": messages, "temperature": 0.5, "reasoning_effort": "high", "stop": ["river"], **more}
        answer = httpx.post(
            programs.stack.url + chat.path(model), headers=chat.HEADERS, json=body | {"stream": stream}, timeout=30
        )
        assert answer.status_code == 200, (model, answer.text)
        answers.append(whole(answer.text) if stream else answer.json()["choices"][0])
    return answers


def whole(text: str) -> dict:
    message: dict = {"content": "", "tool_calls": []}
    reason = None
    for chunk in chat.events(text)[:-1]:
        assert "error" not in chunk, text
        for choice in chunk["choices"]:
            message["content"] += choice["delta"].get("content") or ""
            message["tool_calls"] += choice["delta"].get("tool_calls") or []
            reason = choice["finish_reason"] or reason
    return {"message": message, "finish_reason": reason}


@pytest.mark.parametrize("model", [row[0] for row in CONVERSE])
def test_words_end_at_the_stop_sequence(programs, model):
    """`words:` has the sandbox say "the river keeps its …"."""
    for choice in ask(programs, model, [{"role": "user", "content": "words:9"}]):
        assert (choice["message"]["content"].strip(), choice["finish_reason"]) == ("the", "stop")


@pytest.mark.parametrize("model", [row[0] for row in CONVERSE if row[1] and not row[0].startswith(UNFORCED)])
def test_a_named_tool_after_a_history_of_calls(programs, model):
    forced = {"type": "function", "function": {"name": "get_time"}}
    history = [
        {"role": "user", "content": "Where?"},
        {"role": "assistant", "tool_calls": [call("call_1", "get_weather"), call("call-2", "get_time")]},
        {"role": "tool", "tool_call_id": "call-2", "content": "noon"},
        {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
        {"role": "user", "content": 'And there? call:get_time {"city": "Rome"}'},
    ]
    for choice in ask(programs, model, history, tools=[tool("get_weather"), tool("get_time")], tool_choice=forced):
        (made,) = choice["message"]["tool_calls"]
        assert made["function"]["name"] == "get_time" and json.loads(made["function"]["arguments"]) == {"city": "Rome"}
        assert choice["finish_reason"] == "tool_calls"


@pytest.mark.parametrize("model", [row[0] for row in CONVERSE if row[2]])
def test_an_answer_in_a_form(programs, model):
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"]}
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    for choice in ask(programs, model, [{"role": "user", "content": "How many?"}], response_format=form):
        assert isinstance(json.loads(choice["message"]["content"])["n"], int)
        assert choice["finish_reason"] == "stop" and not choice["message"].get("tool_calls")


def test_all_models_are_there():
    assert len(CONVERSE) > 60 and len({name for name, *_ in CONVERSE}) == len(CONVERSE)
    assert all(re.fullmatch(r"[a-z0-9]+\.[a-z0-9.:-]+", name) for name, *_ in CONVERSE)
