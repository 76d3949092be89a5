"""What a test sees of its surroundings is the same wherever it runs.

Nothing is recalled from, or kept in, the cache of whoever runs the tests, nor do they trust what that user does; and
grading is official where a test says so, not because a CI runs the test.
"""

import tempfile
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_surroundings():
    with tempfile.TemporaryDirectory(prefix="pingfen-tests-") as folder, pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            patch.setenv(name, f"{folder}/{name}")
        patch.delenv("CI", raising=False)
        yield


@pytest.fixture(scope="session")
def engine():
    """Return the best engine of this machine, the same for all tests that grade."""
    from grader.execution import open_engine

    engine = open_engine()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def prepared(engine):
    """Return the rubric that ships, prepared."""
    from grader.grading import prepare, read

    return prepare(read(Path(__file__).resolve().parents[1] / "grading.yaml"), engine)
