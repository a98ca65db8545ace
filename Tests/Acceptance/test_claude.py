"""Claude through the adapter on both of its transports, by the clients people use; the sandbox judges every request."""

import base64
import json

import httpx
import openai
import pytest

from support import chat
from support.claude import HAIKU, OPUS_47, SONNET_4, SONNET_35, SONNET_37, SONNET_45, as_history
from support.converse import PDF, png

MARK = {"cache_breakpoint": {}}
THINKING = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
both = pytest.mark.parametrize("stream", [False, True])


def configured(**configuration) -> dict:
    return {"custom_fields": {"configuration": configuration}}


def tool(name: str = "lookup", **more) -> dict:
    parameters = {"type": "object", "properties": {"key": {"type": "string"}}, "required": ["key"]}
    return {"type": "function", "function": {"name": name, "description": "", "parameters": parameters}, **more}


def user(content, **more) -> dict:
    return {"role": "user", "content": content, **more}


@both
@pytest.mark.parametrize("model", [HAIKU, SONNET_35, SONNET_37, SONNET_4, SONNET_45, OPUS_47])
def test_openai_client(claude, model, stream):
    name = claude.deployment(model)
    answer = claude.openai.chat.completions.create(
        model=name, messages=[{"role": "system", "content": "Be brief."}, user("alpha beta")], stream=stream
    )
    if stream:
        chunks = list(answer)
        text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
        assert {chunk.model for chunk in chunks} == {name}
        usage, finish = chunks[-1].usage, chunks[-1].choices[0].finish_reason
    else:
        text, usage, finish = answer.choices[0].message.content, answer.usage, answer.choices[0].finish_reason
        assert answer.model == name
    assert (text, finish) == ("You said: alpha beta", "stop")
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (6, 4, 10)
    body = claude.last.body
    assert body["system"] == [{"type": "text", "text": "Be brief."}]
    assert body["max_tokens"] == 1536
    assert body.get("stream") == (stream if claude.transport == "anthropic" else None)


@both
def test_dial_client(claude, stream):
    answer = claude.dial.chat.completions.create(
        deployment_name=claude.deployment(SONNET_37),
        messages=[user("reasoning:3 alpha beta")],
        stream=stream,
        extra_headers=claude.headers,
    )
    if not stream:
        message = answer.choices[0].message
        assert message.content == "You said: alpha beta"
        assert message.custom_content.state["claude_message_content"][0]["type"] == "thinking"
        (stage,) = message.custom_content.stages
        assert (stage.name, stage.content.split(), stage.status) == ("Thinking", ["the", "river", "keeps"], "completed")
        return
    chunks = list(answer)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "You said: alpha beta"
    custom = [chunk.choices[0].delta.custom_content for chunk in chunks if chunk.choices]
    states = [each.state for each in custom if each and each.state]
    assert [block["type"] for block in states[0]["claude_message_content"]] == ["thinking", "text"]
    stages = [stage for each in custom if each for stage in each.stages or []]
    assert "".join(stage.content or "" for stage in stages).split() == ["the", "river", "keeps"]
    assert stages[-1].status == "completed"


@both
@pytest.mark.parametrize("model", [SONNET_37, SONNET_4])
def test_thinking_with_tools_over_five_turns(claude, model, stream):
    """The state travels with the conversation: the sandbox refuses thinking that is missing or changed."""
    messages: list[dict] = []
    options = {"model": model, "tools": [tool()], **configured(**THINKING)}
    for turn in range(5):
        messages.append(user(f'redacted:1 reasoning:{turn + 2} call:lookup {{"key": "é{turn}"}} call:lookup {{}}'))
        called = claude.message(stream, messages=messages, **options)
        assert called["finish_reason"] == "tool_calls"
        assert [call["function"]["name"] for call in called["tool_calls"]] == ["lookup", "lookup"]
        arguments = [json.loads(call["function"]["arguments"]) for call in called["tool_calls"]]
        assert arguments == [{"key": f"é{turn}"}, {}]
        assert len(called["reasoning_content"].split()) == turn + 2
        kinds = [block["type"] for block in called["custom_content"]["state"]["claude_message_content"]]
        assert kinds == ["thinking", "redacted_thinking", "tool_use", "tool_use"]
        messages.append(as_history(called))
        # In the wrong order: the adapter puts them right.
        for call in reversed(called["tool_calls"]):
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": f"value {turn}"})
        final = claude.message(stream, messages=messages, **options)
        assert final["content"].count(f"The tool lookup answered: value {turn}") == 2
        messages.append(as_history(final))
        assert claude.last.body["thinking"] == THINKING["thinking"]
    sent = claude.last.body["messages"]
    thoughts = [block for message in sent for block in message["content"] if "thinking" in block["type"]]
    assert len(thoughts) == 10
    assert len(claude.requests) == 10


