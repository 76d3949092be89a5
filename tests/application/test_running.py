"""An application runs with the student's functions in place, and opens stage by stage as they become right."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.application.building import build
from grader.application.calling import NoValue
from grader.author.check.application import application_works
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


def test_a_run_that_changed_nothing_does_not_undo_what_another_kept(run):
    idle, busy = run(), run()
    idle.call("words", {})
    for value in range(3):
        busy.call("summed", {"a": value})
    busy.close()
    idle.close()
    assert run().call("told", {}) == [0.0, 0.0, 0.0, 1.0, 2.0]


def test_what_a_run_forgot_is_not_brought_back_by_another(run):
    first = run()
    first.call("summed", {"a": 3})
    first.close()
    idle, other = run(), run()
    assert idle.call("told", {}) == [0.0, 0.0, 3.0]
    other.reset()
    idle.close()
    assert run().call("told", {}) == [0.0, 0.0]


def test_what_the_page_sees_is_what_an_export_takes(run, monkeypatch):
    """The page asks for the standing every two seconds; what changed since the last writing is written then."""
    live = run()
    live.call("summed", {"a": 1})
    live.call("summed", {"a": 2})
    monkeypatch.setattr("grader.application.state.WRITTEN", 0.0)
    live.standing("en")
    assert run().call("told", {}) == [0.0, 0.0, 1.0, 2.0]


def test_a_state_that_is_too_large_to_be_written_is_refused(run, course):
    added = "\ndef grows(state):\n    return {'state': {'calls': 1, 'history': np.zeros(3 << 20)}}\n"
    (course / "application/count.py").write_text(MODULE + added, "utf-8")
    running = run()
    assert "too large" in refused(running, "grows").message.text("en")
    assert running.call("told", {}) == [0.0, 0.0]


def test_other_data_begins_with_another_state(run, course):
    first = run()
    first.call("summed", {"a": 3})
    first.close()
    (course / "application/words.txt").write_text("four", "utf-8")
    assert run().call("told", {}) == [0.0, 0.0]


def test_the_students_own_line_is_told(run, course):
    text = REFERENCE.replace(
        "y = 2 * np.asarray(x)", "y = 2 * np.asarray(x)\n    if len(y) == 5:\n        raise IndexError('mine')"
    )
    running = run(text)
    failure = refused(running, "doubled", {"x": [1, 2, 3, 4, 5]})
    line = text[: text.index("raise IndexError")].count("\n") + 1
    assert failure.kind == "raised"
    assert f"work.py, line {line}: " in failure.message.text("en") and "count.py, line" in failure.message.text("en")


def test_functions_that_take_their_arguments_by_name_alone_can_be_called(run, course):
    added = "\ndef named(*, x, y=2):\n    return [x, y]\n\n\nasync def later():\n    return 1\n"
    (course / "application/count.py").write_text(MODULE + added, "utf-8")
    running = run()
    assert running.call("named", {"x": 1}) == [1, 2]
    assert refused(running, "named", {"y": 1}).kind == refused(running, "later").kind == "refused"


def test_closing_ends_a_call_that_never_would(run):
    running = run()
    with ThreadPoolExecutor() as pool:
        endless = pool.submit(refused, running, "endless")
        queued = [pool.submit(refused, running, "endless") for _ in range(3)]
        while running._session is None:
            time.sleep(0.01)
        time.sleep(0.2)
        running.close()
        kinds = {each.result(timeout=20).kind for each in (endless, *queued)}
    assert kinds == {"gone"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("import work\n", "import work as w\nwork = w\n", ""),
        ('return {"inputs": inputs', 'return {"state": {"calls": 9, "history": inputs}, "inputs": inputs', ""),
        ("import work\n", "import work\nimport beside\n", "there is no module `beside`"),
        ('"op": "Mul"', '"op": "Mull"', "It cannot be exported: "),
        ("2.0, 2.0", "2.0, 2.5", "does not compute what the student's functions do"),
        ("def start():\n", "def start():\n    raise KeyError('x')\n", "`start` gives nothing with the reference: "),
    ],
)
def test_grade_check_looks_at_what_students_would_meet(course, engine, old, new, says):
    assert old in MODULE
    (course / "application/count.py").write_text(MODULE.replace(old, new), "utf-8")
    found = application_works(read(course / "grading.yaml"), engine)
    told = " ".join(each.text("en") for each in found.details)
    assert says in told
    assert found.holds is (not says)


@pytest.mark.parametrize("way", ["import work as w\n{rest}w.add", "from work import add as plus\n{rest}plus"])
def test_grade_check_finds_what_needs_leave_out(course, engine, way):
    rest = "import work\n\nPLUS = "
    text = MODULE.replace("import work\n", way.format(rest=rest) + "\n").replace("work.add(a, b)", "PLUS(a, b)")
    (course / "application/count.py").write_text(text, "utf-8")
    (course / "grading.yaml").write_text(RUBRIC.replace("summed: [double, add]", "summed: [double]"), "utf-8")
    (detail,) = application_works(read(course / "grading.yaml"), engine).details
    assert detail.text("en") == "`summed` calls add, which its `needs` do not name."
