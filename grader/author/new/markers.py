"""The notations by which courses mark solutions, made into one: regions, each between two comments of its own.

Markers with typos are mended; one that is not one of a pair gets its other half where its block begins or ends.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from grader.author.kit.stubs import regions_of
from grader.errors import RubricError
from grader.language import Message, inert, say
from grader.submission.stubs import BEGIN, END
from grader.submission.text import lex, line_at

OPENING, CLOSING = "### START CODE HERE ###", "### END CODE HERE ###"
MARKERS = {"zh": ("### 在此处编写代码 ###", "### 代码结束 ###"), "en": (OPENING, CLOSING)}
"""The comments around a solution that had none, in the assignment's language."""

_PROMPT = re.compile(
    r'^(?P<indent>[ \t]*)(?P<quote>"""|\'\'\') # BEGIN PROMPT[^\n]*\n(?P<inside>.*?)'
    r"^[ \t]*(?P=quote);?[ \t]*# END PROMPT[^\n]*$",
    re.MULTILINE | re.DOTALL,
)
_SOLUTION = re.compile(r"^(?P<code>[ \t]*\S.*?)[ \t]*#+[ \t]*SOLUTION(?: NO PROMPT)?[ \t]*$")
_SEED = re.compile(r"[ \t]*#[ \t]*SEED[ \t]*$", re.MULTILINE)
_EMPTY = re.compile(r"\s*(?:\w+\s*=\s*)?\.\.\.\s*$|\s*$")

_BEGINNINGS = (
    *("START CODE HERE", "BEGIN CODE HERE", "START YOUR CODE", "BEGIN YOUR CODE", "START YOUR CODE HERE"),
    *("START OF YOUR CODE", "BEGIN SOLUTION", "START SOLUTION", "YOUR CODE STARTS HERE", "YOUR CODE BEGINS HERE"),
    *("YOUR SOLUTION STARTS HERE", "START OF SOLUTION", "SOLUTION START", "SOLUTION BEGIN", "CODE STARTS HERE"),
    *("在此处编写代码", "代码开始", "开始编写代码", "在这里开始写代码", "你的代码开始", "答案开始"),
)
_ENDINGS = (
    *("END CODE HERE", "END YOUR CODE", "END OF YOUR CODE", "END SOLUTION", "END OF SOLUTION", "END YOUR CODE HERE"),
    *("YOUR CODE ENDS HERE", "YOUR SOLUTION ENDS HERE", "SOLUTION END", "CODE ENDS HERE", "END OF CODE"),
    *("代码结束", "结束编写代码", "在这里结束写代码", "你的代码结束", "答案结束"),
)
_ALONE = (
    *("YOUR CODE HERE", "WRITE YOUR CODE HERE", "ADD YOUR CODE HERE", "PUT YOUR CODE HERE", "TODO YOUR CODE HERE"),
    *("INSERT YOUR CODE HERE", "YOUR SOLUTION HERE", "IMPLEMENT YOUR CODE HERE", "WRITE CODE HERE"),
    *("在这里写代码", "在此写代码", "在此处填写代码", "请在此处补全代码", "在此补全代码", "你的代码"),
)
"""Comments that begin a solution which ends with its block."""
_NEAR = 0.86
_RAISES = re.compile(r"[ \t]*raise NotImplementedError\b[^\n]*$")


class _Marker(Struct, frozen=True, kw_only=True):
    """A comment that marks a solution: `kind` is begin, end, alone or template; `exact` if it is written as ours."""

    line: int
    kind: str
    exact: bool
    text: str


def mended(source: str, cell: int) -> tuple[str, tuple[Message, ...]]:
    """Return a cell's source in which every solution stands between two markers, and remarks on what was mended.

    Where this cannot be, the functions with markers are named as graded, without any markers in them.
    """
    text, remarks = _mended(source, cell)
    try:
        regions_of(text, "")
    except RubricError:
        return _unmarked(source), (
            say(
                "Cell {cell}: its markers do not go together. All of each function with one is taken for its solution.",
                cell=cell,
            ),
        )
    return text, remarks


def _unmarked(source: str) -> str:
    """Return a source without markers, and with a comment that names the functions which held some."""
    found = [one.line for one in _markers(source)]
    lines = source.split("\n")
    names = []
    for number in found:
        above = (re.match(r"\s*def (\w+)", text) for text in reversed(lines[: number - 1]))
        names += [match[1] for match in above if match][:1]
    kept = [text for number, text in enumerate(lines, 1) if number not in found]
    return "\n".join([f"# GRADED FUNCTION: {', '.join(dict.fromkeys(names))}", *kept])


