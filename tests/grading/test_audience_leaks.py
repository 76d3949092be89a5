"""No student-facing output tells of hidden cases: not what code prints or raises there, no input, answer, seed or time.

The instructor's report has all of it, so that what is looked for is there to be found.
"""

import re
import subprocess
import sys

import pytest
from msgspec.structs import replace

from grader import submission
from grader.author.kit.kit import build
from grader.author.kit.sealing import seal_hidden
from grader.cli.writing import write
from grader.desk.watching import Watched
from grader.grading import for_students, grade, prepare, read
from grader.model import Withheld
from grader.report import FORMATS

SEED = 5550123
RUBRIC = f"""\
title: {{zh: 泄漏, en: Leaks}}
language: en
seed: {SEED}
submission: s.py
reference: r.py
problems:
  f:
    points: 10
    checks:
      - example: shown
        draw: {{x: 5}}
        share: 20%
      - values: hidden values
        draw: {{x: 700000001..799999999}}
        cases: 4
        share: 50%
      - properties: [deterministic]
        name: hidden property
        draw: {{x: 600000001..699999999}}
        cases: 3
        share: 30%
"""
REFERENCE = "def f(x):\n    return 2 * x + 3\n"
WORD = "QUIETCANARY"
IN_HIDDEN = {
    "prints": "print(told); return x + 7",
    "prints aside": "import sys, os; sys.stderr.write(told); os.write(1, told.encode()); return x + 7",
    "raises": "raise ValueError(told)",
    "names the error": "raise type(told, (Exception,), {})(told)",
    "returns text": "return told",
    "returns keys": "return {told: x}",
    "returns an object": "return type(told, (), {})()",
    "exits": "import sys; sys.exit(told)",
    "warns": "import warnings; warnings.warn(told); return x + 7",
    "names the function": "g = lambda: 1 / 0; g.__code__ = g.__code__.replace(co_name=told); g()",
    "remembers": "seen.append(told); return x + 7",
}
STUDENT = """\
seen = []
def f(x):
    if x > 1000:
        told = 'QUIET' 'CANARY%d' % x
        {hidden}
    print('SHOWN', seen)
    return x
"""


def handed_in(folder, how):
    path = folder / "s.py"
    path.write_text(STUDENT.format(hidden=IN_HIDDEN[how]), "utf-8")
    return path


def secrets(ready):
    """Return what of the hidden cases may not be shown, as it would be written."""
    inputs = [task.case.names["x"] for task in ready.tasks if task.case.names["x"] > 1000]
    assert len(inputs) == 7
    found = {str(SEED), WORD}
    for x in inputs:
        for number in (x, 2 * x + 3, x + 7):
            found |= {str(number), f"{number:.4g}", f"{number:.6g}", f"{number:,}"}
    return found | {str(task.case.seed) for task in ready.tasks if task.case.names["x"] > 1000}


def timed(report):
    """Return the report with times that can be looked for."""

    def case(one):
        hidden = isinstance(one.exhibit, Withheld)
        return replace(one, exhibit=replace(one.exhibit, seconds=321.0625)) if hidden else one

    def check(one):
        return replace(one, cases=tuple(map(case, one.cases)))

    problems = (replace(one, checks=tuple(map(check, one.checks))) for one in report.problems)
    return replace(report, problems=tuple(problems), seconds=654.1875)


def every_format(report, tmp_path, *, instructor):
    """Return what `grade` writes of a report, by format and language."""
    texts = {}
    for form in FORMATS:
        for language in ("zh", "en"):
            target = tmp_path / "report.out"
            write([report], form, language, str(target), instructor=instructor)
            texts[form, language] = target.read_text("utf-8")
    page = tmp_path / "summary.md"
    texts["step summary", "zh"] = page.read_text("utf-8")
    return texts


def leaks(text, words):
    """Return the words that stand in a text; numbers only where no digit is beside them."""
    ends = {word: r"(?!\d)" if word[-1].isdigit() else "" for word in words}
    return sorted(word for word in words if re.search(rf"(?<![\d.]){re.escape(word)}{ends[word]}", text))


@pytest.fixture(autouse=True)
def step_summary(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))


