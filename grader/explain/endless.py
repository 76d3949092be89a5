"""Where code was that had to be stopped, in which loop or at which line, or that ended its own process."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from grader.explain.scene import Def, Tree, tree
from grader.language import Message, inert, say
from grader.model import Limits, SourceLine, Stopped, Submission
from grader.submission import lines

_Loop = ast.While | ast.For | ast.AsyncFor
_ENDING = ("exit", "quit", "sys.exit", "os._exit", "os.abort")
_DEEP = 30  # calls of one function in one another, where it was stopped


def line_of(stopped: Stopped, student: Submission, function: str, *, public: bool) -> int:
    """Return the line of the loop that did not end or, if there is none, the line it was at; 0 if that is not known.

    Of a hidden case only first lines of statements of `function` itself are told, as where it raises.
    """
    found = tree(student.source.text)
    levels = [*_levels(_told(stopped, student, function, found, public=public))]
    loops = [loop for at in reversed(levels) if (loop := _loop(found, at)) is not None]
    whiles = [loop for loop in loops if isinstance(loop, ast.While)]  # a `for` seldom has no end
    if loops:
        return (whiles or loops)[0].lineno
    return min(levels[-1]) if levels else 0


def line_of_exit(student: Submission, function: str) -> int:
    """Return the line of the only call in a function that ends the whole program; 0 if there is none, or several."""
    symbol = student.symbols.get(function)
    _, home = tree(student.source.text).at(symbol.line) if symbol is not None else (None, None)
    if home is None:
        return 0
    calls = (node for node in ast.walk(home) if isinstance(node, ast.Call))
    found = {node.lineno for node in calls if ast.unparse(node.func) in _ENDING}
    return found.pop() if len(found) == 1 else 0


def sentence(stopped: Stopped, student: Submission, function: str, limits: Limits, *, public: bool) -> Message | None:
    """Return why a call had to be stopped, with the line where it was; `None` if that is not known."""
    line = line_of(stopped, student, function, public=public)
    if not line:
        return None
    seconds = limits.seconds if stopped.reason == "timeout" else limits.cpu_seconds
    found = tree(student.source.text)
    _, home = found.at(line)
    known = {"seconds": seconds, "line": student.source.span(line).line}
    name = inert(home.name, 60) if home is not None else ""
    if any(loop.lineno == line for loop in _loops(found, line)):
        if name and home is not None and home.name != function:
            return say(
                "Ran longer than {seconds:g} s and was stopped: does the loop at line {line}, in {function}, "
                "never end?",
                function=name,
                **known,
            )
        return say("Ran longer than {seconds:g} s and was stopped: does the loop at line {line} never end?", **known)
    if name and home is not None and any(_nested(sample, home.name) for sample in stopped.samples):
        return say(
            "Ran longer than {seconds:g} s and was stopped: {function} calls itself (line {line}); does that ever end?",
            function=name,
            **known,
        )
    return say("Ran longer than {seconds:g} s and was stopped while it was at line {line}.", **known)


def _nested(sample: Sequence[SourceLine], name: str) -> bool:
    return sum(frame.function == name for frame in sample) >= _DEEP


def _told(
    stopped: Stopped, student: Submission, function: str, found: Tree, *, public: bool
) -> Iterator[list[tuple[str, int]]]:
    """Yield for each sample the functions and lines that may be told, outermost first."""
    symbol, last = student.symbols.get(function), len(lines(student))
    for sample in stopped.samples:
        if public:
            own = [(frame.function, frame.line) for frame in sample if 0 < frame.line <= last]
        else:
            starts = ((frame, found.start(symbol.line, frame.line) if symbol else 0) for frame in sample)
            own = [(frame.function, line) for frame, line in starts if line]
        if own:
            yield own


def _levels(samples: Iterator[list[tuple[str, int]]]) -> Iterator[set[int]]:
    """Yield, from the outermost call inwards, the lines at which it was seen, as far as all samples agree on the call.

    Calls within it come and go once it was seen at several lines: then it is the innermost one that did not end.
    """
    for frames in zip(*samples, strict=False):
        if len({name for name, _ in frames}) > 1:
            return
        seen = {line for _, line in frames}
        yield seen
        if len(seen) > 1:
            return


def _loop(found: Tree, at: Collection[int]) -> _Loop | None:
    """Return the loop around all of these lines: the innermost `while`, else the innermost `for`."""
    around = [_loops(found, line) for line in at]
    shared = [loop for loop in around[0] if all(loop in others for others in around)]
    whiles = [loop for loop in shared if isinstance(loop, ast.While)]
    return (whiles or shared or [None])[-1]


def _loops(found: Tree, line: int) -> list[_Loop]:
    loops: list[_Loop] = []
    for statement in found.around(line):
        if isinstance(statement, Def):
            loops.clear()
        elif isinstance(statement, _Loop):
            loops.append(statement)
    return loops
