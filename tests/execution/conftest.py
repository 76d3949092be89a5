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


@pytest.fixture(scope="session", params=["fork", "spawn", "threads"])
def process_engine(request):
    """Every engine whose workers are processes: they can be hung, crashed and flooded."""
    engine = _engine(request.param)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def fork_engine():
    engine = open_engine("fork")
    yield engine
    engine.close()
