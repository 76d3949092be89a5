"""Sealed answers: a right one always fits, a wrong one never does, and nothing can be read off a seal."""

import base64
import json
import math
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader import comparison, grading, submission
from grader.author.kit.kit import build, drawn_apart, leaks
from grader.author.kit.sealing import Answer, bits_to_guess, digest_groups, given_away, seal_hidden, seal_of
from grader.checks.values import Values
from grader.comparison.seals import COST, Unsealable, cells_of, framed, grid_of
from grader.errors import SubmissionError, UsageError
from grader.grading.expected import Expected, dump, read
from grader.grading.judging import judge
from grader.grading.marking import unseal
from grader.model import Case, Check, Comparison, Draw, Part, Returned, Span
from grader.rubric.mistakes import mistakes

ROOT = Path(__file__).resolve().parents[3]
RULE = Comparison()


def dice(seed=0):
    rng = np.random.default_rng(seed)
    return lambda: float(rng.random())


def locked(value, rule=RULE, returns=(), seed=0):
    """Return the cells that a value is sealed by, and a function that gives another value's cells."""
    _, locks, outputs = framed(value, returns, rule, dice(seed))
    (lock,), (output,) = locks, outputs
    return cells_of(output, lock.grids, rule), lambda other: cells_of(other, lock.grids, rule)


def agree(got, want, rule=RULE):
    return comparison.differences(got, want, rule) == []


NUMBERS = st.floats(-1e6, 1e6, allow_nan=False, allow_infinity=False)
ARRAYS = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=NUMBERS)
RULES = st.builds(
    Comparison,
    rtol=st.sampled_from([1e-12, 1e-9, 1e-6, 1e-3, 0.05]),
    atol=st.sampled_from([None, 0.0, 1e-8, 1e-3, 2.0]),
)


def tolerance(array, rule):
    """Return the tolerance of the array's largest element."""
    top = float(np.abs(array).max(initial=0.0))
    return rule.rtol * top * 2 if rule.atol is None else rule.atol + rule.rtol * top


@given(want=ARRAYS, rule=RULES, seed=st.integers(0, 99), data=st.data())
@settings(max_examples=300, deadline=None)
def test_what_the_open_comparison_takes_always_fits(want, rule, seed, data):
    try:
        right, cells = locked(want, rule, seed=seed)
    except Unsealable:
        return
    allowed = (rule.rtol * np.abs(want).max(initial=0.0) if rule.atol is None else rule.atol) + rule.rtol * np.abs(want)
    push = data.draw(hnp.arrays(np.float64, want.shape, elements=st.floats(-0.999, 0.999)))
    got = want + push * allowed
    if agree(got, want, rule):
        assert cells(got) == right
    assert cells(want.copy()) == right


@given(want=ARRAYS, rule=RULES, seed=st.integers(0, 99), data=st.data())
@settings(max_examples=300, deadline=None)
def test_what_is_off_by_four_tolerances_never_fits(want, rule, seed, data):
    try:
        right, cells = locked(want, rule, seed=seed)
    except Unsealable:
        return
    place = data.draw(st.integers(0, want.size - 1))
    sign = data.draw(st.sampled_from([-1.0, 1.0]))
    far = data.draw(st.floats(4.0, 1e9))
    got = want.copy()
    got.flat[place] += sign * max(far * tolerance(want, rule), 1e-300)
    if got.flat[place] != want.flat[place]:
        assert cells(got) != right


