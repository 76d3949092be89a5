"""Steps: a training in a module of the author's, with the student's functions, followed loss by loss.

The module composes the functions: forward, loss, backward, update. It is run where the student's code runs, and again
with the reference's; what it lists, a number or a row of numbers for each step, is compared here, in the grader's
process. So a gradient that is twice as long costs points where an accuracy would not show it.

The rubric's tolerance is kept. Between loops and `tensordot`, the losses of a convolutional network (3×3, ReLU, max
pool 2×2, softmax) differ by 3e-15 at most in 12 steps; by 1e-12 with steps so long that the training fails.
"""

from __future__ import annotations

import ast
import importlib.util
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from grader.checks.authored import imports, read_authored, used
from grader.checks.kind import Keeping, Kind
from grader.errors import Fault, Span
from grader.language import Bilingual, Message, inert, say, say_count
from grader.model import (
    Call,
    Case,
    Check,
    Comparison,
    Mismatch,
    Outcome,
    Part,
    Problem,
    Returned,
    Subject,
    Value,
    Verdict,
)
from grader.values import compared_as, leaves, shown

if TYPE_CHECKING:
    from typing import Self

    from grader.cases.recipe import Inputs
    from grader.cases.recipe import Subject as Tried
    from grader.cases.scrutiny import Vocabulary
    from grader.reading.nodes import Log, Node
    from grader.reading.tables import Entries, Key

FLOOR = 1e-12
"""What a loss may differ by beside the tolerance, of the largest: one that has come down to 0 is rounding noise."""


class AuthorModule(Struct, frozen=True, kw_only=True):
    """The text of a Python file of the author's, and the SHA-256 of its bytes; `at` is the file."""

    name: str
    text: str
    digest: str
    at: Span

    def parameters(self, function: str) -> Mapping[str, bool] | None:
        """Return what a function takes and whether it has to be given; `None` where there is no such function."""
        return _functions(self.text).get(function)


@lru_cache(maxsize=8)
def _functions(text: str) -> Mapping[str, Mapping[str, bool]]:
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            given = node.args
            plain, last = given.args, len(given.args) - len(given.defaults)
            found[node.name] = {each.arg: place < last for place, each in enumerate(plain)} | {
                each.arg: default is None for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
            }
    return found


