"""Long conversations, files, caching, guardrails and faults of Converse; AWS's description judges every request."""

import base64
import itertools
import json

import openai
import pytest

from support import chat
from support.converse import CLAUDE, COMMAND_R, DEEPSEEK, LLAMA, NOVA, PDF, png

POINT = {"cachePoint": {"type": "default"}}
MARK = {"cache_breakpoint": {}}
CONVERSE = {"custom_fields": {"configuration": {"performanceConfig": {"latency": "standard"}}}}
EARLY_CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0"


def lookup(name: str) -> dict:
    """A tool as clients write them, with more at the root of its schema than every model takes."""
    parameters = {
        "type": "object",
        "properties": {"key": {"$ref": "#/$defs/Key"}},
        "required": ["key"],
        "additionalProperties": False,
        "$defs": {"Key": {"type": "string"}},
    }
    function = {"name": "lookup", "description": f"Looks a key up, {name}", "parameters": parameters}
    return {"type": "function", "function": function, "custom_fields": MARK}


def question(turn: int, link: str) -> dict:
    message = {"role": "user", "content": f"question {turn}"}
    match turn:
        case 1 | 6 | 11:
            message["content"] = f'call:lookup {{"key": "a{turn}"}} call:lookup {{"key": "b{turn}"}}'
        case 2 | 7:
            url = "data:image/png;base64," + base64.b64encode(png(turn)).decode()
            message["content"] = [
                {"type": "text", "text": f"picture {turn}"},
                {"type": "image_url", "image_url": {"url": url}},
            ]
        case 3:
            message["custom_content"] = {"attachments": [{"type": "image/png", "title": "stored.png", "url": link}]}
        case 4 | 9:
            # The same title twice, and a title that is no document name.
            pdf = {"type": "application/pdf", "title": "Jahres…bericht.v2.pdf", "data": base64.b64encode(PDF).decode()}
            message["custom_content"] = {"attachments": [pdf]}
            message["custom_fields"] = MARK
        case 5:
            note = {"type": "text/plain", "title": "note.txt", "data": base64.b64encode(b"a note").decode()}
            message["custom_content"] = {"attachments": [note]}
            message["custom_fields"] = MARK
    return message


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", [NOVA, CLAUDE])
def test_twenty_turns(programs, model, stream):
    link = programs.upload(f"stored-{'s' if stream else 'b'}.png", png(9), "image/png")
    tools = [lookup("stream" if stream else "block")]
    extra = CONVERSE if model == CLAUDE else {}
    messages = [{"role": "system", "content": f"You are brief {stream}.", "custom_fields": MARK}]
    cached = []

    def ask() -> dict:
        request = {"model": model, "messages": messages, "tools": tools, "extra_body": extra}
        if not stream:
            answer = programs.client.chat.completions.create(**request)
            cached.append(answer.usage.prompt_tokens_details.cached_tokens)
            assert cached[-1] <= answer.usage.prompt_tokens
            return answer.choices[0].message.model_dump(exclude_none=True)
        message = {"role": "assistant"}
        for chunk in programs.client.chat.completions.create(stream=True, **request):
            if chunk.usage:
                cached.append(chunk.usage.prompt_tokens_details.cached_tokens)
            for choice in chunk.choices:
                if choice.delta.content:
                    message["content"] = message.get("content", "") + choice.delta.content
                for call in choice.delta.tool_calls or []:
                    message.setdefault("tool_calls", []).append(call.model_dump(exclude={"index"}))
        return message

    for turn in range(20):
        messages.append(question(turn, link))
        message = ask()
        messages.append(message)
        assert bool(message.get("tool_calls")) == (turn in (1, 6, 11))
        if calls := message.get("tool_calls"):
            assert len(calls) == 2
            for call in reversed(calls):
                messages.append({"role": "tool", "tool_call_id": call["id"], "content": f"value of {call['id']}"})
            messages.append(ask())
            text = messages[-1]["content"]
            assert text.index(calls[0]["id"]) < text.index(calls[1]["id"])
        elif turn in (2, 7):
            assert f"I see 1 image (png, {len(png(turn))} bytes)" in message["content"]
        elif turn == 3:
            assert f"I see 1 image (png, {len(png(9))} bytes)" in message["content"]
        elif turn in (4, 5, 9):
            assert "I see 1 document" in message["content"]

    assert len(programs.requests) == 23
    # On Claude the mark of the tools goes when a fifth one comes; what was cached before is still found.
    assert cached[0] == 0 and all(each > 0 for each in cached[1:]), cached
    last = programs.last.body
    assert programs.last.operation == ("ConverseStream" if stream else "Converse")
    blocks = [block for turn in last["messages"] for block in turn["content"]]
    assert {key for block in blocks for key in block} == {
        "text", "image", "document", "toolUse", "toolResult", "cachePoint"
    }  # fmt: skip
    assert sum(POINT in turn["content"] for turn in last["messages"]) <= 3
    names = [block["document"]["name"] for block in blocks if "document" in block]
    assert len(set(names)) == 3
    assert all(one["role"] != other["role"] for one, other in itertools.pairwise(last["messages"]))
    (schema,) = [tool["toolSpec"]["inputSchema"]["json"] for tool in last["toolConfig"]["tools"] if "toolSpec" in tool]
    if model == NOVA:
        assert schema == {"type": "object", "properties": {"key": {"type": "string"}}, "required": ["key"]}
        assert POINT not in last["toolConfig"]["tools"]
    else:
        assert schema == tools[0]["function"]["parameters"]
        assert last["performanceConfig"] == {"latency": "standard"}