def _mended(source: str, cell: int) -> tuple[str, tuple[Message, ...]]:
    lines = source.split("\n")
    found = [*_markers(source)]
    if not found:
        return source, ()
    remarks = [
        say("Cell {cell}, line {line}: `{marker}` is taken for a marker of the solution.", cell=cell, line=one.line,
            marker=inert(one.text, 60))
        for one in found
        if not one.exact and one.kind in ("begin", "end") and not _known(one.text)
    ]  # fmt: skip
    placed: list[tuple[int, str]] = []
    gone: set[int] = set()
    begun: _Marker | None = None
    for number, one in enumerate(found):
        stop = found[number + 1].line if number + 1 < len(found) else len(lines) + 1
        if one.kind == "template":
            end = next((each.line for each in found[number:] if each.kind == "end"), 0)
            gone |= set(range(one.line, end))
        elif (
            one.kind == "alone" and begun is None and found[number + 1 : number + 2] and found[number + 1].kind == "end"
        ):
            begun = one
        elif one.kind == "alone" and begun is None:
            placed += _around(lines, one.line, stop)
        elif one.kind == "begin":
            if begun is not None:
                remarks.append(_unpaired(begun, cell))
                placed += _around(lines, begun.line, one.line)
            begun = one
        elif one.kind == "end":
            if (
                begun is None
                and number
                and found[number - 1].kind == "end"
                and _bare(lines, found[number - 1].line, one.line)
            ):
                continue  # a frame of comments around the same end
            if begun is None:
                found_above = _before(source, one.line)
                placed += found_above
                first = found_above[0][0] if found_above else one.line
                if not any("TODO" in text for text in _comments_above(lines, first)):
                    remarks.append(_unpaired(one, cell))
            else:
                placed += [(begun.line, OPENING), (one.line, CLOSING)]
            begun = None
    if begun is not None:
        remarks.append(_unpaired(begun, cell))
        placed += _around(lines, begun.line, len(lines) + 1)
    return _written(lines, found, placed, gone), tuple(remarks)


def _comments_above(lines: Sequence[str], line: int) -> list[str]:
    """Return the comments right above a line: a task that is told there begins the solution."""
    found = []
    for text in reversed(lines[: line - 1]):
        if text.strip() and not text.lstrip().startswith("#"):
            break
        found.append(text)
    return found


def _bare(lines: Sequence[str], first: int, last: int) -> bool:
    """Return whether nothing but comments stands between two lines."""
    return not any(text.strip() and not text.lstrip().startswith("#") for text in lines[first : last - 1])


def _unpaired(marker: _Marker, cell: int) -> Message:
    return say(
        "Cell {cell}, line {line}: `{marker}` is not one of a pair. See whether its solution is all that was cut out.",
        cell=cell,
        line=marker.line,
        marker=inert(marker.text, 60),
    )


def _written(lines: Sequence[str], found: Sequence[_Marker], placed: Sequence[tuple[int, str]], gone: set[int]) -> str:
    """Return the lines with markers in their places; an exact one of a pair stays as it is written."""
    at: dict[int, list[str]] = {}
    for line, text in placed:
        at.setdefault(line, []).append(text)
    exact = {one.line: one for one in found if one.exact}
    marked = {one.line for one in found}
    inside = False
    made: list[str] = []
    for number, text in enumerate([*lines, ""], 1):
        indent = text[: len(text) - len(text.lstrip())]
        for sign in at.get(number, ()):
            inside = sign == OPENING
            shown = indent if number in marked or sign == OPENING else _indent(lines, number - 1)
            kept = number in exact and exact[number].kind == ("begin" if inside else "end")
            made.append(text if kept else shown + sign)
        if number > len(lines) or number in gone or number in marked:
            continue
        if inside and _RAISES.match(text):
            continue
        made.append(text)
    return "\n".join(made)


def _indent(lines: Sequence[str], last: int) -> str:
    """Return the indentation of the block that ends at line `last` (from 1)."""
    text = next((text for text in reversed(lines[:last]) if text.strip()), "")
    return text[: len(text) - len(text.lstrip())]