SIZES = [(), (1,), (0,), (2, 3), (500,)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("magnitude", [1e-200, 1e-9, 1.0, 1e150])
def test_magnitude_does_not_matter_and_is_not_told(size, magnitude):
    want = np.random.default_rng(3).standard_normal(size) * magnitude
    right, cells = locked(want)
    assert cells(want * (1 + 5e-7)) == right
    if want.size:
        assert cells(want * (1 + 2e-5)) != right
    grid = grid_of(want, RULE, dice(), None)
    assert (grid.atol, grid.rtol) == (0.0, 2e-6)
    assert 0 <= grid.phase <= 1
    assert 0 <= grid.offset <= 1


X = np.array([[1.5, -2.0], [0.25, 1e3]])
PAIRS = [
    (np.array([1, 2, 3]), [np.array([1, 2, 4]), np.array([1, 2, 3], dtype=np.int8), np.array([1.0, 2.0, 3.0])]),
    (np.array([True, False]), [np.array([True, True]), np.array([1, 0]), [True, False]]),
    (X, [X.T, X.reshape(-1), X[:, :1], X.astype(np.float32), X.tolist(), X + 0j, X.astype(int), None, "x", 3.0]),
    (np.zeros((2, 2)), [np.full((2, 2), 1e-300), np.zeros(4), np.zeros((2, 2), dtype=int), -np.zeros((2, 2))]),
    (np.array([np.nan, 1.0, np.inf]), [np.array([np.nan, 1.0, np.inf]), np.array([1.0, np.nan, np.inf])]),
    (2.5, [2.5 + 1e-9, 2.5 + 1e-3, np.float64(2.5), np.array(2.5), np.array([2.5]), -2.5, True]),
    (7, [7, 8, 7.0, True, np.int64(7), 10**30]),
    (1 + 2j, [1 + 2j, 1 + 2.001j, 2 + 1j, np.complex128(1 + 2j), 3.0]),
    ("text", ["text", "Text", "text ", None, 3]),
    (None, [None, 0, "", False]),
    ([1, [2.0, "a"]], [(1, (2.0, "a")), [1, [2.0]], [1, [2.0, "b"]], [1, 2.0, "a"], [1.0, [2.0, "a"]]]),
    (
        {"b": 1.0, "a": X},
        [{"a": X, "b": 1.0}, {"a": X}, {"a": X, "b": 1.0, "c": 0}, {"a": X, 1: 1.0}, {"b": X, "a": 1.0}],
    ),
    ([], [(), [0], None]),
]
STRICT = [
    RULE,
    Comparison(dtype="any"),
    Comparison(dtype="exact", sequence="same"),
    Comparison(dtype="truth"),
    Comparison(size_one=True),
    Comparison(rtol=0.0, atol=0.0),
    Comparison(atol=0.4),
    Comparison(atol=1.0),
]


@pytest.mark.parametrize("rule", STRICT, ids=str)
@pytest.mark.parametrize(("want", "others"), PAIRS, ids=lambda value: repr(value)[:30])
def test_form_is_held_as_in_the_open_comparison(want, others, rule):
    right, cells = locked(want, rule)
    assert (right is not None) == agree(want, want, rule)
    for got in [want, *others] if right is not None else []:
        if agree(got, want, rule):
            assert cells(got) == right, (got, want)
        elif rule.atol != 1.0:
            assert cells(got) != right, (got, want)


def test_an_answer_that_says_it_is_all_zeros_does_not_show_it():
    zeros, others = (grid_of(value, RULE, dice(), None) for value in (np.zeros(3), np.array([1.0, 2.0, 2.0])))
    assert zeros.mode == others.mode == "grid"
    assert (zeros.atol, zeros.rtol) == (others.atol, others.rtol)


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (np.array([np.nan]), Comparison(nan_equal=False)),
        (1.0, Comparison(rtol=0.5)),
        (np.array([1e9]), Comparison(rtol=0.0, atol=1e-9)),
        (10**30, RULE),
    ],
)
def test_what_cannot_be_sealed_is_refused(value, rule):
    with pytest.raises(Unsealable):
        framed(value, (), rule, dice())


MASK = np.array([[False, True], [False, False]])
GUESSES = [
    (MASK, (X,), 2, 6),
    (np.zeros((3, 3)), (X,), 0, 8),
    (X, (X,), 0, 0),
    ((X, 2), (X, 2), 0, 8),
    (3, (X,), 0, 8),
    ("max", ("max",), 0, 0),
    (math.pi, (X,), 12, 20),
    (np.full(50, math.pi), (X,), 12, 20),
    (np.random.default_rng(0).standard_normal(20), (X,), 200, 400),
]


@pytest.mark.parametrize(("value", "arguments", "least", "most"), GUESSES, ids=lambda value: repr(value)[:20])
def test_what_there_is_to_guess(value, arguments, least, most):
    from grader.model import Call

    _, (lock,), _ = framed(value, (), RULE, dice())
    assert least <= bits_to_guess(value, lock.grids, given_away(Call(function="f", arguments=arguments))) <= most


# The shipped assignment


