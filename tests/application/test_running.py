"""An application runs with the student's functions in place, and opens stage by stage as they become right."""

import pytest

from grader.application.building import build
from grader.application.running import NoValue
from grader.errors import RubricError, UsageError
from grader.grading import read
from tests.application.conftest import MODULE, REFERENCE, RUBRIC, STUB


def refused(running, name, arguments=None):
    with pytest.raises(NoValue) as caught:
        running.call(name, arguments or {})
    return caught.value


def test_a_call_gives_what_the_students_function_makes_of_it(run):
    running = run()
    assert running.call("doubled", {"x": [1, 2.5]}) == {"value": [2.0, 5.0], "shape": [2]}
    running = run(REFERENCE.replace("2 * np", "2.0 * np").replace("return y", "return y + 0"))
    assert running.call("doubled", {"x": [[1], [2]]}) == {"value": [[2.0], [4.0]], "shape": [2, 1]}


def test_values_that_json_lacks_become_what_a_page_can_show(run):
    said = run().call("odd", {})
    assert said == {"nan": [1.0, None], "inf": None, "big": float(2**70), "truth": True, "3": None}


def test_data_files_lie_in_the_working_folder(run):
    assert run().call("words", {}) == ["one", "two", "three"]


def test_the_state_is_kept_between_calls_and_between_runs(run):
    first = run()
    assert first.call("summed", {"a": 3}) == {"sum": 8.0, "calls": 1}
    assert first.call("summed", {"a": 4, "b": 0}) == {"sum": 8.0, "calls": 2}
    first.close()
    second = run()
    assert second.call("told", {}) == [0.0, 0.0, 3.0, 4.0]
    second.reset()
    assert second.call("told", {}) == [0.0, 0.0]
    second.close()
    assert run().call("told", {}) == [0.0, 0.0]


def test_another_module_does_not_get_the_state(run, course):
    first = run()
    first.call("summed", {"a": 3})
    first.close()
    (course / "application/count.py").write_text(MODULE.replace("np.zeros(2)", "np.zeros(3)"), "utf-8")
    assert run().call("told", {}) == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("damage", [b"", b"{}", b"[" * 100_000, b'{"module": 1', b"\x00\xff" * 999])
def test_a_damaged_state_is_no_state(run, course, damage):
    first = run()
    first.call("summed", {"a": 3})
    first.close()
    (kept,) = course.glob(".grade/application-*.json")
    kept.write_bytes(damage)
    assert run().call("told", {}) == [0.0, 0.0]


def test_nothing_is_open_before_its_functions_are_right(run, course):
    running = run(STUB)
    standing = running.standing("en")
    assert {name for name, stage in standing.stages.items() if not stage.open} == {"doubled", "summed", "examples"}
    assert standing.following == "double"
    assert not standing.exportable
    failure = refused(running, "summed", {"a": 1})
    assert failure.kind == "locked"
    assert failure.message.text("en") == "Not yet: double, add must be right first."
    assert [(each.name, each.right, each.status) for each in standing.functions] == [
        ("double", False, "not_attempted"), ("add", False, "not_attempted"),
    ]  # fmt: skip
    (course / "work.py").write_text(STUB.replace("y = None", "y = 2 * np.asarray(x)"), "utf-8")
    standing = running.standing("en")
    assert [name for name, stage in standing.stages.items() if not stage.open] == ["summed"]
    assert standing.following == "add"
    assert running.call("doubled", {"x": 4}) == {"value": 8, "shape": []}


def test_a_wrong_function_locks_its_stages_and_says_why(run):
    standing = run(REFERENCE.replace("2 * np", "3 * np")).standing("en")
    double, add = standing.functions
    assert double.status == "failed" and double.unlocks == ("doubled", "summed", "examples")
    assert "1.5" in double.says
    assert not add.right  # it is right by itself, and what it gives is not
    assert add.unlocks == ("summed",)


def test_the_page_is_told_in_its_language(run):
    running = run(STUB)
    zh, en = (running.standing(language).functions[0].says for language in ("zh", "en"))
    assert "double" in zh and "double" in en and zh != en


def test_a_half_saved_file_leaves_all_as_it_was(run, course):
    running = run()
    (course / "work.py").write_bytes(b"\xff\xfe\x00")
    assert all(stage.open for stage in running.standing("en").stages.values())


