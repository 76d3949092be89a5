"""What the author wrote: a rubric of problems, a problem of checks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from msgspec import Struct

from grader.errors import Span
from grader.language import Bilingual, Language
from grader.model.application import Application
from grader.model.policies import Policies

if TYPE_CHECKING:
    from grader.model.outcome import Case, Outcome, Trial, Value, Verdict

Visibility: TypeAlias = Literal["public", "hidden"]


Output: TypeAlias = Literal["exact", "lines", "tokens", "numbers", "pattern"]
"""How what is printed is compared.

exact: every character. lines: line by line, without spaces at the ends of lines and empty lines at the end. tokens: its
words, whatever is between them. numbers: its numbers in order, each within the tolerance; other words are not looked
at. pattern: it has to fit a regular expression.
"""


class Expression(Struct, frozen=True, kw_only=True):
    """Arithmetic over earlier names, generators and reference functions: text that `cases` understands."""

    text: str
    at: Span


class Constant(Struct, frozen=True, kw_only=True):
    """A number, truth value or null written as such in the YAML."""

    value: bool | int | float | None
    at: Span


class Items(Struct, frozen=True, kw_only=True):
    """A YAML sequence: a list argument."""

    items: tuple[Template, ...]
    at: Span


class Pairs(Struct, frozen=True, kw_only=True):
    """A YAML mapping: a dict argument with string keys."""

    pairs: tuple[tuple[str, Template], ...]
    at: Span


Template: TypeAlias = "Expression | Constant | Items | Pairs"


class TextTemplate(Struct, frozen=True, kw_only=True):
    """A text with expressions in braces, `{n} {X}`, for the values that were drawn: what a file holds, or is typed."""

    text: str
    at: Span


class DrawLine(Struct, frozen=True, kw_only=True):
    """`Z, cache: conv_forward(A_prev, W, b, hparameters)`: the names on the left get the drawn value's parts."""

    names: tuple[str, ...]
    value: Template
    at: Span


class Draw(Struct, frozen=True, kw_only=True):
    """How a check's arguments are drawn, line by line, in the order written.

    `stream` names the random stream: the check's own `function.key`, or that of the check named by `like`, so
    that both see the same numbers. `where` must hold, else the case is drawn again. `legacy_seed` switches to
    `numpy.random.seed(legacy_seed)` before each case, for examples of existing handouts. `generator` is the
    name of a function in the rubric's `generators` file, `f(seed, index) -> {name: value}`. `files` are laid into the
    working folder of each call of a case.
    """

    lines: tuple[DrawLine, ...] = ()
    where: Expression | None = None
    stream: str
    legacy_seed: int | None = None
    generator: str = ""
    files: tuple[tuple[str, TextTemplate], ...] = ()
    at: Span


Order: TypeAlias = Literal["same", "any", "everywhere"]
Change: TypeAlias = Literal["sign", "scale", "permutation", "rotation"]
Axis: TypeAlias = Literal["columns", "rows", "labels", "all"]


class Comparison(Struct, frozen=True, kw_only=True):
    """How strictly a returned value must agree with the reference's.

    `rtol` is relative to each element; `atol` is absolute, `None` meaning `rtol` times the largest finite
    magnitude of the reference output (so small gradients are not swallowed by a fixed 1e-8). Whole numbers and truth
    values agree only if equal, unless `atol` is given.
    `dtype`: "kind" wants the same kind (bool/int/float/complex/str) and at least the reference's precision, "exact"
    the same dtype, "any" only equal numbers, "truth" takes bool or 0/1 of any kind.
    `size_one`: a scalar, 0-d array or array of one element stand for each other.
    `sequence`: "any" lets tuple and list stand for each other, "same" does not.
    `nan_equal`: NaN where the reference has NaN agrees.
    `order`: "any" lets the items of a list or tuple and the rows of an array stand in any order, none missing and none
    twice; "everywhere" the items within items, too.
    `up_to` are the changes that make no other answer, of the vectors along `axis`: "sign", "scale", "permutation",
    "rotation". With "labels" whole numbers may be renamed one to one.
    `of` is compared in place of the value, and `outputs` are the rules of outputs that have one of their own.

    A rubric says nothing of `scale` and `noise`. They belong to one case (`grader.comparison.noise`): its largest
    number, and the numbers and arrays of the expected value that are rounding noise around 0, by name.
    """

    rtol: float = 1e-6
    atol: float | None = None
    dtype: Literal["kind", "exact", "any", "truth"] = "kind"
    size_one: bool = False
    sequence: Literal["any", "same"] = "any"
    nan_equal: bool = True
    order: Order = "same"
    up_to: tuple[Change, ...] = ()
    axis: Axis = "columns"
    of: Expression | None = None
    outputs: tuple[tuple[str, Comparison], ...] = ()
    scale: float = 0.0
    noise: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """Whether one value has several right forms, or something other than the value is compared."""
        return bool(self.order != "same" or self.up_to or self.of or self.outputs)