@pytest.fixture(scope="module")
def quick():
    """Make digests cheap: here it is the answers that matter, not the work of guessing them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("grader.author.kit.sealing.COST", 1)
        yield


@pytest.fixture(scope="module")
def sealing(prepared, quick):
    return seal_hidden(prepared)


@pytest.fixture(scope="module")
def closed(prepared, sealing):
    """Return the prepared rubric as a kit has it, read back from the kit's own files."""
    from msgspec.structs import replace

    kit = build(prepared, sealing=sealing)
    expected = read(kit.files["expected.json"])
    keys = {(task.case.function, task.case.check) for task in expected.tasks}
    problems = tuple(
        replace(one, checks=tuple(check for check in one.checks if (one.function, check.key) in keys))
        for one in prepared.chosen
    )
    return replace(prepared, chosen=problems, tasks=expected.tasks, seals=expected.seals)


def key(case):
    return case.function, case.check, case.index


def both_ways(prepared, closed, engine, source, functions):
    """Return, for each sealed group of cases, what the open comparison and the seals say of a source."""
    tasks = [task for task in prepared.tasks if task.case.function in functions]
    flat = [call for task in tasks for call in task.case.calls]
    outcomes = iter(engine.run(source, flat, prepared.limits).outcomes)
    got = {key(task.case): tuple(next(outcomes) for _ in task.case.calls) for task in tasks}
    theirs = [got.get(key(task.case), ()) for task in closed.tasks]
    own = [index for index, mine in enumerate(theirs) if mine]
    from msgspec.structs import replace

    part = replace(
        closed,
        tasks=tuple(task if place in own else replace(task, sealed=None) for place, task in enumerate(closed.tasks)),
        seals=tuple(one for one in closed.seals if one.covers[0][0] in own),
    )
    known = unseal(part, theirs)
    problems = [one for one in prepared.chosen if one.function in functions]
    opened = judge(problems, tasks, [got[key(task.case)] for task in tasks])
    sealed = judge(
        [one for one in closed.chosen if one.function in functions],
        [closed.tasks[i] for i in own],
        [theirs[i] for i in own],
        {index: known[i] for index, i in enumerate(own) if i in known},
    )
    return groups(
        closed,
        *(
            {key(trial.case): trial.verdict for one in each.values() for _, trials in one.trials for trial in trials}
            for each in (opened, sealed)
        ),
    )


def groups(closed, opened, sealed):
    """Return for each case whether it is right openly, with what is sealed with it, and whether its seals say so."""
    rests = {}
    for one in closed.seals:
        for place, _ in one.opens:
            rests.setdefault(place, []).extend(one.covers)
    found = {}
    for place, case in enumerate(task.case for task in closed.tasks):
        if key(case) in sealed:
            mates = all(right(closed, opened, *mate) for mate in rests.get(place, ()))
            found[key(case)] = opened[key(case)].share == 1 and mates, sealed[key(case)].share == 1
    return found


def right(closed, opened, place, lock):
    """Return whether one output of a case is right openly."""
    verdict = opened[key(closed.tasks[place].case)]
    name = closed.tasks[place].sealed.locks[lock].output
    return bool(dict(verdict.by_part).get(name, verdict.share == 1))


def assert_same(verdicts):
    assert {name: pair for name, pair in verdicts.items() if pair[0] != pair[1]} == {}


FUNCTIONS = [
    "zero_pad", "conv_single_step", "conv_forward", "conv_backward", "pool_forward", "create_mask_from_window",
    "distribute_value", "pool_backward",
]  # fmt: skip


@pytest.mark.parametrize("path", ["solutions/cnn.py", "assignment/cnn.py"])
def test_reference_and_stub_get_the_same_verdicts_both_ways(path, prepared, closed, engine):
    student = submission.load(ROOT / path, FUNCTIONS)
    verdicts = both_ways(prepared, closed, engine, student.source, FUNCTIONS)
    assert len(verdicts) > 100
    assert_same(verdicts)
    assert all(sealed for _, sealed in verdicts.values()) == (path == "solutions/cnn.py")


