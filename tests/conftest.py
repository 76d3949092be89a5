"""Nothing is recalled from, or kept in, the cache of whoever runs the tests, nor do they trust what that user does."""

import os
import tempfile

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_folders():
    before = {name: os.environ.get(name) for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    with tempfile.TemporaryDirectory(prefix="pingfen-tests-") as folder:
        os.environ.update({name: f"{folder}/{name}" for name in before})
        yield
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
