"""An application at work: its functions called one at a time, in a confined worker, with what it keeps in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Lock

from grader.application.building import EXAMPLES, NETWORK, START, STATE, Built, source_of
from grader.application.calling import NoValue, apply, can_be_given, no_json, parted
from grader.application.plain import Json, NotPlain, from_json, to_json
from grader.application.stages import PageStanding, Stage, following, function_states, is_right, stages
from grader.application.state import MOST_KEPT, KeptState
from grader.desk.watching import Watched
from grader.errors import SubmissionError, UsageError
from grader.execution import Engine, Session
from grader.execution.running import largest
from grader.grading import Prepared
from grader.language import Language, inert, listed, say
from grader.model import Exhibit, Report, Submission, Value
from grader.model.report import for_students
from grader.values import foreign


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
        self._student: Submission | None = None
        self._report: Report[Exhibit] | None = None
        self._stages: Mapping[str, Stage] = {}
        self._state = KeptState(Path(self._rubric.path), path, built.digest)
        with self._lock:
            self._look()

    @property
    def name(self) -> str:
        """What the module is called."""
        return Path(self._built.application.module).stem

    def standing(self, language: Language) -> PageStanding:
        """Return what may be called; the submission is graded again if it has changed.

        A file that cannot be read just now, as when it is half saved, leaves all as it was.
        """
        with self._lock:
            with suppress(SubmissionError, UsageError):
                self._look()
            self._state.save()
            return self._told(language)

    def call(self, name: str, arguments: Mapping[str, Json]) -> Json:
        """Return what the module's function gives, without the new state, which is kept. Raises NoValue."""
        with self._lock:
            shown, *state = self._called(name, arguments)
            try:
                answer = to_json(shown)
            except NotPlain as error:
                raise NoValue("stopped", no_json(name, str(error))) from error
            self._keep(name, state)
            return answer

    def exported(self) -> tuple[Value, Value]:
        """Return what `network` and `examples` give; what the examples keep is in the network. Raises NoValue."""
        with self._lock:
            for name in (NETWORK, EXAMPLES):
                if name not in self._built.functions:
                    said = say("This application cannot be exported: its module has no function `{name}`.", name=name)
                    raise NoValue("refused", said)
            shown, *state = self._called(EXAMPLES, {})
            self._keep(EXAMPLES, state)
            return self._called(NETWORK, {})[0], shown

    def reset(self) -> None:
        """Forget the state."""
        with self._lock:
            self._state.keep(None)
            self._state.save(at_once=True)

    def close(self) -> None:
        """End the worker, whatever it is at; what the application keeps is written. Nothing is called afterwards."""
        self._closed = True
        if (session := self._session) is not None:
            session.kill()
        with self._lock:
            self._end_worker()
            self._state.save(at_once=True)

    def _look(self) -> None:
        """Grade what has changed. Raises GraderError."""
        graded = self._watched.regrade()
        if graded is not None:
            student = self._watched.submission
            assert student is not None  # it was read to be graded
            self._report = for_students(graded.report)
            self._stages = stages(self._built, self._report, student)
            self._student = student
            self._end_worker()  # the next call loads the submission as it is now

    def _told(self, language: Language) -> PageStanding:
        report, student = self._report, self._student
        assert report is not None and student is not None  # the first look raises, or has read and graded it
        right = [each.function for each in report.problems if is_right(each)]
        return PageStanding(
            title=self._built.application.title,
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

    def _called(self, name: str, arguments: Mapping[str, Json]) -> tuple[Value, ...]:
        """Return what a function gives for the page and, behind it, the new state, if it gives one."""
        self._refuse(name, arguments)
        try:
            named = {key: from_json(item) for key, item in arguments.items()}
        except NotPlain as error:
            raise NoValue("refused", say("What the page gives is nested too deeply.")) from error
        if STATE in self._built.functions[name].parameters:
            if self._state.value is None and START in self._built.functions:
                made = self._made(START, {})
                self._state.value = _storable(START, made)  # not written: it can be made again
            named[STATE] = self._state.value
        return parted(name, self._made(name, named))

    def _keep(self, name: str, states: Sequence[Value]) -> None:
        """Keep a new state, if there is one. Raises NoValue for one that cannot be kept."""
        for state in states:
            self._state.keep(_storable(name, state))
            self._state.save()

    def _made(self, name: str, named: Mapping[str, Value]) -> Value:
        if self._session is None and not self._closed:
            assert self._student is not None  # it was read when this was made
            source = source_of(self._built, self._student)
            self._session = self._worker.enter_context(self._engine.session(source, self._limits))
        try:
            if self._session is not None and not self._closed:
                return apply(self._session, self._built, self._limits, name, named)
        except NoValue:
            if not self._closed:
                raise
        raise NoValue("gone", say("The grader has ended."))  # the user closed it meanwhile

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


def _storable(name: str, state: Value) -> Value:
    """Return the state. Raises NoValue for one that cannot be kept."""
    kind = foreign(state)
    if kind:
        why = say("there is a value of type {type} in it", type=inert(kind, 60))
    elif not can_be_given({STATE: state}, MOST_KEPT):
        why = say("it is too large or nested too deeply")
    else:
        return state
    raise NoValue("stopped", say("`{name}` gives a state that cannot be kept: {why}.", name=name, why=why))
