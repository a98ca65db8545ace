#!/usr/bin/env python3
"""Writes generated.json: what the reference tokenizer makes of 10,000 generated strings.

Needs `tokenizers` 0.22.1 and the tokenizer.json of `anthropic` 0.38.0. GeneratedTexts.swift makes the same strings.

    python3 generate.py tokenizer.json > generated.json
"""

import hashlib
import json
import sys

from tokenizers import Tokenizer

COUNT = 10_000
BATCH = 100
SWEEPS = 5_000
MIXED = 8_000
SWEEP_LENGTH = 223
SEPARATORS = ["", "", "", " ", "a", "1", "'", "\n", "é"]
WORDS = [
    " the", " quick", "I'll", "don't", " IT'S", "'re", "<EOT>", "<META>", "<META_START>", "<META_", "<SOS>",
    "\n\nHuman:",
    " ", "  ", "\t", "\r\n", "\u0000", "\u001c", "\u0085", "\u00a0", "\u3000", "\u200b", "\ufeff",
    "ﬁ", "½", "①", "Å", "e\u0301", "\u0301", "\u0323\u0307", "\u1100\u1161\u11a8", "각", "\uac00\u11a8", "ﷺ", "日本語",
    "русский", "العربية", "हिन्दी", "😀", "👩‍💻", "𝐀𝐁", "1234", "٣٤", "{\"a\":", "</b>", "==", "…", "ß",
    "ǅ", "\u0345", "ſ\u0307",
]  # fmt: skip
RANGES = [
    (0x00, 0x7F), (0x20, 0x7E), (0x80, 0x2FF), (0x300, 0x36F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0xDFF),
    (0xE00, 0x11FF), (0x1AB0, 0x1AFF), (0x1DC0, 0x1FFF), (0x2000, 0x2BFF), (0x3040, 0x33FF), (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3), (0xF900, 0xFDFF), (0xFE00, 0xFFFF), (0x10000, 0x1FFFF), (0x2F800, 0x2FA1D), (0xE0000, 0xE01FF),
]  # fmt: skip


class Generator:
    def __init__(self, seed: int):
        self.state = seed

    def below(self, limit: int) -> int:
        self.state = (1103515245 * self.state + 12345) % 2**31
        return (self.state >> 8) % limit


def text(index: int) -> str:
    generator = Generator(index)
    generator.below(1)
    if index < SWEEPS:
        # Every Unicode scalar value once, 223 in a string.
        values = range(index * SWEEP_LENGTH, (index + 1) * SWEEP_LENGTH)
        scalars = [value if value < 0xD800 else value + 0x800 for value in values if value < 0x110000 - 0x800]
        return "".join(chr(scalar) + SEPARATORS[generator.below(len(SEPARATORS))] for scalar in scalars)
    pieces = []
    if index < MIXED:
        for _ in range(1 + generator.below(60)):
            if generator.below(2) == 0:
                pieces.append(WORDS[generator.below(len(WORDS))])
            else:
                first, last = RANGES[generator.below(len(RANGES))]
                pieces.append(chr(first + generator.below(last - first + 1)))
        return "".join(pieces)
    # Long runs of one unit, of single characters mostly.
    for _ in range(1 + generator.below(3)):
        if generator.below(3) == 0:
            unit = WORDS[generator.below(len(WORDS))]
        else:
            first, last = RANGES[generator.below(len(RANGES))]
            unit = chr(first + generator.below(last - first + 1))
        pieces.append(unit * (1 + generator.below(400)))
    return "".join(pieces)


def main() -> None:
    tokenizer = Tokenizer.from_file(sys.argv[1])
    batches = []
    for start in range(0, COUNT, BATCH):
        digest, texts, count = hashlib.sha256(), hashlib.sha256(), 0
        for index in range(start, start + BATCH):
            ids = tokenizer.encode(text(index)).ids
            texts.update(text(index).encode())
            digest.update((",".join(map(str, ids)) + "\n").encode())
            count += len(ids)
        batches.append({"texts_sha256": texts.hexdigest(), "ids_sha256": digest.hexdigest(), "count": count})
    json.dump({"batch_size": BATCH, "batches": batches}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
