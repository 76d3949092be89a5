"""No worker is left behind when a run ends by an error of ours."""

import pytest
from execution_kit import LIMITS, source

from grader.errors import EngineError
from grader.execution import Helpers, open_engine
from grader.language import say
from grader.model import Call

TEXT = """
import time
def helper(): pass
def f(): return helper()
def g(): return 1
time.sleep(0.3)
"""


def failing(asker, name, arguments, given):
    raise EngineError(say("Not measured: it must be right first."))


def test_a_worker_that_is_loading_ends_with_the_run(monkeypatch):
    """The question of the first worker cannot be answered while the second one still loads."""
    engine = open_engine("fork")
    hired = []
    hire = engine._hire

    def counted(more):
        worker = yield from hire(more)
        hired.append(worker)
        return worker

    monkeypatch.setattr(engine, "_hire", counted)
    monkeypatch.setattr("grader.execution.workers.cores", lambda: 2)
    calls = [Call(function=name, arguments=()) for name in ("f", "g")]
    try:
        with pytest.raises(EngineError):
            engine.run(source(TEXT), calls, {"f": LIMITS, "g": LIMITS}, helpers=Helpers({"f": ("helper",)}, failing))
        assert hired and all(worker.over for worker in hired)
    finally:
        engine.close()
