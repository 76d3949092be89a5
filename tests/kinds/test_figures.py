"""What a function draws is graded by its data: right figures in many forms pass, each wrong one is told as what it is.

Every figure here is drawn by matplotlib in a worker.
"""

import os
import re
import sys

import pytest

from grader.author.check.checkup import set_up
from grader.author.check.wrong_answers import every_check_can_fail
from grader.author.kit.kit import build
from grader.errors import RubricError, UsageError
from grader.execution import open_engine
from grader.model import Exhibit
from grader.report import html

pytest.importorskip("matplotlib")

HEAD = "import matplotlib.pyplot as plt\nimport numpy as np\n"


@pytest.fixture(scope="module")
def engine():
    """Return an engine whose workers run a Python with matplotlib: this one, named as a course names its own."""
    folder, name = os.path.split(sys.executable)
    engine = open_engine(python=f"{folder}/./{name}")
    yield engine
    engine.close()


def problem(draw="n: 4..6, x: normal(n)", **more):
    keys = "".join(f"\n      {key}: {value}" for key, value in more.items())
    return f"f:\n  points: 12\n  checks:\n    - figure: plot\n      cases: 2\n      draw: {{{draw}}}{keys}\n"


def body(*lines, parameters="x"):
    return HEAD + f"def f({parameters}):\n" + "".join(f"    {line}\n" for line in lines)


LINE = ("plt.plot(x)", "plt.title('Growth')", "plt.xlabel('time')")
RIGHT = {
    "the same": LINE,
    "by the axes, which are returned": (
        "fig, ax = plt.subplots()", "ax.plot(np.arange(len(x)), x, 'r--o')", "ax.set(title='growth ', xlabel='Time')",
        "return ax",
    ),
    "no pyplot figure": (
        "from matplotlib.figure import Figure", "fig = Figure()", "ax = fig.add_subplot()", "ax.plot(x)",
        "ax.set_title('Growth', loc='left')", "ax.set_xlabel('time')", "return fig, 1",
    ),
    "saved and closed": (*LINE, "plt.savefig('a.png')", "plt.show()", "plt.close()"),
    "after other figures": ("plt.figure()", "plt.plot(x + 1)", "plt.figure()", *LINE),
    "from the other end": ("plt.plot(np.arange(len(x))[::-1], x[::-1])", "plt.suptitle('Growth')", *LINE[2:]),
    "with more than is asked for": (*LINE, "plt.ylabel('y')", "plt.grid()", "plt.text(0, 0, 'a')", "plt.bar([1], [2])"),
    "with empty plots beside it": ("fig, (a, b) = plt.subplots(1, 2)", "plt.sca(b)", *LINE),
    "returned by its line": (*LINE[1:], "return plt.plot(x)"),
}  # fmt: skip


@pytest.mark.parametrize("lines", RIGHT.values(), ids=RIGHT)
def test_a_right_line_passes_however_it_is_drawn(course, lines):
    assert course(problem(), body(*LINE)).points(body(*lines)) == 12


ALIKE = {
    "a histogram and bars": ("plt.hist(x, bins=4)", "c, e = np.histogram(x, 4); plt.bar((e[1:] + e[:-1]) / 2, c)"),
    "a histogram as an outline": ("plt.hist(x, bins=4)", "plt.hist(x, bins=4, histtype='step')"),
    "a filled outline": ("plt.hist(x, bins=4)", "plt.hist(x, bins=4, histtype='stepfilled')"),
    "stairs": ("plt.hist(x, bins=4)", "plt.stairs(*np.histogram(x, 4))"),
    "bars one by one": ("plt.bar(range(len(x)), x)", "[plt.bar(k, v, color='r') for k, v in enumerate(x)]"),
    "bars by name": ("plt.bar(list('abcdef')[:len(x)], x)", "plt.bar(list('abcdef')[:len(x)][::-1], x[::-1])"),
    "points as a plot": ("plt.scatter(x, x ** 2)", "plt.plot(x[::-1], x[::-1] ** 2, 'o')"),
    "points one by one": ("plt.scatter(x, x ** 2)", "[plt.scatter(v, v ** 2) for v in sorted(x)]"),
    "lines in another order": ("plt.plot(x); plt.plot(-x)", "plt.plot(-x); plt.plot(x)"),
    "an image": ("plt.imshow(np.outer(x, x))", "plt.matshow(np.outer(x, x), cmap='gray')"),
    "a pie": ("plt.pie(abs(x))", "plt.pie(abs(x) / abs(x).sum(), startangle=30)"),
    "vertical lines": ("plt.vlines(x, 0, 1)", "[plt.plot([v, v], [0, 1]) for v in x]"),
    "four plots": (
        "[plt.subplot(2, 2, k + 1).plot(x ** k) for k in range(4)]",
        "[plt.subplot(2, 2, k + 1).plot(x ** k) for k in (3, 1, 0, 2)]",
    ),
    "a logarithmic axis": ("plt.semilogy(abs(x))", "plt.plot(abs(x)); plt.yscale('log')"),
}


