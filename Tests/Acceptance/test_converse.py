"""Converse deployments with tools, images, documents and caching, by the clients people use."""

import base64
import itertools
import json
import struct
import zlib

import httpx
import openai
import pytest
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import AzureChatOpenAI

from support import chat
from support.service_model import assert_valid

NOVA = "amazon.nova-pro-v1:0"
# Natively streaming, by way of the whole answer, and with tools that need a description.
TOOL_MODELS = [NOVA, "us.meta.llama3-3-70b-instruct-v1:0", "ai21.jamba-1-5-large-v1:0", "cohere.command-r-v1:0"]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get-weather.now",
        "description": "The weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def sandbox_name(model: str) -> str:
    """The name under which the model sees the tool: dots are not allowed, and no hyphens on Nova."""
    return "get_weather_now" if "nova" in model else "get-weather_now"


def png(width: int = 8, height: int = 8) -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x40\x80\xc0" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


def data_url(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


@pytest.fixture
def azure(sandbox):
    return openai.AzureOpenAI(azure_endpoint=sandbox.url, api_key="any", api_version="1", max_retries=0)


@pytest.mark.parametrize("model", TOOL_MODELS)
@pytest.mark.parametrize("stream", [False, True])
def test_tool_loop(azure, model, stream):
    name = sandbox_name(model)
    cities = ["Paris", "Oslo"]
    prompt = " ".join(f"call:{name} {json.dumps({'city': city})}" for city in cities)
    messages = [{"role": "user", "content": prompt}]
    message = ask(azure, model, messages, stream)
    assert [json.loads(call["function"]["arguments"])["city"] for call in message["tool_calls"]] == cities
    assert {call["function"]["name"] for call in message["tool_calls"]} == {WEATHER["function"]["name"]}
    assert len({call["id"] for call in message["tool_calls"]}) == 2

    messages.append(message)
    for call, answer in reversed(list(zip(message["tool_calls"], ["sunny", "snow"], strict=True))):
        messages.append({"role": "tool", "tool_call_id": call["id"], "content": answer})
    final = ask(azure, model, messages, stream)
    assert not final["tool_calls"]
    assert final["content"].index("sunny") < final["content"].index("snow"), final["content"]


def ask(client, model, messages, stream):
    """The assistant's message, put together from its pieces where it streams."""
    arguments = {"model": model, "messages": messages, "tools": [WEATHER]}
    if not stream:
        message = client.chat.completions.create(**arguments).choices[0].message
        return message.model_dump(include={"role", "content", "tool_calls"})
    content, calls = "", {}
    for chunk in client.chat.completions.create(stream=True, **arguments):
        for choice in chunk.choices:
            content += choice.delta.content or ""
            for piece in choice.delta.tool_calls or []:
                function = {"name": "", "arguments": ""}
                call = calls.setdefault(piece.index, {"id": "", "type": "function", "function": function})
                call["id"] += piece.id or ""
                call["function"]["name"] += piece.function.name or ""
                call["function"]["arguments"] += piece.function.arguments or ""
    assert sorted(calls) == list(range(len(calls)))
    return {"role": "assistant", "content": content or None, "tool_calls": list(calls.values()) or None}


def test_legacy_functions(azure):
    function = WEATHER["function"]
    messages = [{"role": "user", "content": 'call:get_weather_now {"city": "Rome"}'}]
    answer = azure.chat.completions.create(model=NOVA, messages=messages, functions=[function])
    choice = answer.choices[0]
    assert choice.finish_reason == "function_call"
    assert choice.message.function_call.name == function["name"]
    messages.append(choice.message.model_dump(include={"role", "content", "function_call"}))
    messages.append({"role": "function", "name": function["name"], "content": "mild"})
    answer = azure.chat.completions.create(model=NOVA, messages=messages, functions=[function])
    assert "mild" in answer.choices[0].message.content


def test_forced_tool(azure):
    choice = {"type": "function", "function": {"name": WEATHER["function"]["name"]}}
    for model in ("anthropic.claude-3-5-sonnet-20241022-v2:0", NOVA):
        extra = (
            {"custom_fields": {"configuration": {"performanceConfig": {"latency": "standard"}}}}
            if "claude" in model
            else {}
        )
        answer = azure.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": "Now?"}],
            tools=[WEATHER],
            tool_choice=choice,
            extra_body=extra,
        )
        assert answer.choices[0].finish_reason == "tool_calls"


