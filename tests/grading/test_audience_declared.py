"""Every field of a report says who may see it, and a student's report follows what they say."""

import types
import typing
from fractions import Fraction

import msgspec
import pytest

import grader.errors
import grader.language
import grader.model
from grader.grading import for_students
from grader.model import Report
from grader.model.report import PUBLIC, SEEN, Seen

LEAVES = {grader.errors.Span, grader.language.Bilingual, grader.language.Message}
"""Places and sentences: what they say is said of the field that holds them."""
NAMES = {**vars(grader.model.report), **vars(grader.model), "Value": object}


def records(kind, found):
    """Collect every record that a report of type `kind` can hold."""
    for argument in typing.get_args(kind):
        records(argument, found)
    kind = typing.get_origin(kind) or kind
    if isinstance(kind, typing.TypeVar):
        records(typing.Union[grader.model.Exhibit, grader.model.Withheld], found)  # noqa: UP007
    if not isinstance(kind, type) or not issubclass(kind, msgspec.Struct) or kind in found or kind in LEAVES:
        return
    found.add(kind)
    for hint in typing.get_type_hints(kind, NAMES).values():
        records(hint, found)


def test_every_record_and_every_field_declares_its_audience():
    found = set()
    records(Report, found)
    assert {kind.__name__ for kind in found} >= {"Report", "CaseResult", "Exhibit", "Withheld", "Mismatch", "Listing"}
    assert {kind.__name__ for kind in found} == {kind.__name__ for kind in SEEN}
    undeclared = {(kind.__name__, name) for kind in found for name in kind.__struct_fields__ if name not in SEEN[kind]}
    stale = {(kind.__name__, name) for kind in SEEN for name in SEEN[kind] if name not in kind.__struct_fields__}
    assert (undeclared, stale) == (set(), set())


def test_what_is_for_instructors_is_changed_for_students():
    secret = {(kind.__name__, name) for kind, fields in SEEN.items() for name, seen in fields.items()
              if seen.audience == "instructor"}  # fmt: skip
    assert secret == {
        ("Report", "seed"), ("Report", "seconds"), ("Report", "rubric_file_digest"), ("ProblemResult", "mistake"),
        ("CaseResult", "exhibit"), ("Withheld", "exhibit"), ("Withheld", "seed"), ("Withheld", "seconds"),
    }  # fmt: skip
    assert all(seen.of is not PUBLIC.of for fields in SEEN.values() for seen in fields.values()
               if seen.audience == "instructor")  # fmt: skip


def test_the_students_report_follows_the_declaration(graded, reference_text, monkeypatch):
    report = graded(reference_text)
    assert for_students(report).versions
    declared = dict(SEEN[Report]) | {"versions": Seen("instructor", lambda value: {})}
    monkeypatch.setattr(grader.model.report, "SEEN", types.MappingProxyType({**SEEN, Report: declared}))
    assert for_students(report).versions == {}
    del declared["versions"]
    with pytest.raises(KeyError, match="versions"):
        for_students(report)


def test_nothing_else_changes(graded, reference_text):
    report = graded(reference_text)
    seen = for_students(report)
    assert seen.score == report.score == Fraction(100)
    assert [problem.function for problem in seen.problems] == [problem.function for problem in report.problems]
    assert seen.problems[0].checks[0].cases[0].exhibit.inputs == report.problems[0].checks[0].cases[0].exhibit.inputs
