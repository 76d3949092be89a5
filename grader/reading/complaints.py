"""What the YAML parser cannot read, said so that an author knows what to write.

The keys are the problems as libyaml 0.2 words them (`scanner.c`, `parser.c`); any other is passed on in its own words.
"""

from __future__ import annotations

import re

from yaml.error import Mark, MarkedYAMLError, YAMLError
from yaml.reader import ReaderError

from grader.errors import Span
from grader.language import Message, say
from grader.reading import lookalikes
from grader.reading.log import LINE_END, Log, quoted
from grader.reading.tables import BELOW

_QUOTE = say('Text with , : [ ] {{ }} or # in it must stand in quotes: "normal(2, 3)".')
_INDENT = say("Lines that belong together begin in the same column.")

_NO_COLON = "could not find expected ':'"
_NO_VALUE = "mapping values are not allowed in this context"

_PROBLEMS: dict[str, tuple[Message, Message | None]] = {
    _NO_VALUE: (say("No `: ` may stand here."), _QUOTE),
    "did not find expected key": (say("No key begins here."), _INDENT),
    "did not find expected '-' indicator": (say("The list ends here without its `-`."), _INDENT),
    "did not find expected ',' or ']'": (say("A comma or `]` is missing here."), _QUOTE),
    "did not find expected ',' or '}'": (say("A comma or `}}` is missing here."), _QUOTE),
    "did not find expected node content": (say("A value is missing here."), _QUOTE),
    "block sequence entries are not allowed in this context": (
        say("A list with `-` begins on a line of its own."),
        None,
    ),
    "did not find expected <document start>": (say("The rubric is complete before this; nothing may follow."), None),
    "found unknown escape character": (
        say("`\\` begins an escape that YAML does not know."),
        say("In single quotes a `\\` stays a `\\`."),
    ),
}

_NEVER_CLOSED = {
    "while parsing a flow sequence": say("This `[` is never closed."),
    "while parsing a flow mapping": say("This `{{` is never closed."),
    "while scanning a quoted scalar": say("This quotation mark is never closed."),
}

_STRANGE_START = "found character that cannot start any token"


def complain(error: YAMLError, text: str, log: Log) -> None:
    """Record why the parser gave up."""
    if isinstance(error, ReaderError):
        at = _offset(error, text, log.path)
        log.add(at, say("An invisible control character stands here."))
    elif isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        _marked(error, error.problem_mark, text, log)
    else:
        log.add(Span(path=log.path, line=1, column=1), say("This is not YAML: {problem}", problem=quoted(str(error))))


def _marked(error: MarkedYAMLError, mark: Mark, text: str, log: Log) -> None:
    problem = str(error.problem)
    at = Span(path=log.path, line=mark.line + 1, column=mark.column + 1)
    closed = _NEVER_CLOSED.get(str(error.context))
    if closed and error.context_mark is not None and not text[mark.index :].strip():
        start = error.context_mark
        log.add(Span(path=log.path, line=start.line + 1, column=start.column + 1), closed)
    elif problem == _STRANGE_START:
        _strange_start(text[mark.index : mark.index + 1], at, log)
    elif _better(error, mark, log):
        return
    elif problem in _PROBLEMS:
        message, hint = _PROBLEMS[problem]
        log.add(at, message, _elsewhere(error, mark, text) or hint)
    else:
        log.add(at, say("This is not YAML: {problem}", problem=quoted(problem)))


def _better(error: MarkedYAMLError, mark: Mark, log: Log) -> bool:
    """Record the cause where it stands, if it can be told: the parser only notices when nothing fits any more."""
    start = error.context_mark or mark
    above = _above(mark.line + 1, log) if error.problem == _NO_VALUE else 0
    for number in dict.fromkeys((start.line + 1, mark.line + 1, above)):
        line = log.line(number)
        at = lookalikes.find(line)
        if at >= 0:
            place = Span(path=log.path, line=number, column=at + 1, end_column=at + 2)
            log.add(place, say("YAML does not know this sign."), lookalikes.instead(line[at]))
            return True
    if error.problem == _NO_COLON:
        _without_colon(start.line + 1, log)
        return True
    if above and _indented(log.line(above)) == _indented(log.line(mark.line + 1)):
        _without_colon(above, log)
        return True
    if error.problem == "did not find expected key" and not start.column:
        return _slipped(mark, log)
    return False


def _above(number: int, log: Log) -> int:
    """Return the nearest line above `number` that has no key of its own, 0 if the nearest that is not empty has one."""
    number -= 1
    while number and not log.line(number).strip():
        number -= 1
    return 0 if re.search(r":(\s|$)", log.line(number)) else number


def _indented(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _without_colon(number: int, log: Log) -> None:
    """Record that a line has no `: `, or none with a space."""
    line = log.line(number)
    start = _indented(line)
    tight = re.match(r"[\w-]+(:)\S", line[start:])
    if tight:
        column = start + tight.start(1) + 1
        at = Span(path=log.path, line=number, column=column, end_column=column + 1)
        log.add(at, say("A space is missing after this `:`."))
        return
    at = Span(path=log.path, line=number, column=start + 1, end_column=len(line.rstrip()) + 1)
    log.add(at, say("A `:` is missing in this line."), say("Write a key, a `:`, a space and what stands behind it."))


def _slipped(mark: Mark, log: Log) -> bool:
    """Record a function above `mark` that stands at the margin, where only a rubric's own keys do."""
    for number in range(mark.line, 0, -1):
        found = re.match(r"([^\W\d]\w*)\s*:", log.line(number))
        if found:
            if found[1] in log.margin:
                return False
            at = Span(path=log.path, line=number, column=1, end_column=len(found[1]) + 1)
            log.add(at, say("`{name}` begins too far left.", name=quoted(found[1])), BELOW)
            return True
    return False


def _elsewhere(error: MarkedYAMLError, mark: Mark, text: str) -> Message | None:
    """Return what to look for where the cause is probably in a line above."""
    if error.context in _NEVER_CLOSED and error.context_mark is not None and error.context_mark.line < mark.line:
        return say("What was opened in line {line} is not closed yet.", line=error.context_mark.line + 1)
    before = text[: mark.index].rpartition("\n")[2]
    if error.problem == _NO_VALUE and ": " not in before:
        return say("Either the line above lacks its `:`, or this line begins too far right.")
    return None


def _strange_start(char: str, at: Span, log: Log) -> None:
    if char == "\t":
        log.add(at, say("A tab stands here."), say("YAML is indented with spaces."))
    else:
        log.add(at, say("Text that begins with `{char}` must stand in quotes.", char=quoted(char)))


def _offset(error: ReaderError, text: str, path: str) -> Span:
    """Return the place of the character; libyaml counts UTF-8 bytes, the parser in Python characters."""
    before = text[: error.position]
    if error.encoding == "?":
        before = text.encode()[: error.position].decode(errors="ignore")
    lines = LINE_END.split(before)
    return Span(path=path, line=len(lines), column=len(lines[-1]) + 1)
