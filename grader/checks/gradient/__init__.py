"""Gradients: the student's backward function against central differences of the reference's forward function."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from grader.checks.kind import Keeping, Kind, Sealable
from grader.language import Bilingual, Message, say, say_count
from grader.model import Case, Check, Expression, Outcome, Part, Problem, Returned, Value, Verdict

if TYPE_CHECKING:
    from typing import Self

    from grader.cases.recipe import Subject
    from grader.cases.scrutiny import Vocabulary
    from grader.errors import Fault, Span
    from grader.reading.nodes import Log
    from grader.reading.scalars import Word
    from grader.reading.tables import Entries, Key


class Gradient(Kind, frozen=True, kw_only=True):
    """The student's backward function against central differences of the reference's forward.

    With `of` the forward call (its first output, if it returns a tuple or list) and `upstream` the drawn name of
    dL/d(output), the scalar is L = sum(upstream * forward); without `upstream` ("") the forward output is itself the
    scalar loss L. `wrt` pairs an output of the backward function with the drawn input it is the gradient of. At most
    `entries` entries of each gradient are differenced, `step` apart (central: f(x+h) - f(x-h) over 2h, error O(h^2)).
    """

    of: Expression
    upstream: str = ""
    wrt: tuple[tuple[str, str], ...]
    step: float = 1e-5
    entries: int = 24

    kind: ClassVar[str] = "gradient"
    title: ClassVar[Bilingual] = Bilingual("梯度", "gradient")
    about: ClassVar[Bilingual] = Bilingual("与数值梯度比较：检查名", "against numerical gradients: the check's name")
    cases: ClassVar[int] = 2
    borrows: ClassVar[bool] = True
    weight: ClassVar[int] = 2
    keeping: ClassVar[Keeping] = "sealed"

    @classmethod
    def own_keys(cls) -> tuple[Key[Any], ...]:
        """Return `of`, `wrt`, `upstream`, `step` and `entries`."""
        from grader.reading.draws import EXPRESSION
        from grader.reading.scalars import IDENTIFIER, WORD, number, whole
        from grader.reading.tables import Key, mapping_of

        return (
            Key(
                name="of",
                type=EXPRESSION,
                zh="参考实现的前向调用，如 conv_forward(A_prev, W, b)",
                en="the reference's forward call, like conv_forward(A_prev, W, b)",
                required=True,
            ),
            Key(
                name="wrt",
                type=mapping_of(WORD, say("a mapping from outputs to inputs, like `{{dW: W}}`")),
                zh="反向函数的哪个输出是对哪个输入的梯度",
                en="which output of the backward function is the gradient with respect to which input",
                required=True,
            ),
            Key(
                name="upstream",
                type=IDENTIFIER,
                zh="上游梯度（损失对前向输出的导数）抽取时的名字；不写则前向输出本身就是标量损失",
                en="the drawn name of the upstream gradient, dL/d(output); "
                "left out where the forward output is the loss itself",
            ),
            Key(
                name="step",
                type=number(0, 1, above=True),
                zh="差分步长；默认 1e-5",
                en="step of the differences; 1e-5 if left out",
            ),
            Key(
                name="entries",
                type=whole(1, 10_000),
                zh="每个梯度最多检验多少个元素；默认 24",
                en="most entries of each gradient that are differenced; 24 if left out",
            ),
        )

    @classmethod
    def read(cls, entries: Entries) -> Self | None:
        """Return the check; a step or a number of entries that could not be read is the default one."""
        named = {key.name: key for key in cls.own_keys()}
        of, wrt, upstream, step, most = (entries.get(key) for key in named.values())
        if of is None or wrt is None or (upstream is None and entries.has(named["upstream"])):
            return None
        pairs = tuple((output.text, given.text) for output, given in wrt)
        return cls(of=of, wrt=pairs, upstream=upstream or "", step=step or 1e-5, entries=most or 24)

    def disagreeing(self, entries: Entries, at: Span, returns: tuple[Part, ...], log: Log) -> None:
        """Record gradients of outputs that `returns` lacks; without `returns` there is one output, of any name."""
        from grader.reading.nodes import did_you_mean, quoted

        wrt: Sequence[tuple[Word, Word]] = entries.get(self.own_keys()[1], ())
        if not returns:
            if len(wrt) > 1:
                message = say("`wrt` names several outputs, but the function has no `returns`.")
                log.add(wrt[1][0].at, message, say("Name its outputs: returns: {{dX: 50%, dW: 50%}}"))
            return
        names = [part.name for part in returns]
        for output, _ in wrt:
            if output.text not in names:
                hint = did_you_mean(log.nearest(output.text, names))
                log.add(output.at, say("`{name}` is not an output named in `returns`.", name=quoted(output.text)), hint)

    def examine(self, problem: Problem, check: Check, scope: Vocabulary) -> Iterator[Fault]:
        """Yield what is wrong with `of`, `upstream` and `wrt`."""
        from grader.checks.gradient.drawing import examine

        return examine(self, check, scope)

    def draw(self, subject: Subject) -> list[Case]:
        """Return the cases: one backward call each, and the reference's forward calls around each chosen entry."""
        from grader.checks.gradient.drawing import gradient_case

        return [gradient_case(subject, self, inputs) for inputs in subject.recipe.draw(subject.check.cases)]

    def judge(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
    ) -> Verdict:
        """Return the verdict: each output in `wrt` earns its share of `returns`; these are scaled to add up to 1."""
        from grader.checks.gradient import judging
        from grader.comparison.outputs import reference_values

        forward = reference_values(check, case.truth[0].function if case.truth else case.function, want)
        if not isinstance(got[0], Returned):
            return judging.stopped(self, returns)
        return judging.judge(check, self, returns, case, got[0].value, forward)

    def taken(self, check: Check, returns: tuple[Part, ...], case: Case, value: Value) -> Mapping[str, Value]:
        """Return the entries that the case looks at, shape (entries,), of each gradient whose form is right."""
        from grader.checks.gradient.judging import taken

        found = {output: taken(check, self, returns, case, value, output) for output, _ in self.wrt}
        return {output: entries for output, entries in found.items() if entries is not None}

    def opened(self, returns: tuple[Part, ...], value: Value, right: Collection[str]) -> Verdict:
        """Return the verdict where it is known which outputs are right."""
        from grader.checks.gradient.judging import sealed

        return sealed(self, returns, value, right)

    def sealable(self, check: Check, case: Case, want: Sequence[Value]) -> Sealable:
        """Return the derivatives where there are any, and zeros in the shape of each input."""
        from grader.checks.gradient.judging import sealable

        return sealable(check, self, case, want)

    def asked(self, case: Case) -> list[Message | str]:
        """Return at how many entries each gradient is differenced."""
        counts: dict[str, int] = {}
        for entry in case.entries:
            counts[entry.output] = counts.get(entry.output, 0) + 1
        return [say_count("{name} at {count} entry", "{name} at {count} entries", n, name=k) for k, n in counts.items()]

    def reads(self) -> frozenset[str]:
        """Return the upstream gradient's name, and the inputs'."""
        return frozenset({self.upstream, *(name for _, name in self.wrt)})

    def written(self) -> Mapping[str, str]:
        """Return the forward call and what is the gradient of what."""
        from grader.reading.writing import flow_mapping, scalar

        upstream = {"upstream": self.upstream} if self.upstream else {}
        return {"of": scalar(self.of.text), "wrt": flow_mapping(self.wrt), **upstream}
