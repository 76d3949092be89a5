"""No report is too strange to be shown: whatever came back from a student, every format says something."""

import json
import xml.etree.ElementTree as ET
from fractions import Fraction as F

import numpy as np
import report_samples as samples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.language import inert, say
from grader.model import Mismatch, Withheld
from grader.report import github, gradescope, html, junit, markdown, terminal
from grader.report import json as json_report

TEXT = st.text(max_size=12)
ARRAYS = hnp.arrays(
    st.sampled_from([np.bool_, np.int8, np.float32, np.float64, np.complex128, np.uint64]),
    hnp.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4),
)
VALUES = st.recursive(
    ARRAYS | st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
CATEGORIES = ["type", "length", "keys", "shape", "empty", "dtype", "nan", "values", "text", "property", "raised"]
INDEX = st.none() | st.lists(st.integers(0, 4), max_size=5).map(tuple)
MISMATCHES = st.builds(
    lambda **fields: Mismatch(**fields),
    category=st.sampled_from(CATEGORIES),
    output=st.sampled_from(["", "result", "Z", "cache.hparameters['pad']"]) | TEXT,
    index=INDEX,
    got=VALUES,
    want=VALUES,
    differing=st.integers(0, 9),
    total=st.integers(0, 9),
    worst_absolute=st.floats(0),
    worst_relative=st.floats(0),
)
EXHIBITS = st.builds(
    lambda **fields: samples.exhibit(**fields),
    inputs=st.lists(st.tuples(TEXT, VALUES), max_size=10).map(tuple),
    want=VALUES,
    got=VALUES,
    returned=st.booleans(),
    mismatches=st.lists(MISMATCHES, max_size=3).map(tuple),
    handout=st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=3).map(tuple),
    stdout=TEXT.map(lambda text: inert(text, lines=True)),
    error=st.sampled_from(["", "ValueError: x"]).map(inert),
    frames=st.lists(st.tuples(st.integers(0, 99).map(samples.at), TEXT.map(inert)), max_size=2).map(tuple),
    windows=st.dictionaries(TEXT, st.lists(st.tuples(st.integers(-3, 5), st.integers(-3, 5)), max_size=5).map(tuple)),
)


def show(exhibit, hidden):
    """Show one case in every format."""
    seen = Withheld(exhibit=exhibit, seed=1, seconds=0.1) if hidden else exhibit
    case = samples.case("failed", message=say("Right."), exhibit=seen, category="values")
    kind = {"visibility": "hidden", "kind": "values"} if hidden else {}
    check = samples.check(samples.EXAMPLE, F(0), F(15), (case,), **kind)
    report = samples.report(samples.problem("zero_pad", "failed", (check,)))
    for width in (40, 80):
        assert "zero_pad" in terminal.render(report, language="zh", width=width, colour=width == 80)
    assert json.loads(json_report.render(report, language="en"))["max_score"] == 15
    assert ET.fromstring(junit.render(report, language="zh")).get("failures") == "1"
    assert json.loads(gradescope.render(report, language="en"))["tests"][0]["status"] == "failed"
    assert markdown.render(report, language="zh").startswith("## ")
    assert github.render(report, language="en").startswith("::stop-commands::")
    assert html.render(report, language="zh").rstrip().endswith("</html>")


NOTHING = {"want": None, "got": None, "returned": True, "mismatches": (), "handout": (), "stdout": "", "error": ""}


@given(EXHIBITS, st.booleans())
@example(samples.exhibit(**NOTHING, inputs=(("x", np.zeros((2, 2, 0))),), frames=(), windows={}), False)
@example(samples.exhibit(**NOTHING, inputs=(("x", np.zeros((2, 2))),), frames=(), windows={"x": ()}), False)
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
def test_every_format_shows_whatever_came_back(exhibit, hidden):
    show(exhibit, hidden)
