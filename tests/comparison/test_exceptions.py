"""Checks that ask for an exception."""

import pytest
from comparison_samples import Errors, case, check, judge, raised

from grader.errors import RubricError
from grader.explain.sentences import sentence
from grader.model import Absent, Returned, Stopped

RIGHT = raised("ValueError", "Exception")


def verdict(outcome, *names, want=None):
    """Return the verdict where one of `names` is asked for."""
    names = names or ("ValueError",)
    return judge(check(Errors(raises=names)), (), case(), [outcome], [want or raised(names[0])])


def test_the_exception_asked_for_earns_all():
    assert verdict(RIGHT).share == 1
    assert verdict(raised("TypeError"), "ValueError", "TypeError").share == 1


def test_a_subclass_counts():
    assert verdict(raised("TooShort", "ValueError", "Exception")).share == 1
    assert verdict(raised("KeyError", "LookupError", "Exception"), "LookupError").share == 1


def test_nothing_raised_earns_nothing():
    found = verdict(Returned(value=None))
    assert (found.share, found.mismatches[0].category, found.mismatches[0].got) == (0, "raised", "")


def test_another_exception_earns_nothing():
    found = verdict(raised("TypeError", "Exception"))
    assert (found.share, found.mismatches[0].got, found.mismatches[0].want) == (0, "TypeError", "ValueError")


@pytest.mark.parametrize("name", ["NotImplementedError", "RecursionError"])
def test_a_stub_or_a_slip_is_no_runtime_error(name):
    assert verdict(raised(name, "RuntimeError", "Exception"), "RuntimeError").share == 0
    assert verdict(raised(name, "RuntimeError", "Exception"), name).share == 1


@pytest.mark.parametrize("outcome", [Stopped(reason="timeout"), Absent()])
def test_a_call_that_was_stopped_earns_nothing(outcome):
    assert (verdict(outcome).share, verdict(outcome).mismatches) == (0, ())


@pytest.mark.parametrize("outcome", [Returned(value=1), raised("TypeError"), Stopped(reason="crash")])
def test_a_reference_that_does_not_raise_is_the_authors_fault(outcome):
    with pytest.raises(RubricError):
        verdict(RIGHT, want=outcome)


def test_the_sentence_says_what_is_expected():
    (nothing,) = verdict(Returned(value=None)).mismatches
    assert "ValueError" in sentence(nothing, public=True).text("zh")
    (other,) = verdict(raised("Leak123")).mismatches
    assert "Leak123" in sentence(other, public=True).text("en")
    assert "Leak123" not in sentence(other, public=False).text("en")
