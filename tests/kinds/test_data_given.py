"""Data files of the course: under the same name for a submission, the reference and the generators."""

import pytest

PROBLEMS = """\
total:
  points: 3
  checks:
    - {values: v, draw: {n: 1..2}}
rows:
  points: 1
  checks:
    - {values: drawn, draw: {xs: "integers(0, 99, 3)", path: '"in.txt"'}, files: {in.txt: "{xs}\\n"}}
"""
REFERENCE = """
numbers = [float(line) for line in open("data.csv")]

def total(n):
    return sum(numbers) * n

def rows(path):
    return [int(word) for word in open(path).read().split()]
"""


def test_a_course_gives_data_to_everyone(course):
    course = course(PROBLEMS, REFERENCE, head="files: [data.csv]\n", **{"data.csv": "1\n2\n"})
    assert course.points(REFERENCE) == 4


def test_the_courses_data_comes_before_a_students_own(course):
    course = course(PROBLEMS, REFERENCE, head="files: [data.csv]\n", **{"data.csv": "1\n2\n"})
    (course.folder / "handed_in").mkdir()
    (course.folder / "handed_in" / "data.csv").write_text("7\n", "utf-8")
    assert course.points(REFERENCE) == 4


def test_what_was_handed_out_is_given_without_a_word(course):
    """The reference reads what lies beside the stub, too: so a submission without it finds it all the same."""
    course = course(PROBLEMS, REFERENCE, **{"solutions/data.csv": "1\n2\n", "work/data.csv": "1\n2\n"})
    assert course.points(REFERENCE) == 4


def test_what_lies_beside_the_reference_alone_is_no_students(course):
    course = course(PROBLEMS, REFERENCE, **{"solutions/data.csv": "1\n2\n"})
    assert course.points(REFERENCE) == 1


def test_a_generator_finds_data_beside_it(course):
    problems = "f:\n  points: 1\n  checks:\n    - {values: v, generator: table, cases: 2}\n"
    makers = (
        "import os\n\ndef table(seed, index):\n"
        "    with open(os.path.join(os.path.dirname(__file__), 'data.csv')) as file:\n"
        "        return {'rows': [float(line) for line in file]}\n"
    )
    course = course(
        problems, "def f(rows):\n    return sum(rows)\n", head="generators: makers.py\n",
        **{"makers.py": makers, "data.csv": "1\n2\n"},
    )  # fmt: skip
    assert course.points("def f(rows):\n    return rows[0] + rows[1]\n") == 1


def test_a_file_that_is_not_there_is_told(course):
    from grader.errors import RubricError

    course = course(PROBLEMS, REFERENCE, head="files: [datta.csv]\n", **{"data.csv": "1\n"})
    with pytest.raises(RubricError) as caught:
        course.plan()
    assert "There is no file `datta.csv`" in str(caught.value.faults[0].message.text("en"))
    assert "data.csv" in str(caught.value.faults[0].hint.text("en"))


def test_data_that_changed_is_not_graded_from_memory(course):
    course = course(PROBLEMS, REFERENCE, head="files: [data.csv]\n", **{"data.csv": "1\n2\n"})
    before = course.plan().digest
    (course.folder / "data.csv").write_text("5\n", "utf-8")
    assert course.plan().digest != before


def test_a_helper_of_the_reference_finds_the_files_of_the_case_too(course):
    """A function that is wrong only by its helper is looked at with the right one, which has to read the same file."""
    problems = PROBLEMS.partition("rows:")[2].join(["rows:", ""]) + (
        "sums:\n  points: 2\n  needs: [rows]\n  checks:\n"
        "    - {values: drawn, draw: {xs: 'integers(1, 99, 3)', path: '\"in.txt\"'}, files: {in.txt: '{xs}'}}\n"
    )
    right = "def rows(path):\n    return [int(word) for word in open(path).read().split()]\n\n"
    right += "def sums(path):\n    return sum(rows(path))\n"
    course = course(problems, right)
    assert course.points(right) == 3
    assert course.points(right.replace("open(path)", 'open("in.text")')) == 2
    assert course.points(right.replace("int(word)", "2 * int(word)")) == 2


@pytest.mark.parametrize("place", ["data.csv", "work/data.csv", "work/marks 1.csv"])
def test_a_kit_has_the_courses_data(course, tmp_path_factory, place):
    """What a draw names stands in no line of a submission: without the rubric's word nobody would look for it."""
    from pathlib import Path

    from grader.author.kit.kit import build, write_kit
    from grader.grading import grade, handed_in, prepare, read

    problems = "rows:\n  points: 1\n  checks:\n    - {example: all, draw: {path: '\"data.csv\"'}}\n"
    right = "def rows(path):\n    return [int(line) for line in open(path)]\n"
    course = course(problems, right, head=f"files: {{data.csv: {place}}}\n", **{place: "1\n2\n"})
    kit = tmp_path_factory.mktemp("kit")
    write_kit(build(prepare(course.plan(), course.engine)).files, kit)
    (kit / "work" / "hw.py").write_text(right, "utf-8")
    plan = read(kit / "grading.yaml")
    report = grade(prepare(plan, course.engine), handed_in(plan, kit / "work" / "hw.py"), course.engine)
    assert report.score == report.max_score
    assert not Path(plan.rubric.files[0][1]).is_relative_to(kit / "work")  # official grading would refuse it


def test_data_that_may_have_been_handed_in_is_none_of_the_courses(course, tmp_path):
    from pathlib import Path

    from grader.cli.paths import refuse_own_files
    from grader.errors import RubricError

    course = course(PROBLEMS, REFERENCE, head="files: [work/data.csv]\n", **{"work/data.csv": "1\n2\n"})
    refuse_own_files(course.plan().rubric, [Path(tmp_path / "handed_in")], reference=True)
    with pytest.raises(RubricError):
        refuse_own_files(course.plan().rubric, [Path(tmp_path / "work")], reference=True)


SPOILING = """\
def total(name):
    with open(name) as file:
        return float(file.read())


try:
    with open("k.txt", "w") as file:
        file.write("9")
except OSError:
    pass
"""


def test_the_courses_files_can_only_be_read(course):
    problems = "total:\n  points: 1\n  checks: [{values: v, cases: 1, draw: {name: '\"k.txt\"'}}]\n"
    made = course(problems, SPOILING.partition("\n\n\n")[0], head="files: [k.txt]\n", **{"k.txt": "2.5"})
    assert made.points(SPOILING) == 1
