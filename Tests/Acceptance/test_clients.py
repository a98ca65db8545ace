"""The client libraries people use, unchanged, against the sandbox."""

import asyncio

import boto3
import botocore.exceptions
import openai
import pytest
from aidial_client import AsyncDial, Dial
from langchain_openai import AzureChatOpenAI
from pydantic import BaseModel

from support import chat
from support.openapi import DescribedRelay
from support.stack import ACCESS_KEY, REGION, SECRET_KEY

MESSAGES = [{"role": "user", "content": "alpha beta gamma delta"}]
WORDS = ["alpha", "beta", "gamma", "delta"]


def assert_echo(text: str) -> None:
    assert [word for word in text.split() if word in WORDS] == WORDS, text


class Described:
    """The running programs, with an address that leads past the description of the API."""

    def __init__(self, stack, url: str) -> None:
        self._stack = stack
        self.url = url

    def __getattr__(self, name: str):
        return getattr(self._stack, name)


@pytest.fixture(scope="module")
def _relay(sandbox):
    relay = DescribedRelay(sandbox.url)
    yield relay
    relay.close()


@pytest.fixture
def described(sandbox, _relay):
    """What a client sends and gets is as described."""
    _relay.violations.clear()
    yield Described(sandbox, _relay.url)
    assert not _relay.violations


@pytest.fixture
def azure(described):
    return openai.AzureOpenAI(azure_endpoint=described.url, api_key="any", api_version="2024-10-21", max_retries=0)


def test_openai(azure):
    answer = azure.chat.completions.create(model=chat.DEPLOYMENT, messages=MESSAGES)
    assert_echo(answer.choices[0].message.content)
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_openai_stream(azure):
    text, reasons, usages = "", [], []
    for chunk in azure.chat.completions.create(model=chat.DEPLOYMENT, messages=MESSAGES, stream=True):
        for choice in chunk.choices:
            text += choice.delta.content or ""
            reasons += [choice.finish_reason] if choice.finish_reason else []
        usages += [chunk.usage] if chunk.usage else []
    assert_echo(text)
    assert reasons == ["stop"]
    assert len(usages) == 1 and usages[0].total_tokens > 0


def test_openai_over_http2(described):
    http = openai.DefaultHttpxClient(http2=True, verify=described.tls)
    client = openai.AzureOpenAI(azure_endpoint=described.tls_url, api_key="any", api_version="1", http_client=http)
    text = ""
    for chunk in client.chat.completions.create(model=chat.DEPLOYMENT, messages=MESSAGES, stream=True):
        text += chunk.choices[0].delta.content or "" if chunk.choices else ""
    assert_echo(text)


def test_openai_by_base_url_alone(described):
    """The plain client, as the README has it: the key goes as a header, the deployment is part of the address."""
    client = openai.OpenAI(
        base_url=f"{described.url}/openai/deployments/{chat.DEPLOYMENT}",
        api_key="unused",
        default_headers={"Api-Key": "any"},
    )
    answer = client.chat.completions.create(model=chat.DEPLOYMENT, messages=MESSAGES)
    assert_echo(answer.choices[0].message.content)


def test_openai_async_many_at_once(described):
    async def all_of_them():
        client = openai.AsyncAzureOpenAI(azure_endpoint=described.url, api_key="any", api_version="1")
        calls = [client.chat.completions.create(model=chat.DEPLOYMENT, messages=MESSAGES) for _ in range(20)]
        return await asyncio.gather(*calls)

    for answer in asyncio.run(all_of_them()):
        assert_echo(answer.choices[0].message.content)


def test_openai_several_choices(azure):
    answer = azure.chat.completions.create(model=chat.DEPLOYMENT, messages=MESSAGES, n=3)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    for choice in answer.choices:
        assert_echo(choice.message.content)


def test_openai_length_limit(azure):
    answer = azure.chat.completions.create(
        model=chat.DEPLOYMENT, messages=[{"role": "user", "content": "words:100"}], max_tokens=5
    )
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 5


def test_openai_errors_are_typed(azure):
    with pytest.raises(openai.NotFoundError) as unknown:
        azure.chat.completions.create(model="nobody.knows-v1:0", messages=MESSAGES)
    assert unknown.value.code == "DeploymentNotFound"
    with pytest.raises(openai.BadRequestError):
        azure.chat.completions.create(model=chat.DEPLOYMENT, messages=MESSAGES, temperature=9)
    throttled = [{"role": "user", "content": "fault:throttling"}]
    with pytest.raises(openai.RateLimitError) as limit:
        azure.chat.completions.create(model=chat.DEPLOYMENT, messages=throttled)
    assert limit.value.response.headers["retry-after"] == "2"
    assert "ThrottlingException" in limit.value.message


