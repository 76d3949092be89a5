"""What a student handed in (a script, a notebook, a folder or an archive) as a Submission: read, and never run."""

from __future__ import annotations

import ast
import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from grader.errors import Span, SubmissionError, UsageError
from grader.language import Inert, Message, inert, say
from grader.model import Broken, Signature, Source, Submission
from grader.submission import formats, notebook
from grader.submission.choosing import Sought, code_of, way_out
from grader.submission.costs import TookTooLong, WordsLeft, bounded, forget, once
from grader.submission.files import gather_files
from grader.submission.modules import gather
from grader.submission.notebook import blank
from grader.submission.reading import Folder, FoundFile, files_beside, helper, in_file, in_folder, packed, twin_of
from grader.submission.removed import remarks
from grader.submission.stubs import Given, unwritten
from grader.submission.symbols import find, find_markers, odd_markers, some, suggest
from grader.submission.syntax import Hole, attempt, explain, parse
from grader.submission.text import decode, explain_lookalike, lex, lookalikes

__all__ = ["caret", "code_text", "forget", "line", "lines", "load", "refused", "signatures", "split"]

_DETECTED = r" ?\(detected at line \d+\)"
_ON_LINE = r"\bon line (\d+)"
_REFUSED = r"^(?:Syntax|Indentation|Tab)Error: (.*) \([^()]*, line (\d{1,7})\)$"


def load(
    path: Path,
    names: Sequence[str],
    pattern: str = "",
    *,
    beneath: Path | None = None,
    helpers: bool = True,
    given: Callable[[str], Given] | None = None,
) -> Submission:
    """Return the submission at `path`: a .py file, a notebook, or a folder or .zip that holds one.

    A folder may also hold one .zip and no code beside it. `names` are the rubric's functions, `pattern` the file name
    or glob that it asks for. Below the folder `beneath` (by default the one that holds `path`) no link is followed. For
    a single file, modules and data beside it are read only with `helpers`. `given` returns, for the path that is read,
    the outlines that stubs have: a function that is still one is untouched. It takes a bounded time.

    Raises SubmissionError with the place for what cannot be read. Raises UsageError for a path that does not exist, and
    where there are no candidates or several (they are listed).
    """
    try:
        with bounded():
            sought = Sought(names=names, pattern=pattern, given=given)
            return _loaded(path, sought, path.parent if beneath is None else beneath, helpers=helpers)
    except TookTooLong:
        raise SubmissionError(
            say("Reading this file takes too long: too much in it is broken, or made to be hard to read."),
            hint=say("Hand in the code alone; data and saved pictures do not belong in it."),
            at=Span(path=inert(str(path), 1000)),
        ) from None


def _loaded(path: Path, sought: Sought, base: Path, *, helpers: bool) -> Submission:
    inside = path.relative_to(base)
    with Folder.at(base) as trusted, trusted.open(inside.as_posix()) as handed_in:
        if isinstance(handed_in, Folder):
            archive = packed(handed_in, path)
            if archive is not None:
                return _loaded(path / archive, sought, base, helpers=helpers)
            return _understood(in_folder(handed_in, path, sought), sought)
        match path.suffix.lower():
            case ".zip":
                from grader.submission.archive import in_archive

                return _understood(in_archive(handed_in, path, sought), sought)
            case ".py" | ".ipynb" | ".txt" as suffix:
                beside = partial(helper, trusted, inside.as_posix()) if helpers else None
                data = files_beside(trusted, inside.as_posix()) if helpers else None
                found = in_file(handed_in, path, sought, beside, data)
                if suffix != ".txt" or formats.is_code(found.data):
                    student = _understood(found, sought)
                    twin = twin_of(trusted, inside.as_posix(), found, sought) if helpers and _is_stub(student) else None
                    return _understood(twin, sought) if twin is not None else student
        handed_in.seek(0)
        kind = formats.disguised(handed_in.read(formats.BEGINNING))
    raise UsageError(
        say("{path} is {kind}, not a Python file, notebook, folder or .zip.", path=inert(str(path)), kind=kind)
        if kind is not None
        else say("{path} is not a Python file, notebook, folder or .zip.", path=inert(str(path))),
        hint=way_out([path.name]),
    )


def _is_stub(student: Submission) -> bool:
    return bool(student.symbols) and not student.broken and all(each.untouched for each in student.symbols.values())


