"""Claude 2, Titan and Command over InvokeModel: through nginx and the adapter, and straight at the sandbox."""

import json

import boto3
import botocore.exceptions
import openai
import pytest

from support import chat
from support.stack import ACCESS_KEY, REGION, SECRET_KEY

CLAUDE21, CLAUDE2, INSTANT = "anthropic.claude-v2:1", "anthropic.claude-v2", "anthropic.claude-instant-v1"
TITAN = "amazon.titan-tg1-large"
COMMAND, LIGHT = "cohere.command-text-v14", "cohere.command-light-text-v14"
CLAUDE = [CLAUDE21, CLAUDE2, INSTANT]
TEXT = [*CLAUDE, TITAN, COMMAND, LIGHT]

CONVERSATION = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello "},
    {"role": "user", "content": "Bye"},
]
WEATHER = {
    "name": "weather",
    "description": "The weather of a city",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city"],
    },
}


def ask(programs, deployment: str, messages: list[dict] | str, *, stream: bool = False, **more) -> dict:
    """One answer, whole; of a stream what its chunks come to."""
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    if not stream:
        return programs.client.chat.completions.create(model=deployment, messages=messages, **more).to_dict()
    message: dict = {"role": "assistant", "content": None}
    answer: dict = {"choices": [{"message": message, "finish_reason": None}]}
    for chunk in programs.client.chat.completions.create(model=deployment, messages=messages, stream=True, **more):
        answer |= {name: value for name, value in chunk.to_dict().items() if name in ("usage", "statistics") and value}
        for choice in chunk.to_dict()["choices"]:
            delta = choice["delta"]
            if delta.get("content"):
                message["content"] = (message["content"] or "") + delta["content"]
            for name in ("tool_calls", "function_call"):
                if delta.get(name):
                    assert name not in message
                    message[name] = delta[name]
            answer["choices"][0]["finish_reason"] = choice["finish_reason"] or answer["choices"][0]["finish_reason"]
    return answer


