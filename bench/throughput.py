"""Submissions a second of `grade class`, beside a bare loop and plain pytest: `python -m bench.throughput [COUNT]`.

Two classes are generated; no two submissions have a function in common, so nothing is taken from another's.

- *honest*: every other one right, the rest with one or two mistakes, of three two that the author knows. The same
  cases are run by `grade class`, by a loop that forks once for each submission and compares with `numpy.allclose`, and
  by pytest with a test for each case. Neither of these confines anything, asks why something is wrong, or keeps what
  it found.
- *mixed*: right, wrong, slow, broken and hostile ones, for `grade class` alone: nobody else would survive it.

Nothing else should be running.
"""

from __future__ import annotations

import argparse
import os
import pickle
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count as numbers
from pathlib import Path

import yaml

from bench.scale import Taken, graded
from bench.similarity import FUNCTIONS, REFERENCE, Habits, ways
from bench.timing import median, ratio
from grader.rubric.mistakes import mistakes

ROOT = Path(__file__).resolve().parents[1]
SLIPS = ROOT / "tests" / "assignment" / "implementations" / "wrong_edits.yaml"
ATTACKS = ROOT / "tests" / "redteam" / "attacks"
MIXTURE = {"right": 100, "wrong": 60, "broken": 20, "slow": 10, "hostile": 10}
"""What a mixed class consists of, of 200."""
KNOWN = 2 / 3
"""How many of the wrong functions have a mistake that the author knows; the others a slip of the tests' list."""
HOSTILE = ("033_open_solutions", "040_network_exfil", "016_os_exit_success", "062_memory_bomb", "070_stdout_flood")
PATIENT = 8
"""Submissions that pytest grades; it takes as long for each."""

CHECKS = """
import pickle
import numpy as np
with open({cases!r}, "rb") as file:
    CASES = pickle.load(file)
def equal(got, want):
    if isinstance(want, (tuple, list)):
        return len(got) == len(want) and all(map(equal, got, want))
    if isinstance(want, dict):
        return got.keys() == want.keys() and all(equal(got[key], want[key]) for key in want)
    return np.allclose(got, want, rtol=1e-9)
def passes(module, calls):
    try:
        return all(equal(module[name](*arguments), want) for name, arguments, want in calls)
    except Exception:
        return False
"""
LOOP = """
import os, sys
for name in sys.argv[1:]:
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        module = {{}}
        with open(name, encoding="utf-8") as file:
            exec(compile(file.read(), name, "exec"), module)
        os.write(writing, bytes(passes(module, calls) for calls in CASES))
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as answers:
        passed = sum(answers.read())
    os.waitpid(pid, 0)
    print(name, passed, len(CASES))
"""
TESTS = """
import os, runpy, pytest
MODULE = runpy.run_path(os.environ["SUBMISSION"])
@pytest.mark.parametrize("calls", CASES)
def test_case(calls):
    assert passes(MODULE, calls)
"""


def texts(kind: str) -> Iterator[str]:
    """Yield submissions of a kind without end, no two the same."""
    for number in numbers():
        draw = random.Random(f"{kind} {number}")
        yield _marked(_MAKERS[kind](draw), f"{kind} {number}")


@cache
def _slips() -> Mapping[str, list[list[list[str]]]]:
    found = yaml.safe_load(SLIPS.read_text("utf-8"))
    return {name: [*each.values()] for name, each in found.items()}


@cache
def _known() -> Mapping[str, list[str]]:
    """Return by function what the author's known mistakes are, each as the function."""
    found = mistakes(ROOT / "solutions" / "mistakes.py", REFERENCE)
    own = [(each.function, re.sub(rf"\b{each.symbol}\b", each.function, each.text)) for each in found]
    return {name: [text for function, text in own if function == name] for name in FUNCTIONS}


def _right(draw: random.Random) -> str:
    habits, pool = Habits(draw), ways()
    return "import numpy as np\n\n" + "\n\n".join(habits.rewritten(draw.choice(pool[name])) for name in FUNCTIONS)


def _wrong(draw: random.Random) -> str:
    text = REFERENCE
    for name in draw.sample(FUNCTIONS, draw.choice((1, 1, 2))):
        head, start, rest = text.partition(f"def {name}(")
        body, end, others = rest.partition("\n\n\n")
        if draw.random() < KNOWN:
            text = head + draw.choice(_known()[name]) + end + others
            continue
        for before, after in draw.choice(_slips()[name]):
            body = body.replace(before, after, 1)
        text = head + start + body + end + others
    return text


def _broken(draw: random.Random) -> str:
    lines = REFERENCE.split("\n")
    place = draw.choice([place for place, line in enumerate(lines) if line.startswith("    for")])
    return "\n".join([*lines[:place], lines[place].rstrip(":"), *lines[place + 1 :]])


def _slow(draw: random.Random) -> str:
    name = draw.choice(FUNCTIONS)
    body = "    for _ in range(100000):\n        pass\n"
    head, start, rest = REFERENCE.partition(f"def {name}(")
    line, end, rest = rest.partition(":\n")
    return f"{head}{start}{line}{end}{body}{rest}"


