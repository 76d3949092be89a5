"""What the tests of new assignments share: the command line, and Markdown's code blocks."""

import json
import re

from tests.cli.cli_runs import in_process, in_text


def run(folder, *words):
    """Run `grade WORD…` in a folder, in English."""
    return in_text(in_process(words, cwd=folder, environment={"LANG": "C.UTF-8"}))


def report(folder, *words):
    """Return the JSON report of `grade WORD…`."""
    found = run(folder, *words, "--format", "json", "--audience", "instructor")
    assert found.stdout, found.stderr
    return json.loads(found.stdout)


def statuses(folder, *words):
    """Return each function's status."""
    return {problem["function"]: problem["status"] for problem in report(folder, *words)["problems"]}


def blocks(markdown, kind):
    """Return the fenced blocks of a kind in a Markdown text."""
    return re.findall(rf"^```{kind}\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)
