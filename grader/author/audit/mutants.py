"""Mutants: copies of the reference with one slip each."""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

import grader.author.audit.rare_slips  # noqa: F401 - registers what it defines
from grader.author.audit.operators import OPERATORS
from grader.author.audit.units import TopLevel, WholeProgram, reaching, units
from grader.author.source_text import EQUIVALENT, Edit, SourceText
from grader.errors import Fault, Span
from grader.language import Message, inert, say
from grader.model import Source
from grader.submission.text import lex, line_at

_REASON = re.compile(r"\s*—+\s*|\s+--\s+")


class EquivalenceMark(Struct, frozen=True, kw_only=True):
    """The author's `comment` that a slip in `line` changes nothing, and the `reason`; `at` is the comment's place."""

    line: int
    slip: str
    reason: str
    comment: str
    at: Span

    def fits(self, mutant: Mutant) -> bool:
        """Return whether the mutant is the slip this mark is about."""
        return mutant.line == self.line and _bare(mutant.slip) == _bare(self.slip)

    def meant(self, mutants: Sequence[Mutant]) -> list[Mutant]:
        """Return the mutants of the line that it may mean, where it fits none: those said so in fewer words."""
        own = [mutant for mutant in mutants if mutant.line == self.line]
        if any(map(self.fits, own)):
            return []
        return [mutant for mutant in own if _bare(self.slip) in map(_bare, mutant.shorter)]

    def fault(self, message: Message, hint: Message | None = None) -> Fault:
        """Return a fault at this mark."""
        return Fault(at=self.at, message=message, hint=hint, line_text=self.comment)


def mark_for(mutant: Mutant, language: str) -> str:
    """Return the mark that would declare a mutant equivalent, its reason left open."""
    return f"# 等价: {mutant.slip} — …" if language == "zh" else f"# equivalent: {mutant.slip} — …"


def read_marks(source: Source) -> tuple[list[EquivalenceMark], list[Fault]]:
    """Return the marks of a source, and a fault for each that does not say what and why."""
    marks: list[EquivalenceMark] = []
    faults: list[Fault] = []
    lines = source.text.split("\n")
    for offset, comment in lex(source.text).comments:
        found = EQUIVALENT.match(comment)
        if found is None:
            continue
        line = line_at(source.text, offset)
        at = source.span(line, offset - source.text.rfind("\n", 0, offset))
        at = Span(path=at.path, line=at.line, column=at.column, end_column=at.column + len(comment), cell=at.cell)
        what, *reason = _REASON.split(found["body"], maxsplit=1)
        if not what.strip() or not reason or not reason[0].strip():
            message = say("An equivalence mark must say what and why: the change, and why it makes no difference.")
            hint = say("For example: {example}", example="# equivalent: zeros → ones — every entry is set later")
            faults.append(Fault(at=at, message=message, hint=hint, line_text=lines[line - 1]))
            continue
        for slip in re.split("[;；]", what):
            marks.append(
                EquivalenceMark(
                    line=_meant(lines, line),
                    slip=slip.strip(),
                    reason=reason[0].strip(),
                    comment=lines[line - 1],
                    at=at,
                )
            )
    return marks, faults


def stale(marks: Sequence[EquivalenceMark], mutants: Sequence[Mutant]) -> list[Fault]:
    """Return a fault for each mark that fits no mutant, with the slips its line does have."""
    faults = []
    for mark in marks:
        if several := mark.meant(mutants):
            message = say("`{slip}` may be several slips of this line.", slip=inert(mark.slip))
            names = "; ".join(mutant.slip for mutant in several)
            faults.append(mark.fault(message, say("Name the one that is meant: {slips}", slips=names)))
        elif not any(mark.fits(mutant) for mutant in mutants):
            own = dict.fromkeys(mutant.slip for mutant in mutants if mutant.line == mark.line)
            near = difflib.get_close_matches(mark.slip, own, n=3, cutoff=0)
            hint = say("Slips in this line: {slips}", slips="; ".join(near)) if near else None
            faults.append(
                mark.fault(say("The audit makes no slip `{slip}` in this line.", slip=inert(mark.slip)), hint)
            )
    return faults


def _meant(lines: Sequence[str], line: int) -> int:
    """Return the line that a mark is about: its own, or the next line of code for a mark on a line by itself."""
    if not lines[line - 1].lstrip().startswith("#"):
        return line
    rest = range(line, len(lines))
    return next((each + 1 for each in rest if lines[each].strip() and not lines[each].lstrip().startswith("#")), line)


def _bare(slip: str) -> str:
    return re.sub(r"\s", "", slip).replace("->", "→").removeprefix(NOTHING).removesuffix(NOTHING)


