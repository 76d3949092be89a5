"""A case from the draw to the verdict: its calls, the expected outcomes, the student's outcomes, how they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from msgspec import Struct

from grader.errors import Span
from grader.language import Message

if TYPE_CHECKING:
    import numpy as np

    from grader.values.family import Held


Value: TypeAlias = (
    "bool | int | float | complex | str | bytes | np.ndarray | tuple[Value, ...] | list[Value] | dict[str | int, Value]"
    "| Held | None"
)
"""What can cross the wire: plain scalars, arrays of bool, int, float or complex, containers of these, and what stands
for values that the grader does not make: sets, tables, dataclasses (`grader.values`). Dates are Python's own."""


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of a gradient to check: d L / d `input`[`index`], which the student's function returns in `output`.

    Two forward calls have the entry moved up and down by exactly `step`. `index` is () for a number.
    """

    output: str
    input: str
    index: tuple[int, ...]
    step: float


class Case(Struct, frozen=True, kw_only=True, eq=False):
    """One case of one check.

    `calls` are made on the student's function, and `truth` on the reference. `names` holds everything that was drawn,
    in order, for showing and explaining. `index` counts the cases of a check from 0. `seed` (32 bits) follows from the
    rubric's seed, the check's stream and the number of the draw. Arrays are C-contiguous; no value may be changed in
    place.

    **example, values, errors**: one call, and the same call as truth.

    **gradient**: one call of the student's backward function. `truth[0]` is the forward call as drawn; `truth[1 + 2*k]`
    and `truth[2 + 2*k]` are it with entry `entries[k]` moved up and down. The upstream gradient is
    `names[demand.upstream]`. Then d L / d x is (L(truth[1 + 2*k]) - L(truth[2 + 2*k])) / (2 * entries[k].step). Where
    L(up) - L(drawn) and L(drawn) - L(down) differ by far more than the step explains, the entry is on a kink.

    **properties**: `property` names the law, `options` are its options, evaluated. `grader.checks.properties.laws` says
    what each law's calls are.
    """

    function: str
    check: str
    index: int
    seed: int
    names: Mapping[str, Value]
    calls: tuple[Call, ...]
    truth: tuple[Call, ...]
    property: str = ""
    options: Mapping[str, Value] = {}
    entries: tuple[Entry, ...] = ()


class Call(Struct, frozen=True, kw_only=True, eq=False):
    """A function of a source called by position with plain values, or another `act` on it.

    `grader.execution.worker.acts` lists the acts and what each is `given` beside the arguments. Its result may take
    `room` bytes of the grader's memory (0: what the limits grant to all calls together). `seconds` is roughly how long
    the reference took for it (0: not measured). Where it is `watched`, its outcome says whether it moved the random
    numbers of its caller. The worker makes the calls `beside` it, functions with their arguments, once before and once
    after it, before its result is read; nothing that comes of them is looked at.
    """

    function: str
    arguments: tuple[Value, ...]
    room: int = 0
    seconds: float = 0.0
    watched: bool = False
    beside: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    act: str = "call"
    given: Mapping[str, Value] = {}

    @property
    def more(self) -> Value:
        """All that its act is given beside the arguments."""
        return {name: value for name, value in self.given.items()}  # noqa: C416 (a dict's keys may be numbers, too)

    def inputs(self, parameters: Sequence[str]) -> tuple[tuple[str, Value], ...]:
        """Return what it gets, by name: the arguments, and beside them what is typed, words, files and the like.

        The arguments of an author's module have the `names` that its function has for them.
        """
        files, names = self.given.get("files"), self.given.get("names")
        return (
            *zip(map(str, names) if isinstance(names, list | tuple) else parameters, self.arguments, strict=False),
            *((name, self.given[name]) for name in ("at", "stdin", "args") if self.given.get(name)),
            *((str(name), data) for name, data in (files.items() if isinstance(files, dict) else ())),
        )


class SourceLine(Struct, frozen=True, kw_only=True):
    """One line of the student's own source in a traceback (line of `Source.text`)."""

    line: int
    function: str


class Returned(Struct, frozen=True, kw_only=True, eq=False):
    """The call returned `value`.

    `arguments` are the arguments as they were after the call where any of them changed, else `None`.
    `stdout` is what was printed during this call, cut at the limit; `seconds` wall time as the worker saw it;
    `peak` the worker's peak memory in bytes. `random_moved` says of a watched call that the state of `random` or of
    `numpy.random` was another one after it.
    """

    value: Value
    arguments: tuple[Value, ...] | None = None
    stdout: str = ""
    seconds: float = 0.0
    peak: int = 0
    random_moved: bool = False


