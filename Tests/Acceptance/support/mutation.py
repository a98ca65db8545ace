"""Requests with a few bytes changed, and some of them cut; the same ones in each run."""

import random


def mutants(whole: bytes, count: int) -> list[bytes]:
    chance = random.Random(11)
    result = []
    for _ in range(count):
        mutant = bytearray(whole)
        for _ in range(chance.choice([1, 1, 2, 8])):
            mutant[chance.randrange(len(mutant))] = chance.randrange(256)
        result.append(bytes(mutant[: chance.choice([len(mutant), chance.randrange(1, len(mutant))])]))
    return result