class Steps(Kind, frozen=True, kw_only=True):
    """A training in the author's `module`, whose `function` lists a loss for each step, compared step by step.

    In a student's kit there is no module: the calls of its public cases hold the text.
    """

    module: AuthorModule | None = None
    function: str = "losses"

    kind: ClassVar[str] = "steps"
    subject: ClassVar[Subject] = "training"
    title: ClassVar[Bilingual] = Bilingual("训练的每一步", "training steps")
    about: ClassVar[Bilingual] = Bilingual(
        "用学生的函数训练几步，每一步的损失都与参考实现比较：检查名",
        "a few steps of training with the student's functions, each loss against the reference's: the check's name",
    )
    cases: ClassVar[int] = 2
    pictured: ClassVar[bool] = True
    keeping: ClassVar[Keeping] = "stepwise"
    weight: ClassVar[int] = 2

    @classmethod
    def own_keys(cls) -> tuple[Key[Any], ...]:
        """Return `module` and `function`."""
        return _module_key(), _function_key()

    @classmethod
    def read(cls, entries: Entries) -> Self | None:
        """Return the training; `None` where a key could not be read."""
        if any(entries.has(key) and entries.get(key) is None for key in cls.own_keys()):
            return None
        return cls(module=entries.get(_module_key()), function=entries.get(_function_key(), "losses"))

    def disagreeing(self, entries: Entries, at: Span, returns: tuple[Part, ...], log: Log) -> None:
        """Record a function that the module does not have."""
        if self.module is None or self.module.parameters(self.function) is not None:
            return
        key = next(key for key in (_function_key(), _module_key()) if entries.has(key))
        log.add(
            entries.place(key), say("`{path}` has no function `{name}`.", path=self.module.name, name=self.function)
        )

    def examine(self, problem: Problem, check: Check, scope: Vocabulary) -> Iterator[Fault]:
        """Yield that there is no module, that it does not import the source, and what it takes that is not drawn."""
        if self.module is None:
            message = say("A check of steps needs the module that trains with the functions.")
            yield Fault(at=check.at, message=message, hint=say("Name the file: {example}", example="module: digits.py"))
            return
        if not scope.source.isidentifier():
            message = say("No module can import a file called {name}.", name=f"{scope.source}.py")
            yield Fault(at=check.at, message=message, hint=say("Give `submission` a name like cnn.py."))
        elif not imports(self.module.text, scope.source):
            message = say("{file} does not import {name}, so it uses nothing of what students write.",
                          file=self.module.name, name=scope.source)  # fmt: skip
            example = f"import {scope.source}"
            yield Fault(at=check.at, message=message, hint=say("Import their functions: {example}", example=example))
        for name, needed in (self.module.parameters(self.function) or {}).items():
            if needed and name not in scope.known and not scope.open:
                message = say("`{function}` takes `{name}`, which is never drawn.", function=self.function, name=name)
                yield Fault(at=check.draw.at, message=message)

    def call(self, subject: Tried, inputs: Inputs) -> Call:
        """Return the run of the module, its function called with what was drawn."""
        assert self.module is not None  # `examine` says so before anything is drawn
        names = [name for name in self.module.parameters(self.function) or {} if name in inputs.names]
        given: dict[str, Any] = {
            **subject.files(inputs.names),
            "module": self.module.text,
            "file": f"<{self.module.name}>",  # a student's own file may have the same name
            "source": subject.source,
            "run": self.function,
            "names": names,
        }
        arguments = tuple(inputs.names[name] for name in names)
        return Call(function=subject.problem.function, arguments=arguments, act="steps", given=given)

    def uses(self, functions: Collection[str], source: str) -> tuple[str, ...] | None:
        """Return which of these functions the training uses."""
        if self.module is None:
            return None
        taken = used(self.module.text, self.function, source)
        return tuple(name for name in functions if name in taken)

    def made_from(self) -> tuple[tuple[str, str], ...]:
        """Return the module's file with its digest."""
        return () if self.module is None else ((self.module.at.path, self.module.digest),)

    def judge(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
    ) -> Verdict:
        """Return the verdict: the steps before the first that differs, of all steps."""
        from grader.comparison.outputs import reference_values

        (truth,) = reference_values(check, case.function, want)
        theirs = _listed(truth)
        if not isinstance(got[0], Returned):
            return Verdict(share=Fraction(0))
        mine = _listed(got[0].value)
        agreed, wrong = _followed(mine, theirs, _rules(check.compare, theirs))
        if wrong is not None:
            return Verdict(share=Fraction(agreed, len(theirs)), mismatches=(replace(wrong, output=self.function),))
        if len(mine) == len(theirs):
            return Verdict(share=Fraction(1))
        length = Mismatch(category="length", got=len(mine), want=len(theirs))
        return Verdict(share=Fraction(agreed, max(len(mine), len(theirs))), mismatches=(length,))

    def unfit(self, check: Check, returns: tuple[Part, ...], case: Case, want: Value) -> Iterator[Fault]:
        """Yield why no training can be followed by what the reference's gives."""
        steps = _listed(want)
        numbers = [_numbers(step) for step in steps]
        if len(steps) < 2 or not all(numbers):
            message = say("{function} is to give a number, or a row of numbers, for each of two steps or more.",
                          function=self.function)  # fmt: skip
            yield Fault(at=check.at, message=message)
        elif not all(math.isfinite(each) for step in numbers for each in step):
            message = say("With the reference the loss is not finite in case {number}.", number=case.index + 1)
            yield Fault(at=check.at, message=message, hint=say("Take smaller steps, or smaller numbers."))
        elif _followed(steps, [steps[0]] * len(steps), _rules(check.compare, steps))[1] is None:
            message = say("With the reference no loss of case {number} differs from the first by more than the "
                          "tolerance, so no wrong gradient could be noticed.", number=case.index + 1)  # fmt: skip
            yield Fault(at=check.at, message=message, hint=say("Take larger steps, or more of them."))

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return up to which step the losses agree, and where to look; the numbers of a public case only."""
        if mismatch.category == "length":
            if not public:
                return say("The training has another number of steps than is expected.")
            return say("The training has {got} steps, but {want} are expected.",
                       got=str(mismatch.got), want=str(mismatch.want))  # fmt: skip
        if not mismatch.index:
            return None
        right = mismatch.index[0]
        if public:
            said = _told(right, *_apart(mismatch.got, mismatch.want))
        elif right:
            said = say_count("The losses agree for {count} step, and then no longer.",
                             "The losses agree for {count} steps, and then no longer.", right)  # fmt: skip
        else:
            said = say("The first loss is wrong already.")
        return say("{said} {where}", said=said, where=_WHERE[min(right, 2)])

    def reads(self) -> frozenset[str]:
        """Return the drawn names that the module's function takes."""
        return frozenset(self.module.parameters(self.function) or ()) if self.module is not None else frozenset()

    def written(self) -> Mapping[str, str]:
        """Return the function; the module stands in the calls."""
        return {"function": self.function}