@pytest.mark.parametrize(("reference", "other"), ALIKE.values(), ids=ALIKE)
def test_what_looks_alike_is_alike(course, reference, other):
    assert course(problem(), body(reference)).points(body(other)) == 12


WRONG = {
    "nothing drawn": (LINE, ("return x",), "No figure is drawn."),
    "a flood": (LINE, ("plt.plot(np.zeros(500_000))",), "Far too much is drawn to be compared."),
    "far more than expected": (LINE, ("plt.imshow(np.zeros((200, 300, 3)))",), ""),
    "an empty figure": (LINE, ("plt.figure()",), "No figure is drawn."),
    "another value": (LINE, ("x[2] += 1", *LINE), "The y values of a line differ, first at point 3: "),
    "other places": (LINE, ("plt.plot(np.arange(len(x)) + 1, x)", *LINE[1:]), "The x values of a line differ"),
    "both": (LINE, ("plt.plot(x, x + 1)", *LINE[1:]), "Neither the x nor the y values of a line are"),
    "exchanged": (LINE, ("plt.plot(x, np.arange(len(x)))", *LINE[1:]), "x and y of a line are exchanged."),
    "points only": (LINE, ("plt.plot(x, 'o')", *LINE[1:]), "Points stand alone that a line is to join."),
    "a point less": (LINE, ("plt.plot(x[1:])", *LINE[1:]), re.compile(r"A line has \d points, but \d are expected.")),
    "one line too many": (LINE, (*LINE, "plt.plot(x + 1)"), re.compile(r"There is a line through \d points too many")),
    "no line": (LINE, LINE[1:], re.compile(r"A line through \d points is missing.")),
    "no title": (LINE, (LINE[0], LINE[2]), "The title is missing."),
    "another label": (LINE, (*LINE, "plt.xlabel('t')"), "The label of the x axis is “t”, but “time” is expected."),
    "joined": (["plt.scatter(x, x)"], ["plt.plot(x, x)"], "A line joins points that are to stand alone."),
    "a bar less": (["plt.bar(range(3), x[:3])"], ["plt.bar(range(2), x[:2])"], "There are 2 bars, but 3 are expected."),
    "a higher bar": (["plt.bar(range(3), [1, 2, 3])"], ["plt.bar(range(3), [1, 2, 4])"], "Bar 3 ends at 4, but 3 is"),
    "bars that lie": (["plt.bar(range(3), x[:3])"], ["plt.barh(range(3), x[:3])"], "The bars lie, but are to stand"),
    "bars' names": (["plt.bar(['a', 'b'], [1, 2])"], ["plt.bar(['a', 'c'], [1, 2])"], "The bars are called “a, c”"),
    "upside down": (
        ["plt.imshow(np.outer(x, x + 1))"], ["plt.imshow(np.outer(x, x + 1)[::-1])"], "The image is upside down.",
    ),
    "low origin": (
        ["plt.imshow(np.outer(x, x + 1))"], ["plt.imshow(np.outer(x, x + 1), origin='lower')"],
        "The image is upside down.",
    ),
    "transposed": (
        ["plt.imshow(np.outer(x, x[1:]))"], ["plt.imshow(np.outer(x, x[1:]).T)"],
        "Rows and columns of the image are exchanged.",
    ),
    "a piece of a pie": (["plt.pie([1, 1, 2])"], ["plt.pie([1, 2, 1])"], "Piece 2 of the pie is 0.5 of it, but 0.25"),
    "a plot less": (
        ["[plt.subplot(1, 2, k).plot(x) for k in (1, 2)]"], ["plt.plot(x)"], "1 plot is drawn, but 2 are expected.",
    ),
    "in the second plot": (
        ["[plt.subplot(1, 2, k).plot(x * k) for k in (1, 2)]"], ["[plt.subplot(1, 2, k).plot(x) for k in (1, 2)]"],
        "Plot 2: The y values of a line differ",
    ),
    "a linear axis": (["plt.semilogy(abs(x))"], ["plt.plot(abs(x))"], "The scale of the y axis is “linear”, but “log”"),
}  # fmt: skip