class Raised(Struct, frozen=True, kw_only=True):
    """The call raised an exception.

    `type` and `message` are foreign text. `parents` are the names of the exception type's builtin bases, nearest first.
    `frames` are those lines of the traceback that stand in the student's own source, innermost last.
    """

    type: str
    message: str
    parents: tuple[str, ...] = ()
    frames: tuple[SourceLine, ...] = ()
    stdout: str = ""
    seconds: float = 0.0


StopReason: TypeAlias = Literal[
    "timeout",  # wall clock
    "cpu",  # CPU seconds
    "memory",  # memory limit
    "output",  # printed more than the limit by far
    "result",  # returned value too large
    "kind",  # returned something the wire does not carry; `detail` names it
    "exit",  # ended the process itself
    "crash",  # died of a signal; `detail` names it
    "compile",  # its text could not be compiled within the limits
    "forged",  # wrote on the wire what is no answer
    "unreached",  # not run: the function's time was used up by earlier cases
]


class Stopped(Struct, frozen=True, kw_only=True):
    """The call did not end by itself, or what it returned could not be accepted.

    `samples` are the lines of the student's own source it was in, innermost last, each time it was looked at after its
    time was over. They are foreign: a line may be any number.
    """

    reason: StopReason
    detail: str = ""
    stdout: str = ""
    seconds: float = 0.0
    samples: tuple[tuple[SourceLine, ...], ...] = ()


class Absent(Struct, frozen=True, kw_only=True):
    """The loaded source has no such function; `found` is the type of what has the name instead, if anything has."""

    found: str = ""


Outcome: TypeAlias = Returned | Raised | Stopped | Absent


class Task(Struct, frozen=True, kw_only=True, eq=False):
    """A case with its expected outcomes: those of the reference's calls, `case.truth`.

    `want` is empty where they are not known before grading. In a student kit the answer may be `sealed`; and where
    time is measured, the reference runs beside the student's code. `scale` and `noise` are those of `Comparison`.
    """

    case: Case
    want: tuple[Outcome, ...] = ()
    sealed: Sealed | None = None
    scale: float = 0.0
    noise: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Which check the case is of, as `checks_of` names it: its function and its key."""
        return self.case.function, self.case.check


class Happening(Struct, frozen=True, kw_only=True):
    """Something that went wrong while a source was loaded: a statement outside functions failed, a module is missing.

    `kind`: "raised" (detail: `Type: message`), "module" (detail: the module that is not installed),
    "timeout" (the statement was cut off).
    """

    kind: Literal["raised", "module", "timeout"]
    line: int
    detail: str = ""


Category: TypeAlias = Literal[
    "type",  # another kind of object (a list for an array, None for a tuple)
    "length",  # a tuple or list of another length
    "keys",  # a dict with other keys
    "fields",  # a dataclass or structured array with other fields
    "columns",  # a table with other columns, or in another order (then `differing` is 0)
    "rows",  # a table with another number of rows
    "index",  # other row labels, or names of them
    "members",  # a set that holds something else
    "items",  # items missing or too many, where their order does not count
    "shape",
    "empty",  # an empty array where numbers are expected
    "dtype",
    "mask",  # masked in other places
    "nan",  # NaN or infinity in other places
    "values",
    "text",  # another string
    "printed",  # other text was printed; `property` says in what it differs, `index` in which line
    "figure",  # another figure was drawn; `property` says in what way, `index` begins with the plot's number
    "property",  # a property does not hold
    "condition",  # a condition does not hold
    "sealed",  # another answer than the sealed one
    "raised",  # nothing (or something else) was raised where an exception was asked for
    "slow",  # takes longer than it may; `got` was measured, `want` is the most, `property` "ratio", "growth" or "fixed"
]
CATEGORIES: tuple[str, ...] = get_args(Category)
"""Our own categories of mismatches; an installed package may add others."""


class Mismatch(Struct, frozen=True, kw_only=True, eq=False):
    """A difference in one output. `category` is one of `CATEGORIES`, or of an installed package's own.

    `output` names the output by the rubric's names, then by place (`cache.hparameters['pad']`). `got` and `want` are
    the two values at `index` or, for type, shape and dtype, the two words (`(2, 3)`, `float32`). `differing` of `total`
    elements differ; `worst_absolute` and `worst_relative` are over the elements that are finite in both.
    For length and rows, `got` and `want` are the two lengths; for keys, fields, columns, members and items, those too
    many and those missing, as words; for index the first labels of both; for
    raised, the exception's name ("" if the call returned) and the names asked for. `property` is the name
    of the property that does not hold ("" for other checks); of the condition for condition, whose text is `want`, and
    `got` its sides; for sealed, `total` answers
    share a digest; `output` is then an output or an argument's name.
    """

    category: str
    output: str = ""
    index: tuple[int, ...] | None = None
    got: Value = None
    want: Value = None
    differing: int = 0
    total: int = 0
    worst_absolute: float = 0.0
    worst_relative: float = 0.0
    property: str = ""


class Verdict(Struct, frozen=True, kw_only=True, eq=False):
    """One case judged: the `share` of the case that was earned (0 to 1, exact), and the mismatches, most telling first.

    `by_part` is the share earned by each undivided output of the rubric's `returns`. `call` is the index of the call
    that decided, for a case of several calls. `blamed` are the parts that are to blame, likeliest first, where a kind
    of check says so. What one step of a call raised may be what `speaks` for all of it.
    """

    share: Fraction
    mismatches: tuple[Mismatch, ...] = ()
    by_part: tuple[tuple[str, Fraction], ...] = ()
    call: int = 0
    blamed: tuple[str, ...] = ()
    speaks: Raised | None = None


class Trial(Struct, frozen=True, kw_only=True, eq=False):
    """A case with its expected outcomes, the student's outcomes and the verdict.

    `lent` says that the verdict's share was earned with the reference's helpers, and whether it is better or worse than
    with the student's own. Everything else is from the first run, with the student's own helpers.
    """

    task: Task
    got: tuple[Outcome, ...]
    verdict: Verdict
    lent: Literal["", "better", "worse"] = ""

    @property
    def case(self) -> Case:
        """The task's case."""
        return self.task.case

    @property
    def want(self) -> tuple[Outcome, ...]:
        """The reference's outcomes."""
        return self.task.want

    def call_of(self, outcome: Outcome) -> Call:
        """Return the call that an outcome, or what speaks for it, is of."""
        found = (call for call, got in zip(self.case.calls, self.got, strict=False) if got is outcome)
        return next(found, self.case.calls[self.verdict.call])


