"""What a function prints, compared with what the reference prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from grader.checks.kind import Kind, led
from grader.language import Bilingual, Message, inert, say
from grader.model import Call, Case, Check, Mismatch, Outcome, Part, Problem, Returned, TextTemplate, Value, Verdict
from grader.model.rubric import Output

if TYPE_CHECKING:
    from grader.cases.recipe import Inputs, Subject
    from grader.cases.scrutiny import Vocabulary
    from grader.errors import Fault, Span
    from grader.reading.nodes import Log
    from grader.reading.tables import Entries, Key


class Printed(Kind, frozen=True, kw_only=True):
    """What the function prints, compared with what the reference prints.

    `stdin` is what `input()` and sys.stdin give. `prompts` says whether what `input` shows is compared, too. A text has
    to fit the whole `pattern`.
    """

    output: Output = "lines"
    stdin: TextTemplate | None = None
    prompts: Literal["ignored", "compared"] = "ignored"
    pattern: str = ""

    kind: ClassVar[str] = "printed"
    title: ClassVar[Bilingual] = Bilingual("打印", "printed")
    about: ClassVar[Bilingual] = Bilingual(
        "函数打印的内容与参考实现比较：检查名", "what the function prints against the reference: the check's name"
    )
    cases: ClassVar[int] = 5
    compares: ClassVar[bool] = True
    printing: ClassVar[bool] = True
    weight: ClassVar[int] = 2

    @classmethod
    def own_keys(cls) -> tuple[Key[Any], ...]:
        """Return `stdin`, `output`, `pattern` and `prompts`."""
        from grader.reading.draws import LINES
        from grader.reading.scalars import TEXT, choice
        from grader.reading.tables import Key

        return (
            Key(
                name="stdin",
                type=LINES,
                zh='input() 和 sys.stdin 读到的内容：一段文字或各行的列表，花括号里是表达式，如 "{n}"',
                en='what input() and sys.stdin give: a text or a list of lines, with expressions in braces, like "{n}"',
            ),
            Key(
                name="output",
                type=choice(Output),
                zh="怎样比较打印的内容。lines：逐行，行末空格和末尾空行不算（默认）；exact：一个字符都不差；"
                "tokens：只比较各个词；numbers：只按次序比较其中的数，在容差之内；pattern：符合 pattern",
                en="how what is printed is compared. lines: line by line, without spaces at the ends of lines and "
                "empty lines at the end (default); exact: every character; tokens: word by word; numbers: its numbers "
                "alone, in order and within the tolerance; pattern: it fits `pattern`",
            ),
            Key(
                name="pattern",
                type=TEXT,
                zh="打印的全部内容要符合的正则表达式",
                en="a regular expression that all that is printed has to fit",
            ),
            Key(
                name="prompts",
                type=choice(Literal["ignored", "compared"]),
                zh="input() 的提示文字要不要比较：ignored（默认，不比较）或 compared",
                en="whether the prompts of input() are compared: ignored (default) or compared",
            ),
        )

    def disagreeing(self, entries: Entries, at: Span, returns: tuple[Part, ...], log: Log) -> None:
        """Record a `pattern` that is none, or one without `output: pattern`."""
        if bool(self.pattern) != (self.output == "pattern"):
            log.add(at, say("`pattern: …` and `output: pattern` belong together."))
        if not self.pattern:
            return
        import regex

        try:
            regex.compile(self.pattern)
        except (regex.error, RecursionError, OverflowError) as error:
            log.add(at, say("`pattern` is no regular expression: {what}", what=inert(str(error), 200)))

    def examine(self, problem: Problem, check: Check, scope: Vocabulary) -> Iterator[Fault]:
        """Yield what is wrong with the expressions in `stdin`."""
        from grader.cases import texts

        if self.stdin is not None:
            yield from texts.examine(self.stdin, scope)

    def call(self, subject: Subject, inputs: Inputs) -> Call:
        """Return the call whose value is what it prints."""
        from msgspec.structs import replace

        plain = subject.call(inputs.names)
        return replace(plain, act="printed", given={**plain.given, **self.given(subject, inputs)})

    def given(self, subject: Subject, inputs: Inputs) -> dict[str, Value]:
        """Return what the call is given beside arguments and files."""
        typed = {} if self.stdin is None else {"stdin": subject.text(self.stdin, inputs.names)}
        return {"prompts": self.prompts == "compared", **typed}

    def judge(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
    ) -> Verdict:
        """Return full marks if what is printed agrees."""
        from grader.comparison.outputs import check_error, reference_values

        (truth,) = reference_values(check, case.function, want)
        if self.differing(truth, truth, check) is not None:
            raise check_error(check, say("What the reference prints does not fit the pattern."))
        if not isinstance(got[0], Returned):
            return Verdict(share=Fraction(0))
        wrong = self.differing(got[0].value, truth, check)
        return Verdict(share=Fraction(wrong is None), mismatches=() if wrong is None else (wrong,))

    def differing(self, got: Value, want: Value, check: Check, output: str = "") -> Mismatch | None:
        """Return how a text differs from the one that is wanted, or from the pattern."""
        from grader.comparison.printed import compare_printed

        assert isinstance(want, str)
        if not isinstance(got, str):  # forged
            return Mismatch(category="printed", output=output, property="other")
        if self.output != "pattern":
            return compare_printed(got, want, self.output, check.compare, output)
        if fits(self.pattern, got):
            return None
        way = "nothing" if not got.strip() else "pattern"
        return Mismatch(category="printed", output=output, got=got, want=self.pattern, property=way)

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return in what a text that was printed differs; of a hidden case no line of it."""
        return said_of(mismatch, public=public) if mismatch.category == "printed" else None

    def asked(self, case: Case) -> list[Message | str]:
        """Return the pattern, if there is one."""
        return [say("fits {pattern}", pattern=inert(self.pattern, 60))] if self.pattern else []

    def written(self) -> Mapping[str, str]:
        """Return how it is compared."""
        from grader.reading.writing import quoted

        own = {"output": self.output, "prompts": self.prompts}
        return own | ({"pattern": quoted(self.pattern)} if self.pattern else {})


