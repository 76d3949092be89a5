"""Reports made by hand, one for every situation a reader can be in; no other stage is needed to look at a layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction as F
from typing import Any

import numpy as np
from msgspec import structs

from grader.errors import Span
from grader.language import Bilingual, inert, say, say_count
from grader.model import (
    Adjustment,
    CaseResult,
    CheckResult,
    Criterion,
    Exhibit,
    Listing,
    ManualResult,
    Mismatch,
    Note,
    ProblemResult,
    Report,
    Withheld,
)

PATH = "/home/student/assignment/cnn.py"
TITLES = {
    "zero_pad": Bilingual("零填充", "Zero padding"),
    "conv_single_step": Bilingual("单步卷积", "One convolution step"),
    "conv_forward": Bilingual("卷积前向传播", "Convolution forward"),
    "pool_forward": Bilingual("池化前向传播", "Pooling forward"),
    "conv_backward": Bilingual("卷积反向传播", "Convolution backward"),
    "create_mask_from_window": Bilingual("创建掩码", "Mask of a window"),
    "distribute_value": Bilingual("分配值", "Distribute a value"),
    "pool_backward": Bilingual("池化反向传播", "Pooling backward"),
}
POINTS = {"zero_pad": 15, "conv_single_step": 15, "conv_forward": 40, "pool_forward": 30, "conv_backward": 20,
          "create_mask_from_window": 10, "distribute_value": 10, "pool_backward": 20}  # fmt: skip
LINES = dict(zip(POINTS, (14, 41, 66, 112, 153, 201, 222, 243), strict=True))
EXAMPLE = Bilingual("讲义示例", "handout example")
RANDOM = Bilingual("步长与填充", "stride and padding")


def at(line: int, column: int = 0, path: str = PATH, cell: int = 0) -> Span:
    return Span(path=path, line=line, column=column, cell=cell)


def exhibit(**fields: Any) -> Exhibit:
    base: dict[str, Any] = {"inputs": (), "want": None, "got": None, "returned": True,
                            "stdout": inert(""), "error": inert("")}  # fmt: skip
    return Exhibit(**(base | fields))


def case(status: str = "passed", index: int = 0, **fields: Any) -> CaseResult[Any]:
    base: dict[str, Any] = {"share": F(status == "passed"), "message": say("passed")}
    return CaseResult(index=index, status=status, **(base | fields))  # type: ignore[arg-type]


def check(name: Bilingual, score: F, most: F, cases: tuple[Any, ...] = (), **fields: Any) -> CheckResult[Any]:
    status = "passed" if score == most else "partial" if score else "failed"
    base: dict[str, Any] = {"kind": "example", "visibility": "public", "status": status, "message": None}
    return CheckResult(name=name, score=score, max_score=most, cases=cases or (case(),), **(base | fields))


def problem(function: str, status: str = "passed", checks: tuple[Any, ...] = (), **fields: Any) -> ProblemResult[Any]:
    most = F(POINTS.get(function, 10))
    if not checks:
        checks = tuple(
            check(name, share * most if status == "passed" else F(0), share * most, status=status, **more)
            for name, share, more in (
                (EXAMPLE, F(1, 10), {}),
                (RANDOM, F(9, 10), {"kind": "values", "visibility": "hidden"}),
            )
        )
    base: dict[str, Any] = {
        "title": TITLES.get(function, Bilingual(function, function)),
        "score": sum((item.score for item in checks), F(0)),
        "max_score": most,
        "bonus": list(POINTS).index(function) > 3 if function in POINTS else False,
        "message": None,
        "at": at(LINES.get(function, 1)),
    }
    return ProblemResult(function=function, status=status, checks=checks, **(base | fields))  # type: ignore[arg-type]


def report(*problems: ProblemResult[Any], **fields: Any) -> Report[Any]:
    def total(bonus: bool, attribute: str) -> F:
        return sum((getattr(item, attribute) for item in problems if item.bonus is bonus), F(0))

    base: dict[str, Any] = {
        "assignment": Bilingual("分步构建卷积神经网络", "Convolutional networks, step by step"),
        "language": "zh",
        "submission": inert("assignment/cnn.py"),
        "score": total(False, "score"),
        "max_score": total(False, "max_score"),
        "bonus": total(True, "score"),
        "max_bonus": total(True, "max_score"),
        "notes": (),
        "seed": None,
        "rubric_digest": "b6" * 32,
        "submission_digest": "1f" * 32,
        "versions": {"pingfen": "0.1.0", "python": "3.11.2", "numpy": "2.3.5"},
        "tier": "namespaces",
        "self_check": False,
        "seconds": 0.42,
    }
    return Report(problems=problems, **(base | fields))


def untouched(*functions: str) -> tuple[ProblemResult[Any], ...]:
    return tuple(problem(name, "not_attempted") for name in functions)


OPTIONAL = ("conv_backward", "create_mask_from_window", "distribute_value", "pool_backward")


def full() -> Report[Any]:
    return report(*(problem(name) for name in POINTS))


def required_full() -> Report[Any]:
    return report(*(problem(name) for name in list(POINTS)[:4]), *untouched(*OPTIONAL))


def stubs() -> Report[Any]:
    return report(*untouched(*POINTS))


def zero_pad_wrong() -> ProblemResult[Any]:
    """A shape that is wrong: all four axes padded."""
    x = np.random.default_rng(1).normal(size=(4, 3, 3, 2))
    mismatch = Mismatch(category="shape", got="(8, 7, 7, 6)", want="(4, 7, 7, 2)")
    shown = exhibit(
        inputs=(("X", x), ("pad", 2)),
        want=np.zeros((4, 7, 7, 2)),
        got=np.zeros((8, 7, 7, 6)),
        mismatches=(mismatch,),
        handout=(("x.shape", "(4, 3, 3, 2)", "(4, 3, 3, 2)"), ("x_pad.shape", "(4, 7, 7, 2)", "(8, 7, 7, 6)")),
    )
    said = say("The result has shape {got}; expected is {want}.", got="(8, 7, 7, 6)", want="(4, 7, 7, 2)")
    failed = [case("failed", number, category="shape", message=said) for number in range(6)]
    return problem(
        "zero_pad",
        "failed",
        (
            check(
                EXAMPLE, F(0), F(3, 2), (case("failed", category="shape", message=said, exhibit=shown),), message=said
            ),
            check(RANDOM, F(0), F(135, 10), tuple(failed), kind="values", visibility="hidden"),
        ),
        message=said,
    )


def conv_forward_partial(withheld: bool = False) -> ProblemResult[Any]:
    """Other numbers in some cases; an example with handout lines; a hidden check with statistics."""
    rng = np.random.default_rng(3)
    want, got = rng.normal(size=(10, 4, 4, 8)), rng.normal(size=(10, 4, 4, 8))
    mismatch = Mismatch(
        category="values", output="Z", index=(0, 1, 2, 3), got=float(got[0, 1, 2, 3]), want=float(want[0, 1, 2, 3]),
        differing=1216, total=1280, worst_absolute=5.231, worst_relative=3.18,
    )  # fmt: skip
    extra = Mismatch(category="keys", output="cache.hparameters", got=None, want={"pad": 2, "stride": 2})
    shown = exhibit(
        inputs=(
            ("A_prev", rng.normal(size=(10, 4, 4, 3))),
            ("W", rng.normal(size=(2, 2, 3, 8))),
            ("b", rng.normal(size=(1, 1, 1, 8))),
            ("hparameters", {"pad": 2, "stride": 2}),
        ),
        want=(want, ()),
        got=(got, ()),
        mismatches=(mismatch, extra),
        handout=(("Z's mean", "0.048995203528855794", "0.13124812"), ("cache_conv[0][1][2][3]", "[1 2]", "[1 2]")),
        stdout=inert("h = 0\nh = 1\n", lines=True),
        windows={"A_prev": ((0, 1), (0, 2), (2, 4), (0, 3))},
    )
    said = say("The numbers of {output} are other ones.", output="Z")
    cases: list[Any] = [case() for _ in range(3)]
    for number in range(3, 8):
        secret = exhibit(inputs=(("A_prev", rng.normal(size=(2, 5, 4, 1))), ("hparameters", {"pad": 0, "stride": 3})),
                         want=(rng.normal(size=(2, 2, 1, 2)), ()), got=None, mismatches=(mismatch,))  # fmt: skip
        cases.append(
            case("failed", number, category="values", output="Z", message=said,
                 exhibit=Withheld(exhibit=secret, seed=987654321, seconds=0.02) if withheld else None,
                 **({"differing": 60, "total": 64, "magnitude": -1} if withheld else {}))
        )  # fmt: skip
    return problem(
        "conv_forward",
        "partial",
        (
            check(EXAMPLE, F(0), F(4), (case("failed", category="values", message=said, exhibit=shown),), message=said),
            check(RANDOM, F(32) * 3 / 8, F(32), tuple(cases), kind="values", visibility="hidden",
                  message=say("The numbers fit when stride is 1 and go wrong when it is larger.")),
            check(Bilingual("性质", "properties"), F(4), F(4), kind="properties", visibility="hidden"),
        ),
        message=say("The numbers fit when stride is 1 and go wrong when it is larger."),
        diagnosis=say("The output grows with stride as if stride were {stride}.", stride=1),
        mistake="stride_ignored" if withheld else "",
        more_hints=2,
        hints=(Bilingual("窗口从 h * stride 开始,不是从 h 开始。", "A window begins at h * stride, not at h."),),
    )  # fmt: skip


def single_step_error() -> ProblemResult[Any]:
    """An exception with the student's own lines."""
    words = inert("ValueError: operands could not be broadcast together with shapes (4,4,3) (3,4,4)")
    shown = exhibit(
        inputs=(("a_slice_prev", np.ones((4, 4, 3))), ("W", np.ones((4, 4, 3))), ("b", np.full((1, 1, 1), 0.5))),
        want=-6.999089450680221,
        returned=False,
        error=words,
        frames=((at(52), inert("    s = a_slice_prev * W.T")),),
    )
    said = say("It stops with {error} at {place}.", error="ValueError", place="cnn.py:52")
    one = case("error", error="ValueError", at=at(52), message=said, exhibit=shown)
    many = tuple(case("error", number, error="ValueError", at=at(52), message=said) for number in range(6))
    lines = [
        "def conv_single_step(a_slice_prev, W, b):",
        '    """单步卷积。"""',
        *[""] * 9,
        "    s = a_slice_prev * W.T",
    ]
    return problem(
        "conv_single_step",
        "error",
        (
            check(EXAMPLE, F(0), F(3, 2), (one,), status="error", message=said),
            check(RANDOM, F(0), F(135, 10), many, status="error", kind="values", visibility="hidden", message=said),
        ),
        message=said,
        listing=Listing(at=at(41), lines=tuple(inert(line) for line in [*lines, "    return s.sum() + float(b)"])),
    )


