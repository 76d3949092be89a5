"""A notebook (format 3 or 4) as Python text: its code cells in order, and for each line its cell and line there.

Saved outputs and metadata are never looked at: anybody can write them.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from grader.errors import Span, SubmissionError
from grader.language import Message, inert, say
from grader.model import Origin
from grader.submission.costs import WordsLeft
from grader.submission.syntax import Block
from grader.submission.text import Lexed, compiled, decode

_SUSPECTS = tuple(map(re.compile, (r"\n[ \t]*[%!?]", r"\?[ \t]*\n", r"=[ \t]*[%!][^=]")))
"""Each begins with one fixed character, so that a text without magics takes no time."""
_CELL = re.compile(r"\s*%%(\w+)")
HARMLESS = frozenset({"time", "capture", "prun"})
"""Cell magics that run the cell as it is and keep the names it defines."""


def cell_magic(source: str) -> str:
    """Return the name of the `%%magic` a cell begins with, or ""."""
    found = _CELL.match(source)
    return found.group(1) if found else ""


@cache
def _token() -> re.Pattern[str]:
    """Return what matters in code with magics; compiling it takes 1 ms, and most code has none."""
    return compiled(
        r"""
        (?P<magic> ^[ \t]*(?:
            (?: %{1,2}[A-Za-z_] | ! | \? ) (?: [^\\\n] | \\. )*+
          | %{0,2}[\w.*]+\?{1,2}[ \t]*$
          | [\w, \t]+=[ \t]*(?: %[A-Za-z_] | ! ) (?: [^\\\n] | \\. )*+ ) )
      | (?P<skipped> \#[^\n]*
          | "{3} (?: [^"\\] | \\. | "(?!"") )*+ "{3} | '{3} (?: [^'\\] | \\. | '(?!'') )*+ '{3}
          | (?!"{3}) " (?: [^"\\\n] | \\. )*+ " | (?!'{3}) ' (?: [^'\\\n] | \\. )*+ ' )
      | (?P<open> [\[({] )
      | (?P<close> [\])}] )
      | (?P<start> ^(?:def|class|import|from|@)\b )
        """,
        re.VERBOSE | re.DOTALL | re.MULTILINE,
    )


def blank(text: str) -> str:
    """Return `text` with an empty line for each magic, or `pass` where it is indented: a block needs a body.

    Of `%time STATEMENT` the statement stays, and `name = !command` binds an empty list.
    """
    framed = f"\n{text}\n"
    if not any(suspect.search(framed) for suspect in _SUSPECTS):
        return text
    parts: list[str] = []
    at = done = depth = 0
    while found := _token().search(text, at):
        at = found.end()
        match found.lastgroup:
            case "open":
                depth += 1
            case "close":
                depth = max(0, depth - 1)
            case "start":
                depth = 0
            case "magic" if depth:
                at = found.start() + 1 + len(found.group()) - len(found.group().lstrip())
            case "magic":
                parts += [text[done : found.start()], _stand_in(found.group())]
                done = at
    return "".join(parts) + text[done:]


_RUNS = re.compile(r"%(?:time|prun)[ \t]+(?:-{1,2}\w[\w-]*[ \t]+)*(?=[^\s-])")
_BINDS = re.compile(r"([\w, \t]+=[ \t]*)([%!])")


def _stand_in(line: str) -> str:
    """Return what is run in place of a magic: what `%time` times, an empty result that is bound, or nothing."""
    code = line.lstrip()
    indent = line[: len(line) - len(code)]
    if runs := _RUNS.match(code):
        return indent + code[runs.end() :]
    if binds := _BINDS.match(code):
        return f"{indent}{binds[1]}{'[]' if binds[2] == '!' else 'None'}" + "\n" * line.count("\n")
    return (f"{indent}pass" if indent else "") + "\n" * line.count("\n")


_TWICE = "\0twice"
_WATCHED = frozenset({"cells", "worksheets", "nbformat", "cell_type", "source", "input"})
_SURROGATE = r"[\ud800-\udfff]"
_MOST_CELLS = 5000
_MOST_PARTS = 700_000
"""Strings, and opening brackets and commas outside of them; each takes Python up to 160 bytes of memory."""
_PIECE = 1 << 20
_ESCAPED = (rb"\\", rb"\"")
_PART = re.compile(rb'"[^"]*"?|[\[{,]')


class Script(Struct, frozen=True, kw_only=True):
    """Python text to read: `text` (`original` without magics), the places of its lines, and the blocks in it.

    A block, a cell or a whole file, is read by itself. `lexed` is the lexed `original`, if it was lexed already.
    """

    original: str
    text: str
    blocks: tuple[Block, ...]
    places: tuple[Origin, ...] = ()
    remarks: tuple[tuple[Message, Span], ...] = ()
    lexed: Lexed | None = None

    def remarked(self, said: Message, path: str) -> Script:
        """Return the script with one more remark on the whole file."""
        return replace(self, remarks=((said, Span(path=path)), *self.remarks))


def read(data: bytes, path: str, allowance: WordsLeft) -> Script:
    """Return the code of a notebook. Raises SubmissionError with the place if it is not a notebook, or too large."""
    sources = [_source(cell) for cell in _cells(_document(data, path), path)]
    allowance.take("\n".join(_counted(source) for source in sources if isinstance(source, str)), path)
    read: list[str] = []
    original: list[str] = []
    places: list[Origin] = []
    blocks: list[Block] = []
    remarks: list[tuple[Message, Span]] = []
    number = 0
    for source in sources:
        if source is None:
            continue
        number += 1
        at = Span(path=path, cell=number)
        if isinstance(source, Message):
            remarks.append((source, at))
            continue
        magic = _other_language(source)
        if magic and re.search(r"^[ \t]*def\b", source, re.MULTILINE):
            remarks.append((say("This cell begins with %%{magic}, so it was not read.", magic=inert(magic, 40)), at))
        code = _counted(source)
        lines = code.split("\n")
        blocks.append((len(original) + 1, len(original) + len(lines)))
        original += lines
        read += blank(_dedented(code)).split("\n")
        places += [Origin(number, line) for line in range(1, len(lines) + 1)]
    return Script(
        original="\n".join(original),
        text="\n".join(read),
        blocks=tuple(blocks),
        places=tuple(places),
        remarks=tuple(remarks),
    )


def _counted(source: str) -> str:
    """Return what is read of a cell: of one in another language as many empty lines."""
    return "\n" * source.count("\n") if _other_language(source) else source


def _other_language(source: str) -> str:
    """Return the magic that says that a cell is not Python, "" if there is none."""
    magic = cell_magic(source)
    return magic if magic not in HARMLESS else ""


def _document(data: bytes, path: str) -> dict[str, object]:
    import json

    # In GBK and UTF-16 the byte of a quote or a backslash occurs within other characters, too.
    if _has_many_parts(data if _is_utf8(data) else decode(data, path)[0].encode()):
        raise SubmissionError(
            say("The notebook is too large to be read: clear its outputs and save it again."), at=Span(path=path)
        )
    text, _ = decode(data, path)
    try:
        found = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise SubmissionError(
            say("The notebook is not valid JSON: {what}", what=inert(error.msg, 100)),
            hint=say("Open it in Jupyter, save it again and hand in the new file."),
            at=Span(path=path, line=error.lineno, column=error.colno),
        ) from None
    except RecursionError:
        raise SubmissionError(say("The notebook is nested too deeply to be read."), at=Span(path=path)) from None
    except ValueError:  # a number of more digits than Python converts
        raise SubmissionError(say("The notebook holds a number that is far too long."), at=Span(path=path)) from None
    if not isinstance(found, dict):
        raise SubmissionError(say("The file is not a notebook: a notebook is a JSON object."), at=Span(path=path))
    return found


def _is_utf8(data: bytes) -> bool:
    """Return whether the bytes are UTF-8, decoded piece by piece: one wide character makes a whole text large."""
    decoder = getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _PIECE):
            decoder.decode(data[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _has_many_parts(data: bytes) -> bool:
    """Return whether JSON has more than `_MOST_PARTS` parts; brackets and commas in strings do not count."""
    if sum(map(data.count, (b"[", b"{", b",", b'"'))) <= _MOST_PARTS:
        return False
    for escaped in _ESCAPED:
        data = data.replace(escaped, b"")
    return any(number >= _MOST_PARTS for number, _ in enumerate(_PART.finditer(data)))


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the keys of a JSON object that are looked at, with one that occurs twice under `_TWICE`."""
    watched = [(key, value) for key, value in pairs if key in _WATCHED]
    found = dict(watched)
    if len(found) < len(watched):
        keys = [key for key, _ in watched]
        found[_TWICE] = min(key for key in found if keys.count(key) > 1)
    return found


def _cells(document: dict[str, object], path: str) -> list[object]:
    version = document.get("nbformat")
    if _TWICE in document:
        raise _ambiguous(document[_TWICE], Span(path=path))
    if version not in (3, 4) or isinstance(version, bool | float):
        raise SubmissionError(
            say("The notebook's format is {form}; formats 3 and 4 can be read.", form=inert(repr(version), 40)),
            hint=say("Open it in Jupyter, save it again and hand in the new file."),
            at=Span(path=path),
        )
    cells = document.get("cells")
    if version == 3:
        sheets = document.get("worksheets")
        inside = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)] if isinstance(sheets, list) else []
        cells = [cell for some in inside if isinstance(some, list) for cell in some]
    if not isinstance(cells, list):
        raise SubmissionError(say("The notebook has no list of cells."), at=Span(path=path))
    if len(cells) > _MOST_CELLS:
        raise SubmissionError(
            say("The notebook has {count} cells; at most {most} are read.", count=len(cells), most=_MOST_CELLS),
            at=Span(path=path),
        )
    for number, cell in enumerate(cells, start=1):
        if isinstance(cell, dict) and _TWICE in cell:
            raise _ambiguous(cell[_TWICE], Span(path=path, cell=number))
    return cells


def _ambiguous(key: object, at: Span) -> SubmissionError:
    return SubmissionError(say('The key "{key}" stands twice in one JSON object.', key=inert(str(key), 40)), at=at)


def _source(cell: object) -> str | Message | None:
    """Return a cell's code, or why it was skipped, or None for a cell without code, which is not counted."""
    if not isinstance(cell, dict):
        return say("This cell is not a JSON object; it was skipped.")
    kind = cell.get("cell_type")
    if kind != "code":
        return None if isinstance(kind, str) else say("This cell has no type; it was skipped.")
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return say("This cell's source is not text; it was skipped.")
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in source:
        return say("This cell holds NUL characters; it was skipped.")
    return re.sub(_SURROGATE, "\ufffd", source)


def _dedented(source: str) -> str:
    """Return a cell without the indent of its first line, as IPython runs it."""
    first = next((line for line in source.split("\n") if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    if not indent:
        return source
    return "\n".join(line.removeprefix(indent) for line in source.split("\n"))
