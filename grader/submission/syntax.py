"""Parses Python text; where that is broken, cuts out the smallest broken pieces, so that the rest can be graded."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from grader.errors import Span, SubmissionError
from grader.language import Message, inert, say
from grader.submission.costs import once
from grader.submission.text import explain_odd, lex, tidied


def explain(error: SyntaxError, line: str, mixed: bool = False) -> Message | None:
    """Return what to do about Python's message, or None if there is nothing better than its own words.

    `mixed` says that the statement is indented with both tabs and spaces.
    """
    words = error.msg or ""
    if line.lstrip().startswith(("<<<<<<<", "=======", ">>>>>>>")):
        return say("This line was left by a merge conflict; keep one of the two versions and delete the marks.")
    if isinstance(error, TabError) or (mixed and isinstance(error, IndentationError) and "expected an" not in words):
        return say("Tabs and spaces are mixed in the indentation; use four spaces everywhere.")
    if words.startswith("Missing parentheses in call to 'print'"):
        printed = re.sub(r"^\s*print\s*", "", line).strip()
        return say("This is Python 2; in Python 3 write `print({what})`.", what=inert(printed, 60))
    for pattern, sentence in _SENTENCES:
        if re.search(pattern, words):
            return sentence
    return explain_odd(words)


_SENTENCES: tuple[tuple[str, Message], ...] = (
    (r"expected ':'", say("A colon is missing at the end of the line (def, for, if, else …).")),
    (r"was never closed", say("This bracket is opened and never closed.")),
    (r"^unmatched", say("This bracket is closed and was never opened.")),
    (r"closing parenthesis .* does not match", say("The closing bracket is of another kind than the opening one.")),
    (r"unterminated triple-quoted", say("The triple quotes that open here are never closed.")),
    (r"unterminated|EOL while scanning", say("The quotation mark that opens here is not closed on its line.")),
    (r"expected an indented block", say("The line after a colon must be indented by four spaces.")),
    (r"unexpected indent", say("This line is indented further than the lines above it.")),
    (r"unindent does not match", say("The indentation matches no line above; use four spaces per level.")),
    (r"'return' outside function", say("This return stands outside its function; indent it by four spaces.")),
    (r"instead of '='|cannot assign to", say("= assigns; to compare, write ==.")),
    (r"^'break' outside|^'continue' not", say("break and continue belong inside a loop; is this indented right?")),
    (r"^duplicate argument", say("Two parameters of this function have the same name.")),
    (r"keyword argument repeated", say("This call is given the same argument twice.")),
    (r"forgot a comma", say("A comma or an operator seems to be missing.")),
    (r"Exceeds the limit", say("This number has far too many digits.")),
    (r"too many nested|too deeply|recursion|parser stack", say("This is nested too deeply to be read.")),
)


_STARTS = r"(?:async[ \t]+def|def|class|import|from)\b|@"
"""What starts a statement even if a bracket above was left open."""
_COMPOUND = r"(?:async[ \t]+def|def|class|for|while|if|with|try)\b|@"
_GOES_ON = r"(?:else|elif|except|finally)\b|[)\]}]|<{7}|={7}|>{7}"
"""What continues the statement above: clauses, closing brackets, the marks of a merge conflict."""
_INDENT = " \t\f"
"""What Python takes for white space: not a full-width space."""
_RETURN = r"([ \t]+)(?:return|raise)\b"
_ON_LINE = r"\bon line (\d+)"
_DEFINES = r"(?m)^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)|^(\w+)[ \t]*=(?!=)"

MOST_HOLES = 500
"""Broken pieces at most; each takes some kilobytes and is parsed by itself."""

Block = tuple[int, int]
"""First and last line, from 1, of what is read by itself: a notebook's cell, or a whole file."""


class Hole(Struct, frozen=True, kw_only=True):
    """Lines `first` to `last` that do not parse, the error, and the name that they would have defined.

    `slipped` says that the line of the error lost the indent that it had in the function above.
    """

    first: int
    last: int
    error: SyntaxError
    name: str = ""
    slipped: bool = False