def mask_wrong() -> ProblemResult[Any]:
    """A small array that is shown whole."""
    x = np.array([[1.62434536, -0.61175641, -0.52817175], [-1.07296862, 0.86540763, -2.3015387]])
    want, got = x == x.max(), x > 0
    mismatch = Mismatch(category="values", index=(1, 1), got=True, want=False, differing=1, total=6)
    said = say("{count} element of the mask is wrong.", count=1)
    shown = exhibit(inputs=(("x", x),), want=want, got=got, mismatches=(mismatch,))
    many = (case(), case(), case("failed", 2, category="values", differing=1, total=4, message=said))
    return problem(
        "create_mask_from_window",
        "partial",
        (
            check(EXAMPLE, F(0), F(1), (case("failed", category="values", message=said, exhibit=shown),), message=said),
            check(RANDOM, F(9) * 2 / 3, F(9), many, kind="values", visibility="hidden", message=said),
        ),
        message=said,
    )


def mixed() -> Report[Any]:
    """A usual evening: one right, one wrong, one partial, one raised, the rest untouched."""
    return report(
        zero_pad_wrong(),
        single_step_error(),
        conv_forward_partial(),
        problem("pool_forward"),
        *untouched("conv_backward"),
        mask_wrong(),
        *untouched("distribute_value", "pool_backward"),
        notes=(
            Note(message=say("The name {name} is defined twice; the last one counts.", name="zero_pad"), at=at(30)),
        ),
    )