def cached_note(text: str) -> dict:
    note = {"type": "text/plain", "title": "note", "data": base64.b64encode(b"a note").decode()}
    return {"role": "user", "content": text, "custom_content": {"attachments": [note]}, "custom_fields": MARK}


@pytest.mark.parametrize("text", ["read this", ""])
@pytest.mark.parametrize("model", [NOVA, CLAUDE])
def test_cache_point_behind_a_text_document(programs, model, text):
    request = {"model": model, "messages": [cached_note(text)], "extra_body": CONVERSE}
    first = programs.client.chat.completions.create(**request)
    second = programs.client.chat.completions.create(**request)
    assert "I see 1 document (note, txt, 6 bytes)" in first.choices[0].message.content
    usages = [first.usage.model_dump(), second.usage.model_dump()]
    assert usages[0]["prompt_tokens_details"]["cache_write_tokens"] > 0
    assert usages[1]["prompt_tokens_details"]["cached_tokens"] > 0
    assert usages[0]["prompt_tokens"] == usages[1]["prompt_tokens"]


@pytest.mark.parametrize("model", [EARLY_CLAUDE, LLAMA, COMMAND_R])
def test_cache_breakpoints_where_nothing_caches(programs, model):
    messages = [
        {"role": "system", "content": "Be brief.", "custom_fields": MARK},
        {"role": "user", "content": "Hello", "custom_fields": MARK},
    ]
    answer = programs.client.chat.completions.create(model=model, messages=messages, extra_body=CONVERSE)
    assert "Hello" in answer.choices[0].message.content
    assert "cachePoint" not in json.dumps(programs.last.body)


@pytest.mark.parametrize("model", [NOVA, CLAUDE])
def test_prefill_is_continued(programs, model):
    messages = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Well, \n"}]
    answer = programs.client.chat.completions.create(model=model, messages=messages, extra_body=CONVERSE)
    assert answer.choices[0].finish_reason == "stop"
    assert programs.last.body["messages"][-1] == {"role": "assistant", "content": [{"text": "Well,"}]}


@pytest.mark.parametrize("stream", [False, True])
def test_prefill_where_the_model_takes_none(programs, stream):
    messages = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Well,"}]
    with pytest.raises(openai.BadRequestError) as refused:
        programs.client.chat.completions.create(model=LLAMA, messages=messages, stream=stream)
    assert "must end with a user message" in refused.value.message


def guarded(identifier: str, **more) -> dict:
    guardrail = {"guardrailIdentifier": identifier, "guardrailVersion": "1", "trace": "enabled"} | more
    return {"custom_fields": {"configuration": {"guardrailConfig": guardrail}}}


@pytest.mark.parametrize("model", [NOVA, CLAUDE])
@pytest.mark.parametrize("identifier", ["blocked", "blockedoutput"])
def test_guardrail(programs, model, identifier):
    answer = programs.ask(model, "something bad", **guarded(identifier))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["type"]) == (400, "content_filter", "invalid_request_error")
    assert "Sorry, the guardrail has blocked this." in error["message"]

    streamed = programs.ask(model, "something bad", stream=True, **guarded(identifier, streamProcessingMode="async"))
    chunks = chat.events(streamed.text)
    failure = chat.stream_error(chunks)
    assert (failure["code"], failure["type"]) == ("content_filter", "invalid_request_error")
    reasons = [choice["finish_reason"] for chunk in chunks[:-2] for choice in chunk["choices"]]
    assert [reason for reason in reasons if reason] == ["content_filter"]
    assert ("something bad" in chat.content(chunks)) == (identifier == "blockedoutput")
    assert programs.last.body["guardrailConfig"]["streamProcessingMode"] == "async"


@pytest.mark.parametrize("stream", [False, True])
def test_guardrail_that_lets_pass_or_is_missing(programs, stream):
    assert "harmless" in programs.ask(NOVA, "harmless", stream=stream, **guarded("open")).text
    missing = programs.ask(NOVA, "harmless", stream=stream, **guarded("missing"))
    assert missing.status_code == 400 and "does not exist" in missing.json()["error"]["message"]


@pytest.mark.parametrize("stream", [False, True])
def test_optimized_latency(programs, stream):
    optimized = {"custom_fields": {"configuration": {"performanceConfig": {"latency": "optimized"}}}}
    assert "Hello" in programs.ask(NOVA, "Hello", stream=stream, **optimized).text
    assert programs.last.body["performanceConfig"] == {"latency": "optimized"}
    refused = programs.ask(COMMAND_R, "Hello", stream=stream, **optimized)
    assert refused.status_code == 400
    assert "Latency performance configuration is not supported" in refused.json()["error"]["message"]