def _around(lines: Sequence[str], first: int, stop: int) -> list[tuple[int, str]]:
    """Return the markers around the block that begins at line `first`: it ends where less is indented, or at `stop`.

    A last `return` of plain names stays outside.
    """
    indent = len(lines[first - 1]) - len(lines[first - 1].lstrip())
    last = first
    for number in range(first + 1, min(stop, len(lines) + 1)):
        text = lines[number - 1]
        if text.strip() and len(text) - len(text.lstrip()) < indent:
            break
        last = number if text.strip() else last
    inner = [number for number in range(first + 1, last + 1) if lines[number - 1].strip()]
    if len(inner) > 1 and re.fullmatch(rf"[ \t]{{{indent}}}return [\w, ]+", lines[last - 1]):
        last = inner[-2]
    own = len(lines[last - 1]) - len(lines[last - 1].lstrip())
    # A marker is as far in as what it follows, or the function would end before it.
    return [(first, OPENING), (last + 1, CLOSING)] if last > first or own else []


def _before(source: str, line: int) -> list[tuple[int, str]]:
    """Return the markers around what stands above line `line` in its function."""
    lines = source.split("\n")
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.lineno < line:
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            tasks = [n for n, text in enumerate(lines, 1) if node.lineno < n < line and re.match(r"\s*#.*TODO", text)]
            inside = [one for one in body if max(tasks, default=0) < one.lineno < line]
            if inside and body[-1].end_lineno is not None and line <= body[-1].end_lineno + 3:
                return [(inside[0].lineno, OPENING), (line, CLOSING)]
    return []


def _markers(source: str) -> Iterator[_Marker]:
    lines = source.split("\n")
    whole = [
        (line_at(source, offset), comment)
        for offset, comment in lex(source).comments
        if lines[line_at(source, offset) - 1].strip() == comment.strip()
    ]
    kinds = [(line, comment, _kind(comment)) for line, comment in whole]
    ends = [line for line, _, kind in kinds if kind == "end"]
    inside = False
    for line, comment, kind in kinds:
        paired = {"SOLUTION": "begin", "TEMPLATE": "template"} if any(each > line for each in ends) else {}
        found = paired.get(_words(comment), kind)
        if not found or (found == "template" and not inside):
            continue
        inside = (inside or found == "begin") and found != "end"
        exact = bool((BEGIN if found == "begin" else END).match(comment)) and found in ("begin", "end")
        yield _Marker(line=line, kind=found, exact=exact, text=" ".join(comment.split()))


def _words(comment: str) -> str:
    """Return a comment's words in capitals, up to a bracket; a `TODO` in front is left out."""
    text = re.split(r"[(（\[]", comment.lstrip("#*-=<> \t"))[0]
    return " ".join(re.sub(r"[\W_]+", " ", text).upper().split())


def _kind(comment: str) -> str:
    if BEGIN.match(comment):
        return "begin"
    if END.match(comment):
        return "end"
    words = _words(comment)
    if len(words) > 40 or len(words) < 4:
        return ""
    for kind, phrases in (("begin", _BEGINNINGS), ("end", _ENDINGS), ("alone", _ALONE)):
        if words in phrases:
            return kind
    near = [
        (SequenceMatcher(None, words, phrase).ratio(), kind)
        for kind, phrases in (("begin", _BEGINNINGS), ("end", _ENDINGS))
        for phrase in phrases
        if words[:1] == phrase[:1]
    ]
    best = max(near, default=(0.0, ""))
    return best[1] if best[0] >= _NEAR else ""


def _known(text: str) -> bool:
    return _words(text) in (*_BEGINNINGS, *_ENDINGS, "SOLUTION")


def plain_markers(source: str) -> str:
    """Return a cell's source with regions and comments in place of otter's notation."""
    source = _SEED.sub("", _PROMPT.sub(_comments, source))
    lines: list[str] = []
    indent: str | None = None
    for line in [*source.split("\n"), ""]:
        found = _SOLUTION.match(line)
        if found and not found["code"].lstrip().startswith("#"):
            if indent is None:
                indent = line[: len(line) - len(line.lstrip())]
                lines.append(f"{indent}### BEGIN SOLUTION")
            lines.append(found["code"])
            continue
        if indent is not None:
            lines.append(f"{indent}### END SOLUTION")
            indent = None
        lines.append(line)
    return "\n".join(lines[:-1])


def _comments(found: re.Match[str]) -> str:
    lines = [line for line in found["inside"].split("\n") if not _EMPTY.match(line)]
    return "\n".join(f"{found['indent']}# {line.strip().lstrip('# ')}" for line in lines)
