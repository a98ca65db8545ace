"""docs/behaviours.md names tests; each of them exists."""

import re

import pytest

from support.recording import FIXTURES
from support.stack import REPOSITORY

TESTS = REPOSITORY / "Tests"
PAGE = (REPOSITORY / "docs" / "behaviours.md").read_text()
ROWS = [line.strip("|").rsplit("|", 1)[1] for line in PAGE.splitlines() if line.startswith("| ") and "`" in line]
NAMES = sorted({name for row in ROWS for name in re.findall(r"`([^`]+)`", row)})


def exists(name: str) -> bool:
    if "::" in name:
        file, test = name.split("::")
        return f"def {test}(" in (TESTS / "Acceptance" / file).read_text()
    place, test = name.split("/")
    if (FIXTURES / place).is_dir():
        return (FIXTURES / place / f"{test}.json").exists()
    return any(re.search(rf"func {test}\(", file.read_text()) for file in TESTS.rglob(f"{place}.swift"))


@pytest.mark.parametrize("name", NAMES)
def test_named_test_exists(name):
    assert exists(name)


def test_every_row_names_a_test():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| elsewhere")]
    assert len(rows) == len(ROWS) > 50
