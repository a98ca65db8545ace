"""Measures the Claude 2 tokenizer next to Hugging Face's library, on the same texts in the same run.

The adapter is asked over its own endpoint, so that FastCGI and JSON are on its bill; the library is called in this
process, without offsets and on one thread. CPU time of the adapter's process and of this one.
"""

import json
import os
import resource
import statistics
from collections.abc import Callable

from load import processor_time
from support import claude_tokenizer, fastcgi
from support.stack import Stack

# Before the library is asked for anything: one thread against one thread.
os.environ["TOKENIZERS_PARALLELISM"] = "false"

PATH = "/openai/deployments/anthropic.claude-v2:1/tokenize"


def _messages() -> list[str]:
    """Half a megabyte of prose and code in messages of a thousand characters."""
    text = claude_tokenizer.prose(500_000)
    return [text[start : start + 1000] for start in range(0, len(text), 1000)]


def _adapter(stack: Stack, texts: list[str]) -> tuple[float, list[int]]:
    body = json.dumps({"inputs": [{"type": "string", "value": text} for text in texts]}).encode()
    request = fastcgi.request(fastcgi.params_for(PATH, body, "POST", api_key="k"), body)
    before = processor_time([stack.adapter])
    with fastcgi.connect(stack.socket_path, 60) as connection:
        connection.sendall(request)
        answer = fastcgi.response(connection)
    taken = processor_time([stack.adapter]) - before
    return taken, [output["token_count"] for output in json.loads(answer.partition(b"\r\n\r\n")[2])["outputs"]]


def _library(tokenizer, texts: list[str]) -> tuple[float, list[int]]:
    def spent() -> float:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return 1e6 * (usage.ru_utime + usage.ru_stime)

    before = spent()
    counts = [len(encoding) for encoding in tokenizer.encode_batch_fast(texts)]
    return spent() - before, counts


def compare(stack: Stack, rounds: int, row: Callable[[str, str, str], None]) -> None:
    """Prints nanoseconds of CPU per byte of text for both, and the ratio."""
    tokenizer = claude_tokenizer.reference()
    inputs = {"prose and code": _messages(), "every script": claude_tokenizer.generated(2_000, seed=1)}
    for name, texts in inputs.items():
        size = sum(len(text.encode()) for text in texts)
        taken = {"adapter": [], "Hugging Face": []}
        for _ in range(max(rounds, 3) + 1):
            ours, counts = _adapter(stack, texts)
            theirs, expected = _library(tokenizer, texts)
            if counts != expected:
                raise RuntimeError(f"{name}: the counts differ")
            taken["adapter"].append(1000 * ours / size)
            taken["Hugging Face"].append(1000 * theirs / size)
        # The first round warms up both.
        for side, values in taken.items():
            row(f"CPU per byte to count tokens, {name}: {side}", f"{statistics.median(values[1:]):.1f} ns", "")
        ratios = [a / b for a, b in zip(taken["adapter"][1:], taken["Hugging Face"][1:], strict=True)]
        row(f"CPU per byte to count tokens, {name}: ratio", f"{statistics.median(ratios):.2f}", "≤ 1.0")