@both
def test_thinking_without_its_state(claude, stream):
    """A client that forgets the state: the answer goes on without thinking instead of being refused."""
    messages = [user("call:lookup {}")]
    options = {"tools": [tool()], **configured(**THINKING)}
    called = claude.message(stream, messages=messages, **options)
    del called["custom_content"]
    messages += [as_history(called), {"role": "tool", "tool_call_id": called["tool_calls"][0]["id"], "content": "v"}]
    assert "answered: v" in claude.message(stream, messages=messages, **options)["content"]
    assert "thinking" not in claude.last.body
    # The next question starts afresh.
    messages += [{"role": "assistant", "content": "so"}, user("and now?")]
    assert "reasoning_content" in claude.message(stream, messages=messages, **options)


@both
def test_changed_thinking_is_refused_in_anthropics_words(claude, stream):
    answer = claude.message(stream, "hi", **configured(**THINKING))
    answer["custom_content"]["state"]["claude_message_content"][0]["thinking"] += "!"
    refused = claude.ask(messages=[user("hi"), as_history(answer), user("go on")], stream=stream)
    assert refused.status_code == 400
    assert "Invalid `signature` in `thinking` block" in refused.json()["error"]["message"]


@both
def test_state_crosses_models(claude, stream):
    answer = claude.message(stream, "hi", **configured(**THINKING))
    history = [user("hi"), as_history(answer), user("go on")]
    assert "go on" in claude.message(stream, messages=history, model=SONNET_35)["content"]
    assert "custom_content" not in claude.message(stream, messages=history, model=SONNET_35)


@both
def test_thinking_with_sampling_and_forced_choice(claude, stream):
    choice = {"type": "function", "function": {"name": "lookup"}}
    answer = claude.message(
        stream, "hi", tools=[tool()], tool_choice=choice, temperature=0.4, max_tokens=100, **configured(**THINKING)
    )
    assert "reasoning_content" in answer
    body = claude.last.body
    assert "temperature" not in body
    assert body["tool_choice"] == {"type": "auto"}
    assert body["max_tokens"] == 1124


@both
def test_reasoning_effort(claude, stream):
    assert "reasoning_content" in claude.message(stream, "hi", reasoning_effort="low")
    assert claude.last.body["thinking"] == {"type": "enabled", "budget_tokens": 1024}
    claude.message(stream, "hi", reasoning_effort="low", model=OPUS_47)
    assert claude.last.body["output_config"] == {"effort": "low"}


@both
def test_sampling_of_later_models(claude, stream):
    claude.message(stream, "hi", temperature=1, top_p=0.5, model=SONNET_45)
    assert claude.last.body["temperature"] == 0.5 and "top_p" not in claude.last.body
    claude.message(stream, "hi", temperature=1, top_p=0.5, model=OPUS_47)
    assert not {"temperature", "top_p"} & set(claude.last.body)