def content(answer: dict) -> str:
    return answer["choices"][0]["message"]["content"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("deployment", TEXT)
def test_answers(programs, deployment, stream):
    answer = ask(programs, deployment, "alpha beta", stream=stream)
    assert content(answer) == "You said: alpha beta"
    assert answer["choices"][0]["finish_reason"] == "stop"
    usage = answer["usage"]
    assert usage["prompt_tokens"] > 0 and usage["completion_tokens"] > 0
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert programs.last.operation == ("InvokeModelWithResponseStream" if stream else "InvokeModel")


@pytest.mark.parametrize(
    ("deployment", "key", "prompt"),
    [
        (CLAUDE21, "prompt", "Be brief.\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Bye\n\nAssistant:"),
        (CLAUDE2, "prompt", "Human: Be brief.\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Bye\n\nAssistant:"),
        (COMMAND, "prompt", "Be brief.\nUser: Hi\nChatbot: Hello\nUser: Bye"),
        (TITAN, "inputText", "Human: Be brief.\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Bye\n\nAssistant:"),
    ],
)
def test_conversations(programs, deployment, key, prompt):
    assert content(ask(programs, deployment, CONVERSATION)) == "You said: Bye"
    sent = programs.last.body[key]
    assert sent.endswith("====================\n\n" + prompt) if deployment == TITAN else sent == prompt


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("deployment", TEXT)
def test_ends(programs, deployment, stream):
    cut = ask(programs, deployment, "words:50", stream=stream, max_tokens=5)
    assert content(cut).split() == ["the", "river", "keeps", "its", "own"]
    assert cut["choices"][0]["finish_reason"] == ("stop" if deployment == TITAN else "length")
    stopped = ask(programs, deployment, "one two three", stream=stream, stop=["two"])
    assert content(stopped).strip() == "You said: one"
    assert stopped["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("deployment", TEXT)
def test_several_choices(programs, deployment):
    answer = ask(programs, deployment, "hello", n=3)
    assert [choice["message"]["content"] for choice in answer["choices"]] == ["You said: hello"] * 3
    assert len(programs.requests) == 3


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("deployment", TEXT)
def test_truncation(programs, deployment, stream):
    messages = [CONVERSATION[0], {"role": "user", "content": "old " * 2000}, *CONVERSATION[2:]]
    extra = {"max_prompt_tokens": 600}
    answer = ask(programs, deployment, messages, stream=stream, extra_body=extra)
    assert answer["statistics"]["discarded_messages"] == [1]
    sent = json.dumps(programs.last.body)
    assert "old" not in sent and "Be brief." in sent and "Bye" in sent
    with pytest.raises(openai.BadRequestError) as error:
        ask(programs, deployment, messages, stream=stream, extra_body={"max_prompt_tokens": 2})
    assert error.value.body["code"] == "truncate_prompt_error"


# Tools


@pytest.mark.parametrize("stream", [False, True])
def test_tools(programs, stream):
    tools = [{"type": "function", "function": WEATHER}]
    prompt = 'call:weather {"city": "Köln & <Bonn>", "days": 3}'
    messages = [CONVERSATION[0], {"role": "user", "content": prompt}]
    answer = ask(programs, CLAUDE21, messages, stream=stream, tools=tools)
    assert answer["choices"][0]["finish_reason"] == "tool_calls"
    message = answer["choices"][0]["message"]
    (call,) = message["tool_calls"]
    assert call["id"] == "weather_1" and call["function"]["name"] == "weather"
    assert json.loads(call["function"]["arguments"]) == {"city": "Köln & <Bonn>", "days": "3"}
    assert not message.get("content")

    call = {name: value for name, value in call.items() if name != "index"}
    messages += [
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call["id"], "content": "rain"},
    ]
    final = ask(programs, CLAUDE21, messages, stream=stream, tools=tools)
    assert content(final) == "The tool weather answered: rain"
    assert final["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("stream", [False, True])
def test_functions(programs, stream):
    answer = ask(programs, CLAUDE21, 'call:weather {"city": "Rome"}', stream=stream, functions=[WEATHER])
    assert answer["choices"][0]["finish_reason"] == "function_call"
    call = answer["choices"][0]["message"]["function_call"]
    assert call["name"] == "weather" and json.loads(call["arguments"]) == {"city": "Rome"}


@pytest.mark.parametrize("deployment", [each for each in TEXT if each != CLAUDE21])
def test_tools_are_refused_where_there_are_none(programs, deployment):
    for name, declared in [("tools", [{"type": "function", "function": WEATHER}]), ("functions", [WEATHER])]:
        with pytest.raises(openai.UnprocessableEntityError) as error:
            ask(programs, deployment, "hello", **{name: declared})
        assert error.value.body["message"] == f"The {name} aren't supported"
    assert programs.requests == []


# Errors


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("deployment", [CLAUDE2, TITAN, COMMAND])
def test_errors_of_the_service(programs, deployment, stream):
    for fault, status in [("throttling", 429), ("access-denied", 403), ("validation", 400), ("model-timeout", 408)]:
        with pytest.raises(openai.APIStatusError) as error:
            ask(programs, deployment, f"fault:{fault} hi", stream=stream)
        assert error.value.status_code == status, fault


@pytest.mark.parametrize("fault", ["stream-internal", "cut", "drop", "end", "no-stop", "bad-crc", "not-json"])
@pytest.mark.parametrize("deployment", [CLAUDE2, TITAN])
def test_streams_that_go_wrong(programs, deployment, fault):
    answer = programs.ask(deployment, f"fault:{fault} one two three four five", stream=True)
    assert answer.status_code == 200
    chunks = chat.events(answer.text)
    assert chat.stream_error(chunks)["message"]
    reasons = [each["finish_reason"] for chunk in chunks[:-2] for each in chunk.get("choices", [])]
    assert not any(reasons)


@pytest.mark.parametrize("deployment", [CLAUDE2, TITAN, COMMAND])
def test_unknown_events_are_skipped(programs, deployment):
    assert content(ask(programs, deployment, "fault:unknown-events one two", stream=True)) == "You said: one two"


def test_refusals_come_through(programs):
    with pytest.raises(openai.BadRequestError) as error:
        ask(programs, CLAUDE2, "hi", temperature=1.5)
    assert "#/temperature: 1.5 is not less or equal to 1" in error.value.body["message"]
    with pytest.raises(openai.BadRequestError) as error:
        ask(programs, TITAN, "a" * 41_000)
    assert error.value.body["code"] == "context_length_exceeded"


# The sandbox by itself


@pytest.fixture
def runtime(programs):
    return boto3.client(
        "bedrock-runtime",
        region_name=REGION,
        endpoint_url=programs.storage,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
    )


def test_boto3(runtime):
    body = json.dumps({"prompt": "\n\nHuman: hello\n\nAssistant:", "max_tokens_to_sample": 50})
    answer = runtime.invoke_model(modelId=CLAUDE2, body=body)
    assert json.loads(answer["body"].read())["completion"] == " You said: hello"
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-bedrock-output-token-count"] == "3"
    stream = runtime.invoke_model_with_response_stream(modelId=CLAUDE2, body=body)
    chunks = [json.loads(event["chunk"]["bytes"]) for event in stream["body"]]
    assert "".join(chunk["completion"] for chunk in chunks) == " You said: hello"
    assert chunks[-1]["amazon-bedrock-invocationMetrics"]["outputTokenCount"] == 3


def test_boto3_refusals(runtime):
    with pytest.raises(botocore.exceptions.ClientError, match="Invalid prompt: prompt must start with"):
        runtime.invoke_model(modelId=CLAUDE2, body=json.dumps({"prompt": "hello", "max_tokens_to_sample": 5}))
    with pytest.raises(botocore.exceptions.ClientError, match="unsupported for streaming"):
        runtime.invoke_model_with_response_stream(modelId="stability.sd3-large-v1:0", body=json.dumps({"prompt": "x"}))
