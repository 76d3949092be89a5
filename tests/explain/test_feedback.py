"""What a student reads of a wrong function: known mistakes are recognised, others are diagnosed from their numbers."""

import pytest
from msgspec.structs import replace

from bench.feedback import PAGES, page
from grader import submission
from grader.errors import RubricError
from grader.execution import open_engine
from grader.grading import grade, prepare
from tests.explain.feedback_kit import KNOWN, LAST, ORIGINALS, REFERENCE, VARIANTS, Desk, own_text
from tests.explain.wrong_variants import wrong

NEEDS = {
    "zero_pad": {"conv_forward", "conv_backward"},
    "conv_single_step": {"conv_forward"},
    "create_mask_from_window": {"pool_backward"},
    "distribute_value": {"pool_backward"},
}
"""Which functions call which: a student's own helper may spoil these, and is then to blame."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    engine = open_engine()
    yield Desk(engine, tmp_path_factory.mktemp("submitted"))
    engine.close()


def named(wrong):
    return f"{wrong.function}-{wrong.name}"


@pytest.mark.parametrize("mistake", KNOWN, ids=named)
def test_a_known_mistake_costs_its_own_function_points_and_gets_its_own_hints(desk, mistake):
    """With a function's first mistake all eight are graded: what another function calls is to blame in the same way."""
    first = next(each for each in KNOWN if each.function == mistake.function)
    report = desk.report(mistake, () if mistake is first else (mistake.function,), attempt=LAST)
    problems = {problem.function: problem for problem in report.problems}
    own = problems.pop(mistake.function)
    assert own.score < own.max_score
    assert (own.mistake, own.hints, own.more_hints) == (mistake.name, mistake.hints, 0)
    if own.diagnosis is not None:  # a slip with its line, or what every number bears out
        assert not own.diagnosis.text("en").startswith(("Perhaps", "It is wrong only"))
    for other in problems.values():
        assert other.score == other.max_score, other.function
        assert set(other.blames) <= {mistake.function}
        assert not other.blames or other.function in NEEDS.get(mistake.function, set())


def test_hints_come_one_step_a_try(desk):
    mistake = next(each for each in KNOWN if each.name == "crops_with_negative_pad")
    first, second = desk.problem(mistake), desk.problem(mistake, attempt=2)
    assert (first.hints, first.more_hints) == (mistake.hints[:1], 1)
    assert (second.hints, second.more_hints) == (mistake.hints, 0)
    # The check of calls without padding has a hint of its own, which says what the last step says.
    assert [check.hint is not None for check in first.checks] == [False] * len(first.checks)
    assert any(check.hint is not None for check in second.checks)


@pytest.mark.parametrize("variant", VARIANTS, ids=named)
def test_another_mistake_is_told_by_what_its_numbers_show(desk, variant):
    problem = desk.at_last(variant)
    assert problem.score < problem.max_score
    assert problem.mistake == ""
    told = problem.message if variant.plain else problem.diagnosis
    assert (problem.diagnosis is None) == variant.plain
    assert variant.zh in told.text("zh")
    assert variant.en in told.text("en")


def test_enough_of_them_for_every_function():
    texts = [own_text(variant) for variant in VARIANTS]
    assert len(set(texts)) == len(texts) >= 40
    assert {own_text(mistake) for mistake in KNOWN}.isdisjoint(texts)
    assert {variant.function for variant in VARIANTS} == set(ORIGINALS)


def test_who_is_right_where_a_mistake_is_wrong_made_another(desk):
    """With another default only the calls that leave the mode out are wrong, all as if every maximum were a mean."""
    variant = next(each for each in VARIANTS if (each.function, each.name) == ("pool_forward", "default_mode"))
    always = next(each for each in KNOWN if (each.function, each.name) == ("pool_forward", "always_average"))
    assert desk.problem(always).mistake == "always_average"
    assert desk.problem(variant).mistake == ""


def test_an_exception_alone_is_no_mistake_of_another_kind(desk):
    misspelt = next(each for each in KNOWN if each.name == "keyword_misspelt")
    other = wrong("zero_pad", "mode_misspelt", "mode=", "mood=", zh="", en="")
    assert desk.problem(misspelt).mistake == "keyword_misspelt"
    assert desk.problem(other).mistake == ""


def test_a_size_has_a_name_only_if_the_student_has_it_too(desk):
    """Who unpacks `A_prev.shape` into other names, in the docstring too, is told of `A_prev.shape[1]`."""
    variant = next(each for each in VARIANTS if each.name == "one_row_too_many")
    changes = (("n_H_prev", "rows"), ("n_W_prev", "columns"), ("- f) // stride + 1\n", "- f) // stride + 2\n"))
    told = desk.problem(variant._replace(name="other_names", changes=changes)).diagnosis
    assert "A_prev.shape[1]" in told.text("en") and "n_H_prev" not in told.text("en")
    assert "n_H_prev" in desk.at_last(variant).diagnosis.text("en")


def test_a_mistake_that_is_no_function_is_the_authors_fault(desk, tmp_path):
    """Read in haste when somebody fails, it must not pass for a function that nobody imitates."""
    path = tmp_path / "mistakes.py"
    path.write_text(
        'edit(of="zero_pad", name="broken", replace=[("X_pad = ", "X_pad = (")], zh=["?"], en=["?"])', "utf-8"
    )
    plan = replace(desk.plan, rubric=replace(desk.plan.rubric, mistakes=str(path)))
    desk.file.write_text(REFERENCE.replace(ORIGINALS["zero_pad"], own_text(VARIANTS[0])), "utf-8")
    student = submission.load(desk.file, desk.names)
    with pytest.raises(RubricError) as caught:
        grade(prepare(plan, desk.engine, ["zero_pad"]), student, desk.engine)
    assert [fault.message.text("en") for fault in caught.value.faults] == [
        "After its edit, `broken` is not a function."
    ]


@pytest.mark.parametrize("language", PAGES)
def test_the_page_says_what_students_read(desk, language):
    """`python -m bench.feedback` writes the pages anew."""
    assert PAGES[language].read_text("utf-8") == page(desk, language)


def test_a_right_function_is_told_nothing(desk):
    right = wrong("zero_pad", "in_other_words", "X_pad = np.pad", "X_pad = 1 * np.pad", zh="", en="")
    problem = desk.problem(right)
    assert problem.score == problem.max_score
    assert (problem.diagnosis, problem.mistake, problem.hints) == (None, "", ())
