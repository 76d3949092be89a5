"""What a kind of check is: its keys in a rubric, what it draws, how it judges, what it shows to whom.

A kind is one class, and what one check asks for is a frozen instance of it (`Check.demand`). Every stage asks this
class; no stage asks which kind a check is. `grader.checks` lists our own kinds. An installed package adds its own by an
entry point in the group `pingfen.checks`, whose name is the kind's:

    [project.entry-points."pingfen.checks"]
    shape = "my_package:Shape"

Of all that a kind returns only the calls of its cases go to a student's process. Their arguments are drawn by the
rubric. Expected values are given to `judge` alone, in the grader's process, after the student's calls are over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from msgspec import Struct

from grader.language import Bilingual, Message, inert, say
from grader.model import (
    Call,
    Case,
    Check,
    Demand,
    Entry,
    Mismatch,
    Outcome,
    Part,
    Problem,
    Submission,
    Trial,
    Value,
    Violation,
    Visibility,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from grader.cases.recipe import Inputs, Subject
    from grader.cases.scrutiny import Vocabulary
    from grader.checks.timing import Bench, Timing, Turn
    from grader.errors import Fault, Span
    from grader.reading.nodes import Log
    from grader.reading.tables import Entries, Key
    from grader.submission.costs import TimeLeft

Keeping: TypeAlias = Literal["sealed", "hollow", "guessable", "beside", "conditions", "stepwise"]
"""What a student's kit may hold of a hidden check.