SECONDS = 1.0
"""How long a pattern is tried on one text: a few take exponential time on a text that is made for it."""


def fits(pattern: str, text: str) -> bool:
    """Return whether the whole of a text, without white space at its end, fits; not if that cannot be told in time."""
    import regex

    try:
        return regex.fullmatch(pattern, text.rstrip(), flags=regex.V0, timeout=SECONDS) is not None
    except (TimeoutError, MemoryError):
        return False


_WAYS = {
    "nothing": say("Nothing is printed."),
    "white": say("Only spaces or line breaks are not as expected."),
    "case": say("Only capital and small letters are not as expected."),
    "pattern": say("What is printed does not have the form that is asked for."),
}


def said_of(mismatch: Mismatch, *, public: bool) -> Message:
    """Return the sentence about a text that was printed, or that stands in a file."""
    if mismatch.property in ("nothing", "case", "pattern") or not public or not mismatch.index:
        other = say("What is printed is not what is expected.")
        return led(mismatch.output, _WAYS.get(mismatch.property, other))
    from grader.comparison.printed import visible

    number = mismatch.index[0] + 1
    got, want = (
        inert(f"“{visible(each)}”", 100) if isinstance(each, str) else "" for each in (mismatch.got, mismatch.want)
    )
    if mismatch.property == "white":
        said = say("Only spaces or line breaks differ, first in line {number}: {got}, expected {want}.",
                   number=number, got=got or "–", want=want or "–")  # fmt: skip
    elif not want:
        said = say("Too much is printed: {got} comes after all that is expected.", got=got)
    elif not got:
        said = say("Too little is printed: {want} is missing at the end.", want=want)
    else:
        said = say("{got} is printed where {want} is expected.", got=got, want=want)
    return led(mismatch.output, said)
