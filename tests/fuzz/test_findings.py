"""Every reader takes good examples, what fuzzing ever found, and cut or flipped versions of both."""

import random
from pathlib import Path

import pytest

from tests.fuzz.readers import READERS
from tests.fuzz.seeds import seeds

CORPUS = Path(__file__).parent / "corpus"


def inputs(name):
    found = [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]
    return [*seeds()[name], *found]


def mutants(data, count):
    chance = random.Random(len(data))
    for _ in range(count):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 6)):
            if changed:
                changed[chance.randrange(len(changed))] = chance.randrange(256)
        yield bytes(changed[: chance.randint(0, len(changed))] if chance.random() < 0.3 else changed)


@pytest.mark.parametrize("name", READERS)
def test_reader_raises_nothing_undeclared(name):
    for data in inputs(name):
        READERS[name](data)
        for changed in mutants(data, 60):
            READERS[name](changed)
