"""Reads unicode.txt."""

import dataclasses
import pathlib

CODE_POINTS = 0x110000
CLASSES = {"P": 0, "L": 1, "N": 2, "S": 3}
# Vowels and trailing consonants of Hangul, which compose by arithmetic.
HANGUL_PARTS = [*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]


@dataclasses.dataclass
class UnicodeTable:
    classes: dict[int, int]
    combining: dict[int, int]
    decompositions: dict[int, list[int]]
    compositions: dict[tuple[int, int], int]

    def is_inert(self, code: int, unchanged: set[int]) -> bool:
        """Whether normalization neither changes the character nor joins it with what stands before it."""
        first = self.decompositions.get(code, [code])[0]
        return (
            code in unchanged
            and self.combining.get(first, 0) == 0
            and first not in self.seconds
        )

    @property
    def seconds(self) -> set[int]:
        if not hasattr(self, "_seconds"):
            self._seconds = {second for _, second in self.compositions} | set(
                HANGUL_PARTS
            )
        return self._seconds

    def unchanged(self) -> set[int]:
        """Characters that are their own normal form: without decomposition, or put together again after it."""
        result = set(range(CODE_POINTS)) - set(self.decompositions)
        for code, parts in self.decompositions.items():
            if self.composed(parts) == [code]:
                result.add(code)
        return result

    def composed(self, codes: list[int]) -> list[int]:
        """Composition of one full decomposition, which is in canonical order and begins with its only starter."""
        output = codes[:1]
        last = -1
        for code in codes[1:]:
            combining = self.combining.get(code, 0)
            if last < combining or last == -1:
                pair = self.compositions.get((output[0], code))
                if pair is not None:
                    output[0] = pair
                    continue
            output.append(code)
            last = combining
        return output


def read(path: pathlib.Path) -> UnicodeTable:
    table = UnicodeTable({}, {}, {}, {})
    for line in path.read_text("ascii").splitlines():
        if line.startswith("#"):
            continue
        kind, *fields = line.split()
        if kind == "compose":
            first, second, result = (int(field, 16) for field in fields)
            table.compositions[first, second] = result
            continue
        start, _, end = fields[0].partition("-")
        for distance, code in enumerate(
            range(int(start, 16), int(end or start, 16) + 1)
        ):
            match kind:
                case "class":
                    table.classes[code] = CLASSES[fields[1]]
                case "combining":
                    table.combining[code] = int(fields[1])
                case "decompose":
                    values = [int(field, 16) for field in fields[1:]]
                    table.decompositions[code] = (
                        [values[0] + distance] if len(values) == 1 else values
                    )
    return table
