import json
from pathlib import Path

import jsonschema
import pytest
import report_samples as samples
from report_golden import check_golden

from grader.report.json import render, schema

PUBLISHED = str(Path(__file__).parents[2] / "docs" / "report.schema.json")
BY_NAME = pytest.mark.parametrize("sample", samples.samples(), ids=lambda sample: sample.name)


def load(report, language="en"):
    return json.loads(render(report, language=language))


def test_the_published_schema_is_that_of_the_types():
    check_golden(PUBLISHED, json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")


def test_no_description_keeps_the_indentation_of_the_code():
    """Python 3.13 strips it from docstrings, older ones do not; the schema is the same from all of them."""
    descriptions = [each["description"] for each in schema()["$defs"].values()]
    assert any("\n" in each for each in descriptions)
    assert [each for each in descriptions if "\n " in each] == []


@BY_NAME
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_report_is_as_the_schema_says(sample, language):
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(load(sample.report, language), schema())


def test_the_agreed_fields_are_there():
    report = load(samples.mixed())
    assert report["schema"] == "grade/report/v1"
    assert {"assignment", "score", "max_score", "bonus", "max_bonus", "problems", "seed", "rubric_digest",
            "submission_digest", "versions", "seconds"} <= report.keys()  # fmt: skip
    assert (report["score"], report["max_score"], report["bonus"], report["max_bonus"]) == (46, 100, 6, 60)
    problem = report["problems"][2]
    assert {"function", "status", "score", "max_score", "bonus", "checks"} <= problem.keys()
    assert (problem["function"], problem["status"], problem["bonus"]) == ("conv_forward", "partial", False)
    check = problem["checks"][1]
    assert (check["kind"], check["visibility"], check["status"]) == ("values", "hidden", "partial")
    assert (check["score"], check["max_score"]) == (12, 32)
    assert check["message"] == "The numbers fit when stride is 1 and go wrong when it is larger."


@BY_NAME
def test_points_add_up(sample):
    report = load(sample.report)
    for bonus, total in ((False, report["score"]), (True, report["bonus"])):
        if total is None:
            assert any(p["score"] is None for p in report["problems"] if p["bonus"] is bonus)
            continue
        every = [one for one in (*report["problems"], *report.get("manual", ())) if one["bonus"] is bonus]
        assert sum(one["score"] or 0 for one in every) == pytest.approx(total, abs=1e-9)
        left = report.get("open_bonus" if bonus else "open_points", 0)
        assert sum(one["max_score"] for one in every if one.get("open")) == pytest.approx(left)
    for problem in report["problems"]:
        if problem["score"] is None:
            assert problem["status"] == "not_graded" and {check["score"] for check in problem["checks"]} == {None}
            continue
        earned = problem["score"] + problem["hint_penalty"]
        assert sum(check["score"] for check in problem["checks"]) == pytest.approx(earned, abs=1e-9)


def test_only_an_instructor_gets_what_is_withheld():
    student, teacher = load(samples.mixed()), load(samples.instructor())
    assert student["seed"] is None
    assert teacher["seed"] == 20240501
    hidden = [case for problem in student["problems"] for check in problem["checks"]
              if check["visibility"] == "hidden" for case in check["cases"]]  # fmt: skip
    assert hidden
    assert not any({"inputs", "evidence", "instructor"} & case.keys() for case in hidden)
    withheld = teacher["problems"][1]["checks"][1]["cases"][3]["instructor"]
    assert withheld["seed"] == 987654321
    assert withheld["inputs"][0]["kind"] == "float64 (2, 5, 4, 1)"


def test_public_cases_are_laid_open():
    case = load(samples.mixed())["problems"][2]["checks"][0]["cases"][0]
    assert case["inputs"][3] == {"name": "hparameters", "kind": "dict (2)", "text": "{'pad': 2, 'stride': 2}"}
    assert {"label": "expected", "lines": ["Z[0, 1, 2, 3] = -0.9259"]} in case["evidence"]


def test_sentences_are_in_the_language_asked_for():
    assert load(samples.stubs(), "zh")["next"].startswith("从 zero_pad")
    assert load(samples.stubs(), "en")["next"] == "Begin with zero_pad (cnn.py:14)."


def test_hostile_text_is_a_string_like_any_other():
    assert "</script>" in load(samples.hostile())["problems"][0]["message"]
