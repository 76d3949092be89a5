"""A file that the code reads: found where it was handed in, and where not, the report says what to do, once."""

import pytest
from cli_runs import in_process, in_text

RUBRIC = """
title: T
language: en
seed: 1
submission: work.py
reference: ref.py
problems:
  f: {points: 4, checks: [{values: numbers, draw: {n: 2..5, x: normal(n)}}]}
"""
INSIDE = 'import numpy as np\ndef f(x):\n    return x * np.loadtxt("k.txt")\n'
OUTSIDE = 'import numpy as np\nK = np.loadtxt("k.txt")\ndef f(x):\n    return x * K\n'
HAND_IN = "There is no file k.txt where your work is graded. If it is yours, hand it in together with the code"


@pytest.fixture
def graded(tmp_path):
    course = tmp_path / "course"
    course.mkdir()
    (course / "grading.yaml").write_text(RUBRIC, "utf-8")
    (course / "ref.py").write_text("def f(x):\n    return x * 2\n", "utf-8")

    def grade(text, *words, files=(), path="work"):
        work = tmp_path / "work"
        work.mkdir()
        (work / "hw.py").write_text(text, "utf-8")
        for name, content in dict(files).items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_text(content, "utf-8")
        rubric = course / "grading.yaml"
        run = in_text(
            in_process(
                [str(tmp_path / path), "--rubric", str(rubric), "--lang", "en", *words], cwd=course, environment={}
            )
        )
        return " ".join(run.stdout.split()), run.returncode

    return grade


@pytest.mark.parametrize("text", [INSIDE, OUTSIDE], ids=["inside", "outside"])
@pytest.mark.parametrize("words", [(), ("--official",)], ids=["self", "official"])
def test_a_file_beside_the_code_is_found(graded, text, words):
    said, code = graded(text, *words, files={"k.txt": "2"})
    assert code == 0, said


def test_a_helper_beside_the_code_finds_its_file_by_its_own_place(graded):
    helper = (
        "import os\nHERE = os.path.dirname(os.path.abspath(__file__))\nK = int(open(HERE + '/data/k.txt').read())\n"
    )
    said, code = graded("import sizes\ndef f(x):\n    return x * sizes.K\n",
                        files={"sizes.py": helper, "data/k.txt": "2"})  # fmt: skip
    assert code == 0, said


def test_a_missing_file_outside_the_functions_is_the_one_cause(graded):
    said, _ = graded(OUTSIDE)
    assert f"Line 2, outside the functions, failed, so `K` is not known: {HAND_IN}" in said
    assert "NameError" not in said and "Note" not in said
    assert "First fix the line outside the functions that fails (hw.py:2)" in said


def test_a_missing_file_that_sets_nothing_is_a_note(graded):
    said, code = graded('open("k.txt").read()\ndef f(x):\n    return x * 2\n')
    assert code == 0
    assert f"Note: hw.py:1: This statement outside the functions failed and was skipped: {HAND_IN}" in said


@pytest.mark.parametrize(
    ("text", "files", "told"),
    [
        (INSIDE, {}, HAND_IN),
        (INSIDE, {"K.TXT": "2"}, "There is no file k.txt; K.TXT was handed in, and every letter counts."),
        (INSIDE, {"data/k.txt": "2"}, "k.txt was handed in as data/k.txt; open it by this path."),
        (INSIDE.replace("k.txt", "/home/me/k.txt"), {"k.txt": "2"}, "/home/me/k.txt is a place on one machine only"),
        (INSIDE.replace('"k.txt"', 'r"D:\\\\k.txt"'), {}, "is a place on one machine only"),
        (INSIDE.replace('"k.txt"', '"k" + "." + "txt"'), {}, "This file is not there when your work is graded"),
    ],
    ids=["missing", "letters", "elsewhere", "absolute", "drive", "hidden name"],
)
def test_what_to_do_about_a_missing_file(graded, text, files, told):
    said, _ = graded(text, files=files)
    assert f"Line 3: {told}" in said or (told.startswith("is a place") and told in said)


@pytest.mark.parametrize("words", [(), ("--official",)], ids=["self", "official"])
@pytest.mark.parametrize("path", ["course/work.py", "course/work"], ids=["file", "folder"])
def test_data_beside_the_reference_is_no_student_s(tmp_path, words, path):
    course = tmp_path / "course"
    (course / "work").mkdir(parents=True)
    reference = course / ("ref.py" if path.endswith(".py") else "work/ref.py")
    (course / "grading.yaml").write_text(RUBRIC.replace("ref.py", str(reference)), "utf-8")
    reference.write_text('import numpy as np\ndef f(x):\n    return x * np.loadtxt("k.txt")\n', "utf-8")
    (reference.parent / "k.txt").write_text("2", "utf-8")
    (course / "work.py" if path.endswith(".py") else course / "work/work.py").write_text(INSIDE, "utf-8")
    run = in_text(in_process([str(tmp_path / path), "--rubric", str(course / "grading.yaml"), "--lang", "en", *words],
                             cwd=course, environment={}))  # fmt: skip
    assert run.returncode in (1, 2), run.stdout
    assert "passed" not in run.stdout


def test_of_a_single_file_officially_nothing_beside_it_is_read(graded):
    said, code = graded(INSIDE, "--official", files={"k.txt": "2"}, path="work/hw.py")
    assert code == 1
    assert HAND_IN in said