def _understood(found: FoundFile, sought: Sought) -> Submission:
    allowance, names = WordsLeft(), sought.names
    script = _read(found, allowance)
    parsed = parse(script.text, script.blocks, found.path)
    lexed = script.lexed if script.lexed and script.original == parsed.text else lex(parsed.text)
    defined, starts = find(parsed.tree, lexed.bare, names)
    written = [name for name in names if name in defined and not defined[name].untouched]
    for name in unwritten(parsed.text, parsed.tree, written, sought.given_at(found.path)):
        defined[name] = replace(defined[name], untouched=True)
    helpers, unread, raw = gather(lexed.bare, parsed.text, found.beside, allowance)
    files, unread_files = gather_files("\n".join([parsed.text, *(text for _, text in helpers)]), found.handed_in)
    source = Source(
        path=found.path,
        text=parsed.text,
        digest=_digest(found.data, raw, *(part for name, data in files for part in (name.encode(), data))),
        places=script.places,
        modules=helpers,
        files=files,
    )
    written = script.text.split("\n")
    broken = tuple(_broken(hole, written, source) for hole in parsed.holes)
    marked = find_markers(script.text, (lex(script.text) if parsed.holes else lexed).comments)
    lost = {each.function for each in broken}
    missing = [name for name in names if name not in defined and name not in lost]
    meant = suggest(missing, defined, names, lexed.bare)
    kinds = (
        unread,
        unread_files,
        meant.values(),
        _twice(starts, names, source),
        odd_markers(marked, defined, starts, {*meant, *lost}),
        remarks(lexed.bare),
        [(found.chosen, 0)] if found.chosen is not None else [],
        [(say("The file holds no code."), 1)] if not lexed.bare.strip() and not broken else [],
    )
    return Submission(
        name=found.name,
        source=source,
        original=script.original,
        symbols=defined,
        markers=marked,
        broken=broken,
        meant={name: (message, source.span(line)) for name, (message, line) in meant.items()},
        remarks=(
            *some(script.remarks),
            *some(_left_out(broken, names, defined)),
            *(each for kind in kinds for each in some((message, source.span(line)) for message, line in kind)),
        ),
    )


def code_text(data: bytes, path: str) -> str:
    """Return the code of a script or a notebook, "" where it cannot be read."""
    try:
        return code_of(data, path)
    except SubmissionError:
        return ""


def signatures(submission: Submission) -> Mapping[str, Signature]:
    """Return what each top-level function of a source takes by position."""
    return {
        name: Signature(parameters=symbol.parameters, defaults=symbol.defaults, methods=symbol.methods)
        for name, symbol in submission.symbols.items()
    }


def line(submission: Submission, at: Span) -> Inert:
    """Return the line of the student's text that `at` points to ("" if there is none), made harmless."""
    return inert(_line(submission, at))


def caret(submission: Submission, at: Span) -> int:
    """Return the column of `at` in the line as `line` shows it, in characters from 1 (0: no column)."""
    return len(inert(_line(submission, at)[: at.column - 1])) + 1 if at.column else 0


def lines(submission: Submission) -> Sequence[str]:
    """Return the lines of the student's text."""
    return split(submission.original)


@once
def split(text: str) -> Sequence[str]:
    """Return the lines of a text. They are kept: it may have many, and each frame of each case asks for one."""
    return text.split("\n")


def _line(submission: Submission, at: Span) -> str:
    number, places = at.line, submission.source.places
    if places:  # they are in order: cell by cell, line by line
        number = bisect_right(places, (at.cell, at.line), key=lambda place: (place.cell, place.line))
        if not number or (places[number - 1].cell, places[number - 1].line) != (at.cell, at.line):
            number = at.line
    known = lines(submission)
    return known[number - 1] if 0 < number <= len(known) else ""


def _read(found: FoundFile, allowance: WordsLeft) -> notebook.Script:
    """Return the text of a file as what it is, whatever it is called."""
    formats.refuse_disguised(found.data, found.path)
    if formats.is_notebook(found.data):
        script = notebook.read(found.data, found.path, allowance)
        said = say("This is a notebook, and was read as one; its name should end in .ipynb.")
        return script if found.suffix == ".ipynb" else script.remarked(said, found.path)
    if found.suffix == ".ipynb" and not formats.is_script(decode(found.data, found.path)[0]):
        return notebook.read(found.data, found.path, allowance)
    script = _script(found.data, found.path, allowance)
    said = say("This is a Python script, and was read as one; its name should end in .py.")
    return script if found.suffix == ".py" else script.remarked(said, found.path)


