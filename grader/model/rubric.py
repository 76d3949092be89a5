"""What the author wrote: a rubric of problems, a problem of checks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

from grader.errors import Span
from grader.language import Bilingual, Language

Visibility: TypeAlias = Literal["public", "hidden"]
Kind: TypeAlias = Literal["example", "values", "gradient", "properties", "errors", "rules", "efficiency"]
_OF_VALUES: frozenset[Kind] = frozenset(("example", "values", "gradient"))


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
    name of a function in the rubric's `generators` file, `f(seed, index) -> {name: value}`.
    """

    lines: tuple[DrawLine, ...] = ()
    where: Expression | None = None
    stream: str
    legacy_seed: int | None = None
    generator: str = ""
    at: Span


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
    """

    rtol: float = 1e-6
    atol: float | None = None
    dtype: Literal["kind", "exact", "any", "truth"] = "kind"
    size_one: bool = False
    sequence: Literal["any", "same"] = "any"
    nan_equal: bool = True


class Limits(Struct, frozen=True, kw_only=True):
    """What one call may use: wall and CPU seconds, bytes of memory, of printed output, of the returned value.

    `load_seconds` bounds the statements outside functions. All cases of one function together get twice `seconds`.
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


class Example(Struct, frozen=True, kw_only=True):
    """Public cases, shown with input and expected output; `show` are labelled lines as the handout prints them.

    In a `show` expression the drawn names, the output names and `result` may be used.
    """

    show: tuple[tuple[str, Expression], ...] = ()


class Values(Struct, frozen=True, kw_only=True):
    """Seeded cases compared with the reference."""


class Gradient(Struct, frozen=True, kw_only=True):
    """The student's backward function against central differences of the reference's forward.

    With `forward` the forward call (its first output, if it returns a tuple or list) and `upstream` the drawn
    name of dL/d(output), the scalar is L = sum(upstream * forward); without `upstream` ("") the forward output is
    itself the scalar loss L. `wrt` pairs an output of the backward
    function with the drawn input it is the gradient of. At most `entries` entries of each gradient are
    differenced, `step` apart (central: f(x+h) - f(x-h) over 2h, error O(h^2)).
    """

    forward: Expression
    upstream: str = ""
    wrt: tuple[tuple[str, str], ...]
    step: float = 1e-5
    entries: int = 24


class Property(Struct, frozen=True, kw_only=True):
    """One property that needs no expected value, by its registered name, with its options."""

    name: str
    options: tuple[tuple[str, Template], ...] = ()
    at: Span


class Properties(Struct, frozen=True, kw_only=True):
    """Properties checked on drawn inputs."""

    properties: tuple[Property, ...]


class Errors(Struct, frozen=True, kw_only=True):
    """The function must raise one of these exceptions (by name, subclasses count)."""

    raises: tuple[str, ...]


KEYWORDS = frozenset(
    {"assert", "class", "del", "for", "global", "if", "import", "lambda", "raise", "try", "while", "with", "yield"}
)
"""Keywords that a rule may speak of; `for` is a loop's and a comprehension's."""


class Rules(Struct, frozen=True, kw_only=True):
    """How the function may be written: seen in its text and in that of the student's own helpers; nothing is run.

    A construct is a dotted name (`np.pad`, `scipy.signal`: all that is in it), a name (`eval`, `zero_pad`), an
    attribute of whatever object (`.dot`), a keyword (`for`) or the sign `@`. None of `forbid` may be used, of each
    group in `require` one must be; `no_loops` forbids what repeats in Python. Each violation costs `each` of the check.
    """

    forbid: tuple[str, ...] = ()
    require: tuple[tuple[str, ...], ...] = ()
    no_loops: bool = False
    each: Fraction = Fraction(1)


class Efficiency(Struct, frozen=True, kw_only=True):
    """How long the function may take, beside the reference by turns.

    `at_most` is how many times as long as the reference; `growth` the largest exponent of the time's growth with the
    drawn name `over` (the slope of log time over log size), which is drawn as each of `sizes`. `None`: not asked.
    """

    at_most: float | None = None
    growth: float | None = None
    over: str = ""
    sizes: tuple[int, ...] = ()


class Check(Struct, frozen=True, kw_only=True):
    """One line of a problem's marking: what is tried, how often, for which share of the points.

    `key` is the name as written first; with the function it names the random stream. `share` is the
    fraction of the problem's points; the shares of a problem's checks add up to 1.
    """

    key: str
    name: Bilingual
    plan: Example | Values | Gradient | Properties | Errors | Rules | Efficiency
    share: Fraction
    visibility: Visibility
    cases: int
    draw: Draw
    compare: Comparison
    hint: Bilingual | None = None
    at: Span

    @property
    def kind(self) -> Kind:
        """The kind as written in the rubric."""
        names: dict[type, Kind] = {
            Example: "example",
            Values: "values",
            Gradient: "gradient",
            Properties: "properties",
            Errors: "errors",
            Rules: "rules",
            Efficiency: "efficiency",
        }
        return names[type(self.plan)]

    @property
    def telling(self) -> bool:
        """Whether its cases tell what the function makes of its arguments.

        A wrong answer, too, may change no input, hold to every rule and be quick.
        """
        return not isinstance(self.plan, Properties | Rules | Efficiency)


def earning(kinds: Collection[Kind]) -> frozenset[Kind]:
    """Return which of a problem's `kinds` of checks earn by themselves; the others earn in proportion to these.

    Values do, where there are any: a function that does nothing but raise is right in every case of errors, as one that
    returns zeros changes no input. Where there are only errors, they do; where there are neither, all do.
    """
    for first in (_OF_VALUES, frozenset[Kind](("errors",))):
        if found := first.intersection(kinds):
            return found
    return frozenset(kinds)


class Problem(Struct, frozen=True, kw_only=True):
    """One graded function.

    `needs` are the functions of this rubric it builds on (`None`: found in the reference's source). `hint_cost` is what
    each hint beyond the first costs, in points; a score never falls below 0.
    """

    function: str
    title: Bilingual
    points: Fraction
    bonus: bool
    needs: tuple[str, ...] | None
    returns: tuple[Part, ...]
    limits: Limits
    checks: tuple[Check, ...]
    hints: tuple[Bilingual, ...] = ()
    hint_cost: Fraction = Fraction(0)
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
    the Python that runs sources (empty: the one that runs the grader).
    """

    title: Bilingual
    language: Language
    seed: int
    public_seed: int = SHOWN
    path: str
    digest: str
    submission: str
    reference: str
    expected: str = ""
    mistakes: str = ""
    generators: str = ""
    runtime: str = ""
    elsewhere: tuple[str, ...] = ()
    problems: tuple[Problem, ...]


class Mistake(Struct, frozen=True, kw_only=True):
    """A wrong variant of the reference function `function`, known as `name`.

    `text` is the source of one function called `symbol`, so that the reference's text and all variants' texts make
    one module; names in it are the reference's. `hints` go from a nudge to the answer.
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
