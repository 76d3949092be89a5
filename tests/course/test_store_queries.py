"""What is asked of the store for each person is found by an index: a class of 10,000 takes ten times one of 1,000."""

import re
from collections import Counter

import pytest

from grader.course.store import file
from tests.course.conftest import RIGHT, WRONG_DOUBLE, WRONG_TOTAL

PEOPLE = 12
SMALL = {"facts", "runs", "people", "adjustments", "origins"}
"""Tables that are read whole once, or have a row for what somebody decided."""


@pytest.fixture
def asked(monkeypatch):
    """Count the statements of all stores that are opened, numbers and texts left out."""
    found, opened = Counter(), file._opened

    def listening(path):
        connection = opened(path)
        connection.set_trace_callback(lambda text: found.update([text]))
        return connection

    monkeypatch.setattr(file, "_opened", listening)
    return found


def test_nothing_that_is_asked_for_each_person_reads_a_whole_table(classroom, asked):
    for number in range(PEOPLE):
        classroom.hand_in(f"s{number:02}", (RIGHT, WRONG_DOUBLE, WRONG_TOTAL)[number % 3])
    classroom.run()
    classroom.command("regrade", "--apply", "--jobs", "1")
    classroom.command("export", "--to", "csv=g.csv", "--to", "html=pages/")
    shapes = Counter()
    examples = {}
    for text, count in asked.items():
        shape = re.sub(r"'(?:[^']|'')*'|x'[0-9a-f]*'|\b\d+\b", "?", text, flags=re.IGNORECASE)
        shapes[shape] += count
        examples[shape] = text
    often = [shape for shape, count in shapes.items() if count >= PEOPLE and shape.startswith("SELECT")]
    often = [shape for shape in often if not shape.endswith("ORDER BY id DESC LIMIT ?")]  # the last row alone
    assert len(often) > 5
    scans = []
    with classroom.store as store:
        for shape in often:
            plan = store.connection.execute(f"EXPLAIN QUERY PLAN {examples[shape]}").fetchall()
            whole = {row[3].split()[1] for row in plan if row[3].startswith("SCAN")}
            scans += [(sorted(whole), shape) for _ in whole - SMALL]
    assert scans == []
