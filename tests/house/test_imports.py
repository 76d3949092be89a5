"""What is loaded when: `grade --help` is light, the worker knows only numpy and the wire."""

import subprocess
import sys

HEAVY = ("numpy", "rich", "jinja2", "yaml")


def loaded_by(code):
    program = f"import sys\n{code}\nprint(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_help_loads_nothing_heavy():
    code = (
        "from click.testing import CliRunner\n"
        "from grader.cli.app import app\n"
        "result = CliRunner().invoke(app, ['--help'])\n"
        "assert result.exit_code == 0 and 'doctor' in result.output, result.output\n"
    )
    assert {name for name in loaded_by(code) if name.split(".")[0] in HEAVY} == set()


def test_the_nouns_load_nothing_heavy():
    assert {name for name in loaded_by("import grader.model") if name.split(".")[0] in HEAVY} == set()


def test_known_mistakes_are_read_without_yaml():
    """A remembered rubric is not read again, and importing yaml takes 12 ms of a run that fails."""
    assert "yaml" not in loaded_by("import grader.rubric.mistakes")