_TOKEN = re.compile(r"\w+|\s+|\*\*|//|[<>=!+\-*/%@&|^]=|.", re.DOTALL)
NOTHING = "∅"


class Mutant(Struct, frozen=True, kw_only=True, eq=False):
    """One slip.

    `functions` are the graded functions that run the changed unit, in the rubric's order; `line` is where the slip
    stands in the reference; `before` and `after` are the lines it changes; `slip` says it in a word or two, as an
    equivalence mark does: `zeros → ones`. No other mutant of its line has the same; where it took more words than the
    fewest to tell them apart, `shorter` holds what was said in fewer.
    """

    functions: tuple[str, ...]
    unit: str
    operator: str
    says: Message
    edit: Edit
    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    slip: str
    shorter: tuple[str, ...] = ()

    @property
    def habit(self) -> bool:
        """Whether a rubric may allow it."""
        return OPERATORS[self.operator].habit

    def marked(self, marks: Sequence[EquivalenceMark]) -> EquivalenceMark | None:
        """Return the mark that declares it equivalent, if any."""
        return next((mark for mark in marks if mark.fits(self)), None)


def mutants(
    text: str, graded: Collection[str], programs: Collection[str] = (), *, printing: bool = False
) -> list[Mutant]:
    """Return the mutants of every unit that a `graded` function runs, in the order of the text.

    Those of the graded that are `programs` run the text as a whole. What is printed counts where `printing`.
    Raises SyntaxError or ValueError if the text is not Python.
    """
    written = SourceText(text)
    known = units(written, programs, printing=printing)
    found: list[Mutant] = []
    for unit in known.values():
        functions = tuple(name for name in graded if name in known and reaching(known, name, unit.name, graded))
        if functions:
            found += _of_unit(unit, functions)
    return found


def slips(unit: TopLevel, names: Collection[str] | None = None) -> Iterator[tuple[str, Edit, int]]:
    """Yield each slip in a unit once: its operator's name, the edit and the line; only operators `names`, if given."""
    seen = {_compiled(unit.changed(None))}
    for node in unit.nodes():
        for name, operator in OPERATORS.items():
            if names is not None and name not in names:
                continue
            for edit in operator.edits(node, unit):
                dump = _compiled(unit.changed(edit))
                if dump and dump not in seen:
                    seen.add(dump)
                    yield name, edit, _line(unit.written, node, edit)


def slips_in(text: str, function: str) -> Iterator[tuple[str, str]]:
    """Yield each slip in one function of a text: its operator's name, and the function's text with it."""
    unit = units(SourceText(text)).get(function)
    if unit is not None:
        yield from ((name, unit.changed(edit)) for name, edit, _ in slips(unit))


def variant(known: Mapping[str, TopLevel], start: str, unit: str, edit: Edit, graded: Collection[str]) -> str:
    """Return the texts of `start`, of the changed `unit` and of all that lie between them, under new names.

    The text is a template: `numbered` puts a mutant's number into the names, so that many fit into one source.
    """
    if isinstance(known[start], WholeProgram):
        return f"{start}{_SUFFIX} = {known[start].changed(edit)!r}\n"
    several = reaching(known, start, unit, graded)
    parts = [_renamed(known[name].changed(edit if name == unit else None), several) for name in sorted(several)]
    return "\n\n".join(parts)


def symbol(name: str, number: int) -> str:
    """Return what the function `name` of mutant `number` is called."""
    return f"{name}__mutant_{number}"


def numbered(template: str, number: int) -> str:
    """Return the template that `variant` makes as the text of mutant `number`."""
    return template.replace(_SUFFIX, f"__mutant_{number}")


_SUFFIX = "\0"


def _renamed(text: str, names: Collection[str]) -> str:
    """Return a unit's text in which `names` end in the mutant's suffix, unless a parameter hides them."""
    written = SourceText(text)
    node = written.tree.body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    hidden = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    ends = [
        written.part(each)[1]
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and each.id in names and each.id not in hidden
    ]
    head = re.compile(r"(?:async\s+)?(?:def|class)\s+\w+").search(text, written.place(node.lineno, 0))
    assert head is not None
    for end in sorted([*ends, head.end()], reverse=True):
        text = text[:end] + _SUFFIX + text[end:]
    return text


def _of_unit(unit: TopLevel, functions: tuple[str, ...]) -> Iterator[Mutant]:
    made = list(slips(unit))
    for (name, edit, line), said in zip(made, _named(unit, made), strict=True):
        before, after = _lines(unit.written, edit, line)
        yield Mutant(
            functions=functions,
            unit=unit.name,
            operator=name,
            says=OPERATORS[name].says,
            edit=edit,
            line=line,
            before=before,
            after=after,
            slip=said[-1],
            shorter=said[:-1],
        )