def test_langchain_with_tools_and_an_image(sandbox):
    @tool
    def weather(city: str) -> str:
        """The weather of a city"""
        return f"fine in {city}"

    model = AzureChatOpenAI(
        azure_endpoint=sandbox.url, api_key="any", api_version="1", azure_deployment=NOVA, max_retries=0
    ).bind_tools([weather])
    image = {"type": "image_url", "image_url": {"url": data_url(png(), "image/png")}}
    question = HumanMessage([{"type": "text", "text": 'call:weather {"city": "Bern"}'}, image])
    called = model.invoke([question])
    assert called.tool_calls[0]["args"] == {"city": "Bern"}
    result = ToolMessage(weather.invoke(called.tool_calls[0]["args"]), tool_call_id=called.tool_calls[0]["id"])
    assert "fine in Bern" in model.invoke([question, called, result]).content
    streamed = "".join(
        str(piece.content) for piece in model.stream([HumanMessage([{"type": "text", "text": "one two"}])])
    )
    assert "one two" in streamed


def test_twenty_turns(sandbox, start):
    """Parallel tools, images by part and by DIAL storage, a document, cache points; every request is valid for AWS."""
    stack = start(
        sandbox=True,
        environment={"SANDBOX_TOKENS_PER_SECOND": "0", "DIAL_URL": sandbox.sandbox_url},
    )
    azure = openai.AzureOpenAI(azure_endpoint=stack.url, api_key="any", api_version="1", max_retries=0)
    link = upload(sandbox.sandbox_url, png())
    messages = [
        {"role": "system", "content": "You are brief.", "custom_fields": {"cache_breakpoint": {}}},
    ]
    cached = 0
    for turn in range(20):
        messages.append(question(turn, link))
        answer = azure.chat.completions.create(model=NOVA, messages=messages, tools=[WEATHER])
        message = answer.choices[0].message
        messages.append(message.model_dump(include={"role", "content", "tool_calls"}, exclude_none=True))
        if message.tool_calls:
            assert len(message.tool_calls) == 2
            for call in message.tool_calls:
                messages.append({"role": "tool", "tool_call_id": call.id, "content": f"result of {call.id}"})
            answer = azure.chat.completions.create(model=NOVA, messages=messages, tools=[WEATHER])
            messages.append({"role": "assistant", "content": answer.choices[0].message.content})
        cached += answer.usage.prompt_tokens_details.cached_tokens
    assert cached > 0

    messages.append({"role": "user", "content": "echo:request"})
    answer = azure.chat.completions.create(model=NOVA, messages=messages, tools=[WEATHER])
    request = echoed(answer.choices[0].message.content)
    assert_valid("Converse", request)
    kinds = {kind for message in request["messages"] for block in message["content"] for kind in block}
    assert {"text", "image", "document", "toolUse", "toolResult", "cachePoint"} <= kinds
    roles = [message["role"] for message in request["messages"]]
    assert all(one != other for one, other in itertools.pairwise(roles))


def question(turn: int, link: str) -> dict:
    if turn % 5 == 1:
        calls = " ".join(f'call:get_weather_now {{"city": "city{turn}{each}"}}' for each in "ab")
        return {"role": "user", "content": calls}
    if turn % 5 == 2:
        image = {"type": "image_url", "image_url": {"url": data_url(png(), "image/png")}}
        return {"role": "user", "content": [{"type": "text", "text": f"picture {turn}"}, image]}
    if turn == 3:
        image = {"type": "image/png", "title": "stored", "url": link}
        note = {"type": "text/plain", "title": "My note.txt", "data": base64.b64encode(b"a note").decode()}
        return {"role": "user", "content": "stored picture", "custom_content": {"attachments": [image, note]}}
    if turn == 4:
        return {"role": "user", "content": "remember", "custom_fields": {"cache_breakpoint": {}}}
    return {"role": "user", "content": f"question {turn}"}