@both
def test_images(claude, stream):
    link = claude.programs.upload(f"claude-{claude.transport}-{stream}.png", png(3), "image/png")
    url = "data:image/png;base64," + base64.b64encode(png(2)).decode()
    parts = [{"type": "text", "text": "see"}, {"type": "image_url", "image_url": {"url": url}}]
    stored = {"attachments": [{"type": "image/png", "title": "stored.png", "url": link}]}
    answer = claude.message(stream, messages=[user(parts, custom_content=stored)])
    sizes = "; ".join(f"png, {len(png(width))} bytes" for width in (3, 2))
    assert answer["content"] == f"You said: see\nI see 2 images ({sizes})."
    # A wrong name for the type of a file is put right.
    jpeg = "data:image/jpeg;base64," + base64.b64encode(png(4)).decode()
    answer = claude.message(stream, messages=[user([{"type": "image_url", "image_url": {"url": jpeg}}])])
    assert f"I see 1 image (png, {len(png(4))} bytes)" in answer["content"]


@both
def test_documents(claude, stream):
    pdf = {"type": "application/pdf", "title": "a.pdf", "data": base64.b64encode(PDF).decode()}
    note = {"type": "text/plain", "title": "note.txt", "data": base64.b64encode(b"a note").decode()}
    answer = claude.message(stream, messages=[user("read", custom_content={"attachments": [pdf, note]})])
    assert f"I see 2 documents (pdf, {len(PDF)} bytes; text, 6 bytes)" in answer["content"]


@both
def test_cache_breakpoints(claude, stream):
    """Six marks, of which the service takes four; what was cached is found again as the conversation grows."""
    messages = [{"role": "system", "content": f"You are {claude.transport} {stream}.", "custom_fields": MARK}]
    tools = [tool(f"lookup_{stream}", custom_fields=MARK)]
    usages = []
    for turn in range(5):
        messages.append(user(f"question {turn}", custom_fields=MARK))
        answer = claude.message(stream, messages=messages, tools=tools)
        messages.append(as_history(answer))
        usages.append(answer["usage"])
    body = claude.last.body
    assert json.dumps(body).count('"cache_control": {"type": "ephemeral"}') == 4
    first, *rest = [usage["prompt_tokens_details"] for usage in usages]
    assert first["cached_tokens"] == 0 < first["cache_write_tokens"]
    assert all(each["cached_tokens"] > 0 for each in rest)
    for usage in usages:
        details = usage["prompt_tokens_details"]
        assert usage["prompt_tokens"] == details["cached_tokens"] + details["cache_write_tokens"]


@both
def test_betas(claude, stream):
    betas = ["token-efficient-tools-2025-02-19", "output-128k-2025-02-19"]
    answer = claude.message(stream, "hi", max_tokens=100_000, **configured(betas=betas))
    assert answer["content"] == "You said: hi"
    assert claude.last.headers["anthropic-beta"] == ",".join(betas)
    assert claude.last.body.get("anthropic_beta") == (betas if claude.transport == "bedrock" else None)
    without = claude.ask("hi", max_tokens=100_000, stream=stream)
    assert without.status_code == 400
    assert "100000 > 64000, which is the maximum allowed" in without.json()["error"]["message"]
    unknown = claude.ask("hi", stream=stream, **configured(betas=["nothing-2020-01-01"]))
    assert unknown.status_code == 400
    words = {"bedrock": "invalid beta flag", "anthropic": "Unexpected value(s) `nothing-2020-01-01`"}
    assert words[claude.transport] in unknown.json()["error"]["message"]


@both
def test_interleaved_thinking(claude, stream):
    options = {"tools": [tool()], **configured(betas=["interleaved-thinking-2025-05-14"], **THINKING)}
    messages = [user("call:lookup {}")]
    for _ in range(2):
        called = claude.message(stream, messages=messages, model=SONNET_4, max_tokens=600, **options)
        messages.append(as_history(called))
        for call in called.get("tool_calls", []):
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": "call:lookup {} again"})
    # The budget spans several answers: it may be larger than one of them.
    assert claude.last.body["max_tokens"] == 600
    assert called["reasoning_content"]


