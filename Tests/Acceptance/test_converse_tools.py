"""Tools as the openai client and LangChain use them, on models that differ in how they call them."""

import base64
import json

import openai
import pytest
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_openai import AzureChatOpenAI

from support.converse import COMMAND_R, JAMBA, LLAMA, NOVA, png

MODELS = [NOVA, LLAMA, COMMAND_R, JAMBA]
EMULATED = [LLAMA, JAMBA]
FUNCTION = {
    "name": "get-weather",
    "description": "The weather of a city",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "where": {"$ref": "#/$defs/Where"}},
        "required": ["city"],
        "additionalProperties": False,
        "$defs": {"Where": {"type": "object", "properties": {"country": {"type": "string"}}}},
    },
}
TOOLS = [{"type": "function", "function": FUNCTION}]
PLAIN = [{"type": "function", "function": {"name": "noop"}}]


def wire_name(model: str) -> str:
    """The sandbox calls by the name it knows; Nova is not given hyphens."""
    return "get_weather" if model == NOVA else "get-weather"


def complete(client, stream: bool, **request) -> tuple[dict, str, object]:
    """The assistant's message as a client keeps it, the finish reason and the usage; streams are put together as
    clients do."""
    if not stream:
        answer = client.chat.completions.create(**request)
        choice = answer.choices[0]
        return choice.message.model_dump(exclude_none=True), choice.finish_reason, answer.usage
    message = {"role": "assistant"}
    reasons, usages = [], []
    for chunk in client.chat.completions.create(stream=True, **request):
        usages += [chunk.usage] if chunk.usage else []
        for choice in chunk.choices:
            assert choice.index == 0
            reasons += [choice.finish_reason] if choice.finish_reason else []
            if choice.delta.content:
                message["content"] = message.get("content", "") + choice.delta.content
            if call := choice.delta.function_call:
                kept = message.setdefault("function_call", {"name": "", "arguments": ""})
                kept["name"] += call.name or ""
                kept["arguments"] += call.arguments or ""
            for call in choice.delta.tool_calls or []:
                calls = message.setdefault("tool_calls", [])
                if call.index == len(calls):
                    calls.append({"id": call.id, "type": call.type, "function": {"name": "", "arguments": ""}})
                function = calls[call.index]["function"]
                function["name"] += call.function.name or ""
                function["arguments"] += call.function.arguments or ""
    assert len(reasons) == 1 and len(usages) == 1
    return message, reasons[0], usages[0]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_loop_with_parallel_calls(programs, model, stream):
    name = wire_name(model)
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": f'call:{name} {{"city": "Paris"}} call:{name} {{"city": "Oslo"}}'},
    ]
    message, reason, usage = complete(programs.client, stream, model=model, messages=messages, tools=TOOLS)
    assert reason == "tool_calls"
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens > 0
    calls = message["tool_calls"]
    assert [call["function"]["name"] for call in calls] == ["get-weather", "get-weather"]
    assert [json.loads(call["function"]["arguments"]) for call in calls] == [{"city": "Paris"}, {"city": "Oslo"}]
    assert len({call["id"] for call in calls}) == 2

    messages.append(message)
    # In the other order, one an object and one not, and with words beside them.
    messages.append({"role": "tool", "tool_call_id": calls[1]["id"], "content": "[-3]"})
    messages.append({"role": "tool", "tool_call_id": calls[0]["id"], "content": '{"degrees": 21}'})
    answer, reason, _ = complete(programs.client, stream, model=model, messages=messages, tools=TOOLS)
    assert reason == "stop" and "tool_calls" not in answer
    assert answer["content"].index('{"degrees":21}') < answer["content"].index("[-3]")
    operation = "ConverseStream" if stream and model not in EMULATED else "Converse"
    assert [each.operation for each in programs.requests] == [operation] * 2

    messages += [answer, {"role": "user", "content": "thanks"}]
    # Without tools from now on: the history still has them.
    answer, reason, _ = complete(programs.client, stream, model=model, messages=messages)
    assert reason == "stop" and "thanks" in answer["content"]
    assert programs.last.body["toolConfig"]["tools"][0]["toolSpec"]["name"] == name


