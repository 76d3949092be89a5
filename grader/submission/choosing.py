"""Which of several files is the submission: by name, and by what their code holds, never by their raw bytes."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from msgspec import Struct

from grader.errors import Span, SubmissionError, UsageError
from grader.language import Message, inert, listed, say
from grader.submission import formats, notebook
from grader.submission.costs import SCRIPT, WordsLeft, too_large
from grader.submission.stubs import Given, given_in, unwritten
from grader.submission.symbols import find
from grader.submission.syntax import attempt
from grader.submission.text import decode, lex

SUFFIXES = (".py", ".ipynb")
_LISTED = 12
_LOOKED_AT = 100
_LOOKED_INTO = 64 << 20
"""Bytes of all candidates together; looking into so many takes a second or two."""


_NAMED = 3
_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")
_RENAMED = (".py.txt", ".ipynb.txt", ".ipynb.json", ".py.html", ".ipynb.html", ".pyw", ".pyc")
_GIVE = say("Give a .py or .ipynb file, or a folder or .zip that holds one.")
_NO_WORK = frozenset({"__pycache__", "__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin"})


def left_by_tools(name: str) -> bool:
    """Return whether a file or folder of this name was left behind by a system or an editor: nobody handed it in."""
    return name.startswith((".", "~$")) or name.lower() in _NO_WORK


def is_work(name: str) -> bool:
    """Return whether nothing on the way to a file in what was handed in was left behind by a tool."""
    return not any(left_by_tools(part) for part in PurePosixPath(name).parts)


def way_out(names: Sequence[str]) -> Message:
    """Return what to hand in in place of files of these names, none of which can be graded."""
    lower = [name.lower() for name in names]
    if any(name.endswith(_RENAMED) for name in lower):
        return say("If it is the code, let its name end in .py or .ipynb and hand it in again.")
    if any(name.endswith(_ARCHIVES) for name in lower):
        return say("Archives of this kind are not opened: unpack it, or pack the files as a .zip.")
    return _GIVE


def nothing_in(where: str, names: Sequence[str]) -> UsageError:
    """Return the error for a folder or an archive without a script or notebook; `names` are the files in it."""
    there = sorted(filter(is_work, names))
    if not there:
        said = say("There is no Python file or notebook in {where}, nor any other file.", where=inert(where))
        return UsageError(said, hint=_GIVE)
    shown = [inert(name, 60) for name in there[:_NAMED]] + ["…"] * (len(there) > _NAMED)
    return UsageError(
        say("There is no Python file or notebook in {where}, only {files}.", where=inert(where), files=listed(shown)),
        hint=way_out(there),
    )


def several_in(where: str, files: Sequence[str]) -> UsageError:
    """Return the error for a folder or an archive with several `files` that could be the submission."""
    listed = "".join(f"\n  {inert(file, 100)}" for file in files[:_LISTED])
    return UsageError(
        say("{where} holds {count} files that could be the submission.", where=inert(where), count=len(files)),
        hint=say(
            "Give the path of one of them, or take the others away:{files}",
            files=listed + ("\n  …" if len(files) > _LISTED else ""),
        ),
    )


class Sought(Struct, frozen=True, kw_only=True):
    """What a submission is looked for by: the graded functions, the file name or glob, and what is given in stubs.

    `given` is asked for only where a function could be a stub; it gets the path of the file.
    """

    names: Sequence[str]
    pattern: str = ""
    given: Callable[[str], Given] | None = None

    def given_at(self, path: str) -> Callable[[], Given]:
        """Return what says, once it is asked, which outlines are given."""
        return lambda: self.given(path) if self.given is not None else {}


class CodeFound(Struct, frozen=True, kw_only=True):
    """What a candidate holds: the graded functions it seems to define, what is written of them by name, all its code.

    The `code` is without white space.
    """

    defined: frozenset[str] = frozenset()
    written: Mapping[str, tuple[str, ...]] = {}
    code: str = ""

    @property
    def is_stub(self) -> bool:
        """Whether the functions are there and none of them is written."""
        return bool(self.defined) and not self.written


def choose(
    files: Sequence[str], read: Callable[[str], bytes], sought: Sought, where: str
) -> tuple[str, Message | None]:
    """Return the one of `files` (paths with forward slashes, inside `where`) that is the submission, and why, if told.

    It is the file whose name or path the pattern matches (or a notebook of that name, if there is no such script),
    unless its functions are still stubs and another file has them written. Else it is the one that defines a graded
    function, a written one before a stub, else the only Python file or notebook. Raises UsageError with the list if
    that leaves none or several.
    """
    fitting = [file for file in files if PurePosixPath(file).suffix.lower() in SUFFIXES]
    named = _matching(fitting, sought.pattern) or _matching(fitting, f"{PurePosixPath(sought.pattern).stem}.ipynb")
    if len(fitting) == 1:
        return fitting[0], None
    looks = _looks(fitting, read, sought)
    written = [file for file in fitting if file in looks and looks[file].written]
    if len(named) == 1:
        chosen = named[0]
        if chosen not in looks or not looks[chosen].is_stub:
            return chosen, _also(chosen, [each for each in written if _twin(each) == _twin(chosen)], looks)
        if not written:
            return chosen, None
        rest = _distinct(written, looks)
        if len(rest) == 1:
            return rest[0], instead_of(chosen, rest[0])
        raise several_in(where, rest)
    possible = named or fitting
    rest = _distinct([each for each in possible if each in written], looks)
    rest = rest or [each for each in possible if each in looks and looks[each].defined] or possible
    if len(rest) == 1:
        return rest[0], None
    raise several_in(where, rest) if rest else nothing_in(where, files)


def instead_of(stub: str, chosen: str) -> Message:
    """Return the remark on a file that was graded instead of the stub beside it."""
    return say("{stub} is still the stub; {chosen}, which is written, was graded.",
               stub=inert(stub, 100), chosen=inert(chosen, 100))  # fmt: skip


def look(data: bytes, sought: Sought, path: str = "") -> CodeFound:
    """Return what a candidate holds; nothing where it cannot be read."""
    try:
        text = code_of(data, path)
    except SubmissionError:
        return CodeFound()
    defined, code = _defined(text, sought.names), "".join(text.split())
    if not defined:
        return CodeFound(code=code)
    tree = attempt(text)
    if not isinstance(tree, ast.Module):
        return CodeFound(defined=defined, written=dict.fromkeys(defined, (text,)), code=code)
    symbols, _ = find(tree, lex(text).bare, sought.names)
    names = [name for name in defined if name in symbols and not symbols[name].untouched]
    names = [name for name in names if name not in unwritten(text, tree, names, sought.given_at(path))]
    outlines = given_in(text, names, solved=False)
    return CodeFound(defined=defined, written={name: outlines.get(name, (name,)) for name in names}, code=code)


def code_of(data: bytes, path: str) -> str:
    """Return the code of a script or a notebook, magics blanked. Raises SubmissionError where it cannot be read."""
    if formats.is_notebook(data):
        return notebook.read(data, path, WordsLeft()).text
    formats.refuse_disguised(data, path)
    if len(data) > SCRIPT:
        raise too_large(len(data), SCRIPT, Span(path=path))
    return notebook.blank(decode(data, path)[0])


def defines(data: bytes, names: Sequence[str]) -> bool:
    """Return whether a script or notebook seems to define one of the functions."""
    try:
        return bool(_defined(code_of(data, ""), names))
    except SubmissionError:
        return False


def _defined(text: str, names: Sequence[str]) -> frozenset[str]:
    if not names:
        return frozenset()
    any_name = "|".join(map(re.escape, names))
    found = re.finditer(rf"\bdef[ \t]+({any_name})\b|^[ \t]*({any_name})[ \t]*=[^=]", lex(text).bare, re.MULTILINE)
    return frozenset(each[1] or each[2] for each in found)


def _looks(files: Sequence[str], read: Callable[[str], bytes], sought: Sought) -> dict[str, CodeFound]:
    """Return what each of the files holds; nothing is looked into if there is too much."""
    if len(files) > _LOOKED_AT:
        return {}
    found: dict[str, CodeFound] = {}
    left = _LOOKED_INTO
    for file in files:
        data = read(file)
        left -= len(data)
        if left < 0:
            return {}
        found[file] = look(data, sought, file)
    return found


def _distinct(files: Sequence[str], looks: Mapping[str, CodeFound]) -> list[str]:
    """Return the files without those that are by name and code a copy of one before them."""
    found: dict[tuple[str, str], str] = {}
    for file in files:
        found.setdefault((_twin(file), looks[file].code), file)
    return [*found.values()]


def _also(chosen: str, written: Sequence[str], looks: Mapping[str, CodeFound]) -> Message | None:
    """Return the remark on a twin that has other functions written than the chosen file, or wrote them otherwise."""
    others = [each for each in written if each != chosen and looks[each].written != looks[chosen].written]
    if not others:
        return None
    return say("{other} has functions written too, otherwise than {chosen}; {chosen} was graded. Name the file to "
               "grade, or take the other away.", other=inert(others[0], 100), chosen=inert(chosen, 100))  # fmt: skip


_COPY = re.compile(r"(?:[\s_-]*(?:\(\d+\)|（\d+）|copy\d*|副本|复制))+$", re.IGNORECASE)


def _twin(file: str) -> str:
    """Return a file's name without its suffix and what a copy's name adds: `hw` for `hw (1).ipynb`, `hw-Copy1.py`."""
    return _COPY.sub("", PurePosixPath(file).stem).casefold()


def _matching(files: Sequence[str], pattern: str) -> list[str]:
    return [file for file in files if fnmatchcase(file, pattern) or fnmatchcase(PurePosixPath(file).name, pattern)]