def test_reasoning_of_deepseek(programs):
    block = programs.ask(DEEPSEEK, "reasoning:6 nine").json()["choices"][0]["message"]
    chunks = chat.events(programs.ask(DEEPSEEK, "reasoning:6 nine", stream=True).text)
    deltas = [choice["delta"] for chunk in chunks[:-1] for choice in chunk["choices"]]
    reasoning = "".join(delta.get("reasoning_content") or "" for delta in deltas)
    stages = [stage for delta in deltas for stage in (delta.get("custom_content") or {}).get("stages", [])]
    assert reasoning == "".join(stage.get("content") or "" for stage in stages) == block["reasoning_content"] != ""
    assert block["custom_content"]["stages"] == [{"name": "Thinking", "status": "completed", "content": reasoning}]
    assert stages[0]["name"] == "Thinking" and stages[-1]["status"] == "completed"
    assert chat.content(chunks) == block["content"]
    # What was thought does not go back.
    history = [{"role": "user", "content": "a"}, block, {"role": "user", "content": "b"}]
    programs.ask(DEEPSEEK, "", messages=history)
    assert "reasoning" not in json.dumps(programs.last.body["messages"][1])


FINISHES = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "content_filtered": "content_filter",
    "never_heard_of": "stop",
}


@pytest.mark.parametrize(("reason", "finish"), FINISHES.items())
def test_stop_reasons(programs, reason, finish):
    assert programs.ask(NOVA, f"word stop:{reason}").json()["choices"][0]["finish_reason"] == finish
    chunks = chat.events(programs.ask(NOVA, f"word stop:{reason}", stream=True).text)
    reasons = [choice["finish_reason"] for chunk in chunks[:-1] for choice in chunk["choices"]]
    assert [each for each in reasons if each] == [finish]


@pytest.mark.parametrize("reason", ["malformed_model_output", "malformed_tool_use"])
def test_stop_reasons_that_are_failures(programs, reason):
    block = programs.ask(NOVA, f"word stop:{reason}")
    error = chat.stream_error(chat.events(programs.ask(NOVA, f"word stop:{reason}", stream=True).text))
    assert block.status_code == 500
    for each in (error, block.json()["error"]):
        assert each["message"] == f"Unsupported converse stop reason: {reason}"
        assert (each["type"], each["code"]) == ("runtime_error", "500")


STREAM_FAULTS = {
    "stream-throttling": (429, None, "(throttlingException)"),
    "stream-internal": (500, "internal_server_error", "(internalServerException)"),
    "stream-model-error": (424, None, "(modelStreamErrorException)"),
    "stream-validation": (400, "invalid_request_error", "(validationException)"),
    "stream-unavailable": (503, None, "(serviceUnavailableException)"),
    "stream-timeout": (408, None, "(modelTimeoutException)"),
    "stream-unknown": (500, "internal_server_error", "(quantumDecoherenceException)"),
    "stream-error": (500, "internal_server_error", "(InternalFailure)"),
}


@pytest.mark.parametrize(("fault", "expected"), STREAM_FAULTS.items())
def test_exceptions_in_a_stream(programs, fault, expected):
    status, kind, words = expected
    late = programs.ask(NOVA, f"words:20 fault:{fault}@4", stream=True)
    chunks = chat.events(late.text)
    assert late.status_code == 200
    assert len(chat.content(chunks).split()) == 4
    early = programs.ask(NOVA, f"words:20 fault:{fault}@0", stream=True)
    assert early.status_code == status
    for error in (chat.stream_error(chunks), early.json()["error"]):
        assert (error["code"], error.get("type")) == (str(status), kind)
        assert f"An error occurred {words} when calling the ConverseStream operation" in error["message"]


@pytest.mark.parametrize("fault", ["cut", "drop", "half-frame", "end", "no-stop", "bad-crc", "bad-prelude", "not-json"])
def test_broken_streams_are_never_a_success(programs, fault):
    chunks = chat.events(programs.ask(NOVA, f"words:20 fault:{fault}@4", stream=True).text)
    assert chat.stream_error(chunks)["code"] in ("500", "502")
    assert all(choice["finish_reason"] is None for chunk in chunks[:-2] for choice in chunk.get("choices", []))


def test_stream_without_usage(programs):
    chunks = chat.events(programs.ask(NOVA, "word fault:no-metadata", stream=True).text)
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-2].get("usage") is None


def test_events_of_the_future_are_passed_over(programs):
    chunks = chat.events(programs.ask(NOVA, "alpha beta fault:unknown-events", stream=True).text)
    assert "alpha beta" in chat.content(chunks)
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"


REFUSALS = {
    "throttling": 429,
    "access-denied": 403,
    "not-found": 404,
    "validation": 400,
    "model-timeout": 408,
    "model-error": 424,
    "service-unavailable": 503,
    "internal-error": 500,
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("fault", "status"), REFUSALS.items())
def test_refusals_keep_their_status(programs, fault, status, stream):
    answer = programs.ask(NOVA, f"fault:{fault}", stream=stream)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, str(status))