def upload(storage: str, content: bytes) -> str:
    headers = {"api-key": "any"}
    folder = httpx.get(f"{storage}/v1/bucket", headers=headers).json()["appdata"]
    file = {"file": ("picture.png", content, "image/png")}
    return httpx.put(f"{storage}/v1/files/{folder}/picture.png", headers=headers, files=file).json()["url"]


def echoed(text: str) -> dict:
    return json.loads(text[text.index("{") : text.rindex("}") + 1])


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", TOOL_MODELS)
def test_requests_are_valid_for_aws(azure, model, stream):
    """What the sandbox received, checked against AWS's description of Converse."""
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "echo:request"}]
    arguments = {"model": model, "messages": messages, "tools": [WEATHER], "stop": ["\n\n\nEND"], "temperature": 0.5}
    if stream:
        chunks = azure.chat.completions.create(stream=True, **arguments)
        text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    else:
        text = azure.chat.completions.create(**arguments).choices[0].message.content
    assert_valid("Converse", echoed(text))


def guarded(identifier: str, **more) -> dict:
    guardrail = {"guardrailIdentifier": identifier, "guardrailVersion": "1"}
    return {"custom_fields": {"configuration": {"guardrailConfig": guardrail}}, **more}


def test_guardrail_intervention_is_an_error(sandbox):
    answer = chat.post(sandbox.url, "something bad", **guarded("blocked"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "content_filter")
    streamed = chat.post(sandbox.url, "something bad", stream=True, **guarded("blocked"))
    assert chat.stream_error(chat.events(streamed.text))["code"] == "content_filter"
    assert "harmless" in chat.post(sandbox.url, "harmless", **guarded("open")).text


def test_reasoning_is_a_stage_and_reasoning_content(azure):
    messages = [{"role": "user", "content": "reasoning:6 nine"}]
    answer = azure.chat.completions.create(model="us.deepseek.r1-v1:0", messages=messages)
    message = answer.choices[0].message.model_dump()
    stage = message["custom_content"]["stages"][0]
    assert (stage["name"], stage["status"]) == ("Thinking", "completed")
    assert stage["content"] == message["reasoning_content"] != ""
    assert "nine" in message["content"]


@pytest.mark.parametrize(
    ("reason", "finish"),
    [("end_turn", "stop"), ("max_tokens", "length"), ("content_filtered", "content_filter"), ("brand_new", "stop")],
)
def test_stop_reasons(sandbox, reason, finish):
    answer = chat.post(sandbox.url, f"stop:{reason} words").json()
    assert answer["choices"][0]["finish_reason"] == finish


def test_malformed_output_is_an_error(sandbox):
    answer = chat.post(sandbox.url, "stop:malformed_tool_use words")
    assert answer.status_code == 500
    assert "malformed_tool_use" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("throttling", 429),
        ("access-denied", 403),
        ("not-found", 404),
        ("validation", 400),
        ("model-timeout", 408),
        ("model-error", 424),
        ("service-unavailable", 503),
        ("internal-error", 500),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_refusals_keep_their_status(sandbox, fault, status, stream):
    answer = chat.post(sandbox.url, f"fault:{fault}", stream=stream)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == str(status)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("stream-throttling", "429"),
        ("stream-model-error", "424"),
        ("stream-validation", "400"),
        ("stream-unavailable", "503"),
        ("no-stop", "500"),
        ("bad-crc", "500"),
        ("cut", "502"),
    ],
)
def test_faults_after_the_first_token(sandbox, fault, code):
    answer = chat.post(sandbox.url, f"words:20 rate:0 fault:{fault}@2", stream=True)
    assert answer.status_code == 200
    assert chat.stream_error(chat.events(answer.text))["code"] == code


def test_unknown_events_are_passed_over(sandbox):
    answer = chat.post(sandbox.url, "alpha beta fault:unknown-events", stream=True)
    chunks = chat.events(answer.text)
    assert "alpha beta" in chat.content(chunks)
    assert chunks[-1] == "[DONE]"