KNOWN = mistakes(ROOT / "solutions" / "mistakes.py", (ROOT / "solutions" / "cnn.py").read_text("utf-8"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_known_mistake_gets_the_same_verdicts_both_ways(name, prepared, closed, engine):
    from msgspec.structs import replace

    source = prepared.plan.reference.source
    tried = [each for each in KNOWN if each.function == name]
    assert tried
    for each in tried:
        text = f"{source.text}\n\n{each.text}\n\n{name} = {each.symbol}\n"
        verdicts = both_ways(prepared, closed, engine, replace(source, text=text), [name])
        assert_same(verdicts)


CORPUS = sorted(path.parent for path in (ROOT / "tests" / "corpus").glob("*/expected.yaml"))


@pytest.mark.slow
@pytest.mark.parametrize("folder", CORPUS, ids=lambda folder: folder.name)
def test_the_corpus_gets_the_same_verdicts_both_ways(folder, prepared, closed, engine):
    wanted = yaml.safe_load((folder / "expected.yaml").read_text("utf-8"))
    rest = [path for path in folder.iterdir() if path.name not in ("expected.yaml", "__pycache__")]
    path = folder / wanted["submission"] if "submission" in wanted else rest[0]
    try:
        student = submission.load(path, FUNCTIONS, "cnn.py")
    except (SubmissionError, UsageError):
        pytest.skip("nothing to run")
    assert_same(both_ways(prepared, closed, engine, student.source, FUNCTIONS))


def test_shares_are_the_same_where_the_main_output_is_right(prepared, closed, engine):
    from msgspec.structs import replace

    source = prepared.plan.reference.source
    text = source.text.replace("cache = (A_prev, W, b, hparameters)", "cache = (A_prev, W, W, hparameters)")
    assert text != source.text
    cases = [
        place
        for place, task in enumerate(closed.tasks)
        if task.case.function == "conv_forward" and task.sealed is not None
    ]
    calls = [closed.tasks[place].case.calls[0] for place in cases]
    outcomes = engine.run(replace(source, text=text), calls, prepared.limits).outcomes
    got = [()] * len(closed.tasks)
    for place, outcome in zip(cases, outcomes, strict=True):
        got[place] = (outcome,)
    tasks = (task if place in cases else replace(task, sealed=None) for place, task in enumerate(closed.tasks))
    verdicts = unseal(replace(closed, tasks=tuple(tasks)), got)
    alone = {place for seal in closed.seals if len(seal.opens) == 1 for place, _ in seal.opens} & set(cases)
    assert len(alone) > 10
    for place in cases:  # of answers that share a seal it is not told which is wrong
        first = verdicts[place].mismatches[0]
        wanted = (Fraction(95, 100), "cache.b") if place in alone else (0, "Z")
        assert (verdicts[place].share, first.output, first.category) == (*wanted, "sealed")
        assert place in alone or first.total > 1


def test_low_answers_are_refused_or_sealed_together(sealing):
    refused = {(one.function, one.name.en) for one in sealing.left_out}
    assert {name for function, name in refused if function == "create_mask_from_window"} == {
        "random windows", "all negative", "tied maxima", "all equal", "numbers close together",
    }  # fmt: skip
    sealed_cases = [task.case for task in sealing.tasks if task.sealed is not None]
    assert "create_mask_from_window" not in {case.function for case in sealed_cases}
    for one in sealing.seals:
        first = sealing.tasks[one.covers[0][0]].case
        if first.function == "distribute_value":
            assert len({place for place, _ in one.opens}) >= 3
    assert min(work.bits for work in sealing.work) >= 48


def test_guessing_what_is_sealed_is_slow_where_it_is_possible_at_all(prepared, monkeypatch):
    monkeypatch.setattr("grader.author.kit.sealing.COST", COST)
    found = seal_hidden(prepared)
    assert all(work.cost >= 14 or work.bits >= 96 for work in found.work)


def test_a_sealed_kit_gives_nothing_away(prepared, sealing):
    kit = build(prepared, sealing=sealing)
    assert leaks(kit, prepared) == []
    stored = json.loads(kit.files["expected.json"])
    text = kit.files["expected.json"].decode()
    assert str(prepared.plan.rubric.seed) not in text
    blobs = [base64.b64decode(case.get("data", "")) for case in stored["cases"]]
    checks = prepared.checks
    looked_for = 0
    for case, want in ((task.case, task.want) for task in prepared.tasks):
        if checks[case.function, case.check].visibility == "public":
            continue
        given = {array.tobytes() for call in case.calls for array in flat(call.arguments)}
        for array in (array for outcome in want if isinstance(outcome, Returned) for array in flat(outcome.value)):
            if array.tobytes() in given or array.dtype.kind != "f":
                continue
            if array.size > 3 and len(np.unique(array)) > 3:
                assert not any(array.tobytes() in blob for blob in blobs)
                looked_for += 1
            elif array.size == 1 and not float(array.reshape(())).is_integer():
                assert repr(float(array.reshape(()))) not in text
                looked_for += 1
    assert looked_for > 100
    assert {"seed", "truth"}.isdisjoint(set().union(*stored["cases"]))


def flat(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, tuple | list):
        return [array for item in value for array in flat(item)]
    return [np.asarray(value)] if isinstance(value, np.ndarray | float) else []


def test_the_same_rubric_is_sealed_the_same(prepared, sealing):
    assert build(prepared, sealing=seal_hidden(prepared)).files == build(prepared, sealing=sealing).files


def test_another_reference_is_salted_otherwise(prepared, sealing):
    from msgspec.structs import replace

    plan = prepared.plan
    other = replace(plan, reference=replace(plan.reference, source=replace(plan.reference.source, text="# 1")))
    again = seal_hidden(replace(prepared, plan=other))
    assert {one.salt for one in again.seals}.isdisjoint({one.salt for one in sealing.seals})


def test_arguments_that_hold_an_answer_are_left_out(prepared, quick):
    """A check whose drawn arguments are what another hidden check expects would hand that answer out."""
    from msgspec.structs import replace

    forward = next(
        i
        for i, case in enumerate(task.case for task in prepared.tasks)
        if (case.function, case.check) == ("zero_pad", "随机输入") and case.names["pad"]
    )
    backward = next(
        i
        for i, case in enumerate(task.case for task in prepared.tasks)
        if (case.function, case.check) == ("distribute_value", "随机形状")
    )
    answer = prepared.tasks[forward].want[0].value
    tasks = list(prepared.tasks)
    case = tasks[backward].case
    call = replace(case.calls[0], arguments=(answer, (1, 1)))
    tasks[backward] = replace(tasks[backward], case=replace(case, calls=(call,)))
    found = seal_hidden(replace(prepared, tasks=tuple(tasks)))
    reasons = {(one.function, one.name.en): one.reason.text("en") for one in found.left_out}
    assert "another function" in reasons["distribute_value", "random shapes"]


def test_kept_cases_survive_being_written(closed):
    again = read(dump(Expected(signatures=closed.plan.signatures, tasks=closed.tasks, seals=closed.seals)))
    assert again.seals == closed.seals
    assert [task.sealed for task in again.tasks] == [task.sealed for task in closed.tasks]
    assert [key(task.case) for task in again.tasks] == [key(task.case) for task in closed.tasks]


def run(folder, *words):
    command = [sys.executable, "-m", "grader", *words, "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_the_command_says_what_is_sealed_and_what_guessing_takes(squares):
    done = run(squares, "release", "kit", "--sealed")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(
        r"^The easiest to guess is one of square, drawn: \d+ bits, \S+ s a guess here, so \S+ years", done.stdout, re.M
    )
    kit = squares / "kit"
    right = run(kit, str(squares / "answers" / "squares.py"))
    assert (right.returncode, right.stderr) == (0, ""), right.stdout
    wrong = squares / "wrong.py"
    wrong.write_text((squares / "answers" / "squares.py").read_text("utf-8").replace("** 2", "** 2 + 1e-3"), "utf-8")
    report = run(kit, str(wrong))
    assert report.returncode == 1
    assert "The answer is not the expected one." in report.stdout
    assert "918273645" not in (kit / "expected.json").read_text("utf-8")


def test_another_seed_draws_other_cases(squares):
    one, other = (
        run(squares, "release", name, "--sealed", "--seed", seed)
        for name, seed in (("a", str(2**50)), ("b", str(3**30)))
    )
    assert one.returncode == other.returncode == 0
    assert (squares / "a" / "expected.json").read_bytes() != (squares / "b" / "expected.json").read_bytes()


@pytest.mark.parametrize("words", [(), ("--seed", "918273645")], ids=["no seed", "the course's own seed"])
def test_a_kit_has_none_of_the_inputs_that_the_course_will_use(words, squares, engine):
    """Drawn with the course's seed, a kit would hold them; they follow from the reference too, which is in no kit."""
    assert run(squares, "release", "kit", "--sealed", *words).returncode == 0
    plan = grading.read(squares / "grading.yaml")
    official = [task.case for task in grading.prepare(plan, engine).tasks if "drawn" in task.case.check]
    kit = [
        task.case
        for task in grading.prepare(grading.read(squares / "kit" / "grading.yaml"), engine).tasks
        if "drawn" in task.case.check
    ]

    def inputs(cases):
        return {tuple(np.asarray(one).tobytes() for call in case.calls for one in call.arguments) for case in cases}

    assert len(kit) == len(official) > 0
    assert inputs(kit).isdisjoint(inputs(official))
    assert str(drawn_apart(plan).rubric.seed) not in (squares / "kit" / "expected.json").read_text("utf-8")
    reference = squares / "answers" / "squares.py"
    seeds = {drawn_apart(plan).rubric.seed, drawn_apart(plan, 5).rubric.seed, plan.rubric.seed}
    reference.write_text(reference.read_text("utf-8") + "\n# secret\n", "utf-8")
    assert len({*seeds, drawn_apart(grading.read(squares / "grading.yaml")).rubric.seed}) == 4


def test_only_one_function_can_be_checked_in_a_sealed_kit(squares):
    assert run(squares, "release", "kit", "--sealed").returncode == 0
    done = run(squares / "kit", str(squares / "answers" / "squares.py"), "--only", "square")
    assert done.returncode == 0


CHECK = Check(
    key="c", name="c", demand=Values(), share=Fraction(1), visibility="hidden", cases=1,
    draw=Draw(stream="f.c", at=Span(path="")), compare=RULE, at=Span(path=""),
)  # fmt: skip


@pytest.mark.parametrize(
    ("want", "returns", "got", "share"),
    [
        ((X, 1.5), ("a", "b"), (X, 1.5), 1),
        ((X, 1.5), ("a", "b"), (X, 1.6), Fraction(1, 2)),
        ((X, 1.5), ("a", "b"), (X + 1, 1.5), 0),
        ((X, 1.5), ("a", "b"), [X, 1.5], 1),
        ((X, 1.5), ("a", "b"), X, Fraction(1, 2)),
        ((X, 1.5), ("a", "b"), (X, 1.5, 3), Fraction(1, 2)),
        ((X, 1.5), ("a", "b"), (X,), Fraction(1, 2)),
        ({"a": X, "b": 1.5, "c": 3}, ("a", "b"), {"b": 1.5, "a": X, "c": 9}, 1),
        ({"a": X, "b": 1.5}, ("a", "b"), {"a": X}, Fraction(1, 2)),
        (X, ("a",), X, 1),
    ],
)
def test_outputs_earn_their_shares(want, returns, got, share):
    """The first output is hard to guess and judged alone; the second counts where the first is right."""
    from grader.comparison.seals import Closed, unseal
    from grader.model import Call
    from grader.model.outcome import Sealed

    rng = np.random.default_rng(5).standard_normal((2, 2))
    want, got = (replaced(value, rng) for value in (want, got))
    parts = tuple(Part(name=name, share=Fraction(1, len(returns))) for name in returns)
    frame, locks, outputs = framed(want, parts, RULE, dice())
    case = Case(function="f", check="c", index=0, seed=0, names={}, calls=(Call(function="f", arguments=()),), truth=())
    cells = tuple(cells_of(output, lock.grids, RULE) for output, lock in zip(outputs, locks, strict=True))
    made = Answer(case=case, sealed=Sealed(frame=frame, locks=locks), cells=cells, bits=(60.0, 10.0)[: len(locks)])
    seals = [
        seal_of(group, [made.cells[lock] for _, lock in group.covers], b"salt", 0) for group in digest_groups([made])
    ]
    outcome = Closed(check=CHECK, returns=parts, case=case, sealed=made.sealed, got=(Returned(value=got),))
    assert unseal({0: outcome}, seals)[0].share == share


def replaced(value, array):
    if isinstance(value, tuple | list):
        return type(value)(replaced(item, array) for item in value)
    if isinstance(value, dict):
        return {name: replaced(item, array) for name, item in value.items()}
    return array + (value[0, 0] - X[0, 0]) if isinstance(value, np.ndarray) else value