def test_openai_error_inside_a_stream(azure):
    broken = [{"role": "user", "content": "words:20 fault:stream-throttling@5"}]
    words = 0
    with pytest.raises(openai.APIError) as error:
        for chunk in azure.chat.completions.create(model=chat.DEPLOYMENT, messages=broken, stream=True):
            words += sum(1 for choice in chunk.choices if choice.delta.content)
    assert words == 5
    assert error.value.code == "429"


def test_dial_client(described):
    client = Dial(base_url=described.url, api_key="any")
    answer = client.chat.completions.create(deployment_name=chat.DEPLOYMENT, messages=MESSAGES, stream=False)
    assert_echo(answer.choices[0].message.content)
    text = ""
    for chunk in client.chat.completions.create(deployment_name=chat.DEPLOYMENT, messages=MESSAGES, stream=True):
        text += chunk.choices[0].delta.content or "" if chunk.choices else ""
    assert_echo(text)


def test_dial_client_async(described):
    async def both():
        client = AsyncDial(base_url=described.url, api_key="any")
        answer = await client.chat.completions.create(deployment_name=chat.DEPLOYMENT, messages=MESSAGES, stream=False)
        text = ""
        stream = await client.chat.completions.create(deployment_name=chat.DEPLOYMENT, messages=MESSAGES, stream=True)
        async for chunk in stream:
            text += chunk.choices[0].delta.content or "" if chunk.choices else ""
        return answer.choices[0].message.content, text

    for text in asyncio.run(both()):
        assert_echo(text)


def test_langchain(described):
    model = AzureChatOpenAI(
        azure_endpoint=described.url, azure_deployment=chat.DEPLOYMENT, api_key="any", api_version="1", max_retries=0
    )
    prompt = MESSAGES[0]["content"]
    assert_echo(model.invoke(prompt).content)
    assert_echo("".join(piece.content for piece in model.stream(prompt)))


@pytest.fixture
def bedrock(sandbox):
    """boto3 straight at the sandbox: it must be like AWS to a client that nobody here wrote."""
    return boto3.client(
        "bedrock-runtime",
        endpoint_url=sandbox.sandbox_url,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
    )


CONVERSE_MESSAGES = [{"role": "user", "content": [{"text": MESSAGES[0]["content"]}]}]


def test_boto3_converse_on_the_sandbox(bedrock):
    answer = bedrock.converse(modelId=chat.DEPLOYMENT, messages=CONVERSE_MESSAGES)
    assert_echo(answer["output"]["message"]["content"][0]["text"])
    assert answer["stopReason"] == "end_turn"
    assert answer["usage"]["totalTokens"] == answer["usage"]["inputTokens"] + answer["usage"]["outputTokens"]


def test_boto3_converse_stream_on_the_sandbox(bedrock):
    events = list(bedrock.converse_stream(modelId=chat.DEPLOYMENT, messages=CONVERSE_MESSAGES)["stream"])
    names = [next(iter(event)) for event in events]
    assert names[0] == "messageStart"
    assert names[-2:] == ["messageStop", "metadata"]
    text = "".join(event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event)
    assert_echo(text)


def test_the_sandbox_refuses_a_wrong_signature(sandbox):
    forger = boto3.client(
        "bedrock-runtime",
        endpoint_url=sandbox.sandbox_url,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key="not the secret",
    )
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        forger.converse(modelId=chat.DEPLOYMENT, messages=CONVERSE_MESSAGES)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert refused.value.response["Error"]["Code"] == "InvalidSignatureException"


class Place(BaseModel):
    name: str
    inhabitants: int


def test_openai_structured_output(azure):
    """Of a model whose API has no such thing."""
    answer = azure.chat.completions.parse(model=chat.DEPLOYMENT, messages=MESSAGES, response_format=Place)
    assert isinstance(answer.choices[0].message.parsed, Place)
    assert answer.choices[0].finish_reason == "stop"
    with azure.chat.completions.stream(model=chat.DEPLOYMENT, messages=MESSAGES, response_format=Place) as stream:
        streamed = stream.get_final_completion()
    assert streamed.choices[0].message.parsed == answer.choices[0].message.parsed
    assert streamed.choices[0].finish_reason == "stop"
