"""Lays the tokenizer out in a file that needs no work at the start of the program: hash tables and tries, ready to read."""

import dataclasses
import pathlib
import struct

import unicode_table

MAGIC = b"CL2TOK01"
SPECIALS = 5
FIRST_MERGE = SPECIALS + 256
PAIR_BITS = 17
WORD_BITS = 17
COMPOSITION_BITS = 11
BLOCK_BITS = 7
EMPTY = 0xFFFFFFFF


@dataclasses.dataclass
class Vocabulary:
    byte_ids: list[int]
    """The id of each byte."""
    merges: list[tuple[int, int]]
    """Ids of left and right, best first; the id of a merge is FIRST_MERGE plus its place."""
    texts: dict[int, bytes]


def stamp(path: pathlib.Path) -> bytes | None:
    """What the file was made from, or None when there is no such file."""
    if not path.is_file():
        return None
    head = path.read_bytes()[:40]
    return head[8:40] if head[:8] == MAGIC else None


def compile_file(
    stamp: bytes, vocabulary: Vocabulary, table: unicode_table.UnicodeTable
) -> bytes:
    stages, blocks, sequences = code_points(table)
    words = canonical_words(vocabulary)
    offsets, text = word_texts(vocabulary)
    sections = [
        numbers("H", vocabulary.byte_ids),
        numbers("I", pair_slots(vocabulary)),
        numbers("I", word_slots(words)),
        numbers("I", offsets),
        text,
        numbers("H", stages),
        numbers("I", blocks),
        numbers("I", sequences),
        numbers("I", composition_slots(table)),
    ]
    header_size = len(MAGIC) + len(stamp) + 8 * len(sections)
    header, body = MAGIC + stamp, b""
    for section in sections:
        body += bytes(-(header_size + len(body)) % 8)
        header += struct.pack("<II", header_size + len(body), len(section))
        body += section
    return header + body


def numbers(code: str, values: list[int]) -> bytes:
    return struct.pack(f"<{len(values)}{code}", *values)


def place(slots: list, position: int, value) -> None:
    while slots[position] is not None:
        position = (position + 1) % len(slots)
    slots[position] = value


def pair_slots(vocabulary: Vocabulary) -> list[int]:
    """Key (left << 16 | right) and id, one after the other; open addressing."""
    slots: list = [None] * (1 << PAIR_BITS)
    for rank, (left, right) in enumerate(vocabulary.merges):
        key = left << 16 | right
        place(
            slots,
            key * 0x9E3779B1 % (1 << 32) >> 32 - PAIR_BITS,
            (key, FIRST_MERGE + rank),
        )
    return [number for slot in slots for number in (slot or (EMPTY, 0))]


def word_hash(word: bytes) -> int:
    value = 0x811C9DC5
    for byte in word:
        value = (value ^ byte) * 0x01000193 % (1 << 32)
    return (value ^ value >> 15) * 0x9E3779B1 % (1 << 32) >> 32 - WORD_BITS


def word_slots(words: dict[bytes, int]) -> list[int]:
    slots: list = [None] * (1 << WORD_BITS)
    for word, number in words.items():
        place(slots, word_hash(word), number)
    return [EMPTY if slot is None else slot for slot in slots]


def word_texts(vocabulary: Vocabulary) -> tuple[list[int], bytes]:
    """The bytes of every token, and where those of each id begin; one more offset ends the last."""
    offsets, text = [], bytearray()
    for number in range(FIRST_MERGE + len(vocabulary.merges)):
        offsets.append(len(text))
        text += vocabulary.texts.get(number, b"")
    return [*offsets, len(text)], bytes(text)


def canonical_words(vocabulary: Vocabulary) -> dict[bytes, int]:
    """Tokens that merging their own bytes yields again: for these one look-up replaces the merging."""
    ranks = {pair: FIRST_MERGE + rank for rank, pair in enumerate(vocabulary.merges)}
    return {
        text: number
        for number, text in vocabulary.texts.items()
        if merged([vocabulary.byte_ids[byte] for byte in text], ranks) == [number]
    }


def merged(ids: list[int], ranks: dict[tuple[int, int], int]) -> list[int]:
    while len(ids) > 1:
        best = min(
            range(len(ids) - 1), key=lambda i: ranks.get((ids[i], ids[i + 1]), EMPTY)
        )
        number = ranks.get((ids[best], ids[best + 1]))
        if number is None:
            break
        ids = ids[:best] + [number] + ids[best + 2 :]
    return ids


def code_points(
    table: unicode_table.UnicodeTable,
) -> tuple[list[int], list[int], list[int]]:
    """A two-stage table of one number per code point, and the decompositions it points to.

    Bits 0-1: class; bit 2: normalization has to look at it; bits 3-10: combining class; bits 11-: place of the
    decomposition (its length, then its code points), 0 when there is none.
    """
    unchanged = table.unchanged()
    sequences = [0]
    places: dict[tuple[int, ...], int] = {}
    values = []
    for code in range(unicode_table.CODE_POINTS):
        value = table.classes.get(code, 0)
        if not table.is_inert(code, unchanged):
            value |= 4
        value |= table.combining.get(code, 0) << 3
        if code in table.decompositions:
            sequence = tuple(table.decompositions[code])
            if sequence not in places:
                places[sequence] = len(sequences)
                sequences += [len(sequence), *sequence]
            value |= places[sequence] << 11
        values.append(value)
    size = 1 << BLOCK_BITS
    stages, blocks, known = [], [], {}
    for start in range(0, len(values), size):
        block = tuple(values[start : start + size])
        if block not in known:
            known[block] = len(blocks) // size
            blocks += block
        stages.append(known[block])
    return stages, blocks, sequences


def composition_slots(table: unicode_table.UnicodeTable) -> list[int]:
    """First, second, result and a filler; open addressing."""
    slots: list = [None] * (1 << COMPOSITION_BITS)
    for (first, second), result in table.compositions.items():
        hash_value = (first * 0x9E3779B1 ^ second * 0x85EBCA6B) % (
            1 << 32
        ) >> 32 - COMPOSITION_BITS
        place(slots, hash_value, (first, second, result, 0))
    return [number for slot in slots for number in (slot or (EMPTY, EMPTY, 0, 0))]
