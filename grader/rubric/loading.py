"""A rubric from its file: read the bytes, the nodes and the keys; then check what the keys say of one another."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from msgspec import Struct

from grader.errors import Fault, Span, UsageError
from grader.language import Bilingual, say
from grader.model import Check, Draw, ManualItem, Policies, Problem, Rubric
from grader.reading.compose import compose
from grader.reading.nodes import Log, decode, did_you_mean, quoted
from grader.reading.scalars import Word
from grader.reading.settings import (
    COMPARE_KEY,
    LIMITS_KEY,
    Given,
    comparison,
    contradictions,
    given,
    limits,
)
from grader.reading.tables import Entries, Key
from grader.rubric import document
from grader.rubric.application import application
from grader.rubric.checks import ALL_OR_NOTHING, CASES, HINT, PENALTY, SHARE_KEY, VISIBILITY
from grader.rubric.document import percent
from grader.rubric.files import absolute, data_files, existing
from grader.rubric.likes import Draft, check_generator, drafts_of, resolve
from grader.rubric.manual import MANUAL_KEY
from grader.rubric.policies import POLICIES_KEY

MOST_BYTES = 1 << 20


class LoadedRubric(Struct, frozen=True, kw_only=True):
    """A rubric and its faults.

    With faults nothing may be graded. `rubric` then holds what could be read, so that later stages can add faults, or
    is None if too little could be read.
    """

    rubric: Rubric | None
    faults: tuple[Fault, ...]


def load(path: Path) -> LoadedRubric:
    """Read the rubric at `path`, and all its faults, in file order. Raises UsageError if it cannot be read."""
    data, full = _read(path), str(path.absolute())
    if len(data) > MOST_BYTES:
        at = Span(path=full, line=1, column=1)
        message = say("A rubric is at most {most} KiB long.", most=MOST_BYTES >> 10)
        return LoadedRubric(rubric=None, faults=(Fault(at=at, message=message),))
    text, fault = decode(data, full)
    if fault is not None:
        return LoadedRubric(rubric=None, faults=(fault,))
    log = Log(full, text, margin=[key.name for key in document.KEYS])
    root = compose(text, log)
    entries = None if root is None else document.RUBRIC.read(root, log)
    if root is None and not log.faults:
        log.add(Span(path=full, line=1, column=1), say("The rubric is empty."))
    rubric = None if entries is None else _rubric(entries, data, path, log)
    return LoadedRubric(rubric=rubric, faults=log.faults)


def _read(path: Path) -> bytes:
    """Return the bytes of `path`, at most one more than a rubric may have. Raises UsageError."""
    try:
        if not path.is_file():
            raise UsageError(say("There is no rubric `{path}`.", path=str(path)))
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UsageError(say("The rubric `{path}` cannot be read.", path=str(path))) from error


def _rubric(entries: Entries, data: bytes, path: Path, log: Log) -> Rubric | None:
    from hashlib import sha256

    folder = path.absolute().parent
    reference = existing(entries, document.REFERENCE, folder, log)
    expected = existing(entries, document.EXPECTED, folder, log)
    mistakes = existing(entries, document.MISTAKES, folder, log)
    generators = existing(entries, document.GENERATORS, folder, log)
    files = _data_files(entries, reference, folder, log)
    runtime = entries.get(document.RUNTIME)
    interpreter = "" if runtime is None else _python(runtime, document.PYTHON, folder, log)
    manual = entries.get(MANUAL_KEY, ())
    if entries.has(MANUAL_KEY) and not entries.has(document.PROBLEMS_KEY):
        log.add(
            entries.place(MANUAL_KEY),
            say("A rubric grades at least one function; here everything is graded by hand."),
            say("What only a person grades needs no grader: a sheet of marks is enough."),
        )
    if entries.has(document.VARIANTS) and entries.has(document.EXPECTED):
        log.add(
            entries.place(document.VARIANTS), say("A student kit has fixed cases, so it has no variants."),
            say("Delete this line; it belongs in the course's own rubric."),
        )  # fmt: skip
    problems = _problems(entries, manual, log)
    elsewhere = tuple(word.text for word in entries.get(document.ELSEWHERE, ()))
    if not problems or not (reference or expected):
        return None
    title = entries.get(document.TITLE, Bilingual("", ""))
    return Rubric(
        title=title,
        language=entries.get(document.LANGUAGE, "zh"),
        seed=entries.get(document.SEED, 0),
        path=str(path.absolute()),
        digest=sha256(data).hexdigest(),
        submission=absolute(entries.get(document.SUBMISSION, ""), folder),
        reference=reference,
        files=files,
        expected=expected,
        mistakes=mistakes,
        generators=generators,
        runtime=interpreter,
        runtime_at=entries.place(document.RUNTIME),
        elsewhere=elsewhere,
        problems=problems,
        manual=manual,
        policies=entries.get(POLICIES_KEY, Policies()),
        variants=entries.get(document.VARIANTS),
        application=application(entries, title, [*(problem.function for problem in problems), *elsewhere], folder, log),
    )


def _data_files(entries: Entries, reference: str, folder: Path, log: Log) -> tuple[tuple[str, str], ...]:
    """Return the paths of the data files by the names that they have in the code.

    A name that is not written begins in the folder of the submission, else in that of the reference, else in the
    rubric's.
    """
    work = absolute(entries.get(document.SUBMISSION, ""), folder)
    homes = [*(Path(each).parent for each in (work, reference) if each), folder]
    return data_files(entries.get(document.FILES, ()), homes, folder, log)


def _python(entries: Entries, key: Key[str], folder: Path, log: Log) -> str:
    """Return the Python behind `key`: our own, a path from the rubric's folder, or a command of this machine's."""
    text = entries.get(key)
    if text is None:
        return ""
    if text == document.OWN:
        return sys.executable
    if os.sep in text or "/" in text:
        return existing(entries, key, folder, log)
    from shutil import which

    # An empty or relative entry of PATH would lead to where work is handed in.
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    found = which(text, path=os.pathsep.join(entry for entry in places if os.path.isabs(entry)))  # noqa: PTH117
    if found is None:
        log.add(entries.place(key), say("This machine has no command `{name}`.", name=quoted(text)))
        return ""
    return absolute(found, folder)


def _check_needs(needs: Mapping[str, Sequence[Word]], functions: Sequence[str], log: Log) -> None:
    """Record needs that are not functions of the rubric, and the first circle among the others."""
    for function, words in needs.items():
        for word in words:
            if word.text not in functions:
                near = log.nearest(word.text, [name for name in functions if name != function])
                message = say("This rubric has no function `{name}`.", name=quoted(word.text))
                log.add(word.at, message, did_you_mean(near))
    from graphlib import CycleError, TopologicalSorter

    graph = {function: [word.text for word in words if word.text in functions] for function, words in needs.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1][::-1]
        last = circle[-2]
        at = next(word.at for word in needs[last] if word.text == circle[0])
        log.add(at, say("`needs` goes round in a circle: {steps}.", steps=" → ".join(map(quoted, circle))))


def _shares(drafts: Sequence[Draft], at: Span, log: Log, *, whole: bool) -> dict[Draft, Fraction]:
    """Return each check's share of its function's points; checks without a written share split the rest evenly.

    `whole` says that all of the function's checks could be read: then the shares must add up to 100%. A check with a
    penalty has none.
    """
    priced = [draft for draft in drafts if draft.entries.has(PENALTY)]
    for draft in priced:
        _check_penalty(draft, log)
    if priced:
        drafts = [draft for draft in drafts if draft not in priced]
        if not drafts:
            log.add(at, say("All checks here take points off, and none earns any."),
                    say("Give the function a check without `penalty`."))  # fmt: skip
        return dict.fromkeys(priced, Fraction(0)) | _shares(drafts, at, log, whole=whole)
    written = {draft: draft.entries.get(SHARE_KEY) for draft in drafts}
    even = {draft: Fraction(1, len(drafts)) for draft in drafts}
    if any(share is None and draft.entries.has(SHARE_KEY) for draft, share in written.items()):
        return even
    known = sum((share for share in written.values() if share is not None), Fraction(0))
    open_ones = [draft for draft, share in written.items() if share is None]
    if known > 1 or (known == 1 and open_ones):
        last = [draft for draft, share in written.items() if share is not None][-1]
        if known > 1:
            message = say("The shares of these checks add up to {whole}, more than 100%.", whole=percent(known))
        else:
            message = say("The shares written come to 100% and leave nothing for {name}.", name=open_ones[0].name)
        log.add(last.entries.place(SHARE_KEY), message)
        return even
    if not open_ones and known < 1:
        if whole and drafts:
            hint = say("Checks without a share split what is left.")
            log.add(at, say("The shares of these checks add up to {whole}, not 100%.", whole=percent(known)), hint)
        return even
    rest = (1 - known) / len(open_ones) if open_ones else Fraction(0)
    return {draft: rest if share is None else share for draft, share in written.items()}


def _check_penalty(draft: Draft, log: Log) -> None:
    """Record keys that share out points beside a penalty."""
    names = [key.name for key in (SHARE_KEY, ALL_OR_NOTHING) if draft.entries.has(key)]
    names += [key.name for key in draft.kind.own_keys() if key.name == "each" and draft.entries.has(key)]
    for name in names:
        message = say("`{name}` shares out points, and a check with a `penalty` has none.", name=name)
        log.add(draft.entries.place(PENALTY), message, say("Write one of the two."))


def _check_total(problems: Iterable[Problem | ManualItem], total: Fraction, at: Span, log: Log) -> None:
    """Record required points that do not add up to `total`."""
    found = sum((problem.points for problem in problems if not problem.bonus), Fraction(0))
    if found != total:
        shown = {"found": f"{float(found):.10g}", "total": f"{float(total):.10g}"}
        message = say("The required points add up to {found}, not {total}.", **shown)
        log.add(at, message, say("Points of bonus functions do not count here."))


def _problems(entries: Entries, manual: Sequence[ManualItem], log: Log) -> tuple[Problem, ...]:
    """Return the problems that could be read, their checks shared out and their draws resolved."""
    written = entries.get(document.PROBLEMS_KEY, ())
    found = {one.function: one.entries for one in written if one.function is not None and one.entries is not None}
    drafts = {word.text: drafts_of(word.text, inner.get(document.CHECKS, ()), log) for word, inner in found.items()}
    draws = resolve(drafts, log, expected=entries.has(document.EXPECTED))
    for checks in drafts.values():
        for draft in checks:
            check_generator(draft, entries.has(document.GENERATORS), log)
    done = tuple(_problem(word, inner, drafts[word.text], draws, entries, log) for word, inner in found.items())
    names = [one.function.text for one in written if one.function is not None]
    for item in manual:
        if item.name in names:
            log.add(item.at, say("`{name}` is a function of this rubric, too; give the item another name.",
                                 name=quoted(item.name)))  # fmt: skip
    _check_needs({word.text: inner.get(document.NEEDS, ()) for word, inner in found.items()}, names, log)
    total = entries.get(document.TOTAL)
    all_points = all(inner.get(document.POINTS_KEY) is not None for inner in found.values())
    all_points &= bool(manual) or not entries.has(MANUAL_KEY)
    if total is not None and all_points and len(found) == len(written):
        _check_total([*done, *manual], total, entries.place(document.TOTAL), log)
    return done


def _problem(
    word: Word, inner: Entries, drafts: tuple[Draft, ...], draws: Mapping[Draft, Draw], entries: Entries, log: Log
) -> Problem:
    function = word.text
    returns = inner.get(document.RETURNS_KEY, ())
    for draft in drafts:
        if draft.demand is not None:
            draft.demand.disagreeing(draft.entries, draft.at, returns, log)
    checks = inner.get(document.CHECKS, ())
    split = _shares(drafts, word.at, log, whole=len(drafts) == len(checks))
    above = (given(entries, COMPARE_KEY), given(inner, COMPARE_KEY))
    needs = inner.get(document.NEEDS)
    return Problem(
        function=function,
        title=inner.get(document.PROBLEM_TITLE, Bilingual(function, function)),
        points=inner.get(document.POINTS_KEY, Fraction(1)),
        bonus=inner.get(document.BONUS, False),
        all_or_nothing=inner.get(document.ALL_OR_NOTHING, False),
        needs=None if needs is None else tuple(word.text for word in needs),
        returns=returns,
        limits=limits(given(entries, LIMITS_KEY), given(inner, LIMITS_KEY)),
        checks=tuple(
            check
            for draft in drafts
            if (check := _check(draft, draws.get(draft), split[draft], (*above, _own(draft, above, inner, log))))
            is not None
        ),
        hints=inner.get(document.HINTS, ()),
        hint_cost=inner.get(document.HINT_COST, Fraction(0)),
        at=word.at,
    )


def _own(draft: Draft, above: Sequence[Given], inner: Entries, log: Log) -> Given:
    """Return the check's own `compare`; record what is wrong with the one that follows from it and those above."""
    from grader.comparison.outputs import output_shares  # late: a rubric mostly names none

    own = given(draft.entries, COMPARE_KEY)
    names = [name for name, _ in output_shares(inner.get(document.RETURNS_KEY, ()))]
    holder = next((one for one in (draft.entries, inner) if one.has(COMPARE_KEY)), None)
    at = draft.at if holder is None else holder.place(COMPARE_KEY)
    if draft.kind.compares:
        for message in contradictions(comparison(*above, own), names):
            log.add(at, message)
    return own


def _check(draft: Draft, draw: Draw | None, share: Fraction, written: Sequence[Given]) -> Check | None:
    """Return a check, None where it cannot be used; `written` are the rubric's, the problem's and its own `compare`."""
    entries = draft.entries
    if draft.demand is None or draw is None:
        return None
    return Check(
        key=draft.key,
        name=draft.name,
        demand=draft.demand,
        share=share,
        visibility=entries.get(VISIBILITY, draft.kind.visibility),
        cases=entries.get(CASES, draft.kind.cases),
        draw=draw,
        compare=comparison(*written),
        all_or_nothing=entries.get(ALL_OR_NOTHING, False),
        penalty=entries.get(PENALTY),
        hint=entries.get(HINT),
        at=draft.at,
    )
