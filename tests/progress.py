"""Says which file of tests is through, after how long, and how far all of them are: `pytest -p tests.progress`.

A line a file stands in place of dots; a test that fails is named at once. The files that take longest come first, so
that no worker is left alone with one of them in the end (with `--no-loadscope-reorder`: else xdist sorts them itself).
"""

import time
from collections import Counter

import pytest

LONGEST = (
    "corpus/test_corpus.py",
    "docs/test_pages.py",
    "explain/test_feedback.py",
    "execution/test_deaths.py",
    "rules/test_rules_evaded.py",
    "author/check/test_grade_check.py",
    "author/kit/test_seals.py",
)
"""The files of `make test` that take more than 15 seconds, the longest first."""


def pytest_collection_modifyitems(items):
    """Put the longest files first, the others after them by the number of their tests."""
    places = {f"tests/{file}": place for place, file in enumerate(LONGEST)}
    counts = Counter(_file(item.nodeid) for item in items)
    items.sort(key=lambda item: (places.get(_file(item.nodeid), len(places)), -counts[_file(item.nodeid)]))


def pytest_configure(config):
    """Count where the reports come together; a worker of xdist says nothing itself."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Progress(config), "progress by file")


class Progress:
    """Hears of every test that is to be run and of every one that was."""

    def __init__(self, config):
        self.config, self.began, self.done = config, time.monotonic(), 0
        self.first, self.left, self.counts = {}, Counter(), Counter()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids):
        """Count them once, though every worker has found them all."""
        self.counts = self.counts or Counter(map(_file, ids))
        self.left = self.left or self.counts.copy()

    def pytest_collection_finish(self, session):
        """Count them where there are no workers."""
        self.pytest_xdist_node_collection_finished([item.nodeid for item in session.items])

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report):
        """Keep dots away; a failure is told in `pytest_runtest_logreport`."""
        if report.passed and report.when != "call":
            return "", "", ""
        return None if hasattr(report, "wasxfail") else (report.outcome, "", "")

    def pytest_runtest_logreport(self, report):
        """Write a line where a test failed, and one where it was the last of its file."""
        file = _file(report.nodeid)
        self.first.setdefault(file, time.monotonic() - report.duration)
        if report.failed:
            self._write(f"FAILED {report.nodeid}")
        if report.when != "teardown":
            return
        self.done += 1
        self.left[file] -= 1
        if not self.left[file]:
            share = 100 * self.done // max(1, self.counts.total())
            now = time.monotonic()
            minutes, seconds = divmod(int(now - self.began), 60)
            took = now - self.first[file]
            self._write(f"{minutes}:{seconds:02} {share:3} %  {file}  {self.counts[file]} in {took:.0f} s")

    def _write(self, line):
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        reporter.ensure_newline()
        reporter.write_line(line)


def _file(nodeid):
    return nodeid.partition("::")[0]