def penalised() -> Report[Any]:
    """Hints that cost points: the checks earned 16, of which 15 are left."""
    one = conv_forward_partial()
    reason = say_count("{count} hint after the first", "{count} hints after the first", 1)
    cost = Adjustment(policy="hints", reason=reason, points=F(-1))
    return report(structs.replace(one, score=one.score - 1, adjustments=(cost,)))


def instructor() -> Report[Any]:
    return report(problem("zero_pad"), conv_forward_partial(withheld=True), seed=20240501)


def blamed() -> Report[Any]:
    """conv_forward is right by itself; the student's own zero_pad makes it go wrong."""
    right = say("{function} itself is right ({points}); it goes wrong now because of your {helper}.",
                function="conv_forward", points="40/40", helper="zero_pad")  # fmt: skip
    return report(
        zero_pad_wrong(),
        problem("conv_single_step"),
        problem("conv_forward", message=right, blames=("zero_pad",)),
        problem("pool_forward"),
        *untouched(*OPTIONAL),
    )


def unreadable() -> Report[Any]:
    """A syntax error after wide characters stops two functions; the others are graded."""
    text = inert('    print("填充前", x.shape')
    listing = Listing(at=at(19), lines=(inert("def zero_pad(X, pad):"), text, inert("    return X")), caret=10)
    said = say("Python cannot read line {line}: {words}. Nothing is lost: mend it and grade again.",
               line=20, words="'(' was never closed")  # fmt: skip
    broken = [
        problem(name, "ungradable", message=said, at=at(20, 10), listing=listing)
        for name in ("zero_pad", "conv_single_step")
    ]
    return report(*broken, problem("conv_forward"), problem("pool_forward"), *untouched(*OPTIONAL), self_check=True)


