"""A training with the student's functions is followed loss by loss: what is graded is how they work together."""

import subprocess
import sys

import pytest

from grader.author.kit.kit import build, write_kit
from grader.author.replay import find_case, script
from grader.course.sameness import Code, Fingerprints
from grader.errors import RubricError
from grader.grading import cache, grade, handed_in, prepare, read

RIGHT = """\
import numpy as np


def forward(X, w, b):
    return X @ w + b


def backward(X, z, y):
    d = 2 * (z - y) / len(y)
    return X.T @ d, d.sum()
"""
STUB = """\
def forward(X, w, b):
    pass


def backward(X, z, y):
    pass
"""
MODULE = """\
import numpy as np
from hw import backward, forward


def losses(X, y, rate, steps=4):
    w, b = np.zeros(X.shape[1]), 0.0
    found = []
    for _ in range(steps):
        z = forward(X, w, b)
        found.append(float(np.mean((z - y) ** 2)))
        dw, db = backward(X, z, y)
        w, b = w - rate * dw, b - rate * db
    return found
"""
FUNCTIONS = """\
forward:
  points: 4
  checks: [{values: v, draw: {n: 4..6, X: 'normal(n, 2)', w: normal(2), b: 1}}]
backward:
  points: 4
  checks: [{values: v, draw: {n: 4..6, X: 'normal(n, 2)', z: normal(n), y: normal(n)}}]
"""
TRAINING = """\
training:
  points: 4
  bonus: true
  checks:
    - steps: shown
      module: app/model.py
      visibility: public
      cases: 1
      draw: {n: 4..6, X: 'normal(n, 2)', y: normal(n), rate: 0.05}
    - {steps: secret, module: app/model.py, cases: 2, like: shown}
"""
ALONE = TRAINING.replace("  bonus: true\n", "")
TWICE = RIGHT.replace("X.T @ d, d.sum()", "2 * X.T @ d, 2 * d.sum()")
CHANGING = RIGHT.replace("    return X.T", "    y += 1.5\n    return X.T")


@pytest.fixture
def linear(course, tmp_path):
    """Return a course of a linear model with this module and these problems."""
    (tmp_path / "app").mkdir()

    def made(module=MODULE, problems=FUNCTIONS + TRAINING, head=""):
        return course(problems, RIGHT, stub=STUB, head=head, **{"app/model.py": module})

    return made


def earned(report):
    return {one.function: float(one.score) for one in report.problems}


def training_of(course, source):
    return next(one for one in course.full(source).problems if one.function == "training")


def test_right_functions_earn_all_of_it_in_whatever_way_they_are_written(linear):
    course = linear()
    assert earned(course.full(RIGHT)) == {"forward": 4, "backward": 4, "training": 4}
    other = RIGHT.replace("X.T @ d, d.sum()", "np.array([sum(X[:, i] * d) for i in range(2)]), sum(d)")
    assert earned(course.full(other)) == {"forward": 4, "backward": 4, "training": 4}


def test_a_wrong_gradient_costs_its_points_once(linear):
    course = linear()
    assert earned(course.full(TWICE)) == {"forward": 4, "backward": 0, "training": 4}
    shown = course.shown(TWICE)
    assert "training itself is right; its result is wrong for now because of backward." in shown
    assert "训练" not in shown


@pytest.mark.parametrize("bad", ["raise ValueError('x')", "while True: pass", "import os; os._exit(0)"])
def test_a_function_that_raises_loops_or_ends_the_process_costs_its_points_once(linear, bad):
    course = linear(head="limits: {seconds: 0.5}\n")
    assert earned(course.full(RIGHT.replace("return X.T @ d, d.sum()", bad))) == {
        "forward": 4, "backward": 0, "training": 4,
    }  # fmt: skip


def test_nonsense_in_most_functions_is_not_made_good(linear):
    """With the reference's in place of all of them, none of what is graded would be the student's."""
    course = linear()
    nonsense = "def forward(X, w, b):\n    return 0 * X[:, 0]\n\n\ndef backward(X, z, y):\n    return X[0], 1.0\n"
    assert earned(course.full(nonsense))["training"] == 1  # the first loss, without weights, is that of zeros
    assert earned(course.full(nonsense.replace("0 * X[:, 0]", "1 + X[:, 0]")))["training"] == 0