@pytest.mark.parametrize(("reference", "other", "said"), WRONG.values(), ids=WRONG)
def test_each_wrong_figure_has_its_own_sentence(course, reference, other, said):
    course = course(problem(visibility="public"), body(*reference))
    report = course.graded(body(*other))
    message = " ".join(case.message.text("en") for check in report.problems[0].checks for case in check.cases[:1])
    assert report.score < 12
    assert said.search(message) if isinstance(said, re.Pattern) else said in message


def test_parts_have_shares(course):
    reference = body("plt.plot(x, label='a'); plt.plot(-x, label='b'); plt.legend(); plt.title('T'); plt.xlim(0, 2)")
    course = course(problem(parts="{lines: 50%, legend: 25%, title: 1/6, limits: 1/12}"), reference)
    assert course.points(reference) == 12
    assert course.points(body("plt.plot(x); plt.plot(-x)")) == 6
    assert course.points(body("plt.plot(x, label='A'); plt.legend(); plt.title('t')")) == 3 + 1.5 + 2
    assert course.points(body("plt.plot(x); plt.plot(-x); plt.xlim(0, 2); plt.legend(['a', 'b'])")) == 6 + 1 + 3
    exchanged = "plt.plot(x, label='b'); plt.plot(-x, label='a'); plt.legend()"
    assert course.points(body(exchanged)) == 6


def test_a_hidden_case_tells_no_number_and_no_text(course):
    reference = body("plt.plot(x); plt.title('Secret'); plt.ylabel('word')")
    course = course(problem(), reference)
    said = course.shown(body("plt.plot(x + 1); plt.title('other'); plt.ylabel('w')"))
    assert "The lines are not the expected ones." in said
    assert "Secret" not in said
    said = course.shown(body("plt.plot(x); plt.title('other'); plt.ylabel('w')"))
    assert "The title is not the expected one." in said
    assert not {"Secret", "word"} & {*re.findall(r"\w+", said)}


MISTAKES = """
edit(of="f", name="nameless", replace=[("plt.xlabel('time')", "pass")], zh=["横轴是什么？"], en=["What is the x axis?"])
edit(of="f", name="bars", replace=[("plt.plot(x)", "plt.bar(range(len(x)), x)")], zh=["折线"], en=["A line, no bars."])
"""


@pytest.mark.parametrize("parts", ["[lines, labels]", "{lines: 80%, title: 20%}", None])
def test_a_known_mistake_that_lacks_a_part_is_recognised(course, parts):
    keys = {} if parts is None else {"parts": parts}
    course = course(problem(**keys), body(*LINE), head="mistakes: mistakes.py\n", **{"mistakes.py": MISTAKES})
    without = course.shown(body(*LINE[:2]))
    assert ("What is the x axis?" in without) == (parts is None or "labels" in parts)
    assert "A line, no bars." in course.shown(body("plt.bar(range(len(x)), x)", *LINE[1:]))
    assert "Hint" not in course.shown(body("plt.plot(x + 1)", LINE[1]))


FAULTS = {
    "nothing drawn": ("return x", {}, "f: the reference draws no figure."),
    "what is not read": ("plt.fill_between(x, x)", {}, "Nothing that the reference draws can be compared: FillBetween"),
    "an absent part": ("plt.plot(x)", {"parts": "[lines, legend]"}, "The figure of the reference has no legend."),
    "too much": ("plt.plot(np.zeros(300_000))", {}, "f: the reference draws more than can be compared."),
}