@pytest.mark.parametrize("model", MODELS)
def test_words_beside_tool_results(programs, model):
    name = wire_name(model)
    messages = [{"role": "user", "content": f'call:{name} {{"city": "Paris"}}'}]
    message, _, _ = complete(programs.client, False, model=model, messages=messages, tools=TOOLS)
    messages += [
        message,
        {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": "warm"},
        {"role": "user", "content": "and tomorrow"},
    ]
    answer, reason, _ = complete(programs.client, False, model=model, messages=messages, tools=TOOLS)
    assert reason == "stop" and "and tomorrow" in answer["content"]
    turns = programs.last.body["messages"]
    shared = any({"toolResult", "text"} <= {key for block in turn["content"] for key in block} for turn in turns)
    assert shared == (model != LLAMA)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_call_without_arguments(programs, model, stream):
    messages = [{"role": "user", "content": "call:noop {}"}]
    message, reason, _ = complete(programs.client, stream, model=model, messages=messages, tools=PLAIN)
    assert reason == "tool_calls"
    assert message["tool_calls"][0]["function"] == {"name": "noop", "arguments": "{}"}
    messages += [message, {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": ""}]
    answer, _, _ = complete(programs.client, stream, model=model, messages=messages, tools=PLAIN)
    assert "The tool noop answered: ." in answer["content"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_legacy_functions(programs, model, stream):
    name = wire_name(model)
    messages = [{"role": "user", "content": f'call:{name} {{"city": "Paris"}} call:{name} {{"city": "Oslo"}}'}]
    message, reason, _ = complete(programs.client, stream, model=model, messages=messages, functions=[FUNCTION])
    assert reason == "function_call" and "tool_calls" not in message
    call = message["function_call"]
    assert call["name"] == "get-weather" and json.loads(call["arguments"]) == {"city": "Paris"}
    messages += [message, {"role": "function", "name": "get-weather", "content": '{"degrees": 21}'}]
    answer, reason, _ = complete(programs.client, stream, model=model, messages=messages, functions=[FUNCTION])
    assert reason == "stop" and '{"degrees": 21}' in answer["content"]


FORCED = {"type": "function", "function": {"name": "get-weather"}}


@pytest.mark.parametrize("choice", ["required", FORCED])
def test_forced_choice_on_nova(programs, choice):
    tools = TOOLS if choice == FORCED else TOOLS + PLAIN
    messages = [{"role": "user", "content": "Hello"}]
    message, reason, _ = complete(programs.client, True, model=NOVA, messages=messages, tools=tools, tool_choice=choice)
    assert reason == "tool_calls" and message["tool_calls"][0]["function"]["name"] == "get-weather"
    assert programs.last.body["toolConfig"]["toolChoice"] == (
        {"any": {}} if choice == "required" else {"tool": {"name": "get_weather"}}
    )


@pytest.mark.parametrize("choice", ["required", FORCED])
def test_forced_choice_where_the_model_has_none(programs, choice):
    messages = [{"role": "user", "content": "Hello"}]
    message, reason, _ = complete(
        programs.client, False, model=LLAMA, messages=messages, tools=TOOLS, tool_choice=choice
    )
    assert reason == "stop" and "Hello" in message["content"]
    assert programs.last.body["toolConfig"]["toolChoice"] == {"auto": {}}
    # Where AWS may learn it any day, AWS decides.
    for model in (COMMAND_R, JAMBA):
        with pytest.raises(openai.BadRequestError) as refused:
            complete(programs.client, False, model=model, messages=messages, tools=TOOLS, tool_choice=choice)
        assert "doesn't support the toolConfig.toolChoice" in refused.value.message


def test_choices_that_cannot_be(programs):
    messages = [{"role": "user", "content": "Hello"}]
    with pytest.raises(openai.UnprocessableEntityError) as none:
        complete(programs.client, True, model=NOVA, messages=messages, tools=TOOLS, tool_choice="none")
    assert "tool_choice=none" in none.value.message
    with pytest.raises(openai.UnprocessableEntityError) as without:
        complete(programs.client, True, model="deepseek.r1-v1:0", messages=messages, tools=TOOLS)
    assert "Tools are not supported" in without.value.message
    assert programs.requests == []


@pytest.fixture
def langchain(programs):
    def make(model: str) -> AzureChatOpenAI:
        return AzureChatOpenAI(
            azure_endpoint=programs.stack.url,
            azure_deployment=model,
            api_key="any",
            api_version="2024-10-21",
            max_retries=0,
        )

    return make


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_langchain_tools(langchain, model, stream):
    bound = langchain(model).bind_tools(TOOLS)
    name = wire_name(model)

    def run(history):
        if not stream:
            return bound.invoke(history)
        whole = None
        for piece in bound.stream(history):
            whole = piece if whole is None else whole + piece
        return whole

    history = [HumanMessage(f'call:{name} {{"city": "Paris"}} call:{name} {{"city": "Oslo"}}')]
    answer = run(history)
    assert [(call["name"], call["args"]) for call in answer.tool_calls] == [
        ("get-weather", {"city": "Paris"}),
        ("get-weather", {"city": "Oslo"}),
    ]
    assert answer.usage_metadata["total_tokens"] > 0
    history.append(answer)
    history += [ToolMessage(f"result {n}", tool_call_id=call["id"]) for n, call in enumerate(answer.tool_calls)]
    final = run(history)
    assert "result 0" in final.content and "result 1" in final.content and not final.tool_calls


@pytest.mark.parametrize("stream", [False, True])
def test_langchain_images(langchain, programs, stream):
    url = "data:image/png;base64," + base64.b64encode(png(3)).decode()
    message = HumanMessage(
        [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": url, "detail": "low"}}]
    )
    model = langchain(NOVA)
    text = "".join(piece.content for piece in model.stream([message])) if stream else model.invoke([message]).content
    assert f"I see 1 image (png, {len(png(3))} bytes)" in text
    assert base64.b64decode(programs.last.body["messages"][0]["content"][1]["image"]["source"]["bytes"]) == png(3)


def test_langchain_structured_output(langchain):
    """A schema by way of a forced tool, as chains ask for it."""
    shape = {
        "title": "Weather",
        "description": "The weather",
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    }
    model = langchain(NOVA).with_structured_output(shape, method="function_calling")
    assert set(model.invoke("Paris, please")) == {"city"}
