"""What a test sees of its surroundings is the same wherever it runs.

Nothing is recalled from, or kept in, the cache of whoever runs the tests, nor do they trust what that user does; and
grading is official where a test says so, not because a CI runs the test.
"""

import tempfile

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_surroundings():
    with tempfile.TemporaryDirectory(prefix="pingfen-tests-") as folder, pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            patch.setenv(name, f"{folder}/{name}")
        patch.delenv("CI", raising=False)
        yield