@both
def test_legacy_functions(claude, stream):
    function = tool("get.weather")["function"]
    messages = [user('call:get_weather {"key": "Rome"}')]
    called = claude.message(stream, messages=messages, functions=[function])
    assert called["finish_reason"] == "function_call"
    assert called["function_call"]["name"] == "get.weather"
    assert json.loads(called["function_call"]["arguments"]) == {"key": "Rome"}
    messages += [as_history(called), {"role": "function", "name": "get.weather", "content": "mild"}]
    final = claude.message(stream, messages=messages, functions=[function])
    assert final["content"] == "The tool get_weather answered: mild"


@both
def test_only_the_first_of_several_functions(claude, stream):
    called = claude.message(stream, "call:a {} call:b {}", functions=[tool("a")["function"], tool("b")["function"]])
    assert called["function_call"] == {"name": "a", "arguments": "{}"}
    assert called["finish_reason"] == "function_call"


@both
def test_parallel_tools(claude, stream):
    prompt = " ".join(f'call:t{index} {{"key": "{index}"}}' for index in range(5)) + " and text"
    called = claude.message(stream, prompt, tools=[tool(f"t{index}") for index in range(5)])
    assert called["content"] == "You said: and text"
    assert [call["function"]["name"] for call in called["tool_calls"]] == [f"t{index}" for index in range(5)]
    assert len({call["id"] for call in called["tool_calls"]}) == 5
    history = [user(prompt), as_history(called)]
    # One call stays without its result, one result has no call.
    for call in called["tool_calls"][:4]:
        history.append({"role": "tool", "tool_call_id": call["id"], "content": call["id"]})
    history.append({"role": "tool", "tool_call_id": "toolu_none", "content": "lost"})
    final = claude.message(stream, messages=[*history, user("so")], tools=[tool("t0")])
    assert "The tool t4 failed" in final["content"] and "lost" not in final["content"]


@both
@pytest.mark.parametrize(("choice", "calls"), [("required", 1), ("none", 0), ("auto", 0)])
def test_tool_choice(claude, stream, choice, calls):
    message = claude.message(stream, "hi", tools=[tool(), tool("other")], tool_choice=choice)
    assert len(message.get("tool_calls") or []) == calls


@both
def test_several_choices(claude, stream):
    prompt = 'call:lookup {"key": "a"} text'
    answer = claude.ask(prompt, n=3, stream=stream, tools=[tool()], **configured(**THINKING))
    assert len(claude.requests) == 3
    if not stream:
        choices = answer.json()["choices"]
        assert [choice["index"] for choice in choices] == [0, 1, 2]
        assert all(choice["message"]["tool_calls"] and choice["message"]["reasoning_content"] for choice in choices)
        usage = answer.json()["usage"]
    else:
        chunks = chat.events(answer.text)
        assert {chat.content(chunks, index) for index in range(3)} == {"You said: text"}
        reasons = [choice["finish_reason"] for chunk in chunks[:-1] for choice in chunk["choices"]]
        assert [each for each in reasons if each] == ["tool_calls"] * 3
        (usage,) = [chunk["usage"] for chunk in chunks[:-1] if chunk.get("usage")]
    one = claude.message(False, prompt, tools=[tool()], **configured(**THINKING))["usage"]
    assert usage["completion_tokens"] == 3 * one["completion_tokens"]


@both
def test_stop_sequences_and_length(claude, stream):
    stopped = claude.message(stream, "one STOP two", stop=["STOP", " "])
    assert (stopped["content"].strip(), stopped["finish_reason"]) == ("You said: one", "stop")
    assert claude.last.body["stop_sequences"] == ["STOP"]
    cut = claude.message(stream, "one two three", max_tokens=3)
    assert (cut["content"], cut["finish_reason"]) == ("You said: one", "length")


@both
def test_structured_output(claude, stream):
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    answer = claude.message(stream, "a number", response_format=form, model=SONNET_45)
    assert json.loads(answer["content"]) == {"a": 1}


@both
def test_truncation(claude, stream):
    history = [user("one " * 50), {"role": "assistant", "content": "two"}, user("three")]
    answer = claude.ask(messages=history, max_prompt_tokens=40, stream=stream, **configured(**THINKING))
    last = chat.events(answer.text)[-2] if stream else answer.json()
    assert last["statistics"]["discarded_messages"] == [0, 1]
    assert [message["role"] for message in claude.last.body["messages"]] == ["user"]


