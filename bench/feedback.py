"""Writes the pages on what students read of a wrong function: `python -m bench.feedback` (a test holds them to it)."""

from __future__ import annotations

import ast
import difflib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.execution import open_engine
from grader.language import LANGUAGES, Language
from grader.model import Mistake, ProblemResult
from tests.explain.feedback_kit import KNOWN, ORIGINALS, VARIANTS, Desk, own_text
from tests.explain.wrong_variants import Wrong

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES: dict[Language, Path] = {"zh": DOCS / "feedback.zh.md", "en": DOCS / "feedback.md"}

INTRODUCTION: dict[Language, str] = {
    "zh": """# 学生读到什么

下面每一行都是一个写错的函数：左边是写错的那一行，右边是学生在报告里读到的话。每一个都真的评过分：把它放进其余部分都对的
`cnn.py`，照常评分。

- **看出来的**：没有人事先想到这个错法。评分器拿学生的结果与正确结果比较，找一个能解释所有出错用例的说法。从数值上
  说不确切时，就在学生的函数里逐个撤销常见的笔误，撤销后所有用例都对，才说是哪一行、哪一种（以“第 … 行”开头的就是）。
  找不到就不猜，只说第一处不同在哪里（表中以“—”开头的就是这种）。
- **认得出的典型错误**：写在 `solutions/mistakes.py` 里，学生的结果与它处处相同，才算认出来。提示一次只给一步，
  第二次评分才看得到第二步。确凿无疑的说法（表中写在提示后面）第一次就会说。

句子里的名字（`n_H_prev`、`m`……）是参考实现和学生的函数里都有的；没有共同的名字时写成 `X.shape[1]`。`result.size`
是应有的元素个数。

这一页由 `python -m bench.feedback` 写成，测试保证它与实际一致。英文版见 [feedback.md](feedback.md)。
""",
    "en": """# What students read

Each row is a wrong function: the wrong line on the left, on the right what the student reads in the report. Every one
was graded: put into a `cnn.py` that is right otherwise, and graded like any other.

- **Found out**: nobody thought of this mistake beforehand. The student's answers are compared with the right ones, and
  the first account that explains every failing case is told. Where the numbers do not say it exactly, typical slips are
  undone one by one in the student's function; one with which every case is right is told by its line and kind (rows
  that begin with a line). Where there is none, nothing is guessed: only the first difference is told (rows that begin
  with a dash).
- **Known mistakes**: those in `solutions/mistakes.py`. One is recognised if the student's function does the same
  wherever it was tried. Its hints come one step a try, so the second is read after the second attempt. A diagnosis
  that is beyond doubt, here behind the hints, is read at once.

The names in the sentences (`n_H_prev`, `m`, …) are those that the reference and the student's own function share; where
there is none, it says `X.shape[1]`. `result.size` is how many elements are expected.

`python -m bench.feedback` writes this page, and a test holds it to what is told. In Chinese:
[feedback.zh.md](feedback.zh.md).
""",
}
HEADINGS: dict[Language, tuple[str, str, str, str]] = {
    "zh": ("看出来的", "认得出的典型错误", "写成了", "学生读到"),
    "en": ("Found out", "Known mistakes", "What is written", "What the student reads"),
}


def page(desk: Desk, language: Language) -> str:
    """Return a page in one language, as Markdown."""
    seen, known, written, read = HEADINGS[language]
    parts = [INTRODUCTION[language]]
    for function in ORIGINALS:
        parts.append(f"## {function}\n")
        for heading, listed in ((seen, VARIANTS), (known, KNOWN)):
            rows = [
                f"| {_code(wrong)} | {' <br> '.join(_sentences(wrong, desk.at_last(wrong), language))} |"
                for wrong in listed
                if wrong.function == function
            ]
            parts.append(
                "\n".join([f"### {function} · {heading}\n", f"| {written} | {read} |", "|---|---|", *rows, ""])
            )
    return "\n".join(parts)


def _sentences(wrong: Wrong | Mistake, told: ProblemResult, language: Language) -> Iterator[str]:
    """Yield what is read of one wrong function: the hints of a known mistake, the diagnosis, or the first sentence."""
    for count, hint in enumerate(told.hints, 1):
        yield f"{count}. {_cell(hint.text(language))}"
    if told.diagnosis is not None:
        yield _cell(told.diagnosis.text(language))
    elif not told.hints and told.message is not None:
        yield f"— {_cell(told.message.text(language))}"


def _code(wrong: Wrong | Mistake) -> str:
    """Return the lines that are not the reference's, as Python would write them."""
    theirs, own = _lines(ORIGINALS[wrong.function]), _lines(own_text(wrong))
    return " <br> ".join(_cell(line) for line in _changed(theirs, own))


def _lines(text: str) -> Sequence[str]:
    """Return the lines of a function without its docstring and comments."""
    function = ast.parse(text).body[0]
    if ast.get_docstring(function):
        del function.body[0]
    return ast.unparse(function).splitlines()


def _changed(theirs: Sequence[str], own: Sequence[str]) -> Iterator[str]:
    """Yield the lines of `own` that `theirs` lacks as code; lines that only went away, struck out."""
    for kind, start, end, first, last in difflib.SequenceMatcher(None, theirs, own, autojunk=False).get_opcodes():
        if kind in ("replace", "insert"):
            yield from (f"`{line.strip()}`" for line in own[first:last])
        elif kind == "delete":
            yield from (f"~~`{line.strip()}`~~" for line in theirs[start:end])


def _cell(text: str) -> str:
    """Return text that may stand in a table's cell."""
    return text.replace("|", "\\|")


def main() -> None:
    engine = open_engine()
    try:
        with tempfile.TemporaryDirectory() as folder:
            desk = Desk(engine, Path(folder))
            for language in LANGUAGES:
                PAGES[language].write_text(page(desk, language), "utf-8")
    finally:
        engine.close()


if __name__ == "__main__":
    main()
