"""Nothing is recalled from, or kept in, the cache of whoever runs the tests."""

import os
import tempfile

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_cache():
    with tempfile.TemporaryDirectory(prefix="pingfen-cache-") as folder:
        before, os.environ["XDG_CACHE_HOME"] = os.environ.get("XDG_CACHE_HOME"), folder
        yield
        if before is None:
            del os.environ["XDG_CACHE_HOME"]
        else:
            os.environ["XDG_CACHE_HOME"] = before
