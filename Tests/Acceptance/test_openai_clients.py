"""Clients made for OpenAI's API, where DIAL_ADAPTER_IGNORE_UNKNOWN_FIELDS lets them pass (docs/openai-clients.md)."""

import httpx
import openai
import pytest
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, Field

from support import chat
from support.stack import Stack

CLAUDE = "anthropic.claude-sonnet-4-20250514-v1:0"
LLAMA = "meta.llama3-3-70b-instruct-v1:0"
MODELS = [chat.DEPLOYMENT, CLAUDE, LLAMA]
QUESTION = {"role": "user", "content": "call:look {}"}
LOOK = {"type": "function", "function": {"name": "look", "description": "Looks.", "strict": None}}


@pytest.fixture(scope="module")
def stack():
    stack = Stack(sandbox=True, environment={"DIAL_ADAPTER_IGNORE_UNKNOWN_FIELDS": "true"})
    yield stack
    stack.close()


@pytest.fixture
def client(stack):
    return openai.OpenAI(base_url=f"{stack.url}/openai/v1", api_key="any", max_retries=0)


@pytest.mark.parametrize("model", MODELS)
def test_a_chat(client, model):
    assert model in [listed.id for listed in client.models.list()]
    stream = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "words:40"}],
        stream=True,
        stream_options={"include_usage": True, "include_obfuscation": False},
        max_completion_tokens=5,
        store=False,
        metadata={"a": "b"},
    )
    chunks = list(stream)
    assert chunks[-2].choices[0].finish_reason == "length" and not chunks[-2].usage
    assert not chunks[-1].choices and chunks[-1].usage.completion_tokens == 5


def test_usage_that_was_not_asked_for_comes_with_the_end(client):
    chunks = list(client.chat.completions.create(model=CLAUDE, messages=[QUESTION], stream=True))
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.usage] == ["stop"]
    assert chunks[-1].usage


@pytest.mark.parametrize("model", [*MODELS, "us.amazon.nova-lite-v1:0", "cohere.embed-v4:0"])
def test_a_model_is_told_as_openai_tells_it(stack, model):
    url = f"{stack.url}/openai/v1"
    client = openai.OpenAI(base_url=url, api_key="any", max_retries=0, _strict_response_validation=True)
    told = client.models.retrieve(model)
    assert (told.id, told.object) == (model, "model")
    assert told.owned_by == model.removeprefix("us.").split(".")[0]
    assert all(isinstance(listed.created, int) and listed.owned_by for listed in client.models.list())


@pytest.mark.parametrize("model", MODELS)
def test_a_tool_whose_result_comes_in_parts(client, model):
    messages = [QUESTION]
    answer = client.chat.completions.create(model=model, messages=messages, tools=[LOOK], parallel_tool_calls=True)
    (call,) = answer.choices[0].message.tool_calls
    messages += [
        answer.choices[0].message,
        {"role": "tool", "tool_call_id": call.id, "content": [{"type": "text", "text": "a tree"}]},
        {"role": "system", "content": "Be brief."},
    ]
    told = client.chat.completions.create(model=model, messages=messages, tools=[LOOK])
    assert "a tree" in told.choices[0].message.content
    last = client.chat.completions.create(model=model, messages=messages, tools=[LOOK], tool_choice="none")
    assert "a tree" in last.choices[0].message.content


@pytest.mark.parametrize("model", [*MODELS, "anthropic.claude-opus-4-7"])
@pytest.mark.parametrize(
    "ending",
    [
        [{"role": "assistant", "content": None}, {"role": "user", "content": "y"}],
        [{"role": "assistant", "content": "", "tool_calls": []}, {"role": "user", "content": "y"}],
        [{"role": "assistant", "content": "y"}],
    ],
)
def test_an_assistant_without_words_or_at_the_end(client, model, ending):
    answer = client.chat.completions.create(model=model, messages=[{"role": "user", "content": "x"}, *ending])
    assert answer.choices[0].message.content


class Home(BaseModel):
    street: str


class Person(BaseModel):
    """With limits that Claude's service refuses, told to the model instead."""

    name: str = Field(min_length=1, max_length=40)
    age: int = Field(ge=0, le=150)
    tags: list[str] = Field(default=[], max_length=3)
    home: Home | None = None


@pytest.mark.parametrize("model", [chat.DEPLOYMENT, CLAUDE])
def test_a_form(client, model):
    asked = {"model": model, "messages": [{"role": "user", "content": "someone"}], "response_format": Person}
    assert isinstance(client.chat.completions.parse(**asked).choices[0].message.parsed, Person)


def test_langchain(stack):
    model = ChatOpenAI(base_url=f"{stack.url}/openai/v1", api_key="any", model=CLAUDE, max_tokens=100)
    assert "hello" in model.invoke("hello").content
    assert isinstance(model.with_structured_output(Person).invoke("someone"), Person)


def test_embeddings(client):
    found = client.embeddings.create(model="amazon.titan-embed-text-v2:0", input="x", dimensions=256)
    assert len(found.data[0].embedding) == 256


def test_what_is_missing_is_told(stack, client):
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="gpt-9", messages=[QUESTION])
    with pytest.raises(openai.NotFoundError, match="'gpt-9' is unknown"):
        client.models.retrieve("gpt-9")
    with pytest.raises(openai.NotFoundError, match="has to be set to chat completions"):
        client.responses.create(model=CLAUDE, input="x")
    url = f"{stack.url}/openai/v1/chat/completions"
    bearer = {"Authorization": "Bearer any"}
    nameless = httpx.post(url, headers=bearer, json={"messages": [QUESTION]})
    assert nameless.status_code == 400 and "path model." in nameless.json()["error"]["message"]
    keyless = httpx.post(url, json={"model": CLAUDE, "messages": [QUESTION]})
    assert keyless.status_code == 400 and "Api-Key" in keyless.json()["error"]["message"]


def test_it_is_off_by_default(sandbox):
    client = openai.OpenAI(base_url=f"{sandbox.url}/openai/v1", api_key="any", max_retries=0)
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model=CLAUDE, messages=[QUESTION])
    with pytest.raises(openai.NotFoundError) as missing:
        client.responses.create(model=CLAUDE, input="x")
    assert missing.value.response.json() == {"detail": "Not Found"}