@pytest.mark.parametrize(
    ("name", "arguments", "kind"),
    [
        ("_private", {}, "refused"),
        ("nothing", {}, "refused"),
        ("__init__", {}, "refused"),
        ("doubled", {}, "refused"),
        ("doubled", {"x": 1, "y": 2}, "refused"),
        ("summed", {"a": 1, "state": {"calls": 7}}, "refused"),
        ("doubled", {"x": eval("[" * 30 + "]" * 30)}, "refused"),
        ("strange", {}, "stopped"),
        ("wrong", {}, "raised"),
        ("ends", {}, "stopped"),
    ],
)
def test_what_gives_no_value_says_why_and_the_next_call_is_answered(run, name, arguments, kind):
    running = run()
    failure = refused(running, name, arguments)
    assert failure.kind == kind
    assert failure.message.text("zh") and failure.message.text("en")
    assert running.call("doubled", {"x": 1})["value"] == 2


def test_an_endless_function_is_stopped(run, course):
    rubric = course / "grading.yaml"
    rubric.write_text(RUBRIC.replace("problems:", "limits: {seconds: 0.5}\nproblems:", 1), "utf-8")
    running = run()
    assert refused(running, "endless").kind == "stopped"
    assert running.call("words", {}) == ["one", "two", "three"]


def test_a_list_of_needs_is_of_every_function(run, course):
    needs = "  needs: [double]\n"
    rubric = RUBRIC[: RUBRIC.index("  needs:")] + needs + RUBRIC[RUBRIC.index("problems:") :]
    (course / "grading.yaml").write_text(rubric, "utf-8")
    stages = run(STUB).standing("en").stages
    assert [name for name, stage in stages.items() if stage.open] == ["start"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    doubled: [double]", "    doubling: [double]", "`doubling`, which `needs` names"),
        ("submission: work.py", "submission: statistics.py", "cannot import the submission as `statistics`"),
    ],
)
def test_a_rubric_that_does_not_fit_its_module_is_refused(course, old, new, says):
    (course / "grading.yaml").write_text(RUBRIC.replace(old, new), "utf-8")
    (course / "statistics.py").write_text(REFERENCE, "utf-8")
    with pytest.raises(RubricError) as caught:
        build(read(course / "grading.yaml").rubric)
    (fault,) = caught.value.faults
    assert says in fault.message.text("en")
    assert fault.at.line == 6


def test_a_module_that_cannot_be_read_is_the_authors_fault(course):
    (course / "application/count.py").write_text(MODULE + "\ndef broken(:\n", "utf-8")
    with pytest.raises(RubricError) as caught:
        build(read(course / "grading.yaml").rubric)
    assert "count.py, line" in caught.value.faults[0].message.text("en")


def test_a_rubric_without_an_application_says_how_to_add_one(course):
    rubric = RUBRIC[: RUBRIC.index("application:")] + RUBRIC[RUBRIC.index("problems:") :]
    (course / "grading.yaml").write_text(rubric, "utf-8")
    with pytest.raises(UsageError) as caught:
        build(read(course / "grading.yaml").rubric)
    assert "application:" in caught.value.hint.text("en")


@pytest.mark.parametrize(
    ("added", "call", "says"),
    [
        ("\ndef fails():\n    return {}['nothing']  # wrong\n", "fails",
         "count.py, line {line}: Raised KeyError: 'nothing'"),
        ("\nwith open('absent.csv') as f:  # wrong\n    ROWS = f.read()\n\ndef rows():\n    return ROWS\n", "rows",
         "count.py, line {line}: it was loaded only in part: FileNotFoundError"),
        ("\ndef keeps(state):\n    return {'state': {'it': object()}}  # wrong\n", "keeps",
         "there is a value of type object in it"),
    ],
)  # fmt: skip
def test_a_fault_of_the_module_is_told_with_its_line(run, course, added, call, says):
    (course / "application/count.py").write_text(MODULE + added, "utf-8")
    wrong = next(
        number for number, text in enumerate((MODULE + added).split("\n"), 1) if "wrong" in text and "#" in text
    )
    running = run()
    assert says.format(line=wrong) in refused(running, call).message.text("en")
    assert running.call("told", {}) == [0.0, 0.0]


def test_data_that_the_rubric_does_not_list_is_not_there(run, course):
    """Else it would be there for the author, and missing in the kit."""
    (course / "application/more.txt").write_text("more", "utf-8")
    (course / "application/count.py").write_text(MODULE.replace('"words.txt"', '"more.txt"'), "utf-8")
    assert "more.txt" in refused(run(), "words").message.text("en")
