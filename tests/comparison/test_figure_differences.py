"""Figures that crossed the wire: nothing forged makes the judge fail, and what draws the same is the same."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.comparison.drawn import compared
from grader.comparison.figures import DATA, PARTS, Drawn, figure_of, parts_of
from grader.model import Comparison

RULE = Comparison()
NUMBERS = st.lists(st.floats(width=64), max_size=5).map(lambda each: np.array(each, np.float64))
KEYS = ("state", "x", "y", "label", "plots", "lines", "data", "extent", "xlim")
ANY = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), NUMBERS,
        NUMBERS.map(lambda each: each.astype(np.complex128)), NUMBERS.map(lambda each: each[:, None]),
        st.sampled_from(["drawn", "nothing", "much", "absent"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.tuples(inner, inner),
        st.dictionaries(st.sampled_from(KEYS), inner),
    ),
    max_leaves=12,
)  # fmt: skip


@st.composite
def _artist(draw, kind):
    names = {"lines": "x y", "scatter": "x y", "bars": "at base top width", "pie": "parts"}.get(kind)
    if names is None:
        shape = draw(st.sampled_from([(2, 3), (0, 2), (1, 1), (2, 2, 3)]))
        finite = st.floats(-9, 9)
        data = np.array(draw(st.lists(finite, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))).reshape(
            shape
        )
        return {"data": data, "extent": np.array([-0.5, 2.5, 1.5, -0.5])}
    count = draw(st.integers(0, 4))
    made = {name: np.array(draw(st.lists(st.floats(), min_size=count, max_size=count))) for name in names.split()}
    return {**made, "label": draw(st.sampled_from(["", "a", "_b"])), "across": draw(st.booleans()), "names": []}


@st.composite
def figures(draw):
    def plot():
        texts = {name: draw(st.sampled_from(["", "a", "B "])) for name in ("title", "xlabel", "ylabel")}
        scales = {name: draw(st.sampled_from(["linear", "log"])) for name in ("xscale", "yscale")}
        limits = {name: [np.array([0.0, 1.0]), draw(st.booleans())] for name in ("xlim", "ylim")}
        artists = {kind: draw(st.lists(_artist(kind), max_size=3)) for kind in DATA}
        return {**texts, **scales, **limits, **artists, "texts": draw(st.lists(st.text(max_size=3), max_size=2))}

    plots = [plot() for _ in range(draw(st.integers(1, 2)))]
    return {"state": "drawn", "title": "", "legend": draw(st.lists(st.text(max_size=3), max_size=2)), "plots": plots}


@given(ANY | st.fixed_dictionaries({"state": ANY, "plots": st.lists(ANY, max_size=3)}))
def test_whatever_a_worker_sends_is_a_figure_or_none(value):
    assert isinstance(figure_of(value), Drawn) or figure_of(value) in ("nothing", "absent", "much", "forged")


@settings(max_examples=60, deadline=None)
@given(figures(), figures())
def test_every_figure_can_be_compared_and_agrees_with_itself_in_any_order(one, other):
    mine, theirs = figure_of(one), figure_of(other)
    turned = figure_of(
        {**one, "plots": [{**plot, **{kind: plot[kind][::-1] for kind in DATA}} for plot in one["plots"]]}
    )
    if isinstance(mine, str):
        return
    for part in parts_of(mine):
        assert compared(part, mine, mine, RULE).right == 1
        assert compared(part, turned, mine, RULE).right == 1
    for part in () if isinstance(theirs, str) else PARTS:
        scored = compared(part, theirs, mine, RULE)
        assert 0 <= scored.right <= 1
        assert bool(scored.mismatches) == (scored.right < 1)


def test_a_flood_of_artists_is_refused_before_it_is_compared():
    line = {"x": np.zeros(1), "y": np.zeros(1)}
    plot = {"lines": [line] * 5000, "xlim": [np.zeros(2), True], "ylim": [np.zeros(2), True]}
    assert figure_of({"state": "drawn", "plots": [plot]}) == "forged"
