"""What a test sees of its surroundings is the same wherever it runs.

Nothing is recalled from, or kept in, the cache of whoever runs the tests, nor do they trust what that user does; and
grading is official where a test says so, not because a CI runs the test.
"""

import shutil
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


@pytest.fixture(scope="module")
def tab():
    """Return a page of a browser; one serves all tests, for a new one costs most of a second."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium here: the page is not opened in a browser")
    sync_api = pytest.importorskip("playwright.sync_api")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=arguments)
        page = opened.new_page()
        page.complaints, page.requests = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        yield page
        opened.close()