class Violation(Struct, frozen=True, kw_only=True):
    """A rule of the rubric that a student's text breaks: the line, and what is said of it, without a full stop.

    Where something is missing, the line is that of the `def`.
    """

    message: Message
    at: Span


Containers: TypeAlias = Any
"""The containers around an answer's outputs, as JSON: a lock's index, null where there is no output, or a list that
begins with "t" (tuple), "l" (list) or "d" (dict, then [key, frame] pairs)."""


class Grid(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one number or array of an answer is quantised.

    `dtype` is the reference's (`f8`). The tolerance of an array x is `atol` + `rtol` * max|x|. `phase` says where the
    cells of its logarithm begin, `offset` where those of the values do, in steps; `shifted` are the elements that lie
    half a step on, as bits in hexadecimal, the first element lowest ("": none). `mode` "whole" is for whole numbers
    and truth values, "exact" for numbers without tolerance.
    """

    dtype: str
    mode: Literal["grid", "whole", "exact"] = "grid"
    atol: float = 0.0
    rtol: float = 0.0
    phase: float = 0.0
    offset: float = 0.0
    shifted: str = ""


class Lock(Struct, frozen=True, kw_only=True):
    """One undivided output and the grids of the numbers and arrays within it, in order."""

    output: str
    grids: tuple[Grid, ...]


class Sealed(Struct, frozen=True, kw_only=True):
    """What a student kit holds in place of the expected answer of a hidden case.

    `frame` are its outermost containers, `locks` one lock for each output. `grader.comparison.seals` says how grids are
    laid, and what a seal promises.
    """

    frame: Containers
    locks: tuple[Lock, ...]


class Seal(Struct, frozen=True, kw_only=True):
    """A salted digest of quantised outputs, which are named by their case's place and their lock's.

    It fits only if all outputs that it `covers` are right; then those that it `opens` are known to be right. `cost` is
    the binary logarithm of scrypt's N (0: SHA-256 alone, for outputs that nobody could guess).
    """

    covers: tuple[tuple[int, int], ...]
    opens: tuple[tuple[int, int], ...]
    cost: int
    salt: str
    digest: str


class Lesson(Struct, frozen=True, kw_only=True):
    """What a known mistake of `function` teaches, in a student kit.

    `grids` are those of each public case, in order; `salt`, `cost` and `digest` are as in a seal. `hints` are encrypted
    with a key that follows from the mistake's answers.
    """

    function: str
    grids: tuple[tuple[Grid, ...], ...]
    cost: int
    salt: str
    digest: str
    hints: str
