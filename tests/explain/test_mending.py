"""The slip in a student's own function is found by undoing it, in functions of many courses.

The collection stands in `other_courses`: a reference, its rubric, and a table of slips.
"""

import sys
from pathlib import Path

import pytest

from grader import submission
from grader.grading import grade, prepare, read
from grader.grading.reference_answers import ReferenceAnswers
from grader.rubric.mistakes import originals

HERE = Path(__file__).parent / "other_courses"
sys.path.insert(0, str(HERE))

from slips import NO_SLIP, SLIPS  # noqa: E402

REFERENCE = (HERE / "courses.py").read_text("utf-8")
ORIGINALS = {name: original.text for name, original in originals(REFERENCE).items()}


def own_text(slip):
    text = ORIGINALS[slip.function]
    for old, new in slip.changes:
        assert old in text, (slip.function, old)
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def tell(engine, tmp_path_factory):
    """Return a function that grades one function's text in an otherwise right file and returns its result."""
    plan, file = read(HERE / "grading.yaml"), tmp_path_factory.mktemp("courses") / "submitted.py"
    prepared, answers = {}, ReferenceAnswers()

    def told(function, text):
        if function not in prepared:
            prepared[function] = prepare(plan, engine, (function,))
        file.write_text(REFERENCE.replace(ORIGINALS[function], text), "utf-8")
        student = submission.load(file, [problem.function for problem in plan.rubric.problems])
        return grade(prepared[function], student, engine, {}, answers).problems[0]

    return told


def name_of(slip):
    return f"{slip.function}-{slip.changes[-1][1].strip()[:40]}"


@pytest.mark.parametrize("slip", SLIPS, ids=name_of)
def test_a_slip_is_told(slip, tell):
    problem = tell(slip.function, own_text(slip))
    assert problem.score < problem.max_score
    assert problem.diagnosis is not None
    told = problem.diagnosis.text("en")
    assert [word for word in slip.words if word not in told] == [], told
    assert problem.diagnosis.text("zh") != told


@pytest.mark.parametrize("wrong", NO_SLIP, ids=name_of)
def test_what_no_mend_makes_right_is_given_no_line(wrong, tell):
    problem = tell(wrong.function, own_text(wrong))
    assert problem.score < problem.max_score
    assert problem.diagnosis is None or not problem.diagnosis.text("en").startswith("Line")


def test_the_collection_is_large_and_of_many_courses():
    assert len({own_text(slip) for slip in SLIPS}) == len(SLIPS) >= 100
    assert len({slip.function for slip in SLIPS}) == len(ORIGINALS) >= 20


def test_a_mended_function_may_call_itself(tell):
    text = (
        "def matrix_power(A, n):\n"
        "    if n == 0:\n"
        "        return np.eye(A.shape[0])\n"
        "    return matrix_power(A, n - 1) * A\n"
    )
    assert "`*` is not the right operator" in tell("matrix_power", text).diagnosis.text("en")


def test_a_mended_function_that_never_ends_is_given_up(tell):
    text = (
        "def matrix_power(A, n):\n"
        "    P = np.eye(A.shape[0])\n"
        "    k = 0\n"
        "    while k < n - 1:\n"
        "        P = P @ A\n"
        "        k += 1\n"
        "    return P\n"
    )
    problem = tell("matrix_power", text)
    assert problem.score < problem.max_score
    assert problem.diagnosis is not None


@pytest.mark.parametrize("held_up", [0, 1])
def test_the_same_is_told_where_the_machine_holds_up_a_call(tell, held_up):
    text = (
        "def moving_average(x, k):\n"
        f"    if len(x) % 2 == {held_up}:\n"
        "        __import__('time').sleep(0.01)\n"
        "    out = np.zeros(len(x) - k + 1)\n"
        "    for i in range(len(out)):\n"
        "        out[i] = np.median(x[i : i + k]) + 0.25 * np.ptp(x)\n"
        "    return out\n"
    )
    assert "does not belong" in tell("moving_average", text).diagnosis.text("en")


def test_the_line_is_that_of_the_students_file_whatever_stands_around(tell):
    text = (
        "def trapezoid(y,\n"
        "              h):\n"
        '    """Add up.\n\n    Returns a number."""\n'
        "    # from the left to the right\n"
        "    total = 0.0\n\n"
        "    for i in range(len(y)\n"
        "                   - 2):  # pairs\n"
        "        total += ((y[i] + y[i + 1])\n"
        "                  * h / 2)\n"
        "    return total\n"
    )
    start = REFERENCE.replace(ORIGINALS["trapezoid"], text).split("def trapezoid")[0].count("\n") + 1
    told = tell("trapezoid", text).diagnosis.text("en")
    assert told == f"Line {start + 8}: `range(len(y) - 2)` ends too early."


