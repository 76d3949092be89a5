"""The examples' READMEs: their code prints what they say, their points are the rubric's."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
READMES = sorted(EXAMPLES.glob("*/assignment/README.md"))
SHOWN = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)
TYPED = re.compile(r"```console\n\$ (.*?)\n(.*?)```", re.DOTALL)
CODE = [
    pytest.param(path.parents[1] / "solutions", code, output, id=f"{path.parents[1].name}-{number}")
    for path in READMES
    for number, (code, output) in enumerate(SHOWN.findall(path.read_text("utf-8")), 1)
]


COMMANDS = [
    pytest.param(path.parents[1] / "solutions", command, output, id=f"{path.parents[1].name}-{number}")
    for path in READMES
    for number, (command, output) in enumerate(TYPED.findall(path.read_text("utf-8")), 1)
]


def printed(command, solutions, folder):
    """Run a command in a folder that has the data that is handed out, and return what it prints."""
    for data in (solutions.parent / "assignment").glob("*.csv"):
        shutil.copy(data, folder)
    environment = os.environ | {"PYTHONPATH": str(solutions), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    return ran.stdout


@pytest.mark.parametrize(("solutions", "code", "output"), CODE)
def test_code_prints_what_is_written(solutions, code, output, tmp_path):
    assert printed([sys.executable, "-W", "error", "-c", code], solutions, tmp_path) == output


@pytest.mark.parametrize(("solutions", "command", "output"), COMMANDS)
def test_a_program_prints_what_is_written(solutions, command, output, tmp_path):
    typed = re.sub(r"\bpython (?=\w+\.py)", f"{shlex.quote(sys.executable)} {shlex.quote(str(solutions))}/", command)
    assert printed(["/bin/sh", "-c", typed], solutions, tmp_path) == output


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.parents[1].name)
def test_every_function_is_taught_and_its_points_are_the_rubrics(path):
    text = path.read_text("utf-8")
    rubric = yaml.safe_load((path.parents[1] / "grading.yaml").read_text("utf-8"))
    rows = re.findall(r"(?m)^\| `(\w+)` \|.*\| (附加 )?(\d+) \|$", text)
    want = {name: (bool(problem.get("bonus")), problem["points"]) for name, problem in rubric["problems"].items()}
    assert {name: (bool(bonus), int(points)) for name, bonus, points in rows} == want
    taught = {name for code, _ in SHOWN.findall(text) for name in re.findall(r"(?m)^from \w+ import (.+)$", code)}
    taught |= {name for command, _ in TYPED.findall(text) for name in re.findall(r"\bpython (\w+)\.py", command)}
    assert set(want) <= {name for names in taught for name in names.split(", ")}  # what is given may be used, too