class Limits(Struct, frozen=True, kw_only=True):
    """What one call may use: wall and CPU seconds, bytes of memory, of printed output, of the returned value.

    `load_seconds` bounds the statements outside functions. All cases of one function together get `seconds` each,
    for 20 cases at most; once two had to be stopped, the others are not run.
    """

    seconds: float = 10.0
    cpu_seconds: float = 10.0
    memory: int = 1 << 30
    output: int = 64 << 10
    result: int = 64 << 20
    load_seconds: float = 10.0


class Part(Struct, frozen=True, kw_only=True):
    """One named output and its share of a case (`returns: {Z: 80%, cache: {A_prev: 5%, …}}`).

    Parts name the items of a returned tuple or list in order, or the values of a dict by key; `share` is the
    fraction of the whole case, nested ones included, so the leaves' shares add up to 1. An unnamed, undivided
    output has no parts.
    """

    name: str
    share: Fraction
    parts: tuple[Part, ...] = ()


Varying: TypeAlias = Literal["per_student"]
Subject: TypeAlias = Literal["function", "class", "variable", "program", "training"]
"""What of a source is graded; "training": how its functions work together in a module of the author's."""


class Demand(Struct, frozen=True, kw_only=True):
    """What a check asks for: one frozen class for each kind of check, with what every stage may ask about it.

    The class attributes say how a kind differs from one that compares values; `grader.checks.kind.Kind` is the whole
    of what a kind has. No stage asks which kind a check is.
    """

    kind: ClassVar[str]
    """The key that a check of this kind has in the rubric."""
    subject: ClassVar[Subject] = "function"
    """What its cases are tried on."""
    compares: ClassVar[bool] = False
    """Its first call's value is compared with the reference's, as a whole or by the outputs' names."""
    pictured: ClassVar[bool] = False
    """Reports show its first call's value beside the reference's as well, though it is not compared as a value is."""
    drawn: ClassVar[bool] = True
    """It has cases; a check that has none is held against the student's text."""
    timed: ClassVar[bool] = False
    """Its cases are not run with the others: they are timed beside the reference."""
    printing: ClassVar[bool] = False
    """It looks at what is printed."""
    wants_raised: ClassVar[bool] = False
    """The reference is to raise, so a case has no value to compare with."""
    telling: ClassVar[bool] = True
    """Its cases tell what the function makes of its arguments: a wrong answer would not pass them by chance."""
    decisive: ClassVar[bool] = True
    """`audit` and `check` look for a wrong answer that fails it, and a report says how many cases fail. False for rules
    and limits of time: a wrong answer may keep them."""
    loose: ClassVar[bool] = False
    """Many answers are right, so a function that was changed until it passes need not be what was meant."""
    portable: ClassVar[bool] = True
    """It judges by itself: nothing of the author's has to run for that, so a student's kit can, too."""
    weight: ClassVar[int] = 0
    """Of a problem's checks, those of the greatest weight earn by themselves, the others in proportion to these.

    2: only right values pass. 1: a function that always raises passes, too. 0: one that returns zeros passes, too.
    """

    def variables(self) -> tuple[str, ...]:
        """Return the names outside functions that its cases are tried on."""
        return ()

    def uses(self, functions: Collection[str], source: str) -> tuple[str, ...] | None:
        """Return which of these functions its module of the author's takes from `source`; `None`: it has none."""
        return None

    def made_from(self) -> tuple[tuple[str, str], ...]:
        """Return the paths of the author's files whose text it holds, each with the SHA-256 of what was read."""
        return ()

    def judge(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
    ) -> Verdict:
        """Return what one case earned and why not more.

        `got` are the student's outcomes of `case.calls`, `want` the reference's of `case.truth`. A call of the
        student's that did not return earns nothing and has no mismatch: its outcome speaks for itself (`Verdict.call`
        says which). Raises RubricError at the check's line if the reference did not do what the check needs of it.
        """
        raise NotImplementedError

    def passed(self, check: Check, returns: tuple[Part, ...], trials: Sequence[Trial]) -> Fraction:
        """Return how much of a check passes, from 0 to 1, once its cases are judged: by default what they earn."""
        return sum((trial.verdict.share for trial in trials), Fraction(0)) / max(1, len(trials))

    def taken(self, check: Check, returns: tuple[Part, ...], case: Case, value: Value) -> Mapping[str, Value] | None:
        """Return what is held against sealed answers, by output; `None` for the value as `returns` takes it apart."""
        return None

    def opened(self, returns: tuple[Part, ...], value: Value, right: Collection[str]) -> Verdict | None:
        """Return the verdict where the outputs `right` agree with sealed answers; `None`: judged as values are."""
        return None


class Penalty(Struct, frozen=True, kw_only=True):
    """What a check takes off: the points that `each` failing case or violation costs, `at_most` so many in all."""

    each: Fraction
    at_most: Fraction | None = None

    def of(self, count: int) -> Fraction:
        """Return what so many of them cost."""
        whole = self.each * count
        return whole if self.at_most is None else min(whole, self.at_most)