"sealed": the answers, sealed. "hollow": the containers and the first axis of what the reference returns.
"guessable": nothing, since an answer could be guessed. "beside": nothing, since the reference has to run beside the
student's code. "conditions": nothing, since they have to be computed of what came back. "stepwise": nothing, since the
first step that differs decides.
"""


class Sealable(Struct, frozen=True, kw_only=True, eq=False):
    """What a student's kit is to hold of a case that compares something other than the value that is returned.

    `outputs` are arrays of numbers to seal, by name, each with the largest difference that is allowed in it. `names`
    and `entries` are what the case needs of these to be judged; nothing in them may tell an answer.
    """

    outputs: tuple[tuple[str, Any, float], ...]
    names: Mapping[str, Value] = {}
    entries: tuple[Entry, ...] = ()


class Kind(Demand, frozen=True, kw_only=True):
    """One kind of check. The fields are what a check of it asks for, each named as its key in the rubric.

    How it earns and what the stages may assume of it (`weight`, `telling`, `compares`, …) stands in `Demand`.
    `kind`, `title`, `about` and `judge` have to be written, `own_keys` where the kind has any, and `timing` where it is
    timed; all else has a default that suits a kind whose cases are single calls.
    """

    title: ClassVar[Bilingual]
    """The kind in a word, for reports."""
    about: ClassVar[Bilingual]
    """The sentence about its key; it ends with what the key's value is, the check's name."""
    cases: ClassVar[int] = 3
    """How many cases are drawn where a check does not say."""
    visibility: ClassVar[Visibility] = "hidden"
    """Who may see a check that does not say."""
    borrows: ClassVar[bool] = False
    """A check without a `draw` of its own takes that of the first check that compares values."""
    extendable: ClassVar[bool] = True
    """`audit` may suggest more cases of it, or other draws. Otherwise it suggests a check of values beside it."""
    portable: ClassVar[bool] = True
    """A student's kit may hold its public cases. Not so where they need more than the Python that grades a kit has."""
    keeping: ClassVar[Keeping] = "guessable"
    """What a student's kit may hold of it where it is hidden."""

    @classmethod
    def own_keys(cls) -> tuple[Key[Any], ...]:
        """Return the keys of its own, beside those that every kind has.

        A kind whose own key holds more than the check's name has a key of that name here; its name is then `name`.
        """
        return ()

    @classmethod
    def read(cls, entries: Entries) -> Self | None:
        """Return what was written behind the keys of its own; `None` where one of them could not be read."""
        own = cls.own_keys()
        if any((key.required or entries.has(key)) and entries.get(key) is None for key in own):
            return None
        return cls(**{key.name: entries.get(key) for key in own if entries.has(key)})

    def label(self) -> str:
        """Return what a check is called that has no name, "" for the kind's title."""
        return ""

    def disagreeing(self, entries: Entries, at: Span, returns: tuple[Part, ...], log: Log) -> None:
        """Record what is wrong with its keys together, or with the function's outputs; `at` is the check's name."""

    def examine(self, problem: Problem, check: Check, scope: Vocabulary) -> Iterator[Fault]:
        """Yield what is wrong with its own expressions; `scope` has the names that they may use once all is drawn."""
        return iter(())

    def unfit(self, check: Check, returns: tuple[Part, ...], case: Case, want: Value) -> Iterator[Fault]:
        """Yield why a case cannot be judged beside what the reference returned, before any submission is."""
        return iter(())

    def draw(self, subject: Subject) -> list[Case]:
        """Return its cases; `truth` are the reference's calls, () where `judge` needs none.

        Raises RubricError for a draw that cannot be made.
        """
        drawn = ((inputs, (self.call(subject, inputs),)) for inputs in subject.recipe.draw(subject.check.cases))
        return [subject.case(inputs, calls=one, truth=one) for inputs, one in drawn]

    def call(self, subject: Subject, inputs: Inputs) -> Call:
        """Return the call that a case of these inputs is, for a kind that draws single calls. Raises RubricError."""
        return subject.call(inputs.names)

    def violations(
        self, student: Submission, function: str, graded: Sequence[str], time_left: TimeLeft | None = None
    ) -> tuple[Violation, ...] | None:
        """Return where a function's text breaks it, for a kind that is not `drawn`; `None` where there is no text."""
        return ()

    def price(self, violations: int) -> Fraction:
        """Return what fraction of the check so many `violations` cost, at most 1."""
        return Fraction(min(1, violations))

    def timing(self, problem: Problem, check: Check, cases: Sequence[Case], bench: Bench) -> Timing:
        """Return its cases timed once on `bench`; a kind that is `timed` has to write it.

        Raises RubricError where the reference does not return.
        """
        raise NotImplementedError

    def misfits(self, problem: Problem, turns: Sequence[Turn]) -> Iterator[Message]:
        """Yield why its limits of time do not fit the reference, which was timed beside itself in `turns`."""
        return iter(())

    def unnoticed(self, turns: Sequence[Turn]) -> Iterator[Message]:
        """Yield what its limits of time cannot notice; that is no fault."""
        return iter(())

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return what a student reads of a mismatch; `None` for the general sentence.

        Of a hidden check nothing may be told that comes from its inputs or its expected values; `mismatch.output` is
        already cut to what may be.
        """
        return None

    def labelled(self, returns: tuple[Part, ...], case: Case, value: Value) -> tuple[tuple[str, str], ...]:
        """Return lines that a public case prints of a returned `value`, each as its label and its text."""
        return ()

    def steps_in(self, case: Case) -> int:
        """Return how many steps a case has that may be left out to see whether fewer fail as well."""
        return 0

    def shorter(self, case: Case, kept: Sequence[int]) -> Case:
        """Return a case with these of its steps alone; a kind whose cases have steps has to write it."""
        raise NotImplementedError

    def fair(self, case: Case, shorter: Case, want: Outcome, came: Outcome) -> bool:
        """Return whether a shorter case asks for nothing that the whole one does not; `came` is the reference's."""
        return True

    def told(self, check: Check, trial: Trial) -> tuple[tuple[str, str, str], ...]:
        """Return the steps of a failing public case up to the first wrong one.

        Each is a line of code, with what is expected of it and what came ("" for what is as expected).
        """
        return ()

    def culprit(self, check: Check, trials: Sequence[Trial]) -> str:
        """Return the part of what is graded that is to blame for these trials, "" where none is known."""
        return ""

    def alike(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], other: Sequence[Outcome]
    ) -> bool:
        """Return whether two outcomes of a case are the same to this check, right or wrong: then it is one mistake."""
        from grader.errors import RubricError

        try:
            return self.judge(check, returns, case, got, other).share == 1
        except RubricError:  # the other does not do what a reference must
            return False

    def asked(self, case: Case) -> list[Message | str]:
        """Return what is asked of a case, in a few words each; nothing where it is the value of the reference."""
        return []

    def described(self) -> list[Message]:
        """Return a sentence for each thing that the check as a whole asks for."""
        return []

    def reads(self) -> frozenset[str]:
        """Return the drawn names, besides parameters, that a public case is shown and judged by."""
        return frozenset()

    def sealable(self, check: Check, case: Case, want: Sequence[Value]) -> Sealable | None:
        """Return what is to be sealed of a case; `None` for the value that the reference returns."""
        return None

    def written(self) -> Mapping[str, str]:
        """Return its own keys with their YAML for a student's kit, without those that say how its cases are drawn.

        `grader.reading.writing` writes YAML.
        """
        return {}


def kind_of(check: Check) -> Kind:
    """Return what a check asks for, as its kind."""
    assert isinstance(check.demand, Kind)  # the reader makes no other demands
    return check.demand


def led(output: str, sentence: Message) -> Message:
    """Return a sentence with the name of the output that it speaks of in front, if it has one."""
    return say("{output}: {said}", output=inert(output, 80), said=sentence) if output else sentence
