"""Runs a workflow's shell steps as GitHub's runner does, as far as this side goes: no network, no image, no checkout.

`uses:` of this project runs its action.yml; of a checkout it is asked `checkout(with)`; of anything else it is written
down. Expressions are names with dots, alone in `${{ }}`, and `!=` or `==` in an `if`.
"""

import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "YOUR-ORGANISATION/pingfen@COMMIT"
EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


class Job:
    """One job of a workflow; what its steps printed, their outputs by id, and the files that a runner gives them."""

    def __init__(self, workflow, workspace, temp, environment, *, context=(), checkout=lambda given: None):
        (self.job,) = yaml.safe_load(workflow.read_text("utf-8"))["jobs"].values()
        self.workspace, self.temp, self.environment, self.checkout = workspace, temp, environment, checkout
        self.context = {"runner.temp": str(temp), **dict(context)}
        self.printed, self.used, self.outputs = "", [], {}
        self.summary, self.variables = temp / "summary.md", temp / "env"
        for file in (self.summary, self.variables):
            file.write_text("", "utf-8")

    def run(self):
        """Run the steps; return the exit code of the first that fails the job, else 0."""
        return self._steps(self.job["steps"], self.context, self.outputs)

    def _steps(self, steps, context, outputs):
        for number, step in enumerate(steps):
            own = {**context, **{f"steps.{key}": value for key, value in outputs.items()}}
            if "if" in step and not _holds(step["if"], own):
                continue
            code, made = self._step(step, own)
            outputs.update({f"{step.get('id', number)}.outputs.{name}": value for name, value in made.items()})
            if code and not step.get("continue-on-error"):
                return code
        return 0

    def _step(self, step, context):
        given = {key: filled(value, context) for key, value in step.get("with", {}).items()}
        if "run" in step:
            return self._shell(step, context)
        name = step["uses"]
        self.used.append(name)
        if name == PROJECT:
            return self._action(given)
        if "actions/checkout@" in name:
            self.checkout(given)
        return 0, ({"python-path": sys.executable} if "actions/setup-python@" in name else {})

    def _action(self, given):
        action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
        assert set(given) <= set(action["inputs"])
        inputs = {name: given.get(name, one["default"]) for name, one in action["inputs"].items()}
        outputs = {}
        context = {"runner.temp": str(self.temp), **{f"inputs.{name}": value for name, value in inputs.items()}}
        code = self._steps(action["runs"]["steps"], context, outputs)
        known = {f"steps.{key}": value for key, value in outputs.items()}
        return code, {name: filled(one["value"], known) for name, one in action["outputs"].items()}

    def _shell(self, step, context):
        assert step.get("shell", "bash") == "bash"
        file = self.temp / "output"
        file.write_text("", "utf-8")
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env={
                **self.environment,
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_WORKSPACE": str(self.workspace),
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_OUTPUT": str(file),
                "GITHUB_STEP_SUMMARY": str(self.summary),
                "GITHUB_ENV": str(self.variables),
                "RUNNER_TEMP": str(self.temp),
                **{name: filled(value, context) for name, value in step.get("env", {}).items()},
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        self.printed += ran.stdout + ran.stderr
        self.lines = file.read_text("utf-8").splitlines()
        return ran.returncode, dict(line.split("=", 1) for line in self.lines)


def filled(value, context):
    """Return a value with its expressions replaced; a name that is not known is empty, as on the platform."""
    return EXPRESSION.sub(lambda found: context.get(found[1], ""), str(value))


def _holds(condition, context):
    name, operator, wanted = re.fullmatch(r"([\w.-]+) (==|!=) '([^']*)'", condition).groups()
    return (context.get(name, "") == wanted) == (operator == "==")


def commands(printed):
    """Return the lines that the platform would carry out: none between `::stop-commands::TOKEN` and `::TOKEN::`."""
    token, found = None, []
    for line in printed.splitlines():
        if token is not None:
            token = None if line == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif line.startswith(("::", "##[")):
            found.append(line)
    return found
