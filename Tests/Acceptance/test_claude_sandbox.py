"""Anthropic's own SDK straight at the sandbox: to a client that nobody here wrote it must be Anthropic, and Bedrock."""

import anthropic
import pytest

from support.claude import API_KEY
from support.converse import CLAUDE
from support.stack import ACCESS_KEY, REGION, SECRET_KEY, Stack

# The SDK knows which models are old.
pytestmark = pytest.mark.filterwarnings("ignore:The model:DeprecationWarning")

TOOL = {
    "name": "weather",
    "description": "The weather of a city",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
BUDGET = {"type": "enabled", "budget_tokens": 1024}


@pytest.fixture(scope="module")
def quick():
    stack = Stack(sandbox=True, environment={"SANDBOX_TOKENS_PER_SECOND": "0"})
    yield stack.sandbox_url
    stack.close()


def over_bedrock(url: str, secret: str = SECRET_KEY) -> anthropic.AnthropicBedrock:
    return anthropic.AnthropicBedrock(
        base_url=url, aws_access_key=ACCESS_KEY, aws_secret_key=secret, aws_region=REGION, max_retries=0
    )


@pytest.fixture(params=["bedrock", "anthropic"])
def claude(request, quick):
    """A function that creates messages, and one that streams them."""
    if request.param == "bedrock":
        client, model = over_bedrock(quick), CLAUDE
    else:
        client, model = (
            anthropic.Anthropic(base_url=quick, api_key=API_KEY, max_retries=0),
            "claude-3-7-sonnet-20250219",
        )

    def ask(content, *, stream: bool = False, **more):
        messages = content if isinstance(content, list) else [{"role": "user", "content": content}]
        arguments = {"model": model, "max_tokens": 4096, "messages": messages} | more
        if not stream:
            return client.messages.create(**arguments)
        with client.messages.stream(**arguments) as events:
            return events.get_final_message()

    return ask


both = pytest.mark.parametrize("stream", [False, True])


@both
def test_text(claude, stream):
    answer = claude("alpha beta", stream=stream)
    assert answer.content[0].text == "You said: alpha beta"
    assert (answer.stop_reason, answer.role, answer.model) == ("end_turn", "assistant", "claude-3-7-sonnet-20250219")
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (3, 4)


@both
def test_tools(claude, stream):
    question = {"role": "user", "content": 'call:weather {"city": "Oslo"} call:weather {"city": "Rome"}'}
    called = claude([question], stream=stream, tools=[TOOL])
    assert called.stop_reason == "tool_use"
    assert [block.input for block in called.content] == [{"city": "Oslo"}, {"city": "Rome"}]
    results = [{"type": "tool_result", "tool_use_id": block.id, "content": "fine"} for block in called.content]
    history = [question, {"role": "assistant", "content": called.content}, {"role": "user", "content": results}]
    assert claude(history, stream=stream, tools=[TOOL]).content[0].text.count("The tool weather answered: fine") == 2


@both
def test_thinking(claude, stream):
    question = {"role": "user", "content": 'redacted:1 call:weather {"city": "Oslo"}'}
    called = claude([question], stream=stream, tools=[TOOL], thinking=BUDGET)
    assert [block.type for block in called.content] == ["thinking", "redacted_thinking", "tool_use"]
    result = {"type": "tool_result", "tool_use_id": called.content[-1].id, "content": "fine"}
    history = [question, {"role": "assistant", "content": called.content}, {"role": "user", "content": [result]}]
    assert claude(history, stream=stream, tools=[TOOL], thinking=BUDGET).content[0].type == "text"
    called.content[0].thinking += "!"
    with pytest.raises(anthropic.BadRequestError, match="Invalid `signature` in `thinking` block"):
        claude(history, stream=stream, tools=[TOOL], thinking=BUDGET)


@both
def test_caching(claude, stream):
    mark = {"type": "ephemeral"}
    block = {"type": "text", "text": f"remember this, {stream}", "cache_control": mark}
    written, read = (claude([{"role": "user", "content": [block]}], stream=stream).usage for _ in range(2))
    assert written.cache_creation_input_tokens == read.cache_read_input_tokens > 0
    assert written.cache_read_input_tokens == read.cache_creation_input_tokens == 0


@both
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("throttling", anthropic.RateLimitError),
        ("access-denied", anthropic.PermissionDeniedError),
        ("not-found", anthropic.NotFoundError),
        ("validation", anthropic.BadRequestError),
        ("internal-error", anthropic.InternalServerError),
    ],
)
def test_errors(claude, stream, fault, error):
    with pytest.raises(error):
        claude(f"fault:{fault}", stream=stream)


@both
def test_refusals(claude, stream):
    with pytest.raises(anthropic.BadRequestError, match="text content blocks must be non-empty"):
        claude("", stream=stream)
    with pytest.raises(anthropic.BadRequestError, match="65000 > 64000, which is the maximum"):
        claude("hi", stream=True, max_tokens=65_000)


def test_error_in_a_stream(claude):
    with pytest.raises(anthropic.APIStatusError) as error:
        claude("words:20 fault:stream-overloaded@4", stream=True)
    assert error.value.body["error"]["type"] == "overloaded_error"


def test_betas(quick):
    client = anthropic.Anthropic(base_url=quick, api_key=API_KEY, max_retries=0)
    question = {"max_tokens": 100_000, "messages": [{"role": "user", "content": "hi"}]}
    with client.beta.messages.stream(
        model="claude-3-7-sonnet-20250219", betas=["output-128k-2025-02-19"], **question
    ) as events:
        assert events.get_final_message().content[0].text == "You said: hi"
    with over_bedrock(quick).beta.messages.stream(model=CLAUDE, betas=["output-128k-2025-02-19"], **question) as events:
        assert events.get_final_message().content[0].text == "You said: hi"
    with pytest.raises(anthropic.BadRequestError, match="invalid beta flag"):
        over_bedrock(quick).beta.messages.create(
            model=CLAUDE, betas=["files-api-2025-04-14"], **question | {"max_tokens": 9}
        )


def test_keys(quick):
    client = anthropic.Anthropic(base_url=quick, api_key="sk-ant-none", max_retries=0)
    question = {"max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    with pytest.raises(anthropic.AuthenticationError, match="invalid x-api-key") as error:
        client.messages.create(model="claude-3-haiku-20240307", **question)
    assert error.value.request_id.startswith("req_")
    with pytest.raises(anthropic.PermissionDeniedError, match="signature we calculated does not match"):
        over_bedrock(quick, "not the secret").messages.create(model=CLAUDE, **question)


def test_counted_tokens_and_unknown_models(quick):
    client = anthropic.Anthropic(base_url=quick, api_key=API_KEY, max_retries=0)
    question = {"messages": [{"role": "user", "content": "alpha beta"}]}
    assert client.messages.count_tokens(model="claude-3-haiku-20240307", **question).input_tokens == 3
    with pytest.raises(anthropic.NotFoundError, match="model: claude-9"):
        client.messages.create(model="claude-9", max_tokens=9, **question)
