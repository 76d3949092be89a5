"""Values of every family go through every stage: graded, shown, checked, audited, sealed, and told what is wrong."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

COURSE = Path(sys.executable).with_name("python" if Path(sys.executable).name != "python" else "python3")
SOLUTION = """\
import collections
import dataclasses
import datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

Point = collections.namedtuple("Point", "x y")


@dataclasses.dataclass
class Box:
    width: float
    label: str


def uniques(x):
    return set(x.tolist())


def halves(s):
    return {v / 2 for v in s}


def packed(t):
    return t.encode("utf-8")


def price(p, n):
    return p * n


def share(a, b):
    return Fraction(a, b)


def later(d, n):
    return d + datetime.timedelta(days=n)


def middle(x, y):
    return Point(x / 2, y / 2)


def make_box(w, t):
    return Box(w, t)


def boxed(box):
    return Box(box.width * 2, box.label.upper())


def upper(words):
    return np.array([w.upper() for w in words])


def days(n):
    return np.datetime64("2024-01-01") + np.arange(n)


def totals(df):
    return df.groupby("shop", as_index=False)["amount"].sum()


def means(df):
    return df.groupby("shop")["amount"].mean()
"""
DRAWS = {
    "uniques": 'n: 2, x: "integers(0, 99, n)"',
    "halves": 'n: 4..6, s: "set(uniform(0, 9, n))"',
    "packed": 'n: 4..6, t: "text(n)"',
    "price": "n: 4..6, p: 'decimal(\"1.10\")'",
    "share": "a: 4..6, b: 7..9",
    "later": 'n: 4..6, d: "date(2024, 1, 1..366)"',
    "middle": 'x: "uniform(0, 1)", y: "uniform(0, 1)"',
    "boxed": 'w: "uniform(0, 1)", t: "text(3)", box: "make_box(w, t)"',
    "upper": 'words: "words(3)"',
    "days": "n: 2..5",
    "totals": 'n: 5..8, df: \'table(shop=choices(["u", "v", "w"], n), amount=uniform(1, 9, n))\'',
    "means": 'n: 5..8, df: \'table(shop=choices(["u", "v", "w"], n), amount=uniform(1, 9, n))\'',
}
SLIPS = {
    "return set(x.tolist())": "return set(x.tolist()[1:]) | {777}",
    "v / 2 for": "v / 3 for",
    't.encode("utf-8")': 't[::-1].encode("utf-8")',
    "p * n": "p * n + p",
    "Fraction(a, b)": "Fraction(b, a)",
    "days=n": "days=n + 1",
    "Point(x / 2, y / 2)": "Point(x / 2, y)",
    "box.width * 2": "box.width * 3",
    "w.upper() for": "w for",
    "+ np.arange(n)": "+ np.arange(n) * 2",
    ".sum()": ".max()",
    ".mean()": ".median() + 1",
}
"""A slip in each function, in the order of `DRAWS`."""


def write(folder, functions):
    (folder / "solutions").mkdir()
    (folder / "solutions" / "work.py").write_text(SOLUTION, "utf-8")
    problems = "".join(
        f"  {name}:\n    points: 2\n    checks:\n"
        + "".join(
            f"      - values: {key}\n        visibility: {seen}\n        cases: 2\n        draw: {{{DRAWS[name]}}}\n"
            for key, seen in (("open", "public"), ("random", "hidden"))
        )
        for name in functions
    )
    (folder / "grading.yaml").write_text(
        f"title: t\nlanguage: en\nseed: 7\nruntime: {{python: {COURSE}}}\nsubmission: assignment/work.py\n"
        f"reference: solutions/work.py\nproblems:\n{problems}",
        "utf-8",
    )
    return folder


def command(folder, *words):
    environment = {**os.environ, "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "COLUMNS": "100"}
    program = [sys.executable, "-m", "grader", words[0], "--rubric", "grading.yaml", *words[1:]]
    return subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("values"), DRAWS)
    wrong = SOLUTION
    for right, slip in SLIPS.items():
        assert wrong.count(right) == 1, right
        wrong = wrong.replace(right, slip)
    (folder / "wrong.py").write_text(wrong, "utf-8")
    made = command(folder, "release", "--update", "kit", "--sealed")
    assert made.returncode == 0, made.stdout + made.stderr
    assert "\nruntime: {python: own}\n" in (folder / "kit" / "grading.yaml").read_text("utf-8")
    return folder


def test_right_values_get_all_points_twice_the_second_time_from_what_is_remembered(house):
    for _ in range(2):
        done = command(house, "grade", "solutions/work.py")
        assert "required 24 / 24" in done.stdout, done.stdout + done.stderr


def test_each_slip_costs_the_function_its_points_and_is_told(house):
    done = command(house, "grade", "wrong.py")
    assert "required 0 / 24" in done.stdout, done.stdout + done.stderr
    for said in (
        "and should not hold 777",
        "The set lacks",
        "The value is b'",
        "The value is 202",
        "result.y: The value is",
        "result.width: The value is",
        "result[0]",
        "result['amount'].loc[0]: The value is",
        "result.loc['u']: The value is",
    ):
        assert said in done.stdout, said
    hidden = re.findall(r"random · hidden.*\n((?:    .*\n)*)", done.stdout)
    assert len(hidden) == len(DRAWS)
    assert not any(digit in text for text in hidden for digit in "0123456789'")


@pytest.mark.parametrize("format", ["html", "json", "markdown", "junit"])
def test_every_report_shows_them(house, format):
    done = command(house, "grade", "wrong.py", "--format", format)
    assert done.returncode == 1, done.stderr
    assert "amount" in done.stdout


def test_a_kit_seals_them(house):
    """What could be guessed, as a date, is not sealed."""
    (house / "kit" / "assignment" / "work.py").write_text(SOLUTION, "utf-8")
    done = command(house / "kit", "grade")
    assert "required 16 / 16" in done.stdout, done.stdout + done.stderr
    for name in ("halves", "middle", "totals", "means"):
        assert re.search(rf"{name} +passed +2 / 2", done.stdout)
    (house / "kit" / "assignment" / "work.py").write_text((house / "wrong.py").read_text("utf-8"), "utf-8")
    done = command(house / "kit", "grade")
    assert "required 0 / 16" in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
def test_a_rubric_about_them_can_be_checked(house):
    done = command(house, "check")
    assert "All of it holds." in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
def test_a_rubric_about_them_can_be_audited(house):
    done = command(house, "audit")
    assert re.search(r"\d+% of the mutants are killed", done.stdout), done.stdout + done.stderr


def test_a_reference_that_is_given_tables_need_not_import_pandas(tmp_path):
    (tmp_path / "right.py").write_text("def big(df):\n    return df[df.a > 0.5]\n", "utf-8")
    (tmp_path / "grading.yaml").write_text(
        "title: t\nlanguage: en\nseed: 7\nruntime: {python: own}\nsubmission: work.py\nreference: right.py\nproblems:\n"
        "  big:\n    points: 1\n    checks:\n      - values: v\n        visibility: public\n"
        "        draw: {n: 4..6, df: 'table(a=uniform(0, 1, n), b=integers(0, 5, n))'}\n",
        "utf-8",
    )
    (tmp_path / "work.py").write_text("def big(df):\n    pass\n", "utf-8")
    assert "Two runs give the same report." in command(tmp_path, "check").stdout


SALES = 'shop=choices(["u", "v", "w"], n), amount=uniform(1, 9, n), k=integers(1, 9, n)'
TOLD = {
    "All cells are right, but the rows keep labels": ("df.sort_values('amount').reset_index(drop=True)",
                                                       "df.sort_values('amount')"),
    "All rows are right, but in another order": ("df.sort_values('amount', ignore_index=True)",
                                                 "df.sort_values('amount', ignore_index=True, ascending=False)"),
    "The column 'total' is called 'Total'.": ("df.assign(total=df.k * 2)", "df.assign(Total=df.k * 2)"),
    "All is right but the order of the columns.": ("df.assign(t=1)", "df.assign(t=1)[['t', *df.columns]]"),
    "The first row is missing": ("df", "df.iloc[1:]"),
    "There is one row too many, the last.": ("df.iloc[:-1]", "df"),
    "'shop' is a column here, but should be the index": ("df.groupby('shop')[['k']].sum()",
                                                         "df.groupby('shop', as_index=False)[['k']].sum()"),
    "'shop' is the index here, but should be a column": ("df.groupby('shop', as_index=False)[['k']].sum()",
                                                         "df.groupby('shop')[['k']].sum()"),
    "'k': the numbers are texts or objects": ("df.assign(k=df.k + 1)", "df.assign(k=(df.k + 1).astype(str))"),
    "`.reset_index()` makes a DataFrame of it": ("df[['k']]", "df['k']"),
}  # fmt: skip


def test_what_is_wrong_with_a_table_is_told(tmp_path):
    head = "title: t\nlanguage: en\nseed: 7\nsubmission: assignment/work.py\nreference: right.py\n"
    lines = [f"{head}runtime: {{python: {COURSE}}}\nproblems:"]
    for number in range(len(TOLD)):
        draw = f"{{n: 5..8, df: 'table({SALES})'}}"
        check = f"values: v\n        visibility: public\n        cases: 3\n        draw: {draw}"
        lines.append(f"  f{number}:\n    points: 1\n    checks:\n      - {check}")
    (tmp_path / "grading.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    for side, name in enumerate(("right.py", "wrong.py")):
        bodies = [f"def f{number}(df):\n    return {pair[side]}\n" for number, pair in enumerate(TOLD.values())]
        (tmp_path / name).write_text("import pandas\n\n" + "\n".join(bodies), "utf-8")
    assert "required 10 / 10" in command(tmp_path, "grade", "right.py").stdout
    done = command(tmp_path, "grade", "wrong.py")
    told = " ".join(done.stdout.split())
    assert [said for said in TOLD if said not in told] == [], done.stdout