class Check(Struct, frozen=True, kw_only=True):
    """One line of a problem's marking: what is tried, how often, for which share of the points.

    `key` is the name as written first; with the function it names the random stream. `share` is the
    fraction of the problem's points; the shares of a problem's checks add up to 1. A check with a `penalty` has the
    share 0: it takes points off. With `all_or_nothing` it earns nothing unless all of it passes.
    """

    key: str
    name: Bilingual
    demand: Demand
    share: Fraction
    visibility: Visibility
    cases: int
    draw: Draw
    compare: Comparison
    all_or_nothing: bool = False
    penalty: Penalty | None = None
    hint: Bilingual | None = None
    at: Span

    @property
    def kind(self) -> str:
        """The kind as written in the rubric."""
        return self.demand.kind


class Problem(Struct, frozen=True, kw_only=True):
    """One graded function, or what else of a source its checks are about (`subject`), by the name `function`.

    With 0 `points` it only informs. With `all_or_nothing` it scores all of them or none.

    `needs` are the functions of this rubric it builds on (`None`: found in the reference's source). `hint_cost` is what
    each hint beyond the first costs, in points; a score never falls below 0.
    """

    function: str
    title: Bilingual
    points: Fraction
    bonus: bool
    all_or_nothing: bool = False
    needs: tuple[str, ...] | None
    returns: tuple[Part, ...]
    limits: Limits
    checks: tuple[Check, ...]
    hints: tuple[Bilingual, ...] = ()
    hint_cost: Fraction = Fraction(0)
    at: Span

    @property
    def subject(self) -> Subject:
        """What is graded: a class, which is called like a function; else a function, if any check is about one."""
        found: list[Subject] = [check.demand.subject for check in self.checks if check.demand.drawn]
        named: tuple[Subject, ...] = ("class", "function")
        return next((each for each in named if each in found), found[0] if found else "function")

    @property
    def named(self) -> bool:
        """Whether the source has to define what is graded under the problem's name."""
        return self.subject in ("function", "class")


class Criterion(Struct, frozen=True, kw_only=True):
    """One thing that a person looks for, and what it is worth where that is said."""

    says: Bilingual
    points: Fraction | None = None


class ManualItem(Struct, frozen=True, kw_only=True):
    """What a person grades; `name` is what a table of marks calls it."""

    name: str
    title: Bilingual
    points: Fraction
    bonus: bool
    criteria: tuple[Criterion, ...] = ()
    at: Span


def checks_of(problems: Iterable[Problem]) -> dict[tuple[str, str], Check]:
    """Return all checks of these problems by the function and their own key."""
    return {(problem.function, check.key): check for problem in problems for check in problem.checks}


SHOWN = -1
"""The seed of what is shown to students: none that a rubric can have."""


class Rubric(Struct, frozen=True, kw_only=True):
    """A whole rubric; paths are absolute, `digest` is the SHA-256 of the file.

    A student kit's rubric has `expected`, the file of kept cases, and no reference; `elsewhere` are then the functions
    that the course grades with checks that the kit lacks. Hidden checks draw by `seed`, public ones by `public_seed`:
    whoever knows a draw can try seeds until one gives it, so what is shown must not follow from `seed`. `runtime` is
    the Python that runs sources (empty: the one that runs the grader). `files` are the paths of data files by the names
    under which sources find them. With `variants`, hidden checks draw by a seed that follows from the course's secret.
    """

    title: Bilingual
    language: Language
    seed: int
    public_seed: int = SHOWN
    path: str
    digest: str
    submission: str
    reference: str
    files: tuple[tuple[str, str], ...] = ()
    expected: str = ""
    mistakes: str = ""
    generators: str = ""
    runtime: str = ""
    runtime_at: Span = Span(path="")
    elsewhere: tuple[str, ...] = ()
    problems: tuple[Problem, ...]
    manual: tuple[ManualItem, ...] = ()
    policies: Policies = Policies()
    variants: Varying | None = None
    application: Application | None = None

    @property
    def defined(self) -> tuple[str, ...]:
        """The names of the functions and classes that a source has to define."""
        return tuple(problem.function for problem in self.problems if problem.named)

    @property
    def imported_as(self) -> str:
        """The name under which an author's module imports what is graded, whatever its file is called."""
        return PurePath(self.submission).stem

    @property
    def read_by_checks(self) -> tuple[str, ...]:
        """The paths of the author's files that its checks are made from, each once."""
        made_from = (pair for problem in self.problems for check in problem.checks for pair in check.demand.made_from())
        return tuple(dict.fromkeys(path for path, _ in made_from))

    @property
    def programs(self) -> tuple[str, ...]:
        """The names of the problems that are about a source as a program."""
        return tuple(problem.function for problem in self.problems if problem.subject == "program")


class Mistake(Struct, frozen=True, kw_only=True):
    """A wrong variant of the reference function `function`, known as `name`.

    `text` is the source of one function called `symbol`, so that the reference's text and all variants' texts make
    one module; names in it are the reference's. A variant of a program is a text under that name. `hints` go from a
    nudge to the answer.
    """

    function: str
    name: str
    hints: tuple[Bilingual, ...]
    text: str
    at: Span

    @property
    def symbol(self) -> str:
        """The name the variant is defined under."""
        return f"{self.function}__{self.name}"
