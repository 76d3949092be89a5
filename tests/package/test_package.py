"""What is published is whole and holds nothing else: built from its archive, installed, and used where nothing lies."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTED = Path(__file__).with_name("wheel.txt")
PACKAGES = ("grader", "pingfen")


def run(*command, cwd, **environment):
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, env={**env, "LC_ALL": "C.UTF-8", **environment}
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with both files. Their tools come from this environment: a test needs no network."""
    folder = tmp_path_factory.mktemp("dist")
    made = run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT), cwd=folder)
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    (found,) = built.glob("*.whl")
    return found


def held(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return sorted(name for name in archive.namelist() if ".dist-info/" not in name)


def test_the_wheel_holds_every_module_and_no_other(wheel):
    modules = [str(path.relative_to(ROOT)) for name in PACKAGES for path in (ROOT / name).rglob("*.py")]
    assert [name for name in held(wheel) if name.endswith(".py")] == sorted(modules)


def test_what_else_it_holds_is_listed(wheel):
    """tests/package/wheel.txt is the list; whoever adds a file that is no module adds it there."""
    assert [name for name in held(wheel) if not name.endswith(".py")] == LISTED.read_text("utf-8").split()


def test_the_archive_holds_what_a_build_needs_and_no_assignment(built):
    (found,) = built.glob("*.tar.gz")
    with tarfile.open(found) as archive:
        names = {name.split("/")[1] for name in archive.getnames() if "/" in name}
    assert names == {
        ".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "README.zh.md", "constraints.txt", "docs",
        "grader", "hatch_build.py", "pingfen", "pyproject.toml",
    }  # fmt: skip


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The commands' folder of an environment that holds the wheel alone.

    What the wheel needs is found where this test runs, by a `.pth` file, so that nothing is loaded. A `.pth` file in
    there is not followed: this checkout, installed as editable, stays out of sight.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=os.name == "posix")
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    python = str(commands / "python")
    options = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    made = run(sys.executable, "-m", "pip", "--python", python, *options, str(wheel), cwd=folder)
    assert made.returncode == 0, made.stdout + made.stderr
    own = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).stdout.strip()
    Path(own, "what_it_needs.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return commands


def test_an_assignment_is_begun_and_graded(installed, tmp_path):
    grade = str(installed / "grade")
    begun = run(grade, "init", "demo", "--lang", "en", cwd=tmp_path)
    assert begun.returncode == 0, begun.stdout + begun.stderr
    right = run(grade, "solutions/demo.py", cwd=tmp_path / "demo")
    assert right.returncode == 0 and "Everything is right" in right.stdout, right.stdout + right.stderr
    stub = run(grade, "assignment/demo.py", "--lang", "zh", cwd=tmp_path / "demo")
    assert stub.returncode == 1 and "未作答" in stub.stdout, stub.stdout + stub.stderr
    page = run(grade, "solutions/demo.py", "--format", "html", cwd=tmp_path / "demo")
    assert page.returncode == 0 and "<style>" in page.stdout, page.stderr


def test_it_is_the_wheel_that_runs(installed, tmp_path):
    code = "import pingfen, grader; print(pingfen.__file__); print(grader.__file__); pingfen.check"
    found = run(str(installed / "python"), "-c", code, cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert all(Path(line).is_relative_to(installed.parent) for line in found.stdout.split())
