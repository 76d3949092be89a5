"""Comments and strings found in Python text, well-formed or not, in one pass of one expression.

The standard `tokenize` gives up where a bracket or a string stays open; what a student hands in must be read beyond
that point, and ten times faster.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from grader.language import Message, inert, say
from grader.model import Marker, Symbol

_POSSESSIVE = re.match(r"(?:a|b(?!b))*+bb", "abb") is not None
"""Python before 3.11.5, Debian 12's among them, loses its place where a possessive group ends (gh-106052)."""


def compiled(pattern: str, flags: re.RegexFlag) -> re.Pattern[str]:
    """Return a pattern; where no group can be possessive its groups are greedy, which takes more memory.

    So each alternative of such a group has to begin with another character, lest time grows faster than the text.
    """
    return re.compile(pattern if _POSSESSIVE else pattern.replace(")*+", ")*"), flags)


_LEXEME = compiled(
    r"""
    ["'\#]  # a set in front lets the search skip all other characters at once
    (?: (?<=\#) [^\n]*+ (?P<comment>)
      | (?<=") "" [^"\\]*+ (?: (?: \\. | "(?!"") ) [^"\\]*+ )*+ "{3}
      | (?<=') '' [^'\\]*+ (?: (?: \\. | '(?!'') ) [^'\\]*+ )*+ '{3}
      | (?<=") (?!"") (?: [^"\\\n] | \\. )*+ "
      | (?<=') (?!'') (?: [^'\\\n] | \\. )*+ '
      | (?: (?<=") "" | (?<=') '' ) .*+ (?P<endless>)
      | (?: [^\\\n] | \\. )*+ \\?  # a string cut off by the end of its line
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_DEFINITION = re.compile(r"\n(?:def|class|import)[ \t]+\w")
_NOT_NEWLINE = re.compile(r"[^\n]")


class Lexed(Struct, frozen=True, kw_only=True):
    """Python text taken apart.

    `bare` is the text with every comment, and every string but its first character, turned into spaces, so that what
    is left is code in its old place. `comments` are offset and text of each comment. `endless` is the line of the
    triple quotes that are probably the ones never closed (0: all are): those whose text holds a definition at the
    margin, else the last.
    """

    bare: str
    comments: tuple[tuple[int, str], ...]
    endless: int = 0


def lex(text: str) -> Lexed:
    """Return `text` (its lines end in a plain newline) with comments and strings told from code."""
    parts: list[str] = []
    comments: list[tuple[int, str]] = []
    done = endless = suspect = 0
    for match in _LEXEME.finditer(text):
        begin, end = match.span()
        found = match.group()
        parts.append(text[done:begin])
        if match.lastgroup == "comment":
            comments.append((begin, found))
            parts.append(" " * len(found))
        else:
            parts.append(found[0] + _blank(found[1:]))
            if not suspect and "\n" in found and _DEFINITION.search(found):
                suspect = line_at(text, begin)
            if match.lastgroup == "endless":
                endless = suspect or line_at(text, begin)
        done = end
    parts.append(text[done:])
    return Lexed(bare="".join(parts), comments=tuple(comments), endless=endless)


def line_at(text: str, offset: int) -> int:
    """Return the line, from 1, that holds the character at `offset`."""
    return text.count("\n", 0, offset) + 1


def _blank(inside: str) -> str:
    return _NOT_NEWLINE.sub(" ", inside) if "\n" in inside else " " * len(inside)


_MARKER = re.compile(
    r"#+[ \t]*(?:评分函数[ \t]*+(?P<optional>[(（][ \t]*可选[ \t]*[)）])?|GRADED FUNCTION)"
    r"[ \t]*[:：][ \t]*(?P<name>\w+)",
    re.IGNORECASE,
)


def find(text: str, comments: Sequence[tuple[int, str]]) -> tuple[Marker, ...]:
    """Return the markers among the comment tokens of `text`, in order."""
    return tuple(
        Marker(name=inert(found["name"], 80), line=line_at(text, offset), optional=found["optional"] is not None)
        for offset, comment in comments
        if (found := _MARKER.match(comment))
    )


def complain(
    markers: Sequence[Marker],
    symbols: Mapping[str, Symbol],
    starts: Mapping[str, Sequence[int]],
    excused: Collection[str],
) -> Iterator[tuple[Message, int]]:
    """Yield what is odd about the markers, each with its line.

    `starts` are the lines of every definition of each name; `excused` are names spoken of elsewhere already (a
    function that does not parse, a misspelt one).
    """
    seen: set[str] = set()
    where = sorted((line, name) for name, lines in starts.items() for line in lines)
    for index, marker in enumerate(markers):
        name = str(marker.name)
        until = bisect_left(where, (markers[index + 1].line, "")) if index + 1 < len(markers) else len(where)
        below = [defined for _, defined in where[bisect_left(where, (marker.line, "")) : until]]
        if name in seen:
            yield say("The marker for {name} stands here a second time.", name=name), marker.line
        elif name in below or name in excused:
            pass
        elif below:
            says = say("The marker says {name}, but the function below it is {found}.", name=name, found=below[0])
            yield says, marker.line
        elif name in symbols:
            says = say("The marker for {name} has no function below it; {name} stands elsewhere.", name=name)
            yield says, marker.line
        else:
            yield say("The marker for {name} has no function below it.", name=name), marker.line
        seen.add(name)