def _hostile(draw: random.Random) -> str:
    return (ATTACKS / f"attack_{draw.choice(HOSTILE)}.py").read_text("utf-8")


_MAKERS = {"right": _right, "wrong": _wrong, "broken": _broken, "slow": _slow, "hostile": _hostile}


def _marked(text: str, own: str) -> str:
    """Return the text with a statement of its own at the head of each function."""
    lines = []
    for line in text.split("\n"):
        lines.append(line)
        if line.startswith("def ") and line.rstrip().endswith(":"):
            lines.append(f"    _own = {own!r}")
    return "\n".join(lines)


def handed_in(folder: Path, kinds: Mapping[str, int]) -> list[Path]:
    """Write so many submissions of each kind into a folder; return their paths, the kinds by turns."""
    folder.mkdir()
    made = []
    for kind, count in kinds.items():
        for number, text in zip(range(count), texts(kind), strict=False):
            made.append(folder / f"{number:04}{kind}.py")
            made[-1].write_text(text, "utf-8")
    return sorted(made)


def cases_of_the_rubric(file: Path) -> int:
    """Write the rubric's cases, each a list of calls with what is wanted, as a pickle; return how many there are."""
    from grader.execution import open_engine
    from grader.grading import prepare, read

    engine = open_engine()
    try:
        tasks = prepare(read(ROOT / "grading.yaml"), engine).tasks
    finally:
        engine.close()
    cases = [
        [(call.function, call.arguments, getattr(want, "value", None)) for call, want in pairs]
        for pairs in (zip(task.case.truth, task.want, strict=True) for task in tasks)
    ]
    file.write_bytes(pickle.dumps(cases))
    return len(cases)


def seconds_of(words: list[str], **environment: str) -> tuple[float, float]:
    """Return the wall and the processor seconds of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(words, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, check=False)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=200)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pingfen-bench-") as made:
        compare(Path(made), asked.count // 2, asked.rounds)
        mixed(Path(made), {kind: part * asked.count // 200 for kind, part in MIXTURE.items()})


def compare(folder: Path, many: int, rounds: int) -> None:
    """Print what the honest class takes by each way."""
    files = handed_in(folder / "honest", {"right": many // 2, "wrong": many - many // 2})
    cases = cases_of_the_rubric(folder / "cases")
    checks = CHECKS.format(cases=str(folder / "cases"))
    (folder / "loop.py").write_text(checks + LOOP.format(), "utf-8")
    (folder / "test_cases.py").write_text(checks + TESTS, "utf-8")
    one_thread = {"OPENBLAS_NUM_THREADS": "1"}
    loop, pytest, single, double = [], [], [], []
    for turn in range(rounds):
        loop.append(seconds_of([sys.executable, str(folder / "loop.py"), *map(str, files)], **one_thread))
        single.append(graded(folder / "honest", folder / f"1-{turn}.db", 1))
        double.append(graded(folder / "honest", folder / f"2-{turn}.db", 2))
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder / "test_cases.py")]
        each = [seconds_of(words, SUBMISSION=str(file), **one_thread) for file in files[:: max(1, many // PATIENT)]]
        pytest.append((sum(one[0] for one in each) * many / len(each), sum(one[1] for one in each) * many / len(each)))
    print(f"{many} honest submissions, {cases} cases each, median of {rounds} rounds\n")
    print("| | a second | wall, ratio to the loop | processor, ratio to the loop |")
    print("|---|---|---|---|")
    rows = {
        "a bare loop": loop,
        "plain pytest": pytest,
        "grade class, one process": [(each.seconds, each.theirs + each.ours) for each in single],
        "grade class, two processes": [(each.seconds, each.theirs + each.ours) for each in double],
    }
    for name, values in rows.items():
        walls, cpus = [value[0] for value in values], [value[1] for value in values]
        wall, cpu = ratio(walls, [value[0] for value in loop]), ratio(cpus, [value[1] for value in loop])
        print(f"| {name} | {many / median(walls):.1f} | {wall:.2f} | {cpu:.2f} |")
    two = ratio([each.seconds for each in single], [each.seconds for each in double])
    print(f"\ntwo processes against one: {two:.2f} times\n")


def mixed(folder: Path, kinds: Mapping[str, int]) -> None:
    """Print what the mixed class takes."""
    handed_in(folder / "mixed", kinds)
    taken = graded(folder / "mixed", folder / "mixed.db", 2)
    print(", ".join(f"{count} {kind}" for kind, count in kinds.items()) + ", two processes\n")
    tell(taken)


def tell(taken: Taken) -> None:
    """Print what a run took."""
    print("| submissions | s | a second | CPU s each: students' workers | ours | peak MB of the parent |")
    print("|---|---|---|---|---|---|")
    theirs, ours = taken.theirs / taken.count, taken.ours / taken.count
    print(
        f"| {taken.count} | {taken.seconds:.1f} | {taken.rate:.1f} | {theirs:.3f} | {ours:.3f} | {taken.parent:.0f} |"
    )


if __name__ == "__main__":
    main()
