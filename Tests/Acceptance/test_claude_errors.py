"""Claude when something goes wrong: errors before and in an answer, retries, and what only Converse can do."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import openai
import pytest

from support import chat
from support.claude import HAIKU, SONNET_37, Claude
from support.converse import ANTHROPIC_NAMES, CLAUDE
from support.stack import aws_environment

both = pytest.mark.parametrize("stream", [False, True])

# Status and type of the DIAL error by transport, and a piece of the message.
ERRORS = {
    "validation": {"bedrock": (400, "invalid_request_error"), "anthropic": (400, "invalid_request_error")},
    "expired-token": {"bedrock": (403, None), "anthropic": (401, None)},
    "access-denied": {"bedrock": (403, None), "anthropic": (403, None)},
    "not-found": {"bedrock": (404, None), "anthropic": (404, None)},
    "model-timeout": {"bedrock": (408, None), "anthropic": (504, None)},
    "model-error": {"bedrock": (424, None), "anthropic": (500, "internal_server_error")},
    "throttling": {"bedrock": (429, None), "anthropic": (429, None)},
    "internal-error": {"bedrock": (500, "internal_server_error"), "anthropic": (500, "internal_server_error")},
    "html-502": {"bedrock": (502, None), "anthropic": (502, None)},
    "service-unavailable": {"bedrock": (503, None), "anthropic": (529, None)},
}


@both
@pytest.mark.parametrize("fault", ERRORS)
def test_errors_before_the_answer(claude, fault, stream):
    answer = claude.ask(f"fault:{fault}", stream=stream)
    error = answer.json()["error"]
    status, kind = ERRORS[fault][claude.transport]
    assert (answer.status_code, error.get("type"), error["code"]) == (status, kind, str(status))
    assert error["message"] and "<" not in error["message"]
    assert answer.headers.get("retry-after") == ("2" if fault == "throttling" else None)
    assert len(claude.requests) == 1


@both
def test_end_of_life(claude, stream):
    answer = claude.ask("fault:end-of-life", stream=stream)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (404, "DeploymentNotFound")
    assert error["display_message"] == "This model version has reached the end of its life"


@both
def test_too_long_a_prompt(claude, stream):
    error = claude.ask("word " * 200_000, stream=stream).json()["error"]
    assert (error["code"], error["type"]) == ("context_length_exceeded", "invalid_request_error")
    assert error["message"] == "prompt is too long: 250000 tokens > 200000 maximum"


@both
def test_the_services_words_come_through(claude, stream):
    refused = claude.ask("hi", stream=stream, model=HAIKU, max_tokens=5000)
    assert refused.status_code == 400
    error = refused.json()["error"]
    assert error["message"] == (
        "max_tokens: 5000 > 4096, which is the maximum allowed number of output tokens for claude-3-haiku-20240307"
    )
    blank = claude.ask(" ", stream=stream)
    assert blank.json()["error"]["message"] == "messages: text content blocks must contain non-whitespace text"


STREAM_ERRORS = {
    "stream-throttling": {"bedrock": 429, "anthropic": 429},
    "stream-internal": {"bedrock": 500, "anthropic": 500},
    "stream-model-error": {"bedrock": 424, "anthropic": 500},
    "stream-validation": {"bedrock": 400, "anthropic": 400},
    "stream-unavailable": {"bedrock": 503, "anthropic": 529},
    "stream-timeout": {"bedrock": 408, "anthropic": 504},
    "stream-unknown": {"bedrock": 500, "anthropic": 500},
    "stream-error": {"bedrock": 500, "anthropic": 500},
    "stream-overloaded": {"bedrock": 529, "anthropic": 529},
}


@pytest.mark.parametrize("fault", STREAM_ERRORS)
def test_errors_in_a_stream(claude, fault):
    """Before the first word an error has its status; after it, the error ends a stream that began with 200."""
    status = str(STREAM_ERRORS[fault][claude.transport])
    early = claude.ask(f"words:20 fault:{fault}@0", stream=True)
    assert (str(early.status_code), early.json()["error"]["code"]) == (status, status)
    late = claude.ask(f"words:20 fault:{fault}@4", stream=True)
    assert late.status_code == 200
    chunks = chat.events(late.text)
    assert len(chat.content(chunks).split()) == 4
    error = chat.stream_error(chunks)
    assert error["code"] == status and error["message"]
    assert all(choice["finish_reason"] is None for chunk in chunks[:-2] for choice in chunk["choices"])


@pytest.mark.parametrize(("fault", "codes"), [("stream-overloaded", ["529"]), ("end", ["500", "502"])])
def test_error_while_thinking_closes_the_stage(claude, fault, codes):
    """Whether the model says so or its stream just ends."""
    chunks = chat.events(claude.ask(f"reasoning:20 fault:{fault}@4 hi", stream=True).text)
    assert chat.stream_error(chunks)["code"] in codes
    custom = [choice["delta"].get("custom_content") for chunk in chunks[:-2] for choice in chunk["choices"]]
    stages = [stage for each in custom if each for stage in each["stages"]]
    assert "".join(stage.get("content") or "" for stage in stages).split() == ["the", "river", "keeps", "its"]
    assert stages[-1]["status"] == "completed"


BROKEN = ["cut", "drop", "half-frame", "end", "no-stop", "no-metadata", "not-json"]


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("prompt", ["words:20", 'call:lookup {"key": "a long argument"}'])
def test_broken_streams_are_never_a_success(claude, fault, prompt):
    tools = [{"type": "function", "function": {"name": "lookup", "parameters": {"type": "object"}}}]
    chunks = chat.events(claude.ask(f"{prompt} fault:{fault}@2", stream=True, tools=tools).text)
    assert chat.stream_error(chunks)["code"] in ("500", "502")
    assert all(choice["finish_reason"] is None for chunk in chunks[:-2] for choice in chunk["choices"])


@pytest.mark.parametrize("fault", ["bad-crc", "bad-prelude", "huge-frame"])
def test_broken_frames(claude, fault):
    chunks = chat.events(claude.ask(f"words:20 fault:{fault}@4", stream=True).text)
    if claude.transport == "anthropic":
        assert len(chat.content(chunks).split()) == 20
    else:
        assert chat.stream_error(chunks)["code"] in ("500", "502")


@pytest.mark.parametrize("fault", ["cut", "drop", "end", "text-200"])
def test_broken_answers_in_one_piece(claude, fault):
    answer = claude.ask(f"fault:{fault} words:20")
    assert answer.status_code in (500, 502)
    assert answer.json()["error"]["message"]


@both
def test_unknown_events_are_passed_over(claude, stream):
    message = claude.message(stream, "words:8 fault:unknown-events@3")
    assert len(message["content"].split()) == 8
    assert message["finish_reason"] == "stop"
    kinds = [block["type"] for block in message["custom_content"]["state"]["claude_message_content"]]
    # The block is the model's own and comes back with the rest; its events say nothing to a reader.
    assert kinds == (["text", "hologram"] if stream else ["text"])


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("end_turn", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "stop"),
        ("pause_turn", "stop"),
        ("never_heard_of", "stop"),
    ],
)
@both
def test_stop_reasons(claude, reason, finish, stream):
    assert claude.message(stream, f"word stop:{reason}")["finish_reason"] == finish


@both
def test_cut_within_thinking_the_conversation_goes_on(claude, stream):
    """What was never signed does not come back."""
    thinking = {"custom_fields": {"configuration": {"thinking": {"type": "enabled", "budget_tokens": 1024}}}}
    cut = claude.message(stream, "reasoning:1100 hi", max_tokens=1050, **thinking)
    assert cut["finish_reason"] == "length"
    assert cut.get("content") is None
    history = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "", **only_state(cut)}]
    history.append({"role": "user", "content": "go on"})
    assert "go on" in claude.message(stream, messages=history, **thinking)["content"]


def only_state(message: dict) -> dict:
    return {"custom_content": {"state": message["custom_content"]["state"]}}


@both
def test_one_of_several_choices_fails(claude, stream):
    """Then the whole answer fails: by its status, or by its last event where another choice had begun."""
    answer = claude.ask(f"fault:throttling*1 {claude.transport} {stream}", n=3, stream=stream)
    began = answer.status_code == 200
    assert began <= stream
    error = chat.stream_error(chat.events(answer.text)) if began else answer.json()["error"]
    assert (answer.status_code, error["code"]) == (200 if began else 429, "429")


@pytest.fixture
def patient(start, programs):
    """The programs with two retries, in front of the same sandbox."""
    environment = aws_environment(programs.recorder.url) | {
        "ANTHROPIC_BASE_URL": programs.recorder.url,
        "COMPATIBILITY_MAPPING": json.dumps(ANTHROPIC_NAMES),
        "ANTHROPIC_MAX_RETRY_ATTEMPTS": "2",
        "BOTOCORE_MAX_RETRY_ATTEMPTS": "2",
    }
    return start(environment=environment)


def test_retries_before_the_first_byte_only(patient, programs):
    """All side by side, since the pauses between attempts are as long as they really are."""

    def ask(transport: str, stream: bool, prompt: str) -> tuple[int, int]:
        """The status, and how often the question came."""
        claude = Claude(transport, programs)
        text = f"{prompt} {transport} {stream}"
        url = patient.url + chat.path(claude.deployment(SONNET_37))
        with httpx.Client(timeout=30, headers=chat.HEADERS | claude.headers) as client:
            answer = client.post(url, json=chat.body(text, stream=stream))
        return answer.status_code, [each.body["messages"][0]["content"] for each in programs.requests].count(
            [{"type": "text", "text": text}]
        )

    expected = {
        (transport, stream, prompt): outcome
        for transport in ("bedrock", "anthropic")
        for stream in (False, True)
        for prompt, outcome in (
            ("fault:service-unavailable*2 words:3", (200, 3)),
            ("fault:internal-error", (500, 3)),
            ("fault:validation", (400, 1)),
        )
    }
    # A stream has begun with its head: whatever happens in it is final.
    expected |= {
        (transport, True, "words:9 fault:stream-overloaded@0"): (529, 1) for transport in ("bedrock", "anthropic")
    }
    with ThreadPoolExecutor(len(expected)) as pool:
        found = list(pool.map(lambda question: ask(*question), expected))
    assert dict(zip(expected, found, strict=True)) == expected


# What only Converse can do.

LATENCY = {"custom_fields": {"configuration": {"performanceConfig": {"latency": "standard"}}}}


def guarded(identifier: str) -> dict:
    guardrail = {"guardrailIdentifier": identifier, "guardrailVersion": "1"}
    return {"custom_fields": {"configuration": {"guardrailConfig": guardrail}}}


@both
@pytest.mark.parametrize("configuration", [LATENCY, guarded("open")])
def test_converse_where_the_configuration_asks_for_it(programs, configuration, stream):
    operation = "ConverseStream" if stream else "Converse"
    claude = Claude("bedrock", programs)
    assert claude.message(stream, "alpha", **configuration)["content"] == "You said: alpha"
    assert programs.last.operation == operation
    assert programs.last.model == CLAUDE
    assert "anthropic_version" not in programs.last.body and "max_tokens" not in programs.last.body
    tools = [{"type": "function", "function": {"name": "lookup", "parameters": {"type": "object"}}}]
    called = claude.message(stream, "call:lookup {}", tools=tools, **configuration)
    assert called["finish_reason"] == "tool_calls"
    assert "custom_content" not in called
    assert programs.last.operation == operation
    # Without it, Messages again.
    claude.message(stream, "alpha")
    assert claude.last.operation == ("InvokeModelWithResponseStream" if stream else "InvokeModel")


@both
def test_what_converse_does_not_take(programs, stream):
    thinking = {"performanceConfig": {"latency": "standard"}, "thinking": {"type": "enabled", "budget_tokens": 1024}}
    claude = Claude("bedrock", programs)
    refused = claude.ask("hi", stream=stream, custom_fields={"configuration": thinking})
    assert refused.status_code == 422
    assert "thinking" in refused.json()["error"]["message"]
    keyed = Claude("anthropic", programs).ask("hi", stream=stream, **LATENCY)
    assert keyed.status_code == 400
    assert "Anthropic API key" in keyed.json()["error"]["message"]
    assert programs.requests == []


def test_a_guardrail_that_intervenes(programs):
    client = Claude("bedrock", programs).openai
    with pytest.raises(openai.BadRequestError) as blocked:
        client.chat.completions.create(
            model=CLAUDE, messages=[{"role": "user", "content": "bad"}], extra_body=guarded("blocked")
        )
    assert blocked.value.code == "content_filter"