def _script(data: bytes, path: str, allowance: WordsLeft) -> notebook.Script:
    text, remark = decode(data, path)
    allowance.take(text, path)
    lexed = lex(text)
    if lexed.endless:
        raise SubmissionError(
            say("The triple quotes that open here are never closed, so Python cannot tell which lines are code."),
            at=Span(path=path, line=lexed.endless),
        )
    return notebook.Script(
        original=text,
        text=blank(text),
        blocks=((1, text.count("\n") + 1),),
        remarks=((remark, Span(path=path)),) if remark else (),
        lexed=lexed,
    )


def _broken(hole: Hole, lines: Sequence[str], source: Source) -> Broken:
    number = min(max(hole.error.lineno or hole.first, hole.first), hole.last)
    text = lines[number - 1]
    column = max(1, hole.error.offset or 1)
    if isinstance(hole.error, IndentationError):
        column = len(text) - len(text.lstrip()) + 1
    inside = lines[hole.first - 1 : hole.last]
    bare = lex("\n".join(inside)).bare
    alike, hint = lookalikes(bare), explain(hole.error, text, _mixed(inside))
    from grader.submission.newer import needed  # its patterns take 2 ms

    version = needed("\n".join(inside), lambda code: isinstance(attempt(code), ast.Module))
    if version is not None:
        hint = say("This needs Python {version} or newer; Python {here} is used here.",
                   version="{}.{}".format(*version), here="{}.{}".format(*sys.version_info))  # fmt: skip
    if hole.slipped:
        hint = say("This line has slipped to the margin, out of the function above; indent it again.")
    if alike:
        offset, wrong = alike[0]
        number = hole.first + bare.count("\n", 0, offset)
        column = offset - bare.rfind("\n", 0, offset)
        text = lines[number - 1]
        hint = explain_lookalike(wrong, leads=not text[: column - 1].strip(), more=len(alike) - 1)
    return Broken(
        at=source.span(number, min(column, len(text) + 1)),
        message=inert(_words(hole.error, source), 200),
        line_text=inert(text),
        line=hole.first,
        end_line=hole.last,
        function=hole.name,
        hint=hint,
    )


def _mixed(lines: Sequence[str]) -> bool:
    """Return whether some of the lines are indented with tabs and some with spaces."""
    return len({each[0] for each in lines if each.startswith(("\t", " "))}) > 1


def _words(error: SyntaxError, source: Source) -> str:
    """Return Python's words with lines as the student counts them, and without the place that the caret shows."""
    words = re.sub(_DETECTED, "", error.msg or "invalid syntax")
    return re.sub(_ON_LINE, lambda found: f"on line {source.span(int(found[1])).line}", words)


def refused(detail: str, submission: Submission) -> Message | None:
    """Return what to do about a statement that parses and does not compile; `detail` is `Type: words (file, line)`.

    Returns None for any other `detail`.
    """
    found = re.search(_REFUSED, detail)
    if found is None:
        return None
    at = submission.source.span(int(found[2]))
    hint = explain(SyntaxError(found[1]), line(submission, at))
    return say(
        "Line {line}: {what}", line=at.line,
        what=say("{hint} (Python says: {what})", hint=hint, what=inert(found[1], 200)) if hint is not None
        else say("Python cannot read this: {what}", what=inert(found[1], 200)),
    )  # fmt: skip


def _left_out(
    broken: Sequence[Broken], names: Sequence[str], defined: Container[str]
) -> Iterator[tuple[Message, Span]]:
    """Yield a remark on each broken statement that costs no graded function; others are reported with the function."""
    for each in broken:
        if each.function not in names or each.function in defined:
            why = each.hint or each.message
            yield say("Python cannot read this, so it was left out: {why}", why=why), each.at


def _twice(starts: Mapping[str, Sequence[int]], names: Sequence[str], source: Source) -> Iterator[tuple[Message, int]]:
    for name in names:
        lines = starts.get(name, ())
        if len(lines) > 1:
            yield (
                say("{name} is defined {times} times; the last one, here, counts.", name=name, times=len(lines)),
                lines[-1],
            )


def _digest(*parts: bytes) -> str:
    import hashlib

    whole = hashlib.sha256()
    for number, part in enumerate(parts):
        if number > 1:  # where a file ends and the next begins; of code alone it is the digest of the bytes
            whole.update(b"\0%d\0" % len(part))
        whole.update(part)
    return whole.hexdigest()