_WHERE = (
    say("No gradient was used before it, so look at the forward direction."),
    say("The forward direction gave the right loss, and then a gradient was used: look at the backward direction, and "
        "whether a function changes what it is given."),
    say("The first gradient was right. Look for what a step leaves behind for the next (an argument that is changed, a "
        "value that is kept), and for a gradient that is wrong for some numbers only."),
)  # fmt: skip


def _told(right: int, got: str, want: str) -> Message:
    if not right:
        return say("The first loss is {got}, but {want} is expected.", got=got, want=want)
    return say_count(
        "The losses agree for {count} step; at step {step} yours is {got}, but {want} is expected.",
        "The losses agree for {count} steps; at step {step} yours is {got}, but {want} is expected.",
        right,
        step=right + 1,
        got=got,
        want=want,
    )


def _apart(got: Value, want: Value) -> tuple[str, str]:
    """Return two numbers in just enough digits to differ; anything else in a few words."""
    for digits in (6, 9, 12, 17):
        mine, theirs = (inert(each if isinstance(each, str) else shown(each, digits), 80) for each in (got, want))
        if mine != theirs:
            break
    return mine, theirs


def _listed(value: Value) -> list[Value]:
    """Return the steps of what a worker sent, which is always a list; of anything else there are none."""
    return value if isinstance(value, list) else []


def _numbers(step: Value) -> list[float]:
    """Return the numbers of a step, nothing where it is no number and no row of numbers."""
    import numpy as np

    found: list[Any] = []
    for _, each in leaves(step):
        found += np.ravel(each).tolist() if compared_as(each) == "number" else [None]
    return found if all(type(each) in (int, float) for each in found) else []


def _rules(rule: Comparison, wanted: Sequence[Value]) -> Sequence[Comparison]:
    """Return how each step is compared: its numbers alone count, by the rule's tolerance of the step itself."""
    sizes = [max((abs(each) for each in _numbers(step)), default=0.0) for step in wanted]
    plain = Comparison(rtol=rule.rtol, atol=rule.atol, dtype="any", size_one=True, nan_equal=rule.nan_equal)
    if rule.atol is not None:
        return [plain] * len(sizes)
    return [replace(plain, atol=rule.rtol * size + FLOOR * max(sizes)) for size in sizes]


def _followed(got: Sequence[Value], want: Sequence[Value], rules: Sequence[Comparison]) -> tuple[int, Mismatch | None]:
    """Return how many steps agree from the first on, and the first that does not."""
    from grader.comparison.values import differences

    agreed = 0
    for mine, theirs, rule in zip(got, want, rules, strict=False):
        if found := differences(mine, theirs, rule):
            first = found[0]
            return agreed, replace(first, index=(agreed, *(first.index or ())), property="")
        agreed += 1
    return agreed, None


def _module_key() -> Key[AuthorModule]:
    from grader.reading.scalars import Type
    from grader.reading.tables import Key

    return Key(
        name="module",
        type=Type(read=_module, schema={"type": "string", "pattern": r"^.+\.py$"}),
        zh="用学生的函数做训练的 Python 文件；它按 submission 的文件名导入学生的函数，如 from cnn import conv_forward",
        en="the Python file that trains with the student's functions; it imports them by the name of the `submission`, "
        "like from cnn import conv_forward",
    )


def _function_key() -> Key[str]:
    from grader.reading.scalars import IDENTIFIER
    from grader.reading.tables import Key

    return Key(
        name="function",
        type=IDENTIFIER,
        zh="文件里的函数，参数取抽到的名字，返回每一步的损失（一个数，或者一行数）的列表；默认 losses",
        en="its function: it takes drawn names, and returns a list of losses, a number or a row of numbers for each "
        "step; losses if left out",
    )


def _module(node: Node, log: Log) -> AuthorModule | None:
    from grader.reading.nodes import Scalar

    file = node.text if isinstance(node, Scalar) else ""
    if not file.endswith(".py"):
        log.expected(say("a Python file, like `digits.py`"), node)
        return None
    authored = read_authored(file, node, log)
    if authored is None:
        return None
    text = importlib.util.decode_source(authored.data)
    return AuthorModule(
        name=authored.path.name, text=text, digest=sha256(authored.data).hexdigest(), at=Span(path=str(authored.path))
    )
