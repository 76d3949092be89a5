"""Finds changes to the rubric that would notice a survivor, by trying variations of its checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from grader.author.audit.attempts import SHORTEST, Attempt
from grader.author.audit.findings import Change, Suggestion
from grader.cases.functions import FUNCTIONS
from grader.checks.drawing import draw
from grader.checks.kind import kind_of
from grader.checks.properties import Properties, Property
from grader.checks.values import Values
from grader.errors import RubricError, Span
from grader.execution import Engine, Session
from grader.grading import Plan
from grader.grading.preparing import drawing_source, value_of
from grader.grading.variants import called_as
from grader.model import (
    Case,
    Check,
    Constant,
    DrawLine,
    Expression,
    Items,
    Outcome,
    Pairs,
    Problem,
    Signature,
    Template,
    Value,
)
from grader.reading.writing import draw_line, flow_list, flow_mapping
from grader.values import family_of, parts

_NUMBER = re.compile(r"(?<![\w.\])])(\d+)(?![\w.(\[])")


def _literals(line: DrawLine) -> list[int]:
    """Return the literal whole numbers of a line, those at the ends of ranges aside."""
    return [int(found[1]) for text in _texts(line.value) if ".." not in text for found in _NUMBER.finditer(text)]


def _rewritten(line: DrawLine, rewrite: Callable[[str], list[str]]) -> list[DrawLine]:
    """Return the line as it is, then each line that `rewrite` makes of it by changing one expression or number."""
    return [line, *(replace(line, value=value) for value in _each(line.value, rewrite) if value != line.value)]


def _substituted(line: DrawLine, number: int, name: str) -> DrawLine:
    """Return the line with `name` in place of each literal `number`, those at the ends of ranges aside."""

    def swap(text: str) -> list[str]:
        named = _NUMBER.sub(lambda found: name if int(found[1]) == number else found[0], text)
        return [] if ".." in text else [named]

    for _ in _literals(line):
        line = _rewritten(line, swap)[-1]
    return line


def _each(template: Template, rewrite: Callable[[str], list[str]]) -> Iterator[Template]:
    if isinstance(template, Items):
        for index, item in enumerate(template.items):
            for new in _each(item, rewrite):
                yield replace(template, items=(*template.items[:index], new, *template.items[index + 1 :]))
    elif isinstance(template, Pairs):
        for index, (key, item) in enumerate(template.pairs):
            for new in _each(item, rewrite):
                yield replace(template, pairs=(*template.pairs[:index], (key, new), *template.pairs[index + 1 :]))
    else:
        text = _one(template)
        yield from (Expression(text=new, at=template.at) for new in (rewrite(text) if text else ()) if new != text)


def _texts(template: Template) -> list[str]:
    if isinstance(template, Items):
        return [text for item in template.items for text in _texts(item)]
    if isinstance(template, Pairs):
        return [text for _, item in template.pairs for text in _texts(item)]
    return [_one(template)]


def _one(template: Expression | Constant) -> str:
    """Return an expression's text, or a number's; "" for other constants."""
    if isinstance(template, Expression):
        return template.text
    return repr(template.value) if type(template.value) in (int, float) else ""


MORE = 24
"""Cases that are drawn where nothing but their number is varied."""
FEW = 8
"""Cases that are drawn of any other variation; more if the check has more."""
_RANGE = re.compile(r"(?<![\w.\])])(\d+)\.\.(\d+)(?![\w.(\[])")
_STEADY = ("inputs_unchanged", "deterministic")
_ALONE = ("random_state_unchanged", "calls_independent")
_FINE = 1e-9
"""A tolerance that double precision keeps easily, and single precision does not."""


class Variation(Struct, frozen=True, kw_only=True):
    """A check after `changes`. The rubric draws `cases` cases of it, unless one more change raises their number."""

    check: Check
    changes: tuple[Change, ...]
    cases: int

    def upto(self, original: Check, case: int) -> tuple[Change, ...]:
        """Return the changes after which the case number `case` (from 0) is drawn."""
        if case < self.cases:
            return self.changes
        more = Change(at=original.at, before=f"cases: {original.cases}", after=f"cases: {case + 1}")
        return (*self.changes, more)


def _variations(problem: Problem, signature: Signature) -> Iterator[tuple[Check, Variation]]:
    """Yield each check of a problem with its variations, the smallest changes of all checks first.

    Checks that cannot be extended, like examples, are varied only where there are no others: a check of values would
    have to be added beside them.
    """
    every = [check for check in problem.checks if check.draw.lines]
    drawn = [check for check in every if kind_of(check).extendable] or every
    plain = [_as_values(check) for check in drawn]
    left_out = partial(_left_out, defaults=signature.defaults)
    first = (_more, _properties, _finer, left_out, _wider, _spread, _named, _turned, _unconditioned)
    for vary in (*first, _extremes, _otherwise):
        for original, check in zip(drawn, plain, strict=True):
            yield from ((original, each) for each in vary(check))


def _as_values(check: Check) -> Check:
    """Return the check as one of values without a legacy seed; it has no `cases` if it would have to be added."""
    lines = check.draw.lines
    if check.draw.legacy_seed is not None:
        lines = tuple(_rewritten(line, lambda text: [re.sub(r"\brandn\(", "normal(", text)])[-1] for line in lines)
    demand = check.demand if check.demand.wants_raised else Values()
    cases = check.cases if kind_of(check).extendable else 0
    return replace(check, demand=demand, cases=cases, draw=replace(check.draw, lines=lines, legacy_seed=None))


def _more(check: Check) -> Iterator[Variation]:
    if check.cases:
        yield Variation(check=replace(check, cases=max(check.cases, MORE)), changes=(), cases=check.cases)
    else:
        yield _varied(check, check.draw.lines)


def _properties(check: Check) -> Iterator[Variation]:
    for names in () if check.demand.wants_raised else (_STEADY, _ALONE):
        demand = Properties(properties=tuple(Property(name=name, at=check.at) for name in names))
        added = Change(at=check.at, before="", after=f"- properties: {flow_list(names)}")
        yield Variation(check=replace(check, demand=demand, cases=1), changes=(added,), cases=len(names))


def _left_out(check: Check, defaults: Sequence[str]) -> Iterator[Variation]:
    """Yield a check to be added, in which the last parameters have their defaults."""
    lines = tuple(line for line in check.draw.lines if not set(line.names) <= set(defaults))
    if len(lines) < len(check.draw.lines):
        draw = replace(check.draw, lines=lines)
        yield Variation(check=_longer(replace(check, draw=draw)), changes=(_added(check, lines),), cases=FEW)


def _wider(check: Check) -> Iterator[Variation]:
    """Yield the check with one range wider: by 1 at the lower end, by 2 at the upper."""
    yield from _each_line(check, lambda text: [_RANGE.sub(_wide, text)])


def _named(check: Check) -> Iterator[Variation]:
    """Yield the check with a size that is drawn in place of one literal number, wherever this stands."""
    taken = {name for line in check.draw.lines for name in line.names}
    name = next(each for each in ("n", "k", "size", "drawn_size") if each not in taken)
    for number in dict.fromkeys(each for line in check.draw.lines for each in _literals(line)):
        lines = tuple(_substituted(line, number, name) for line in check.draw.lines)
        at = Span(path=check.draw.at.path, line=check.draw.at.line)
        size = DrawLine(names=(name,), value=Expression(text=f"1..{number + 2}", at=at), at=at)
        yield _varied(check, (size, *lines))


def _spread(check: Check) -> Iterator[Variation]:
    """Yield the check with a range in place of one literal number."""
    yield from _each_line(check, lambda text: list(_each_number(text)))
    yield from _each_line(check, lambda text: [f"0..{text}"] if text.isdigit() else [])


def _unconditioned(check: Check) -> Iterator[Variation]:
    if check.draw.where is not None:
        gone = Change(at=check.draw.where.at, before=f"where: {check.draw.where.text}", after="")
        yield Variation(
            check=_longer(replace(check, draw=replace(check.draw, where=None))), changes=(gone,), cases=check.cases
        )


def _turned(check: Check) -> Iterator[Variation]:
    """Yield the check with the entries of one dict in the reverse order."""
    for index, line in enumerate(check.draw.lines):
        if isinstance(line.value, Pairs) and len(line.value.pairs) > 1:
            new = replace(line, value=replace(line.value, pairs=line.value.pairs[::-1]))
            yield _varied(check, (*check.draw.lines[:index], new, *check.draw.lines[index + 1 :]))


def _extremes(check: Check) -> Iterator[Variation]:
    """Yield the check with one array of large, very negative, whole or tiny numbers, or of zeros."""
    yield from _each_line(check, _drawn_extreme)


def _finer(check: Check) -> Iterator[Variation]:
    """Yield the check with a finer tolerance."""
    if check.demand.compares and check.compare.rtol > _FINE and check.cases:
        finer = replace(check, compare=replace(check.compare, rtol=_FINE))
        added = Change(at=check.at, before="", after=f"compare: {{rtol: {_FINE}}}")
        yield Variation(check=_longer(finer), changes=(added,), cases=check.cases)


def _otherwise(check: Check) -> Iterator[Variation]:
    """Yield the check with one line drawn by another generator that takes the same arguments."""
    yield from _each_line(check, _drawn_otherwise)


def _each_line(check: Check, rewrite: Callable[[str], list[str]]) -> Iterator[Variation]:
    for index, line in enumerate(check.draw.lines):
        for new in _rewritten(line, rewrite):
            if new != line:
                yield _varied(check, (*check.draw.lines[:index], new, *check.draw.lines[index + 1 :]))


def _varied(check: Check, lines: tuple[DrawLine, ...]) -> Variation:
    """Return the check with other lines of `draw`; new ones stand before those that it has."""
    old = check.draw.lines
    if not check.cases:
        changes: tuple[Change, ...] = (_added(check, lines),)
    else:
        news = lines[len(lines) - len(old) :]
        changes = tuple(
            [Change(at=line.at, before="", after=_yaml(line)) for line in lines[: len(lines) - len(old)]]
            + [Change(at=a.at, before=_yaml(a), after=_yaml(b)) for a, b in zip(old, news, strict=True) if a != b]
        )
    varied = _longer(replace(check, draw=replace(check.draw, lines=lines)))
    return Variation(check=varied, changes=changes, cases=check.cases or FEW)


def _drawn_otherwise(text: str) -> list[str]:
    found = re.match(r"(\w+)\(", text)
    own = FUNCTIONS.get(found[1]) if found else None
    if found is None or own is None or not own.draws or own.sizes != 0:
        return []
    alike = [each for each in FUNCTIONS.values() if each.draws and not each.legacy and each.sizes == 0 and each != own]
    rest = text[found.end() - 1 :]
    return [*(other.name + rest for other in alike), f"-1 - abs({text})"]


def _drawn_extreme(text: str) -> list[str]:
    found = re.match(r"(\w+)\((.*)\)$", text, re.DOTALL)
    own = FUNCTIONS.get(found[1]) if found else None
    if found is None or own is None or not own.draws or own.sizes != 0:
        return []
    return [f"-1e6*(1 + abs({text}))", f"1000*{text}", f"0*{text}", f"integers(-9, 9, {found[2]})", f"1e-9*{text}"]


def _each_number(text: str) -> Iterator[str]:
    if not _RANGE.search(text):
        for found in _NUMBER.finditer(text):
            yield f"{text[: found.start()]}1..{int(found[1]) + 2}{text[found.end() :]}"


def _wide(found: re.Match[str]) -> str:
    return f"{max(int(found[1]) - 1, 0)}..{int(found[2]) + 2}"


def _longer(check: Check) -> Check:
    return replace(check, cases=max(check.cases, FEW))


def _yaml(line: DrawLine) -> str:
    return ": ".join(draw_line(line))


def _added(check: Check, lines: tuple[DrawLine, ...]) -> Change:
    drawn = flow_mapping(map(draw_line, lines))
    return Change(at=check.at, before="", after=f"- {{values: …, cases: {FEW}, draw: {drawn}}}")


MOST = 24
"""Survivors of one function for which changes are sought; these changes notice most of the others, if there are any."""
PATIENCE = 64
"""Variations tried for one function."""
NUDGED = """
def {name}(*given):
    import numpy

    def nudged(value):
        if isinstance(value, dict):
            return {{key: nudged(each) for key, each in value.items()}}
        if isinstance(value, tuple | list):
            return type(value)([nudged(each) for each in value])
        if isinstance(value, float) or getattr(value, "dtype", numpy.dtype(int)).kind == "f":
            moved = numpy.where(numpy.equal(value, 0), value, numpy.nextafter(value, numpy.inf))
            return moved if hasattr(value, "dtype") else float(moved)
        return value

    return {function}(*nudged(list(given)))