def test_no_sentence_says_what_should_stand_there(tell):
    """What a hint may say is that `+` is wrong, not that `*` is right."""
    told = tell("batch_means", ORIGINALS["batch_means"].replace("b * size", "b + size")).diagnosis.text("en")
    assert "`+`" in told and "*" not in told


@pytest.mark.parametrize("value", ["([],)", "(1, {})", "'P'", "10**400", "(2.5,)"])
def test_what_a_function_says_of_its_own_names_stops_no_diagnosis(tell, value):
    """Its code stands in the worker that watches it, and may write there what it likes."""
    text = (
        "def matrix_power(A, n):\n"
        "    import sys\n"
        "    above = sys._getframe(1)\n"
        '    if "kinds" in above.f_locals:\n'
        f'        above.f_locals["kinds"]["Q"] = {value}\n'
        "    P = np.eye(A.shape[0])\n"
        "    for k in range(n):\n"
        "        P = P * A\n"
        "    return P\n"
    )
    assert tell("matrix_power", text).diagnosis.text("en") == "Line 73: `*` is not the right operator in `P * A`."


KEPT = {
    "a counter": ("CALLS = 0\n", "    global CALLS\n    CALLS += 1\n", "total * CALLS", "CALLS"),
    "no first value": ("", "    global calls\n    calls = globals().get('calls', 0) + 1\n", "total * calls", "calls"),
    "a list": ("SEEN = []\n", "    SEEN.append(y)\n", "total + len(SEEN) - 1", "SEEN"),
    "a dict": ("CACHE = {'n': 0}\n", "    CACHE['n'] += 1\n", "total * CACHE['n']", "CACHE"),
    "of the function": ("", "    trapezoid.calls += 1\n", "total * trapezoid.calls", "trapezoid.calls"),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_outlives_a_call_is_told(name, tell):
    before, first, last, kept = KEPT[name]
    text = ORIGINALS["trapezoid"].replace("    total = 0.0\n", f"{first}    total = 0.0\n")
    text = before + text.replace("return total", f"return {last}")
    text += "\n\ntrapezoid.calls = 0\n" if name == "of the function" else ""
    assert f"`{kept}` keeps what earlier calls left in it" in tell("trapezoid", text).diagnosis.text("en")


def test_a_default_that_is_filled_is_told(tell):
    text = (
        "def trapezoid(y, h, parts=[]):\n"
        "    for i in range(len(y) - 1):\n"
        "        parts.append((y[i] + y[i + 1]) * h / 2)\n"
        "    return sum(parts)\n"
    )
    assert "`parts` keeps what earlier calls left in it" in tell("trapezoid", text).diagnosis.text("en")


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ("CALLS = 0\n", "    global CALLS\n    CALLS += 1\n"),
        ("STEP = 2\n", "    total = STEP\n"),
        ("LOG = []\n", "    LOG.append(len(y))\n"),
        ("", "    parts = []\n    parts.append(h)\n"),
    ],
)
def test_what_outlives_a_call_and_does_no_harm_is_not_told(before, first, tell):
    text = ORIGINALS["trapezoid"].replace("    total = 0.0\n", f"{first}    total = 0.0\n")
    told = tell("trapezoid", before + text.replace("range(len(y) - 1)", "range(len(y) - 2)")).diagnosis.text("en")
    assert "ends too early" in told


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ("", "    h = float(input('step? '))\n"),
        ("", "    h = float(open('step.txt').read())\n"),
        ("import warnings\nwarnings.filterwarnings('error')\n", "    np.array([1.0]) / np.array([0.0])\n"),
    ],
)
def test_a_cause_of_another_kind_is_no_slip(before, first, tell):
    """Without the line all would be right, but what is wrong is said of the exception."""
    text = before + ORIGINALS["trapezoid"].replace("    total = 0.0\n", f"{first}    total = 0.0\n")
    problem = tell("trapezoid", text)
    assert problem.status == "error"
    assert problem.diagnosis is None


def test_the_next_step_names_the_line_of_the_slip(tell):
    told = tell("batch_means", ORIGINALS["batch_means"].replace("b * size", "b + size"))
    assert told.diagnosis.text("en").startswith(f"Line {told.found_at.line}:")
    assert told.found_at.line > told.at.line