@pytest.mark.parametrize(("line", "keys", "said"), FAULTS.values(), ids=FAULTS)
def test_a_reference_that_gives_nothing_to_compare_is_the_authors_fault(course, line, keys, said):
    course = course(problem(**keys), body(line))
    with pytest.raises(RubricError) as error:
        course.full(body("plt.plot(x)"))
    assert said in error.value.faults[0].message.text("en")


def test_an_author_who_compares_axes_as_a_value_is_told_of_figures(course):
    rubric = problem().replace("figure: plot", "values: plot")
    with pytest.raises(RubricError) as error:
        course(rubric, body("return plt.gca()")).full(body("return plt.gca()"))
    assert error.value.faults[0].hint.text("en") == "What a function draws is graded by `figure: …`."


def test_shares_that_are_wrong_are_told_at_once(course):
    for parts in ("{lines: 50%}", "[lines, lines]", "{colour: 100%}", "[]", "lines"):
        with pytest.raises(RubricError):
            course(problem(parts=parts), body(*LINE)).plan()


def test_without_matplotlib_the_author_is_told_what_to_install(course):
    engine = open_engine()
    try:
        course = course(problem(), body(*LINE))
        course.engine = engine
        with pytest.raises(RubricError) as error:
            course.full(body(*LINE))
    finally:
        engine.close()
    fault = error.value.faults[0]
    assert fault.message.text("en") == "f: the reference draws nothing, for matplotlib is not there."
    assert "Install matplotlib into the Python that `runtime: {python: …}` names" in fault.hint.text("en")


HOSTILE = {
    "a million artists": "ax = plt.gca(); ax._children = [plt.Line2D([0], [0])] * 1_000_000; return ax",
    "a million points": "plt.plot(np.zeros(1_000_000))",
    "hundreds of plots": "fig = plt.figure(); [fig.add_axes([0, 0, k / 99, 1]) for k in range(1, 70)]",
    "long texts": "plt.plot(x); plt.title('y' * 10_000_000)",
    "a list that is none": "ax = plt.gca(); ax._children = 7; return ax",
    "artists that are none": "ax = plt.gca(); ax._children = [None, 3, plt]; return ax",
    "a line without numbers": "l, = plt.plot(x); l._xorig = l._yorig = object(); l._invalidx = True",
    "no figure's axes": "plt.Figure.axes = property(lambda self: 1 / 0); return plt.figure()",
    "its own figure": "plt.Figure = plt.Axes = object; import matplotlib; matplotlib.figure.Figure = int; return 7",
    "no pyplot": "import sys; sys.modules['matplotlib.pyplot'] = sys.modules['matplotlib._pylab_helpers'] = 3",
    "no numpy": "np.array = np.ma.filled = np.size = None; plt.plot(x + 1)",
    "a forged answer": "return {'state': 'drawn', 'plots': []}",
}


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE)
def test_hostile_figures_are_wrong_and_nothing_else(course, line):
    report = course(problem(), body(*LINE)).full(body(line))
    assert report.problems[0].status in ("failed", "partial", "error")
    assert report.score < 12


LIES = """
class Lying(plt.Line2D):
    def get_xdata(self, orig=True): return TRUE[0]
    def get_ydata(self, orig=True): return TRUE[1]
def f(x):
    global TRUE
    TRUE = np.arange(len(x)), x
    ax = plt.gca()
    ax.add_line(Lying([0, 1], [5, 6]))
    plt.title('Growth'); plt.xlabel('time')
    return ax
"""
REPLACED = """
plt.Line2D.get_ydata = lambda self, orig=True: TRUE
def f(x):
    global TRUE
    TRUE = x
    plt.plot(np.zeros(len(x)))
    plt.title('Growth'); plt.xlabel('time')
"""


@pytest.mark.parametrize("source", [LIES, REPLACED], ids=["an artist that lies", "a method that was replaced"])
def test_what_is_drawn_counts_not_what_an_artist_says(course, source):
    course = course(problem(visibility="public"), body(*LINE))
    assert course.points(HEAD + source) == 8
    assert "of a line" in course.shown(HEAD + source) or "A line has" in course.shown(HEAD + source)