"""
"""The reference with all real numbers but 0 moved to their neighbours: right, as another order of additions is."""


def suggest(plan: Plan, engine: Engine, survivors: Sequence[Attempt]) -> dict[str, Suggestion]:
    """Return a suggestion for each survivor, by its name, for which a variation was found that notices it."""
    if not survivors:
        return {}
    source = drawing_source(plan)
    functions = dict.fromkeys(each.function for each in survivors)
    texts = [source.text, *(each.variant.text for each in survivors if each.variant is not None)]
    texts += [NUDGED.format(name=_right(name), function=name) for name in functions]
    most = max((each.limits for each in plan.rubric.problems), key=lambda each: each.seconds)
    found: dict[str, Suggestion] = {}
    with engine.session(replace(source, text="\n\n\n".join(texts)), replace(most, seconds=2 * SHORTEST)) as session:
        for problem in plan.rubric.problems:
            own = [each for each in survivors if each.function == problem.function]
            if own and problem.subject == "function":  # what a class or a program lacks is a case of its own
                found |= _search(plan, session, problem, own)
    return found


def _search(plan: Plan, session: Session, problem: Problem, survivors: Sequence[Attempt]) -> dict[str, Suggestion]:
    found: dict[str, Suggestion] = {}
    searched, rest = survivors[:MOST], survivors[MOST:]
    signature = plan.signatures[problem.function]
    for tries, (original, variation) in enumerate(_variations(problem, signature)):
        left = [each for each in searched if each.name not in found]
        if not left or tries == PATIENCE:
            break
        whole = replace(problem, checks=(replace(variation.check, share=Fraction(1)),))
        try:
            drawn = _draw(plan, session, whole)
            cases = {each.name: _noticed(session, whole, drawn, each) for each in left}
            if any(cases.values()) and not _steady(session, whole, drawn):
                continue  # what it expects is noise: right answers would lose points
            if any(cases.values()):
                cases |= {each.name: _noticed(session, whole, drawn, each) for each in rest if each.name not in found}
        except RubricError:
            continue  # an empty range, a condition that never holds, an input that the reference refuses
        found |= {name: _suggestion(original, variation, case) for name, case in cases.items() if case is not None}
    return found


def _draw(plan: Plan, session: Session, problem: Problem) -> list[tuple[Case, list[Outcome]]]:
    """Return the cases of a problem, each with what the reference returns to its calls."""
    rubric = replace(plan.rubric, problems=(problem,))
    drawn = draw(rubric, plan.signatures, partial(value_of, session))
    return [(case, [session.make(call) for call in case.truth]) for case in drawn]


def _noticed(
    session: Session, problem: Problem, drawn: Sequence[tuple[Case, list[Outcome]]], survivor: Attempt
) -> Case | None:
    """Return the first case of the problem's one check that takes points from a survivor."""
    for case, want in drawn:
        got = [survivor.answer(session, call) for call in case.calls]
        if problem.checks[0].demand.judge(problem.checks[0], problem.returns, case, got, want).share < 1:
            return case
    return None


def _steady(session: Session, problem: Problem, drawn: Sequence[tuple[Case, list[Outcome]]]) -> bool:
    """Return whether an answer that is right, up to rounding, keeps its points in every case of the problem's check."""
    check = problem.checks[0]
    for case, want in drawn if check.demand.compares else ():
        got = [session.make(called_as(_right(problem.function), call)) for call in case.calls]
        if check.demand.judge(check, problem.returns, case, got, want).share < 1:
            return False
    return True


def _right(function: str) -> str:
    return f"{function}__nudged"


def _suggestion(original: Check, variation: Variation, case: Case) -> Suggestion:
    return Suggestion(
        changes=variation.upto(original, case.index),
        case=case.index,
        drawn=tuple((name, _in_short(value)) for name, value in case.names.items()),
    )


def _in_short(value: Value) -> str:
    """Return a drawn value in a few characters: an array's shape, anything else as Python writes it."""
    shape = getattr(value, "shape", None)
    if shape is not None:
        return str(tuple(int(size) for size in shape))
    if any(hasattr(each, "shape") or family_of(each).container for _, each in parts(value)):
        return family_of(value).kind(value)
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
