"""The tokenizer of Claude 2 as Hugging Face's library runs it, and texts that are hard for tokenizers."""

import hashlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Tokenizer

from support.stack import REPOSITORY

DATA = REPOSITORY / "Sources" / "CClaudeTokenizer" / "Data"
CACHE = REPOSITORY / ".build" / "claude-tokenizer.json"

BLOCK_ROW = 16
SURROGATES = range(0xD800, 0xE000)
# Of the planes without any assigned block a few rows stand for all.
PLANES = [*range(0x00000, 0x40000, BLOCK_ROW), *range(0x40000, 0xE0000, 0x1000), *range(0xE0000, 0x110000, BLOCK_ROW)]

EMOJI = [
    "😀", "👩‍💻", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "🇯🇵", "1️⃣", "#️⃣", "👍🏽", "🧑🏿‍🚀", "❤️", "❤︎", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\u200d", "\ufe0f", "🏻",
]  # fmt: skip
WORDS = [
    "the", " the", "I'll", "DON'T", "don't", "'s", "'S", "naïve", "naı̈ve", "ﬁne", "①②③", "½", "x²", "Å", "A\u030a",
    "\u1100\u1161\u11a8", "각", "日本語", "カﾞ", "русский", "العربية", "ﷺ", "हिन्दी", "ไทย", "1234567", "٣٤", "Ⅷ", "𝐀𝐁",
    "𝟙", "«q»", "“", "”", "\u20dd", "\u0903", "\ue000", "\U000f1900",
    "<EOT>", "<META>", "<META_START>", "<META_END>", "<SOS>", "<META", "EOT>", "\n\nHuman:", "\n\nAssistant:",
    "def f(x):\n\treturn x", "{\"a\": [1, 2.5e-3]}", "</b>", "https://example.com/?q=a%20b", "==", "…", "--", "_",
    "ß", "ǅ", "^", "+", "€",
]  # fmt: skip
SPACES = [
    " ", "  ", "\n", "\r\n", "\t", "\x1c", "\x85", "\u00a0", "\u2009", "\u200b", "\u2028", "\u2029", "\u3000", "\ufeff",
]  # fmt: skip
CONTROLS = [chr(value) for value in [*range(0x20), *range(0x7F, 0xA0), 0xAD, 0x200E, 0x202E, 0xFFF9, 0xFFFE, 0xFFFF]]


def reference() -> Tokenizer:
    """Hugging Face's tokenizer over the very file that the build compiles; kept beside the build."""
    sys.path.insert(0, str(DATA))
    try:
        import prepare
    finally:
        sys.path.remove(str(DATA))
    if not CACHE.exists() or hashlib.sha256(CACHE.read_bytes()).hexdigest() != prepare.MEMBER_SHA256:
        partial = CACHE.with_suffix(".partial")
        partial.write_bytes(prepare.download())
        partial.replace(CACHE)
    return Tokenizer.from_file(str(CACHE))


def _scalar(draw: random.Random) -> str:
    while True:
        value = draw.choice(PLANES) + draw.randrange(BLOCK_ROW)
        if value not in SURROGATES:
            return chr(value)


def _blocks(draw: random.Random, count: int) -> Iterator[str]:
    """Every row of sixteen code points that a block can begin at takes part in some string."""
    rows = [row for row in PLANES if row not in SURROGATES]
    draw.shuffle(rows)
    for number in range(count):
        text = ""
        for row in rows[number::count]:
            text += "".join(chr(row + draw.randrange(BLOCK_ROW)) for _ in range(draw.randint(1, 3)))
            text += draw.choice(["", "", "", " ", "a", "\u0301", "'"])
        yield text


def _runs(draw: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        units = [draw.choice([_scalar(draw), draw.choice(WORDS), draw.choice(SPACES), draw.choice(EMOJI)])]
        if draw.random() < 0.3:
            units.append(draw.choice(SPACES + WORDS))
        length = int(4 ** draw.uniform(1, 6.5))
        yield "".join(unit * max(1, length // len(unit)) for unit in units)


def _mixed(draw: random.Random, count: int) -> Iterator[str]:
    sources = [EMOJI, WORDS, SPACES, CONTROLS]
    for _ in range(count):
        weights = [draw.random() ** 3 for _ in range(len(sources) + 1)]
        text = ""
        for kind in draw.choices(range(len(sources) + 1), weights, k=draw.randint(0, 60)):
            text += _scalar(draw) if kind == len(sources) else draw.choice(sources[kind])
        yield text


def generated(count: int, seed: int) -> list[str]:
    """The same strings for the same seed: every block, long runs, and mixtures with controls and emoji."""
    draw = random.Random(seed)
    runs = count // 10
    blocks = count * 4 // 10
    texts = [*_blocks(draw, blocks), *_runs(draw, runs), *_mixed(draw, count - blocks - runs)]
    draw.shuffle(texts)
    return texts


def prose(limit: int) -> str:
    """What people send: this repository's own documentation and code, at most so many characters."""
    files = [*sorted(REPOSITORY.glob("*.md")), *sorted(REPOSITORY.glob("docs/**/*.md"))]
    files += sorted(Path(REPOSITORY / "Sources").glob("**/*.swift"))
    text = ""
    for file in files:
        text += file.read_text()
        if len(text) >= limit:
            break
    return text[:limit]