class Parsed(Struct, frozen=True, kw_only=True, eq=False):
    """What could be parsed: `text` is the text with empty lines for every hole, `tree` its tree."""

    text: str
    tree: ast.Module
    holes: tuple[Hole, ...] = ()


def parse(text: str, blocks: Sequence[Block], path: str) -> Parsed:
    """Return the tree of all of `text` that is well-formed; `blocks` are read by themselves.

    Raises SubmissionError if more than `MOST_HOLES` pieces are not well-formed.
    """
    tree = attempt(text)
    lines = text.split("\n")
    if isinstance(tree, ast.Module):
        holes = _strays(tree, text, path)
        return Parsed(text=_without(lines, holes) if holes else text, tree=tree, holes=tuple(holes))
    holes = []
    for first, last in blocks:
        if isinstance(attempt("\n".join(lines[first - 1 : last])), SyntaxError):
            holes += _holes(lines[first - 1 : last], first, path)
            _bound(len(holes), path)
    rest = _without(lines, holes)
    tree = attempt(rest)
    if isinstance(tree, ast.Module):
        strays = _strays(tree, rest, path)
        holes, rest = sorted(holes + strays, key=lambda hole: hole.first), _without(rest.split("\n"), strays)
        return Parsed(text=rest, tree=tree, holes=tuple(holes))
    whole = Hole(first=1, last=len(lines), error=tree)
    return Parsed(text="\n" * (len(lines) - 1), tree=ast.Module(body=[], type_ignores=[]), holes=(whole,))


def _bound(count: int, path: str) -> None:
    if count > MOST_HOLES:
        raise SubmissionError(
            say("More than {most} statements of this file are not valid Python.", most=MOST_HOLES),
            hint=say("Hand in the code alone; data and saved pictures do not belong in it."),
            at=Span(path=path),
        )


def _strays(tree: ast.Module, text: str, path: str) -> list[Hole]:
    """Take every `return` outside of a function out of the tree: Python complains only when it compiles it."""
    strays = [node for node in tree.body if isinstance(node, ast.Return)]
    _bound(len(strays), path)
    if not strays:
        return []
    lines = lex(text).bare.split("\n")  # a comment's backslash joins nothing
    tree.body = [node for node in tree.body if not isinstance(node, ast.Return)]
    return [
        Hole(
            first=_joined(lines, node.lineno),
            last=node.end_lineno or node.lineno,
            error=SyntaxError("'return' outside function", ("", node.lineno, node.col_offset + 1, None)),
        )
        for node in strays
    ]


def _joined(lines: Sequence[str], line: int) -> int:
    """Return the first of the lines that a backslash joins to `line`: left alone at the end it would not parse."""
    while line > 1 and lines[line - 2].endswith("\\"):
        line -= 1
    return line


def attempt(text: str) -> ast.Module | SyntaxError:
    """Return the tree of `text`, or what is wrong with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except SyntaxError as error:
            return error.with_traceback(None)  # its frames hold the error: a circle that keeps all they read
        except (RecursionError, MemoryError):
            return SyntaxError("too deeply nested")
        except (ValueError, OverflowError) as error:
            return SyntaxError(str(error))


@once
def tree_of(text: str) -> ast.Module | SyntaxError:
    """Return what `attempt` does, the same object for the same text; it must not be changed."""
    return attempt(text)


def _holes(lines: Sequence[str], first: int, path: str) -> list[Hole]:
    """Return the broken statements of a block; `first` is the number of its first line."""
    holes: list[Hole] = []
    raw = lex("\n".join(lines)).bare.split("\n")
    bare = [tidied(line) for line in raw]
    opener = below = last = -1  # where the last compound statement begins, the one below it, and the last of all
    for begin, end in _statements(lines, raw, bare):
        below = begin if last == opener else below
        error = attempt("\n".join(lines[begin:end]))
        compound = re.match(_COMPOUND, bare[begin]) is not None
        if isinstance(error, SyntaxError):
            error.msg = _moved(error.msg or "", first + begin - 1)
            at = min(max(begin + (error.lineno or 1) - 1, begin), end - 1)
            start, slipped = begin, False
            if _stands_in_a_body(bare[begin:end], error, compound=compound):
                indented = compound or error.msg == "unexpected indent"
                if opener >= 0 and _is_open(bare[opener:below], direct=below == begin):
                    start, slipped, at = opener, indented, below if indented else at
                elif indented and not compound:
                    start = at
                while holes and holes[-1].first >= first + start:
                    holes.pop()
            error.lineno = first + at
            holes.append(replace(_hole(lines, start, end, first, error), slipped=slipped))
            _bound(len(holes), path)
            last = opener if start == opener else begin
        else:
            last = begin
        opener = begin if compound and last == begin else opener
    return holes


def _moved(words: str, by: int) -> str:
    """Return Python's words about a piece of a text, with `by` added to the lines that they name."""
    return re.sub(_ON_LINE, lambda found: f"on line {int(found[1]) + by}", words)


