"""An application at work: its functions called one at a time, in a confined worker, with what it keeps in between."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Lock

from grader.application.building import EXAMPLES, NETWORK, START, STATE, Built, source_of
from grader.application.plain import Json, NotPlain, from_json, to_json
from grader.application.stages import PageStanding, Stage, following, function_states, is_right, stages
from grader.application.state import StateFile
from grader.desk.watching import Watched
from grader.errors import SubmissionError, UsageError
from grader.execution import Engine, Session
from grader.execution.running import largest
from grader.explain.sentences import of_outcome
from grader.grading import Prepared
from grader.language import Language, Message, inert, listed, say
from grader.model import Call, Exhibit, Outcome, Raised, Report, Returned, Stopped, Value
from grader.model.report import for_students
from grader.values import Oversized, Refused, foreign, pack

MOST_GIVEN = 64 << 20
"""Bytes of arguments and state together: as many as a worker may return."""
WRITTEN = 2.0  # seconds between two times that the state is written: training changes it several times a second


class NoValue(Exception):
    """A call gave no value: of what `kind` that is, and a sentence about it.

    "locked": a function that it needs is not right yet. "raised": it raised an exception. "stopped": it was stopped, or
    gave what cannot be used. "refused": there is no such function, or it does not take such arguments.
    """

    def __init__(self, kind: str, message: Message) -> None:
        super().__init__(message.text("en"))
        self.kind, self.message = kind, message


class Running:
    """One submission in an application. Its methods may be called by several threads, and wait for one another.

    It is closed by `close`, which ends its worker; the engine is not closed. Raises GraderError where the submission
    cannot be read or graded at first.
    """

    def __init__(self, built: Built, prepared: Prepared, engine: Engine, path: Path) -> None:
        self._built, self._engine = built, engine
        self._rubric = prepared.plan.rubric
        self._watched = Watched(prepared, engine, path)
        self._limits = largest([problem.limits for problem in self._rubric.problems])
        self._lock, self._worker = Lock(), ExitStack()
        self._session: Session | None = None
        self._closed = False
        self._report: Report[Exhibit] | None = None
        self._stages: Mapping[str, Stage] = {}
        self._file = StateFile(Path(self._rubric.path), path, built.source.text)
        self._state = self._file.read()
        self._written = 0.0
        with self._lock:
            self._look()

    def standing(self, language: Language) -> PageStanding:
        """Return what may be called; the submission is graded again if it has changed.

        A file that cannot be read just now, as when it is half saved, leaves all as it was.
        """
        with self._lock:
            with suppress(SubmissionError, UsageError):
                self._look()
            return self._told(language)

    def call(self, name: str, arguments: Mapping[str, Json]) -> Json:
        """Return what the module's function gives, without the new state, which is kept. Raises NoValue."""
        with self._lock:
            value = self._called(name, arguments)
            try:
                return to_json(value)
            except NotPlain as error:
                raise NoValue("stopped", _no_json(name, str(error))) from error

    def exported(self) -> tuple[Value, Value]:
        """Return what `network` and `examples` give; what the examples keep is in the network. Raises NoValue."""
        with self._lock:
            for name in (NETWORK, EXAMPLES):
                if name not in self._built.functions:
                    said = say("This application cannot be exported: its module has no function `{name}`.", name=name)
                    raise NoValue("refused", said)
            shown = self._called(EXAMPLES, {})
            return self._called(NETWORK, {}), shown

    def reset(self) -> None:
        """Forget the state."""
        with self._lock:
            self._state = None
            self._file.forget()

    def close(self) -> None:
        """End the worker; what the application keeps is written."""
        with self._lock:
            self._closed = True
            self._end_worker()
            self._write()

    def _look(self) -> None:
        """Grade what has changed. Raises GraderError."""
        graded = self._watched.regrade()
        if graded is not None:
            student = self._watched.submission
            assert student is not None  # it was read to be graded
            self._report = for_students(graded.report)
            self._stages = stages(self._built, self._report, student)
            self._end_worker()  # the next call loads the submission as it is now

    def _told(self, language: Language) -> PageStanding:
        report, student = self._report, self._watched.submission
        assert report is not None and student is not None  # the first look raises, or has read and graded it
        right = [each.function for each in report.problems if is_right(each)]
        return PageStanding(
            title=self._rubric.title.text(language),
            file=inert(Path(student.source.path).name, 80),
            language=language,
            stages=self._stages,
            functions=function_states(report, self._stages, language),
            following=following(self._rubric.problems, [*self._stages.values()], right),
            exportable=all(self._stages.get(name, Stage(open=False)).open for name in (NETWORK, EXAMPLES)),
        )

    def _end_worker(self) -> None:
        self._worker.close()
        self._session = None

    def _called(self, name: str, arguments: Mapping[str, Json]) -> Value:
        self._refuse(name, arguments)
        try:
            named = {key: from_json(item) for key, item in arguments.items()}
        except NotPlain as error:
            raise NoValue("refused", say("What the page gives is nested too deeply.")) from error
        if STATE in self._built.functions[name].parameters:
            named[STATE] = self._kept()
        value = self._made(name, named)
        if isinstance(value, dict) and STATE in value and name != START:
            if (kind := foreign(value[STATE])) or not _can_be_given({STATE: value[STATE]}):
                why = say("there is a value of type {type} in it", type=inert(kind, 60)) if kind else say(
                    "it is too large or nested too deeply")  # fmt: skip
                raise NoValue("stopped", say("`{name}` gives a state that cannot be kept: {why}.", name=name, why=why))
            self._state = value[STATE]
            if time.monotonic() - self._written > WRITTEN:
                self._write()
            return {key: item for key, item in value.items() if key != STATE}
        return value

    def _kept(self) -> Value:
        if self._state is None and START in self._built.functions:
            self._state = self._made(START, {})
        return self._state

    def _made(self, name: str, named: Mapping[str, Value]) -> Value:
        if self._closed:  # by the user, while the page waited for its turn
            raise NoValue("stopped", say("The grader has ended."))
        if not _can_be_given(named):
            raise NoValue("refused", say("`{name}` is given more than a call can take.", name=name))
        if self._session is None:
            student = self._watched.submission
            assert student is not None
            source = source_of(self._built, student)
            self._session = self._worker.enter_context(self._engine.session(source, self._limits))
        given: Value = {key: item for key, item in named.items()}  # noqa: C416 (a dict's keys may be numbers, too)
        outcome = self._session.make(Call(function=name, arguments=(), act="apply", given={"named": given}))
        if isinstance(outcome, Returned):
            return outcome.value
        said = self._located(outcome)
        raise NoValue("raised" if isinstance(outcome, Raised) else "stopped", said)

    def _located(self, outcome: Outcome) -> Message:
        """Return why a call gave nothing, with the module's line; what went wrong while it was loaded comes first."""
        said, module = of_outcome(outcome, self._limits, public=True), Path(self._built.application.module).name
        assert said is not None
        loading = self._session.happenings if self._session is not None else ()
        if loading and not isinstance(outcome, Stopped):
            what = say("it was loaded only in part: {detail}", detail=inert(loading[0].detail, 300))
            return say("{module}, line {line}: {what}", module=inert(module, 80), line=loading[0].line, what=what)
        if isinstance(outcome, Raised) and outcome.frames:
            return say(
                "{module}, line {line}: {what}", module=inert(module, 80), line=outcome.frames[-1].line, what=said
            )
        return said

    def _refuse(self, name: str, arguments: Mapping[str, Json]) -> None:
        """Raise NoValue for a function that is not there or is locked, and for arguments that it does not take."""
        signature = self._built.functions.get(name)
        if signature is None:
            raise NoValue("refused", say("The application has no function `{name}`.", name=inert(name, 80)))
        if missing := self._stages[name].missing:
            raise NoValue("locked", say("Not yet: {functions} must be right first.", functions=listed(missing)))
        given = [*arguments, *([STATE] if STATE in signature.parameters else [])]
        needed = [each for each in signature.parameters if each not in signature.defaults]
        if STATE in arguments or not set(needed) <= set(given) <= set(signature.parameters):
            takes = listed([each for each in signature.parameters if each != STATE] or ["–"])
            raise NoValue("refused", say("`{name}` takes other arguments: {names}.", name=name, names=takes))

    def _write(self) -> None:
        if self._state is not None:
            self._file.write(self._state)
        self._written = time.monotonic()


def _can_be_given(named: Mapping[str, Value]) -> bool:
    """Return whether a worker can be sent arguments: they have a bound on their parts, levels and bytes."""
    try:
        pack(((), {"named": {**named}}), MOST_GIVEN)
    except (Oversized, Refused):
        return False
    return True


def _no_json(name: str, kind: str) -> Message:
    if not kind:
        return say("`{name}` gives more than a page can be shown.", name=name)
    return say("`{name}` gives a value of type {type}, which has no JSON.", name=name, type=inert(kind, 60))
