"""Records what Python's json module says about broken documents and how it writes valid ones.

Writes python-errors.json and python-dumps.json beside this file; always the same for one Python version.
"""

import json
import pathlib
import random

HERE = pathlib.Path(__file__).parent
random.seed(20240117)

TEXT = [
    "a",
    'b"',
    "\\",
    "/",
    "\n",
    "\t",
    "\x01",
    "\x7f",
    "é",
    "€",
    "😀",
    "\u2028",
    "e\u0301",
    "u0041",
    " ",
    "{",
    "]",
    ",",
]
PIECES = [
    '"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "0",
    "1",
    "-",
    ".",
    "e",
    "+",
    "t",
    "true",
    "false",
    "null",
    "nul",
    "\n",
    "\x00",
    "\x1f",
    " ",
    "\t",
    "\r",
    "\x0b",
    "\x0c",
    "\x1a",
    "\u00a0",
    "\\u",
    "\\u12",
    "\\u00e9",
    "\\x",
    "é",
    "😀",
    "/",
    "1.",
    ".5",
    "01",
    "-0",
    "1e",
    "1e5",
    '""',
    '"a"',
    "[]",
    "{}",
    "'",
]


def text():
    return "".join(random.choice(TEXT) for _ in range(random.choice([0, 1, 3, 8])))


def value(depth=0):
    kind = random.random()
    if depth > 3 or kind < 0.4:
        return random.choice(
            [None, True, False, 0, -1, 12345678901234567890123, 1.5, -0.25, 1e300, text(), text(), text()]
        )
    if kind < 0.7:
        return [value(depth + 1) for _ in range(random.randint(0, 3))]
    return {text(): value(depth + 1) for _ in range(random.randint(0, 3))}


def document():
    separators = random.choice([(",", ":"), (", ", ": "), (" ,\n", " : ")])
    return json.dumps(value(), ensure_ascii=random.random() < 0.5, separators=separators)


def mutated(source):
    characters = list(source)
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        kind, index = random.random(), random.randint(0, len(characters))
        if kind < 0.3:
            del characters[index : index + 1]
        elif kind < 0.6:
            characters.insert(index, random.choice(PIECES))
        elif kind < 0.75:
            del characters[index:]
        else:
            characters[index : index + 1] = [random.choice(PIECES)]
    return "".join(characters)


class NotANumber(Exception):
    pass


def refuse(constant):
    raise NotANumber


def errors():
    found = {}
    while len(found) < 600:
        source = (
            mutated(document())
            if random.random() < 0.85
            else "".join(random.choice(PIECES) for _ in range(random.randint(0, 6)))
        )
        try:
            json.loads(source, parse_constant=refuse)
        except NotANumber:
            pass
        except json.JSONDecodeError as error:
            # The adapter counts bytes, Python counts characters.
            found[source] = {"text": source, "reason": error.msg, "offset": len(source[: error.pos].encode())}
    return list(found.values())


def dumps():
    records = []
    while len(records) < 150:
        source = document()
        parsed = json.loads(source)
        records.append({"text": source, "ascii": json.dumps(parsed), "unicode": json.dumps(parsed, ensure_ascii=False)})
    return records


def write(name, records):
    lines = ",\n".join(json.dumps(record) for record in records)
    (HERE / name).write_text(f"[\n{lines}\n]\n")


write("python-errors.json", errors())
write("python-dumps.json", dumps())
