"""What the tests of new assignments share: the command line, and Markdown's code blocks."""

import json
import re

import solved_notebooks as made
import yaml

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


def convert(folder, *cells, name="n.ipynb", **files):
    """Make an assignment of a notebook; return its checks by function, and what was said."""
    for module, text in files.items():
        (folder / f"{module}.py").write_text(text, "utf-8")
    path = made.save(folder / name, *cells)
    done = run(folder, "init", "new", "--from-notebook", str(path), "--lang", "en")
    assert (done.returncode, done.stderr) == (0, "")
    problems = yaml.safe_load((folder / "new" / "grading.yaml").read_text("utf-8"))["problems"]
    assert report(folder / "new")["score"] == 0
    return {function: problem["checks"] for function, problem in problems.items()}, done.stdout


def kinds(checks):
    """Return the kind of each check."""
    return [next(iter(check)) for check in checks]