MOST_WORDS = 40
"""Words around a change, at most, that tell it from others of its line; then they are numbered."""


def _named(unit: TopLevel, made: Sequence[tuple[str, Edit, int]]) -> list[tuple[str, ...]]:
    """Return what is said of each slip, in fewer words first; what comes last is said of no other slip of its line."""
    code = _without_comments(unit.written.text)
    lines = (_lines(unit.written, edit, line, code) for _, edit, line in made)
    texts = [("\n".join(before), "\n".join(after)) for before, after in lines]
    said: list[tuple[str, ...]] = [
        (_slip(edit, before, after),) for (_, edit, _), (before, after) in zip(made, texts, strict=True)
    ]
    for around in range(1, MOST_WORDS):
        count = Counter((line, _bare(slips[-1])) for (_, _, line), slips in zip(made, said, strict=True))
        if all(number == 1 for number in count.values()):
            break
        for place, ((_, edit, line), slips) in enumerate(zip(made, said, strict=True)):
            if count[line, _bare(slips[-1])] > 1:
                longer = _slip(edit, *texts[place], around)
                said[place] = slips if longer == slips[-1] else (*slips, longer)
    seen: Counter[tuple[int, str]] = Counter()
    for place, ((_, _, line), slips) in enumerate(zip(made, said, strict=True)):
        seen[line, _bare(slips[-1])] += 1
        if (number := seen[line, _bare(slips[-1])]) > 1:
            said[place] = (*slips, f"{slips[-1]} #{number}")
    return said


def _without_comments(text: str) -> str:
    """Return a text with spaces for its comments: a mark in a line must not change what the line's slips are called."""
    for begin, comment in lex(text).comments:
        text = text[:begin] + " " * len(comment) + text[begin + len(comment) :]
    return text


def _line(written: SourceText, node: ast.AST, edit: Edit) -> int:
    """Return the line in which a slip begins; for a statement added at the end of a loop, the loop's own line."""
    if edit.text.startswith("\n") and isinstance(node, ast.stmt):
        return node.lineno
    return written.line(edit.begin)


def _lines(
    written: SourceText, edit: Edit, line: int, text: str | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines that an edit changes, before and after it, in the text or in another `text` of its length."""
    text = written.text if text is None else text
    if edit.text.startswith("\n"):
        begin, end = written.lines(line, line)
        head, added = text[begin:end], edit.text[1:]
        return (head,), (head, added[: len(added) - len(added.lstrip())] + "…", added)
    first, last = written.line(edit.begin), written.line(max(edit.begin, edit.end - 1))
    begin, end = written.lines(first, last)
    before = text[begin:end]
    return tuple(before.split("\n")), tuple(edit.apply(before, begin).split("\n"))


def _slip(edit: Edit, before: str, after: str, around: int = 0) -> str:
    """Return `zeros → ones`: the words that differ, from the first to the last, and so many `around` them.

    Where words are only added or taken away, the name in front of them is given too: `b.item() → b`.
    """
    if "\n" in edit.text:
        return f"{NOTHING} → {edit.text.strip()}"
    old, new = (_TOKEN.findall(re.sub(r" +(?=\n|$)", "", text)) for text in (before, after))
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    blocks = [each[1:] for each in codes if each[0] != "equal"]
    if not blocks:
        return ""
    (i, _, j, _), (_, to_old, _, to_new) = blocks[0], blocks[-1]
    if i == to_old or j == to_new:
        while i and j and not any(token.isidentifier() for token in (*old[i:to_old], *new[j:to_new])):
            i, j = i - 1, j - 1
        while i and j and (old[i - 1] == "." or old[i] == "."):
            i, j = i - 1, j - 1
    back, on = min(around, i, j), min(around, len(old) - to_old, len(new) - to_new)
    i, j, to_old, to_new = i - back, j - back, to_old + on, to_new + on
    while to_old < len(old) and not (_closed(old[i:to_old]) and _closed(new[j:to_new])):
        to_old, to_new = to_old + 1, to_new + 1
    return f"{_words(old[i:to_old])} → {_words(new[j:to_new])}"


def _closed(tokens: list[str]) -> bool:
    """Return whether every opened bracket is closed."""
    return all(tokens.count(opening) <= tokens.count(closing) for opening, closing in ("()", "[]", "{}"))


def _words(tokens: list[str]) -> str:
    return " ".join("".join(tokens).split()) or NOTHING


def _compiled(text: str) -> str:
    """Return the syntax tree of a text, written out; "" if it does not compile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
            compile(tree, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return ""
    return ast.dump(tree)
