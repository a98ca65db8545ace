"""tokenize, truncate_prompt and max_prompt_tokens of every deployment, as the table of models marks them."""

import httpx
import pytest

from support import chat

# What counts tokens: the model's own tokenizer, bytes of UTF-8, or nothing.
EXACT, BYTES, NONE = "exact", "bytes", "none"
TOKENIZERS = {
    "anthropic.claude-opus-4-20250514-v1:0": BYTES,
    "anthropic.claude-sonnet-4-20250514-v1:0": BYTES,
    "anthropic.claude-3-7-sonnet-20250219-v1:0": BYTES,
    "anthropic.claude-3-5-sonnet-20240620-v1:0": BYTES,
    "anthropic.claude-3-5-sonnet-20241022-v2:0": BYTES,
    "anthropic.claude-3-sonnet-20240229-v1:0": BYTES,
    "anthropic.claude-3-haiku-20240307-v1:0": BYTES,
    "anthropic.claude-3-5-haiku-20241022-v1:0": BYTES,
    "anthropic.claude-3-opus-20240229-v1:0": BYTES,
    "deepseek.r1-v1:0": BYTES,
    "anthropic.claude-v2:1": EXACT,
    "anthropic.claude-v2": EXACT,
    # The table calls it approximate; it has the same tokenizer as Claude 2.
    "anthropic.claude-instant-v1": EXACT,
    "meta.llama3-3-70b-instruct-v1:0": BYTES,
    "meta.llama3-2-90b-instruct-v1:0": BYTES,
    "meta.llama3-2-11b-instruct-v1:0": BYTES,
    "meta.llama3-2-3b-instruct-v1:0": BYTES,
    "meta.llama3-2-1b-instruct-v1:0": BYTES,
    "meta.llama3-1-405b-instruct-v1:0": BYTES,
    "meta.llama3-1-70b-instruct-v1:0": BYTES,
    "meta.llama3-1-8b-instruct-v1:0": BYTES,
    "meta.llama3-70b-instruct-v1:0": BYTES,
    "meta.llama3-8b-instruct-v1:0": BYTES,
    "stability.stable-diffusion-xl-v1": NONE,
    "stability.sd3-large-v1:0": NONE,
    "stability.sd3-5-large-v1:0": NONE,
    "stability.stable-image-ultra-v1:0": NONE,
    "stability.stable-image-core-v1:0": NONE,
    "amazon.titan-tg1-large": BYTES,
    "amazon.nova-pro-v1:0": BYTES,
    "amazon.nova-lite-v1:0": BYTES,
    "amazon.nova-micro-v1:0": BYTES,
    "ai21.jamba-1-5-large-v1:0": BYTES,
    "ai21.jamba-1-5-mini-v1:0": BYTES,
    "cohere.command-r-v1:0": BYTES,
    "cohere.command-r-plus-v1:0": BYTES,
    "cohere.command-text-v14": BYTES,
    "cohere.command-light-text-v14": BYTES,
}
TEXT = "héllo wörld"
COUNTS = {EXACT: 6, BYTES: 13}
MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "old " * 2000},
    {"role": "assistant", "content": "Yes."},
    {"role": "user", "content": "Bye"},
]
LIMIT = 1500


def post(url: str, deployment: str, endpoint: str, body: dict) -> httpx.Response:
    with httpx.Client(timeout=60) as client:
        return client.post(f"{url}/openai/deployments/{deployment}/{endpoint}", headers=chat.HEADERS, json=body)


@pytest.mark.parametrize("deployment", TOKENIZERS)
def test_tokenize(programs, deployment):
    body = {"inputs": [{"type": "string", "value": TEXT}, {"type": "request", "value": {"messages": MESSAGES[-1:]}}]}
    answer = post(programs.stack.url, deployment, "tokenize", body)
    if TOKENIZERS[deployment] == NONE:
        assert answer.status_code == 404
        return
    assert answer.status_code == 200, answer.text
    text, request = answer.json()["outputs"]
    assert text == {"status": "success", "token_count": COUNTS[TOKENIZERS[deployment]]}
    assert request["status"] == "success" and 0 < request["token_count"] < LIMIT


@pytest.mark.parametrize("deployment", TOKENIZERS)
def test_truncate_prompt(programs, deployment):
    long = {"messages": MESSAGES, "max_prompt_tokens": LIMIT}
    short = {"messages": MESSAGES[-1:], "max_prompt_tokens": LIMIT}
    tight = {"messages": MESSAGES, "max_prompt_tokens": 1}
    answer = post(programs.stack.url, deployment, "truncate_prompt", {"inputs": [long, short, tight]})
    assert answer.status_code == 200, answer.text
    first, second, third = answer.json()["outputs"]
    assert second == {"status": "success", "discarded_messages": []}
    if TOKENIZERS[deployment] == NONE:
        # Only the last message counts for these, whatever the limit.
        assert first == third == {"status": "success", "discarded_messages": [0, 1, 2]}
        return
    assert first["status"] == "success" and first["discarded_messages"] in ([1], [1, 2])
    assert third["status"] == "error" and "1" in third["error"]


@pytest.mark.parametrize("deployment", TOKENIZERS)
def test_max_prompt_tokens(programs, deployment):
    body = {"messages": MESSAGES, "max_prompt_tokens": LIMIT}
    answer = post(programs.stack.url, deployment, "chat/completions", body)
    assert answer.status_code == 200, answer.text
    if TOKENIZERS[deployment] == NONE:
        assert "statistics" not in answer.json()
        return
    truncated = post(programs.stack.url, deployment, "truncate_prompt", {"inputs": [body]}).json()["outputs"][0]
    assert answer.json()["statistics"]["discarded_messages"] == truncated["discarded_messages"]
    assert "old old" not in str(programs.last.body)
