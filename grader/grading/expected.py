"""A student kit's `expected.json`, which replaces the reference.

It holds cases as they were drawn, the outcomes that are expected of public ones, and seals of the others. Values are
packed as on the wire (`grader.execution.wire`), each once: a JSON node, and the bytes of its arrays in base64.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from grader.errors import EngineError, Fault, RubricError, Span, UsageError
from grader.language import inert, say
from grader.model import Call, Case, Entry, Outcome, Raised, Returned, Signature, Task
from grader.model.outcome import Lesson, Seal, Sealed

if TYPE_CHECKING:
    from grader.model import Value

SCHEMA = "grade/expected/v1"
MOST_BYTES = 256 << 20

Places: TypeAlias = tuple[int, ...]
"""Places in a case's list of values."""


class Expected(Struct, frozen=True, kw_only=True, eq=False):
    """The signatures of a reference, and the tasks of the kit.

    What is expected of a hidden case is sealed; the `seals` name tasks by their places. `given` are digests of what the
    stubs hold.
    """

    signatures: Mapping[str, Signature]
    tasks: tuple[Task, ...]
    seals: tuple[Seal, ...] = ()
    given: Mapping[str, str] = {}
    lessons: tuple[Lesson, ...] = ()


class _Raised(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    type: str
    parents: tuple[str, ...] = ()


class _Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A case; only its last call is `watched` or has others `beside` it."""

    function: str
    check: str
    index: int
    property: str = ""
    names: dict[str, int]
    calls: tuple[tuple[str, Places], ...]
    acts: tuple[tuple[str, int], ...] = ()
    watched: bool = False
    beside: tuple[tuple[str, Places], ...] = ()
    options: dict[str, int] = {}
    entries: tuple[Entry, ...] = ()
    want: tuple[int | _Raised, ...] = ()
    sealed: Sealed | None = None
    scale: float = 0.0
    noise: tuple[str, ...] = ()
    node: Any
    data: str = ""


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    schema: str
    functions: dict[str, Signature]
    cases: tuple[_Case, ...]
    seals: tuple[Seal, ...] = ()
    given: dict[str, str] = {}
    lessons: tuple[Lesson, ...] = ()


def dump(expected: Expected) -> bytes:
    """Return the bytes of the file; the same tasks give the same bytes."""
    cases = tuple(map(_packed, expected.tasks))
    file = _File(
        schema=SCHEMA,
        functions=dict(expected.signatures),
        cases=cases,
        seals=expected.seals,
        given=dict(expected.given),
        lessons=expected.lessons,
    )
    lines = msgspec.json.encode(file)
    for start in (b'{"function":', b'{"covers":'):
        lines = lines.replace(start, b"\n" + start)
    return lines + b"\n"


def load(path: Path) -> Expected:
    """Return what the file at `path` holds. Raises RubricError if it is damaged, UsageError if it cannot be read."""
    try:
        with path.open("rb") as stream:
            return read(stream.read(MOST_BYTES), str(path))
    except OSError as error:
        why = inert(error.strerror or "")
        raise UsageError(say("{path} cannot be read: {why}", path=inert(str(path)), why=why)) from error


def read(data: bytes, path: str = "") -> Expected:
    """Return what the bytes of a file hold. Raises RubricError if they are damaged."""
    from grader.values import Forged

    try:
        file = msgspec.json.decode(data, type=_File)
        if file.schema != SCHEMA:
            raise ValueError(file.schema)
        tasks = tuple(map(_unpacked, file.cases))
    except (msgspec.DecodeError, Forged, ValueError, IndexError, RecursionError) as error:
        hint = say("Get the kit again; the file is made by `grade release` and never edited.")
        message = say("The expected results cannot be read: {why}", why=inert(str(error), 200))
        raise RubricError([Fault(at=Span(path=path), message=message, hint=hint)]) from error
    return Expected(signatures=file.functions, tasks=tasks, seals=file.seals, given=file.given, lessons=file.lessons)


def select(
    tasks: Sequence[Task], seals: Sequence[Seal], wanted: Callable[[Task], bool]
) -> tuple[tuple[Task, ...], tuple[Seal, ...]]:
    """Return the tasks that are wanted, and the seals of these with the new places."""
    chosen = [place for place, task in enumerate(tasks) if wanted(task)]
    new = {place: index for index, place in enumerate(chosen)}

    def moved(places: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        return tuple((new[place], lock) for place, lock in places)

    kept = tuple(
        replace(seal, covers=moved(seal.covers), opens=moved(seal.opens))
        for seal in seals
        if all(place in new for place, _ in seal.covers)
    )
    return tuple(tasks[place] for place in chosen), kept


class _Values:
    """The values of one case, each once; two are the same if they are the same object, as for the judges."""

    def __init__(self) -> None:
        self.all: list[Value] = []
        self._places: dict[int, int] = {}

    def place(self, value: Value) -> int:
        """Return where `value` stands."""
        known = self._places.setdefault(id(value), len(self.all))
        if known == len(self.all):
            self.all.append(value)
        return known

    def places(self, values: Sequence[Value]) -> Places:
        """Return where each of `values` stands."""
        return tuple(map(self.place, values))


def _packed(task: Task) -> _Case:
    from base64 import b64encode

    from grader.values import Oversized, Refused, pack

    case, values = task.case, _Values()
    names = {name: values.place(value) for name, value in case.names.items()}
    calls = tuple((call.function, values.places(call.arguments)) for call in case.calls)
    acts = _acts(case, values)
    beside = tuple((name, values.places(given)) for call in case.calls for name, given in call.beside)
    options = {name: values.place(value) for name, value in case.options.items()}
    expected = tuple(_wanted(outcome, values) for outcome in task.want)
    try:
        packed = pack(tuple(values.all), MOST_BYTES)
    except (Refused, Oversized) as error:
        raise EngineError(say("A case of {function} cannot be written down.", function=case.function)) from error
    return _Case(
        function=case.function,
        check=case.check,
        index=case.index,
        property=case.property,
        names=names,
        calls=calls,
        acts=acts,
        watched=any(call.watched for call in case.calls),
        beside=beside,
        options=options,
        entries=case.entries,
        want=expected,
        sealed=task.sealed,
        scale=task.scale,
        noise=task.noise,
        node=packed.node,
        data=b64encode(b"".join(packed.buffers)).decode("ascii"),
    )


def _acts(case: Case, values: _Values) -> tuple[tuple[str, int], ...]:
    """Return each call's act, and where stands what it is given; nothing where all are calls and given nothing."""
    if all(call.act == "call" and not call.given for call in case.calls):
        return ()
    return tuple((call.act, values.place(call.more)) for call in case.calls)


def _wanted(outcome: Outcome, values: _Values) -> int | _Raised:
    if isinstance(outcome, Returned):
        return values.place(outcome.value)
    if isinstance(outcome, Raised):
        return _Raised(type=outcome.type, parents=outcome.parents)
    raise EngineError(say("The reference's answer to a public case cannot be written down."))


def _unpacked(one: _Case) -> Task:
    from base64 import b64decode

    from grader.values import unpack

    values = unpack(one.node, b64decode(one.data, validate=True))

    def given(places: Places) -> tuple[Value, ...]:
        return tuple(values[place] for place in places)

    calls = [Call(function=function, arguments=given(places)) for function, places in one.calls]
    calls[: len(one.acts)] = [
        replace(call, act=act, given=values[more]) for call, (act, more) in zip(calls, one.acts, strict=False)
    ]
    beside = tuple((name, given(places)) for name, places in one.beside)
    calls[-1:] = [replace(call, watched=one.watched, beside=beside) for call in calls[-1:]]
    case = Case(
        function=one.function,
        check=one.check,
        index=one.index,
        seed=0,
        names={name: values[place] for name, place in one.names.items()},
        calls=tuple(calls),
        truth=(),
        property=one.property,
        options={name: values[place] for name, place in one.options.items()},
        entries=one.entries,
    )
    want: tuple[Outcome, ...] = tuple(
        Returned(value=values[each])
        if isinstance(each, int)
        else Raised(type=each.type, message="", parents=each.parents)
        for each in one.want
    )
    return Task(case=case, want=want, sealed=one.sealed, scale=one.scale, noise=one.noise)