def test_tokenize_and_configuration_need_no_upstream(claude):
    base = f"{claude.programs.stack.url}/openai/deployments/{claude.deployment(SONNET_37)}"
    headers = chat.HEADERS | claude.headers
    counted = httpx.post(f"{base}/tokenize", headers=headers, json={"inputs": [{"type": "string", "value": "é"}]})
    schema = httpx.get(f"{base}/configuration", headers=headers)
    assert counted.json()["outputs"] == [{"status": "success", "token_count": 2}]
    assert "thinking" in schema.json()["properties"]
    assert claude.requests == []


def test_wrong_key(claude):
    if claude.transport == "bedrock":
        name, headers, status = "anthropic.claude-3-haiku-20240307-v1:0", {"X-UPSTREAM-EXTRA-DATA": json.dumps(
            {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "wrong", "region": "us-east-1"}
        )}, 403  # fmt: skip
    else:
        name, headers, status = HAIKU, {"X-UPSTREAM-KEY": "sk-ant-wrong"}, 401
    client = claude.openai.with_options(default_headers=headers, max_retries=0)
    with pytest.raises(openai.APIStatusError) as refused:
        client.chat.completions.create(model=name, messages=[user("hi")])
    assert refused.value.status_code == status
    assert "wrong" not in refused.value.message


def test_bedrock_ids_are_unknown_to_anthropic(claude):
    name = "anthropic.claude-3-haiku-20240307-v1:0"
    headers = {"X-UPSTREAM-KEY": claude.headers.get("X-UPSTREAM-KEY", "sandbox-anthropic-api-key")}
    with pytest.raises(openai.NotFoundError, match=f"model: {name}"):
        claude.openai.with_options(default_headers=headers).chat.completions.create(model=name, messages=[user("hi")])


@both
def test_out_of_the_box(sandbox, stream):
    """What make serve starts without AWS knows Claude."""
    client = openai.AzureOpenAI(azure_endpoint=sandbox.url, api_key="any", api_version="1", max_retries=0)
    answer = client.chat.completions.create(
        model="us.anthropic.claude-sonnet-4-20250514-v1:0", messages=[user("alpha")], stream=stream
    )
    if stream:
        text = "".join(choice.delta.content or "" for chunk in answer for choice in chunk.choices)
    else:
        text = answer.choices[0].message.content
    assert text == "You said: alpha"


def by_openai(claude, messages: list[dict], options: dict) -> dict:
    """One whole answer through the client users have."""
    options = dict(options)
    answer = claude.openai.chat.completions.create(
        model=claude.deployment(SONNET_37),
        messages=messages,
        tools=options.pop("tools"),
        extra_body=options,
    )
    return answer.choices[0].message.model_dump(exclude_none=True)


def by_dial(claude, messages: list[dict], options: dict) -> dict:
    answer = claude.dial.chat.completions.create(
        deployment_name=claude.deployment(SONNET_37),
        messages=messages,
        stream=False,
        extra_headers=claude.headers,
        **options,
    )
    return answer.choices[0].message.model_dump(exclude_none=True, mode="json")


@pytest.mark.parametrize("create", [by_openai, by_dial])
def test_clients_think_with_tools_over_five_turns(claude, create):
    messages: list[dict] = []
    options = {"tools": [tool()], **configured(**THINKING)}
    for turn in range(5):
        messages.append(user(f'reasoning:{turn + 2} call:lookup {{"key": "{turn}"}}'))
        called = create(claude, messages, options)
        messages.append(as_history(called))
        (call,) = called["tool_calls"]
        messages.append({"role": "tool", "tool_call_id": call["id"], "content": f"value {turn}"})
        final = create(claude, messages, options)
        assert f"The tool lookup answered: value {turn}" in final["content"]
        messages.append(as_history(final))
    sent = claude.last.body["messages"]
    thoughts = [block for message in sent for block in message["content"] if block["type"] == "thinking"]
    assert len(thoughts) >= 5