def stopped() -> Report[Any]:
    """Timeouts, crashes, memory, a missing function, and our own fault."""
    words = {
        "timeout": say_count(
            "It did not finish within {count} second.", "It did not finish within {count} seconds.", 5
        ),
        "out_of_memory": say("It needs more than {size} of memory.", size="1 GiB"),
        "crashed": say("The process died ({reason}).", reason="SIGSEGV"),
        "missing": say("Your file has no function {function}.", function="pool_forward"),
        "not_graded": say("The grader itself failed here; that is not your fault."),
    }
    functions = ("zero_pad", "conv_single_step", "conv_forward", "pool_forward", "conv_backward")
    made = []
    for function, (status, said) in zip(functions, words.items(), strict=True):
        inside = exhibit(inputs=(("X", np.arange(6.0)),), returned=False, error=inert(status))
        checks = (
            check(EXAMPLE, F(0), F(POINTS[function]), (case(status, message=said, exhibit=inside),), status=status,
                  message=said),
        )  # fmt: skip
        missing = {"at": None} if status == "missing" else {}
        made.append(problem(function, status, checks, message=said, **missing))
    return report(*made)


HOSTILE = '\x1b[31m[red]</script><script>alert(1)</script>::error::x\n=HYPERLINK("http://x")\x00\u202e{0.__class__}%s'


def hostile() -> Report[Any]:
    """Every place a student can put text holds what no format should obey."""
    text = inert(HOSTILE, lines=True)
    name = inert("[bold]évil[/bold]<b>&amp;.py::set-output name=a::b")
    shown = exhibit(
        inputs=(("x", HOSTILE), (HOSTILE[:20], {HOSTILE: [HOSTILE, np.nan]})),
        want="ok",
        got=HOSTILE,
        mismatches=(Mismatch(category="text", output=HOSTILE, got=HOSTILE, want="ok"),),
        handout=((HOSTILE, "1", HOSTILE),),
        stdout=text,
    )
    raised = exhibit(returned=False, error=text, frames=((at(3, path=HOSTILE), text),))
    said = say("It returned {got}.", got=text)
    return report(
        problem(
            "zero_pad",
            "failed",
            (
                check(
                    EXAMPLE, F(0), F(15), (case("failed", category="text", message=said, exhibit=shown),), message=said
                ),
            ),
            message=said,
            listing=Listing(at=at(3), lines=(text,), caret=3),
        ),
        problem(
            "conv_single_step",
            "error",
            (check(EXAMPLE, F(0), F(15), (case("error", message=said, exhibit=raised),), message=said),),
            message=said,
        ),
        submission=name,
        notes=(Note(message=say("{text}", text=text), at=at(1, path=HOSTILE)),),
    )