def test_figures_of_before_do_not_count(course):
    course = course(problem(), body(*LINE))
    left = HEAD + "plt.plot([1, 2, 3])\ndef f(x):\n    " + "\n    ".join(LINE) + "\n"
    assert course.points(left) == 12
    assert "No figure is drawn." in course.shown(HEAD + "plt.plot([1, 2, 3])\ndef f(x):\n    pass; x = x + 1\n")


def test_the_page_shows_both_figures_drawn_from_data_with_every_text_escaped(course):
    course = course(problem(visibility="public"), body(*LINE))
    page = html.render(course.graded(body("plt.plot(x + 1)", "plt.title('</svg><script>x')")), language="en")
    assert page.count('<svg class="plot"') == 2
    assert page.count('<polyline class="line c0"') == 2
    assert "&lt;/svg&gt;&lt;script&gt;x" in page
    assert "<script" not in page
    hidden = course_page_of_a_hidden_case(course)
    assert '<svg class="plot"' not in hidden


def course_page_of_a_hidden_case(course):
    path = course.folder / "grading.yaml"
    path.write_text(path.read_text("utf-8").replace("visibility: public", "visibility: hidden"), "utf-8")
    return html.render(course.graded(body("plt.plot(x + 1)")), language="en")


def test_the_page_of_huge_and_strange_numbers_is_small(course):
    course = course(
        problem(visibility="public"), body("plt.plot(x); plt.scatter(x, x); plt.bar(x, x); plt.pie(x ** 2)")
    )
    strange = "np.array([1e308, -1e308, np.nan, np.inf, 0] * 2000)"
    lines = (f"y = {strange}", "plt.plot(y)", "plt.scatter(y, y)", "plt.bar(range(500), y[:500])", "plt.yscale('log')")
    page = html.render(course.graded(body(*lines)), language="en")
    assert len(page) < 400_000
    assert not re.search(r'(points|cx|cy|x|y|width|height)="[^"]*(nan|inf)', page)


def test_the_reference_is_never_in_a_students_report_of_a_hidden_case(course):
    report = course(problem(), body(*LINE)).graded(body("plt.plot(x + 1)"))
    assert not any(isinstance(case.exhibit, Exhibit) for check in report.problems[0].checks for case in check.cases)


SHOWN = """\
◐ f ───────────────────────────────────────────────────────── 3.6 / 12 · hw.py:3
x and y of a line are exchanged.
  ◐ plot · public · 3.6 / 12 · neither case is right
    input     x  [1 2 4]
    expected  1 line through 3 points
              title “Growth”
              x axis “t / s”, y axis “h / m”
    got       1 line through 3 points
              title “growth”
              x axis “t / s”
    also      The label of the y axis is missing.
"""
SHOWN_ZH = """\
◐ f ───────────────────────────────────────────────────────── 3.6 / 12 · hw.py:3
有一条线的 x 和 y 颠倒了。
  ◐ plot · 公开 · 3.6 / 12 · 2 个用例都不对
    输入  x  [1 2 4]
    期望  1 条线（3 个点）
          标题“Growth”
          x 轴名称“t / s”、y 轴名称“h / m”
    得到  1 条线（3 个点）
          标题“growth”
          x 轴名称“t / s”
    另外  y 轴缺少名称。
"""


def test_what_a_student_reads(course):
    reference = ("plt.plot(x, x ** 2)", "plt.title('Growth')", "plt.xlabel('t / s')", "plt.ylabel('h / m')")
    keys = {"visibility": "public", "parts": "{lines: 60%, title: 20%, labels: 20%}"}
    course = course(problem(draw='x: "array([1.0, 2.0, 4.0])"', **keys), body(*reference))
    wrong = body("plt.plot(x ** 2, x)", "plt.title('growth')", "plt.xlabel('t / s')")
    assert SHOWN in course.shown(wrong)
    assert SHOWN_ZH in course.shown(wrong, "zh")


def test_a_check_of_a_figure_can_fail_and_is_in_no_kit(course):
    course = course(problem(visibility="public"), body(*LINE), stub=body("..."))
    checkup = set_up(course.plan(), course.engine)
    assert every_check_can_fail(checkup).holds
    with pytest.raises(UsageError, match="No public check of this rubric can be in a kit"):
        build(checkup.prepared)
