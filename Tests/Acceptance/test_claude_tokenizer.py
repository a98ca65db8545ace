"""Token counts of Claude 2 against Hugging Face's library, over the adapter's own endpoint."""

import unicodedata

import httpx
import pytest

from support import chat, claude_tokenizer

TEXTS = 10_000
SEED = 20_230_711
BATCH = 500
CLAUDE = ["anthropic.claude-v2:1", "anthropic.claude-v2", "anthropic.claude-instant-v1"]


def tokenize(url: str, deployment: str, texts: list[str]) -> list[dict]:
    with httpx.Client(timeout=60) as client:
        answer = client.post(
            f"{url}/openai/deployments/{deployment}/tokenize",
            headers=chat.HEADERS,
            json={"inputs": [{"type": "string", "value": text} for text in texts]},
        )
    assert answer.status_code == 200, answer.text
    return answer.json()["outputs"]


@pytest.fixture(scope="module")
def reference():
    return claude_tokenizer.reference()


def test_the_texts_are_hard():
    texts = claude_tokenizer.generated(TEXTS, SEED)
    assert len(texts) == TEXTS
    seen = set("".join(texts))
    rows = {ord(each) // 16 for each in seen}
    # Every column of the assigned planes; surrogates are no characters.
    assert all(row in rows for plane in (0, 1, 2, 3, 14) for row in range(plane * 0x1000, plane * 0x1000 + 0x1000)
               if row * 16 not in claude_tokenizer.SURROGATES)  # fmt: skip
    assert {unicodedata.category(each) for each in seen} >= {
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cn",
    }  # fmt: skip
    assert "" in texts and max(map(len, texts)) >= 5_000


def test_counts_agree_with_hugging_face(sandbox, reference):
    texts = claude_tokenizer.generated(TEXTS, SEED)
    expected = [len(encoding.ids) for encoding in reference.encode_batch_fast(texts)]
    differing = []
    for start in range(0, TEXTS, BATCH):
        outputs = tokenize(sandbox.url, CLAUDE[0], texts[start : start + BATCH])
        counts = [output["token_count"] for output in outputs]
        assert len(counts) == BATCH
        differing += [
            (text[:80], count, wanted)
            for text, count, wanted in zip(
                texts[start : start + BATCH], counts, expected[start : start + BATCH], strict=True
            )
            if count != wanted
        ]
    assert not differing, f"{len(differing)} of {TEXTS}: {differing[:5]}"


@pytest.mark.parametrize("deployment", CLAUDE)
def test_prompts_are_counted_as_they_are_sent(sandbox, reference, deployment):
    """Messages count as the prompt that the model gets: cues, separators and the invitation to answer."""
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "naïve ﬁ 👩‍💻"},
        {"role": "assistant", "content": "①"},
        {"role": "user", "content": "  Why?  "},
    ]
    cue = "" if deployment == CLAUDE[0] else "Human: "
    prompt = f"{cue}Be brief.\n\nHuman: naïve ﬁ 👩‍💻\n\nAssistant: ①\n\nHuman: Why?\n\nAssistant:"
    with httpx.Client(timeout=60) as client:
        answer = client.post(
            f"{sandbox.url}/openai/deployments/{deployment}/tokenize",
            headers=chat.HEADERS,
            json={"inputs": [{"type": "request", "value": {"messages": messages}}]},
        )
    assert answer.json()["outputs"] == [{"status": "success", "token_count": len(reference.encode(prompt).ids)}]
