"""String literals of Swift sources, with what is interpolated cut out."""

import re
from collections.abc import Iterator
from pathlib import Path

HOLE = "\N{HORIZONTAL ELLIPSIS}"
"""Stands for an interpolated value."""


def literals(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each literal; literals joined by `+` are one. Comments and raw literals are skipped."""
    position, line = 0, 1
    joined: tuple[int, str] | None = None
    while position < len(source):
        character = source[position]
        if source.startswith("//", position):
            position = source.find("\n", position) if "\n" in source[position:] else len(source)
            continue
        if source.startswith('#"', position):
            end = source.index('"#', position + 2) + 2
            line += source.count("\n", position, end)
            position = end
            continue
        if character == '"':
            text, end = _literal(source, position)
            joined = (joined[0], joined[1] + text) if joined else (line, text)
            line += source.count("\n", position, end)
            position = end
            if not re.match(r"\s*\+\s*\"", source[position:]):
                yield joined
                joined = None
            continue
        if character == "\n":
            line += 1
        position += 1


def _literal(source: str, start: int) -> tuple[str, int]:
    fence = '"""' if source.startswith('"""', start) else '"'
    position = start + len(fence)
    pieces = []
    while not source.startswith(fence, position):
        if source.startswith("\\(", position):
            pieces.append(HOLE)
            position = _interpolation(source, position + 2)
        elif source[position] == "\\":
            escape = source[position + 1]
            pieces.append({"n": "\n", '"': '"', "\n": ""}.get(escape, ""))
            position += 2
        else:
            pieces.append(source[position])
            position += 1
    return " ".join("".join(pieces).split(" ")), position + len(fence)


def _interpolation(source: str, position: int) -> int:
    depth = 1
    while depth:
        if source[position] == '"':
            _, position = _literal(source, position)
            continue
        depth += {"(": 1, ")": -1}.get(source[position], 0)
        position += 1
    return position


def sentences(folder: Path) -> Iterator[tuple[str, str]]:
    """Place and text of each literal that people may read: three words or more."""
    for path in sorted(folder.rglob("*.swift")):
        for line, text in literals(path.read_text()):
            words = re.findall(r"[A-Za-z][A-Za-z'`_.-]*", text.replace(HOLE, " "))
            if len(words) >= 3 and " " in text.strip():
                yield f"{path.name}:{line}", " ".join(text.split())