@pytest.mark.parametrize("how", IN_HIDDEN)
def test_no_format_for_students_tells_of_hidden_cases(how, folder, ready, engine, tmp_path):
    student = submission.load(handed_in(folder, how), ["f"])
    report = timed(grade(ready, student, engine, {"f": 9}))
    texts = every_format(report, tmp_path, instructor=False)
    texts |= {("summary", "en"): every_summary(report, tmp_path)}
    assert len(texts) == 2 * len(FORMATS) + 2
    found = {place: leaks(text, secrets(ready) | {"321.0625", "321.06", "654.1875", "654.188"})
             for place, text in texts.items()}  # fmt: skip
    assert {place: words for place, words in found.items() if words} == {}
    assert "SHOWN []" in texts["text", "en"], "the public case is laid open, and knows of no hidden one"


def every_summary(report, tmp_path):
    target = tmp_path / "several.txt"
    write([report, report], "text", "en", str(target), instructor=False)
    return target.read_text("utf-8")


@pytest.mark.parametrize("form", ["text", "json", "html", "markdown", "junit", "gradescope", "github"])
def test_the_instructors_report_has_it_all(form, folder, ready, engine, tmp_path):
    student = submission.load(handed_in(folder, "prints"), ["f"])
    report = timed(grade(ready, student, engine))
    text = every_format(report, tmp_path, instructor=True)[form, "en"]
    hidden = [task.case for task in ready.tasks if task.key == ready.tasks[1].key]
    first = hidden[0]
    x = first.names["x"]
    assert {WORD, str(x), str(2 * x + 3), str(x + 7), str(first.seed)} <= set(leaks(text, secrets(ready)))
    if form == "json":
        assert "321.0625" in text and "654.188" in text and str(SEED) in text
    if form in ("json", "html", "markdown"):
        missing = [case.index for case in hidden if str(case.names["x"]) not in text or str(case.seed) not in text]
        assert missing == [], "every failing case is there"


def test_watching_tells_no_more(folder, ready, engine, tmp_path):
    watched = Watched(ready, engine, handed_in(folder, "raises"))
    report = watched.regrade().report
    write([report], "text", "zh", str(tmp_path / "watched"), instructor=False)
    text = (tmp_path / "watched").read_text("utf-8")
    assert "ValueError" in text
    assert leaks(text, secrets(ready)) == []


@pytest.mark.parametrize("how", ["prints", "raises", "exits"])
def test_the_command_itself_and_its_state_tell_no_more(how, folder, ready, tmp_path):
    handed_in(folder, how)
    run = subprocess.run(
        [sys.executable, "-m", "grader", folder / "s.py", "--format", "json"],
        capture_output=True, text=True, check=False, encoding="utf-8", cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 1
    assert '"grade/report/v1"' in run.stdout
    assert leaks(run.stdout + run.stderr, secrets(ready)) == []
    state = folder / ".grade/attempts.json"
    assert leaks(state.read_text("utf-8"), secrets(ready)) == []


@pytest.mark.parametrize("sealed", [False, True], ids=["open", "sealed"])
def test_a_released_kit_and_what_it_says_tell_no_more(sealed, folder, ready, engine, tmp_path):
    (folder / "s.py").write_text("def f(x):\n    raise NotImplementedError\n", "utf-8")
    kit = build(ready, sealing=seal_hidden(ready) if sealed else None)
    for name, data in kit.files.items():
        path = tmp_path / "kit" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    words = secrets(ready)
    inputs = {str(task.case.names["x"]) for task in ready.tasks}
    in_files = {name: leaks(data.decode("utf-8"), words - (inputs if sealed else set()))
                for name, data in kit.files.items()}  # fmt: skip
    assert {name: found for name, found in in_files.items() if found} == {}
    plan = read(tmp_path / "kit/grading.yaml")
    kept = prepare(plan, engine)
    for how in ("prints", "raises", "returns text"):
        report = grade(kept, submission.load(handed_in(folder, how), ["f"]), engine)
        texts = every_format(report, tmp_path, instructor=False)
        found = {place: leaks(text, words) for place, text in texts.items()}
        assert {place: each for place, each in found.items() if each} == {}
        assert for_students(report).seed is None