def test_a_stub_has_not_begun_the_training(linear):
    course = linear()
    assert earned(course.full(STUB)) == {"forward": 0, "backward": 0, "training": 0}
    half = RIGHT[: RIGHT.index("def backward")] + "def backward(X, z, y):\n    pass\n"
    for source in (STUB, half, RIGHT[: RIGHT.index("def backward")]):
        assert training_of(course, source).status == "not_attempted"
    said = training_of(course, half).message
    assert said.text("en") == "It begins once these functions are written, too: backward."


def test_functions_that_are_right_alone_and_wrong_together_lose_points_by_steps(linear):
    course = linear()
    report = course.full(CHANGING)
    assert earned(report) == {"forward": 4, "backward": 4, "training": 1}
    shown = course.shown(CHANGING).partition("◐ training ─")[2]
    assert "The losses agree for 1 step; at step 2 yours is" in shown
    assert "look at the backward direction" in " ".join(shown.split())
    assert "go on with training (how your functions work together)" in " ".join(shown.split())


def test_a_hidden_case_tells_the_step_and_no_number(linear):
    course = linear(problems=FUNCTIONS + TRAINING)
    want = [case.exhibit.exhibit.want for case in training_of(course, CHANGING).checks[1].cases]
    shown = course.shown(CHANGING).partition("secret · hidden")[2]
    assert "The losses agree for 1 step, and then no longer." in shown
    assert not any(f"{number:.3g}"[:4] in shown for losses in want for number in losses)


@pytest.mark.parametrize(
    ("source", "points", "says"),
    [
        (RIGHT.replace("w + b", "w + b + 1"), 0, "The first loss is wrong already. No gradient was used before it"),
        (TWICE, 1, "The losses agree for 1 step, and then no longer. The forward direction gave the right loss"),
        (
            RIGHT.replace("def backward", "seen = []\n\n\ndef backward").replace(
                "    return X.T", "    seen.append(d)\n    d = d if len(seen) % 4 < 3 else -d\n    return X.T"
            ),
            3, "The losses agree for 3 steps, and then no longer. The first gradient was right.",
        ),
    ],
)  # fmt: skip
def test_the_step_that_differs_says_where_to_look(linear, source, points, says):
    course = linear(problems=ALONE.replace("visibility: public", "visibility: hidden").replace("cases: 2", "cases: 1"))
    check = training_of(course, source).checks[0]
    assert float(check.score) == points / 2
    assert check.cases[0].message.text("en").startswith(says)
    assert check.cases[0].message.text("zh") != check.cases[0].message.text("en")


def test_an_accuracy_alone_would_not_show_a_gradient_twice_as_long(linear):
    rows = MODULE.replace(
        "found.append(float(np.mean((z - y) ** 2)))",
        "found.append([float(np.mean((z - y) ** 2)), float(np.mean((z > 0) == (y > 0)))])",
    )
    course = linear(rows, ALONE)
    assert course.points(RIGHT) == 4
    assert course.points(TWICE) == 1
    exhibit = training_of(course, TWICE).checks[0].cases[0].exhibit
    assert [row[1] for row in exhibit.want] == [row[1] for row in exhibit.got]


def test_a_module_may_yield_its_losses_and_look_its_functions_up_by_the_file(linear):
    module = MODULE.replace("from hw import backward, forward", "import hw").replace("found.append", "yield ")
    module = module.replace("    found = []\n", "").replace("    return found\n", "")
    module = module.replace("forward(X, w", "hw.forward(X, w").replace("backward(X, z", "hw.backward(X, z")
    course = linear(module)
    assert earned(course.full(RIGHT))["training"] == 4
    assert earned(course.full(TWICE)) == {"forward": 4, "backward": 0, "training": 4}


