"""Embeddings of Titan and Cohere through nginx and the adapter, two thousand at a time."""

import asyncio
import base64
import json
import struct

import httpx
import openai
import pytest

from support import chat
from support.converse import png
from support.upstream import Exchange

TITAN1, TITAN2 = "amazon.titan-embed-text-v1", "amazon.titan-embed-text-v2:0"
TITAN_IMAGE = "amazon.titan-embed-image-v1"
COHERE = ["cohere.embed-english-v3", "cohere.embed-multilingual-v3"]
COHERE4 = "eu.cohere.embed-v4:0"
LENGTHS = {TITAN1: 1536, TITAN2: 1024, TITAN_IMAGE: 1024, COHERE4: 1536} | dict.fromkeys(COHERE, 1024)
DOCUMENT = {"custom_fields": {"type": "search_document"}}


def embed(programs, deployment: str, inputs, **more) -> list[list[float]]:
    extra = DOCUMENT if deployment in COHERE else {}
    options = {"encoding_format": "float", "extra_body": extra} | more
    answer = programs.client.embeddings.create(model=deployment, input=inputs, **options)
    assert [each.index for each in answer.data] == list(range(len(answer.data)))
    assert answer.usage.total_tokens == answer.usage.prompt_tokens > 0
    return [each.embedding for each in answer.data]


@pytest.mark.parametrize("deployment", LENGTHS)
def test_each_model(programs, deployment):
    both = embed(programs, deployment, ["a dog", "a cat"])
    assert [len(vector) for vector in both] == [LENGTHS[deployment]] * 2
    assert embed(programs, deployment, "a cat") == [both[1]]
    assert both[0] != both[1]


def numbers(text: str) -> list[float]:
    """What base64 holds."""
    data = base64.b64decode(text)
    return list(struct.unpack(f"<{len(data) // 4}f", data))


def single(vector: list[float]) -> list[float]:
    """As precise as base64 has it."""
    return [struct.unpack("<f", struct.pack("<f", each))[0] for each in vector]


@pytest.mark.parametrize("deployment", [TITAN1, TITAN2, COHERE[0]])
def test_base64(programs, deployment):
    """Spelled out the client hands the text on as it came."""
    both = ["a dog", "a cat"]
    found = embed(programs, deployment, both, encoding_format="base64")
    assert [numbers(each) for each in found] == [single(each) for each in embed(programs, deployment, both)]


@pytest.mark.parametrize("deployment", [TITAN2, COHERE4])
def test_dimensions(programs, deployment):
    both = embed(programs, deployment, ["a dog", "a cat"], dimensions=256)
    assert [len(vector) for vector in both] == [256] * 2
    assert embed(programs, deployment, "a cat", dimensions=256) == [both[1]]


@pytest.mark.parametrize("deployment", [TITAN2, COHERE[0]])
def test_two_thousand_inputs(programs, deployment):
    """In base64, which the client asks for by itself; it takes ten seconds to look at two million numbers in JSON."""
    texts = [f"text {number}" for number in range(2048)]
    expected = {number: embed(programs, deployment, texts[number])[0] for number in (0, 95, 96, 1000, 2047)}
    programs.requests.clear()
    answer = embed(programs, deployment, texts, encoding_format="base64")
    assert len(answer) == 2048
    assert {number: numbers(answer[number]) for number in expected} == {
        number: single(vector) for number, vector in expected.items()
    }
    assert len(programs.requests) == (2048 if deployment == TITAN2 else 22)


def test_two_thousand_inputs_as_numbers(programs):
    texts = [f"text {number}" for number in range(2048)]
    body = {"input": texts, "encoding_format": "float"} | DOCUMENT
    answer = httpx.post(
        f"{programs.stack.url}/openai/deployments/{COHERE[0]}/embeddings",
        headers=chat.HEADERS,
        json=body,
        timeout=60,
    )
    data = answer.json()["data"]
    assert [each["index"] for each in data] == list(range(2048))
    for number in (0, 95, 96, 1000, 2047):
        assert [data[number]["embedding"]] == embed(programs, COHERE[0], texts[number])


def test_one_of_many_fails(programs):
    texts = [f"text {number}" for number in range(2048)]
    texts[1500] = "fault:throttling"
    with pytest.raises(openai.RateLimitError) as error:
        embed(programs, TITAN2, texts)
    assert "ThrottlingException" in error.value.body["message"]
    assert len(programs.requests) < 2048


def test_calls_at_a_time_are_bounded(impatient, upstream):
    """Answers out of order, at most sixteen under way."""
    running, most = 0, 0

    async def handler(exchange: Exchange) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        number = int(json.loads(exchange.request.body)["inputText"])
        await asyncio.sleep(0.002 * (number % 5))
        running -= 1
        body = {"embedding": [number, 0.5], "inputTextTokenCount": 1}
        await exchange.respond(200, "application/json", json.dumps(body).encode())

    upstream.handler = handler
    client = openai.AzureOpenAI(azure_endpoint=impatient.url, api_key="any", api_version="1", max_retries=0)
    answer = client.embeddings.create(
        model=TITAN1, input=[str(number) for number in range(400)], encoding_format="float"
    )
    assert [each.embedding[0] for each in answer.data] == list(range(400))
    assert answer.usage.prompt_tokens == 400
    assert 1 < most <= 16


def test_images(programs):
    picture = png(8)
    link = programs.upload("pixel.png", picture, "image/png")
    data = {"type": "image/png", "data": base64.b64encode(picture).decode()}
    url = {"type": "image/png", "url": link}
    vectors = embed(programs, TITAN_IMAGE, "a", extra_body={"custom_input": [data, url, ["a", data], "a"]})
    assert len(vectors) == 5
    assert vectors[1] == vectors[2] and vectors[0] == vectors[4]
    assert vectors[3] not in (vectors[0], vectors[1])


@pytest.mark.parametrize(
    ("deployment", "more", "message"),
    [
        (TITAN1, {"dimensions": 256}, "Dimensions parameter is not supported"),
        (COHERE[0], {"dimensions": 256}, "Dimensions parameter is not supported"),
        (COHERE[0], {"input": ["a"] * 2049}, "A request has at most 2048 inputs, and this one has 2049"),
        (TITAN2, {"extra_body": DOCUMENT}, "The embedding model does not support embedding types"),
        (TITAN2, {"input": [1, 2, 3]}, "Tokens in the input are not supported"),
    ],
)
def test_refusals(programs, deployment, more, message):
    with pytest.raises(openai.UnprocessableEntityError) as error:
        embed(programs, deployment, more.pop("input", "a"), **more)
    assert error.value.body["message"].startswith(message)
    assert not programs.requests


@pytest.mark.parametrize(
    ("deployment", "inputs", "more", "message"),
    [
        (TITAN2, "a", {"dimensions": 255}, "#/dimensions: 255 is not a valid enum value"),
        (TITAN2, "", {}, "#/inputText: expected minLength: 1, actual: 0"),
        (COHERE[0], "a" * 2049, {}, "#/texts/0: expected maxLength: 2048, actual: 2049"),
        (COHERE[0], "a", {"extra_body": {"custom_fields": {"type": "odd"}}}, "odd is not a valid enum value"),
    ],
)
def test_refusals_of_the_service_come_through(programs, deployment, inputs, more, message):
    with pytest.raises(openai.BadRequestError) as error:
        embed(programs, deployment, inputs, **more)
    assert message in error.value.body["message"]


def test_chat_deployments_have_no_embeddings(programs):
    with pytest.raises(openai.NotFoundError):
        embed(programs, chat.DEPLOYMENT, "a")
