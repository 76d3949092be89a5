"""Runs the tests, the red team apart, on every Python from 3.11 that is found: `make test-pythons`.

    python tests/pythons.py [VERSION] [WORDS FOR PYTEST...]

A Python is found on the search path (`python3.11` …, and Debian's own `python3` in /usr/bin) and among those that pyenv
has installed; a VERSION, such as 3.13 or 3.11.2, leaves the others out. Each gets an environment of its own in
build/pythons, which is kept. The exit code is that of the first that failed. A version of `VERSIONS` that was not found
is named, which is no failure; it is one where the VERSION that was asked for was not found.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
PLACES = ROOT / "build/pythons"
ASK = "import sys; print('%d.%d.%d' % sys.version_info[:3], sys.prefix == sys.base_prefix, sys.executable)"
"""Its version, whether it is no environment itself, and where it really stands."""


def candidates():
    """Yield the paths under which a Python may stand."""
    for name in ("python3", *(f"python{version}" for version in VERSIONS)):
        for folder in (None, "/usr/bin", "/usr/local/bin"):
            if path := shutil.which(name, path=folder):
                yield path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, pyenv.glob("versions/3.*/bin/python3"))


def found():
    """Return the Pythons of `VERSIONS` by their whole version; of one version, the first."""
    pythons = {}
    for path in candidates():
        run = subprocess.run([path, "-c", ASK], capture_output=True, text=True, check=False)
        version, plain, place = (run.stdout.strip().split(" ", 2) + [""] * 3)[:3]
        if plain == "True" and version.rpartition(".")[0] in VERSIONS:
            pythons.setdefault(version, place)
    return dict(sorted(pythons.items(), key=lambda each: [int(part) for part in each[0].split(".")]))


def environment(version, path):
    """Return the Python of an environment that has all that tests need; one that is there is brought up to date."""
    folder = PLACES / version
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([path, "-m", "venv", "--clear", folder], check=True)
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-c", "constraints.txt", "-e", ".[dev]"], cwd=ROOT, check=True)
    return python


def within(version, asked):
    """Tell whether a whole version is the one asked for, or one of its releases: 3.11.2 is within 3.11."""
    return f"{version}.".startswith(f"{asked}.")


def main(words):
    """Run the tests on each, and say which there is and which there is not."""
    wanted = (words.pop(0),) if words and words[0][0].isdigit() else VERSIONS
    pythons = {each: path for each, path in found().items() if any(within(each, version) for version in wanted)}
    for version, path in pythons.items():
        print(f"Python {version}: {path}")
    for version in wanted:
        if not any(within(each, version) for each in pythons):
            print(f"Python {version}: not found")
    codes = {}
    for version, path in pythons.items():
        print(f"\nPython {version}", flush=True)
        tests = [environment(version, path), "-m", "pytest", *words]
        codes[version] = subprocess.run(tests, cwd=ROOT, check=False).returncode
    print()
    for version, code in codes.items():
        print(f"Python {version}: {'failed' if code else 'passed'}")
    return next((code for code in codes.values() if code), 0 if codes else 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