def _stands_in_a_body(bare: Sequence[str], error: SyntaxError, *, compound: bool) -> bool:
    """Return whether a broken statement belongs in a body above it: its line has lost its indent.

    For a simple statement, indented lines follow; for a loop or branch, what follows fits none of its levels.
    """
    if compound:
        return not re.match(_STARTS, bare[0]) and (error.msg or "").startswith("unindent does not match")
    if error.msg == "unexpected indent":
        return True
    alone = sum(map(bare[0].count, "([{")) <= sum(map(bare[0].count, ")]}"))
    return alone and not bare[0].endswith("\\") and any(line[0] in _INDENT for line in bare[1:] if line.strip(_INDENT))


def _is_open(block: Sequence[str], *, direct: bool) -> bool:
    """Return whether a compound statement may go on below: a function that has not returned, others if `direct`."""
    solid = [line for line in block if line.strip(_INDENT)]
    if not solid[0].startswith(("def", "async", "@")):
        return direct
    ended = re.match(_RETURN, solid[-1])
    body = next((line for line in solid if line[0] in _INDENT), "")
    return ended is None or ended[1] != body[: len(body) - len(body.lstrip(_INDENT))]


def _hole(lines: Sequence[str], begin: int, end: int, first: int, error: SyntaxError) -> Hole:
    while end > begin + 1 and (not lines[end - 1].strip(_INDENT) or lines[end - 1].startswith("#")):
        end -= 1
    name = re.search(_DEFINES, tidied("\n".join(lines[begin:end])))
    defined = (name.group(1) or name.group(2)) if name else ""
    return Hole(first=first + begin, last=first + end - 1, error=error, name=defined)


def _statements(lines: Sequence[str], raw: Sequence[str], bare: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield top-level statements as (begin, end) indices of lines; an open bracket ends where a definition starts.

    `raw` is the lines' code, `bare` the same as a reader sees it: indented also with full-width spaces.
    """
    begin = depth = 0
    decorated = False
    below = _margins_below(bare)
    for index, code in enumerate(bare):
        vacant = not code.strip(_INDENT) or code[0] == "#"
        if vacant and not raw[index].isascii() and below[index] and depth == 0:
            if index > begin:
                yield begin, index
            begin, decorated = index, False
        elif not vacant and code[0] not in _INDENT and not re.match(_GOES_ON, code):
            starts = re.match(_STARTS, code)
            joined = index > 0 and lines[index - 1].endswith("\\")
            if (starts or (depth == 0 and not joined)) and not decorated:
                if index > begin:
                    yield begin, index
                begin, depth = index, 0
            decorated = code[0] == "@"
        opened = sum(map(code.count, "([{"))
        closed = sum(map(code.count, ")]}"))
        depth = max(0, depth + opened - closed)
    if begin < len(bare):
        yield begin, len(bare)


def _margins_below(bare: Sequence[str]) -> list[bool]:
    """Return for each line whether the next line with code is not indented, or there is none."""
    found, margin = [True] * len(bare), True
    for index in range(len(bare) - 1, -1, -1):
        found[index] = margin
        if bare[index].strip(_INDENT) and bare[index][0] != "#":
            margin = bare[index][0] not in _INDENT
    return found


def _without(lines: Sequence[str], holes: Sequence[Hole]) -> str:
    rest = list(lines)
    for hole in holes:
        rest[hole.first - 1 : hole.last] = [""] * (hole.last - hole.first + 1)
    return "\n".join(rest)