def notebook() -> Report[Any]:
    """The same faults in a notebook: places are cells."""
    path = "/home/student/卷积 练习.ipynb"
    said = say("The result has shape {got}; expected is {want}.", got="(8, 7, 7, 6)", want="(4, 7, 7, 2)")
    shown = exhibit(inputs=(("x", np.arange(3)),), want=np.zeros(3), got=np.zeros((3, 1)),
                    mismatches=(Mismatch(category="shape", got="(3, 1)", want="(3,)"),))  # fmt: skip
    inner = (
        check(EXAMPLE, F(0), F(15), (case("failed", category="shape", message=said, exhibit=shown),), message=said),
    )
    return report(
        problem("zero_pad", "failed", inner, message=said, at=at(3, path=path, cell=7)),
        submission=inert("卷积 练习.ipynb"),
    )


def thirds() -> Report[Any]:
    """Points that are no whole cents."""
    most = F(10, 3)
    checks = tuple(
        check(Bilingual(f"第 {n} 项", f"part {n}"), most * n / 3, most, (case("failed" if n < 3 else "passed"),))
        for n in (1, 2, 3)
    )
    return report(problem("thirds", "partial", checks))


def odd_values() -> Report[Any]:
    """NaN, complex numbers, large integers, nested containers, empty arrays, text."""
    want = np.array([[1.0, np.nan], [2.0, 3.0]])
    got = np.array([[1.0, 0.0], [np.inf, 3.0]])
    mismatch = Mismatch(category="nan", index=(0, 1), got=0.0, want=float("nan"), differing=2, total=4)
    inputs = (
        ("z", np.array([1 + 2j, 3 - 4j])),
        ("n", 10**40),
        ("empty", np.zeros((0, 3))),
        ("nested", {"a": [1, (2, 3, {"b": np.zeros((2, 2))})], 1: None}),
        ("text", "中文 'quoted'\n"),
        ("flag", True),
        ("long", list(range(100))),
        ("scalar", np.array(3.5)),
    )
    said = say("NaN or infinity stands in other places.")
    shown = exhibit(inputs=inputs, want=want, got=got, mismatches=(mismatch,))
    one = check(EXAMPLE, F(0), F(10), (case("failed", category="nan", message=said, exhibit=shown),), message=said)
    return report(problem("odd", "failed", (one,), message=said))


def by_hand() -> Report[Any]:
    """What a person grades: one item with a comment, one open, one open bonus; a function that only informs."""
    said = say("The numbers of {output} are other ones.", output="Z")
    wrong = check(RANDOM, F(0), F(0), (case("failed", category="values", message=said),), status="failed",
                  kind="values", visibility="hidden", message=said)  # fmt: skip
    informs = problem("distribute_value", "failed", (wrong,), max_score=F(0), bonus=False, message=said)
    answer = Bilingual("为什么用最大池化", "Why max pooling")
    criteria = (
        Criterion(says=Bilingual("提到平移不变性", "names invariance under shifts"), points=F(2)),
        Criterion(says=Bilingual("举一个例子", "gives an example"), points=F(1)),
    )
    comment = inert("Clear, but where is the example?\nSee <b>page 3</b> | *now* ::error::", lines=True)
    items = (
        ManualResult(name="answer", title=answer, score=F(2), max_score=F(3), bonus=False, criteria=criteria,
                     comment=comment),
        ManualResult(name="proof", title=Bilingual("证明", "A proof"), max_score=F(5, 2), bonus=False),
        ManualResult(name="talk", title=Bilingual("talk", "talk"), max_score=F(1), bonus=True,
                     criteria=(Criterion(says=Bilingual("清楚", "clear")),)),
    )  # fmt: skip
    done = report(problem("zero_pad"), informs)
    return structs.replace(
        done, manual=items, score=done.score + 2, max_score=done.max_score + F(11, 2), max_bonus=F(1)
    )


@dataclass
class Sample:
    """A report and how it is told apart."""

    name: str
    report: Report[Any]
    withheld: bool = field(default=False)


def samples() -> list[Sample]:
    """Return every sample report by name."""
    students = (
        full,
        required_full,
        stubs,
        mixed,
        penalised,
        blamed,
        unreadable,
        stopped,
        hostile,
        notebook,
        thirds,
        odd_values,
        by_hand,
    )
    return [*(Sample(make.__name__, make()) for make in students), Sample("instructor", instructor(), True)]
