"""Programs: the whole source run as `python file.py`, and what it prints, leaves and ends with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from grader.checks.printed import Printed
from grader.language import Bilingual, Message, say
from grader.model import (
    Call,
    Case,
    Check,
    Mismatch,
    Outcome,
    Part,
    Problem,
    Returned,
    Subject,
    TextTemplate,
    Value,
    Verdict,
)

if TYPE_CHECKING:
    from grader.cases.recipe import Inputs
    from grader.cases.recipe import Subject as Tried
    from grader.cases.scrutiny import Vocabulary
    from grader.errors import Fault
    from grader.reading.tables import Key


class Program(Printed, frozen=True, kw_only=True):
    """The whole source, run as a program in a working folder of its own, compared with the reference run alike.

    `args` are the words behind its name. Of the files that it `writes` the texts are compared as what it prints is.
    With `exit_code` the number that it ends with has to be the reference's.
    """

    args: tuple[TextTemplate, ...] = ()
    writes: tuple[str, ...] = ()
    exit_code: bool = False

    kind: ClassVar[str] = "program"
    subject: ClassVar[Subject] = "program"
    title: ClassVar[Bilingual] = Bilingual("程序", "program")
    about: ClassVar[Bilingual] = Bilingual(
        "整个文件作为程序运行，与参考实现比较：检查名",
        "the whole file run as a program, against the reference: the check's name",
    )

    @classmethod
    def own_keys(cls) -> tuple[Key[Any], ...]:
        """Return what `printed` has, `args`, `writes` and `exit_code`."""
        from grader.reading.draws import LINES, is_file_name
        from grader.reading.scalars import TRUTH, scalar
        from grader.reading.tables import Key, list_of

        wanted = say("the name of a file in the working folder")
        name = scalar(lambda text: text if is_file_name(text) else None, wanted, {"type": "string"})
        args = Key(
            name="args",
            type=list_of(LINES, say('a list of words, like `["{n}", "-v"]`')),
            zh='命令行参数的列表，花括号里是表达式，如 ["{n}", "-v"]',
            en='the words behind the program\'s name, with expressions in braces, like ["{n}", "-v"]',
        )
        writes = Key(
            name="writes",
            type=list_of(name, say("a list of file names")),
            zh="程序写出的、要比较内容的文件",
            en="the files that it writes whose texts are compared",
        )
        code = Key(
            name="exit_code",
            type=TRUTH,
            zh="true 表示退出码也要和参考实现一样；默认 false",
            en="true: it has to end with the reference's exit code; false if left out",
        )
        return (*super().own_keys(), args, writes, code)

    def examine(self, problem: Problem, check: Check, scope: Vocabulary) -> Iterator[Fault]:
        """Yield what is wrong with the expressions in `stdin` and `args`."""
        from grader.cases import texts

        yield from super().examine(problem, check, scope)
        for text in self.args:
            yield from texts.examine(text, scope)

    def call(self, subject: Tried, inputs: Inputs) -> Call:
        """Return the run of the program."""
        given = {**subject.files(inputs.names), **self.given(subject, inputs)}
        given["args"] = [subject.text(each, inputs.names) for each in self.args]
        given["writes"] = list(self.writes)
        return Call(function=subject.problem.function, arguments=(), act="program", given=given)

    def judge(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
    ) -> Verdict:
        """Return an equal share for what is printed, each file that is written, and the exit code."""
        from grader.comparison.outputs import check_error, reference_values

        (truth,) = reference_values(check, case.function, want)
        theirs = self._texts(truth)
        for name, text in theirs.items():
            if text is None:
                raise check_error(check, say("The reference does not write {name}.", name=name))
            if self.differing(text, text, check) is not None:
                raise check_error(check, say("What the reference prints does not fit the pattern."))
        if not isinstance(got[0], Returned):
            return Verdict(share=Fraction(0))
        mine = self._texts(got[0].value)
        found = [self._of_text(mine.get(name), text, check, name) for name, text in theirs.items()]
        if self.exit_code:
            found.append(_of_code(_item(got[0].value, "exit"), _item(truth, "exit")))
        wrong = tuple(each for each in found if each is not None)
        return Verdict(share=Fraction(len(found) - len(wrong), len(found)), mismatches=wrong)

    def _texts(self, value: Value) -> dict[str, Value]:
        """Return what was printed, by "", and the texts of the files by name."""
        files = _item(value, "files")
        return {"": _item(value, "printed"), **{name: _item(files, name) for name in self.writes}}

    def _of_text(self, got: Value, want: Value, check: Check, name: str) -> Mismatch | None:
        if name and got is None:
            return Mismatch(category="printed", output=name, property="unwritten")
        return self.differing(got, want, check, name)

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return what is wrong with a text, a file that is not there, or the exit code."""
        if mismatch.property == "unwritten":
            return say("The file {name} is not written.", name=mismatch.output)
        if mismatch.category == "values" and mismatch.output == "exit":
            if not public:
                return say("The program does not end with the exit code that is expected.")
            return say("The program ends with exit code {got}, but {want} is expected.",
                       got=str(mismatch.got), want=str(mismatch.want))  # fmt: skip
        return super().sentence(mismatch, public=public)

    def written(self) -> Mapping[str, str]:
        """Return how it is compared."""
        from grader.reading.writing import flow_list

        own = dict(super().written())
        if self.writes:
            own["writes"] = flow_list(self.writes)
        return own | ({"exit_code": "true"} if self.exit_code else {})


def _item(value: Value, key: str) -> Value:
    return value.get(key) if isinstance(value, dict) else None


def _of_code(got: Value, want: Value) -> Mismatch | None:
    return None if got == want else Mismatch(category="values", output="exit", got=got, want=want, differing=1, total=1)
