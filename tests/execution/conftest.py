import sys

import pytest

from grader.execution import open_engine
from grader.execution.workers import SpawnEngine


def _engine(kind):
    return SpawnEngine(threads=True) if kind == "threads" else open_engine(kind)


@pytest.fixture(scope="session", params=["fork", "spawn"])
def engine(request):
    """Every engine, one after the other."""
    engine = _engine(request.param)
    yield engine
    engine.close()


ELSEWHERE = [pytest.mark.slow] if sys.platform == "linux" else []
"""Linux grades by the forking engine; the others import numpy anew for each worker that dies."""


@pytest.fixture(
    scope="session", params=["fork", *(pytest.param(kind, marks=ELSEWHERE) for kind in ("spawn", "threads"))]
)
def mortal_engine(request):
    """Every engine, and the one with threads as Windows has it, for tests that hang, crash and flood workers."""
    engine = _engine(request.param)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def fork_engine():
    engine = open_engine("fork")
    yield engine
    engine.close()