def test_what_a_training_needs_is_what_its_function_reaches(linear):
    other = "\n\ndef shown(X, z, y):\n    return backward(X, z, y)\n"
    still = MODULE.replace("dw, db = backward(X, z, y)", "dw, db = X[0], 0.1") + other
    course = linear(still)
    assert [one.needs for one in course.plan().rubric.problems] == [(), (), ("forward",)]
    renamed = MODULE.replace("backward, forward", "backward as back, forward").replace("= backward(X", "= shown(X")
    course = linear(renamed + other.replace("return backward", "return back"))
    assert course.plan().rubric.problems[2].needs == ("forward", "backward")
    assert earned(course.full(TWICE))["training"] == 4


def test_a_students_own_file_does_not_take_the_modules_place(linear):
    course = linear(problems=ALONE)
    want = training_of(course, RIGHT).checks[0].cases[0].exhibit.want
    folder = course.folder / "handed_in"
    folder.mkdir(exist_ok=True)
    for name in ("model.py", "app.py", "numpy.py"):
        (folder / name).write_text(f"def losses(**given):\n    return {want}\n", "utf-8")
    assert course.points("import model\nfrom model import losses\n\n\n" + TWICE) == 1
    assert course.points("import model\n" + RIGHT) == 4


MEDDLING = """\
import sys


def meddle():
    frame = sys._getframe(2)
    frame.f_globals["losses"] = lambda **given: [0.0] * 4
    frame.f_globals["forward"] = frame.f_globals["backward"] = None
    sys.modules["beside"] = sys.modules["model"] = sys.modules[__name__]


"""


def test_what_code_does_to_the_module_is_gone_in_the_next_case(linear):
    course = linear(problems=ALONE)
    meddling = MEDDLING + TWICE.replace("    d = 2", "    len(y) and meddle()\n    d = 2")
    cases = [case for check in training_of(course, meddling).checks for case in check.cases]
    assert [case.status for case in cases] == ["error"] * 3  # the names that it took away are missing, in each anew
    assert course.points(meddling) == 0
    forged = "import sys\n" + TWICE.replace(
        "    d = 2", "    sys._getframe(1).f_locals['found'][:] = [0.0] * 4\n    d = 2"
    )
    assert course.points(forged) == 0


def test_no_expected_loss_is_where_the_code_runs(linear):
    course = linear(problems=ALONE)
    want = [case.exhibit for check in training_of(course, RIGHT).checks for case in check.cases]
    numbers = [
        repr(number) for each in want for number in (each.want if hasattr(each, "want") else each.exhibit.want)[1:]
    ]
    spying = f"""\
import gc
LOOKED_FOR = {numbers!r}


def spied():
    for held in gc.get_objects():
        for each in gc.get_referents(held):
            if type(each) is float and repr(each) in LOOKED_FOR:
                print("it is here:", each)


"""
    own = spying + TWICE.replace("    d = 2", "    spied()\n    d = 2")
    assert "it is here" not in course.shown(own)
    seen = spying + RIGHT.replace("    d = 2", "    spied()\n    d = 2")
    assert "it is here" in repr([case.exhibit for case in training_of(course, seen).checks[0].cases])  # it can be seen


def test_the_losses_that_differ_are_those_of_the_rubrics_tolerance(linear):
    nearly = RIGHT.replace("return X.T @ d, d.sum()", "return X.T @ d * (1 + 1e-8), d.sum()")
    assert linear(problems=ALONE).points(nearly) == 4
    assert linear(problems=ALONE, head="compare: {rtol: 1e-12}\n").points(nearly) == 1


def test_a_loss_that_has_come_down_to_zero_is_no_matter_of_rounding(linear):
    module = MODULE.replace("rate, steps=4", "rate, steps=60").replace("X.shape[1]), 0.0", "X.shape[1]), 0.1")
    exact = ALONE.replace("y: normal(n), rate: 0.05", "a: normal(2), y: 'X @ a', rate: 0.3").replace("n: 4..6", "n: 60")
    course = linear(module, exact)
    other = RIGHT.replace("X.T @ d, d.sum()", "np.array([sum(X[:, i] * d) for i in range(2)]), sum(d)")
    exhibit = training_of(course, RIGHT).checks[0].cases[0].exhibit
    assert exhibit.want[-1] < 1e-18 * exhibit.want[0]
    assert course.points(other) == 4


@pytest.mark.parametrize(
    ("module", "problems", "says"),
    [
        (MODULE, ALONE.replace("app/model.py", "app/modle.py"), "There is no file `app/modle.py`."),
        (MODULE, ALONE.replace("app/model.py", "app/model.txt"), "Expected a Python file, like `digits.py`"),
        ("def losses(:", ALONE, "The file `app/model.py` does not parse."),
        (MODULE, ALONE.replace("module: app/model.py, ", ""), "needs the module that trains with the functions"),
        (MODULE.replace("def losses", "def train"), ALONE, "`model.py` has no function `losses`."),
        (MODULE.replace("from hw", "from cnn"), ALONE, "model.py does not import hw"),
        (MODULE, ALONE.replace(", rate: 0.05", ""), "`losses` takes `rate`, which is never drawn."),
        (MODULE, ALONE.replace("rate: 0.05", "rate: 0"), "so no wrong gradient could be noticed"),
        (MODULE, ALONE.replace("rate: 0.05", "rate: 1e200"), "the loss is not finite in case"),
        (MODULE.replace("steps=4", "steps=1"), ALONE, "for each of two steps or more"),
        (MODULE.replace("return found", "return ['a', 'b']"), ALONE, "for each of two steps or more"),
        (MODULE.replace("return found", "return 0.5"), ALONE, "'float' object is not iterable"),
        (MODULE.replace("return found", "return fuond"), ALONE, "name 'fuond' is not defined"),
        (MODULE.replace("import numpy", "import nowhere\nimport numpy"), ALONE, "The reference needs nowhere"),
        (MODULE.replace("import backward", "import backwards"), ALONE, "cannot import name 'backwards'"),
    ],
)
def test_what_an_author_gets_wrong_is_said(linear, module, problems, says):
    course = linear(module, problems)
    with pytest.raises(RubricError) as raised:
        course.prepared()
    assert says in " ".join(fault.message.text("en") for fault in raised.value.faults)


def test_a_kit_trains_without_the_authors_file(linear, tmp_path):
    course = linear()
    kit = build(course.prepared())
    assert not [name for name in kit.files if name.endswith("model.py")]
    write_kit(kit.files, tmp_path / "kit")
    prepared = prepare(read(tmp_path / "kit" / "grading.yaml"), course.engine)
    work = tmp_path / "kit" / "work" / "hw.py"
    for source, share in ((RIGHT, 1), (CHANGING, 0.25)):
        work.write_text(source, "utf-8")
        (one,) = grade(prepared, handed_in(prepared.plan, work), course.engine).problems
        assert one.score == share * one.max_score


def test_another_text_of_the_module_is_prepared_anew(linear, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    course = linear()
    wanted = cache.Wanted(rubric=str(tmp_path / "grading.yaml"))
    cache.remember(wanted, course.prepared(), course.engine)
    assert cache.recall(wanted) is not None
    (tmp_path / "app" / "model.py").write_text(MODULE.replace("steps=4", "steps=5"), "utf-8")
    assert cache.recall(wanted) is None


def test_who_has_other_functions_has_no_other_ones_result(linear):
    course = linear()

    def key(source):
        path = course.folder / "handed_in" / "hw.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, "utf-8")
        plan = course.plan()
        student = handed_in(plan, path)
        return Fingerprints(plan, course.engine.versions, "").keys(student, Code(student))["training"][0]

    first = key(RIGHT)
    assert key(f"{RIGHT}# a comment\n") == first
    assert key(TWICE) != first
    (course.folder / "app" / "model.py").write_text(MODULE.replace("steps=4", "steps=5"), "utf-8")
    assert key(RIGHT) != first


def test_a_case_can_be_done_again_by_hand(linear, tmp_path):
    course = linear()
    file, prepared = tmp_path / "again.py", course.prepared()
    found = find_case(prepared, "training.shown[0]")
    file.write_text(script(found, str(course.folder / "solutions/hw.py"), "again.py"), "utf-8")
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=False, timeout=60)
    assert str(found.task.want[0].value) in done.stdout, done.stderr
