"""The folder an attack is graded in: the shipped assignment with a short clock, canaries around, honest work beside."""

import csv
import os
import re
import secrets
import shutil
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
FOLDERS = (HERE / "attacks", HERE / "attacks" / "further", HERE / "attacks" / "second")
LAZY = HERE / "attacks" / "further"
ROOT = HERE.parents[1]
FUNCTIONS = (
    "zero_pad",
    "conv_single_step",
    "conv_forward",
    "conv_backward",
    "pool_forward",
    "create_mask_from_window",
    "distribute_value",
    "pool_backward",
)
SECONDS = 2
LIMITS = "limits: {seconds: 5, memory: 1 GiB, output: 64 KiB}"
SHORT = f"limits: {{seconds: {SECONDS}, memory: 512 MiB, output: 64 KiB}}"


class Attack(NamedTuple):
    """One row of an INDEX.tsv: `files` are what is graded (several for an archive of many students)."""

    id: str
    kind: str
    path: Path
    must_fail: frozenset[str]
    may_full: frozenset[str]


def attacks():
    """Return every attack: the 72 that were given, the project's own, and those made with its source at hand."""
    return [attack for folder in FOLDERS for attack in _index(folder)]


def _index(folder):
    with (folder / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            must, may = (frozenset(row[name].split(",")) & set(FUNCTIONS) for name in ("must_zero", "may_full"))
            yield Attack(row["id"], row["class"], folder / row["file"], must, may)


class Workspace:
    """A copy of the assignment in `folder`; `canary` is planted wherever a submission has no business."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.canary = "CANARY" + secrets.token_hex(12)
        self.rubric = folder / "grading.yaml"
        self.honest = folder / "submissions" / "honest.py"
        self.environment = {
            "PATH": os.defpath,
            "HOME": str(folder / "home"),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),  # this checkout, whatever is installed
            "GRADE_SECRET": self.canary,
            "GITHUB_TOKEN": self.canary,
            "GITHUB_OUTPUT": str(folder / "home" / "github_output"),
            "GITHUB_ENV": str(folder / "home" / "github_env"),
        }
        self._fill()

    def _fill(self):
        text = (ROOT / "grading.yaml").read_text("utf-8")
        if LIMITS not in text:
            raise AssertionError("the shipped rubric's limits are no longer written as expected here")
        for name in ("solutions", "assignment"):
            shutil.copytree(ROOT / name, self.folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.svg"))
        (self.folder / "submissions").mkdir()
        (self.folder / "home").mkdir()
        (self.folder / "home").chmod(0o777)
        self.rubric.write_text(f"# {self.canary}\n" + text.replace(LIMITS, SHORT), "utf-8")
        shutil.copy(self.folder / "solutions" / "cnn.py", self.honest)
        for secret in (*(self.folder / "solutions").glob("*.py"), self.folder / "submissions" / "alice_solution.py"):
            before = secret.read_text("utf-8") if secret.exists() else self.honest.read_text("utf-8")
            known = f"# {self.canary}" if secret.name == "mistakes.py" else f"_CANARY = {self.canary!r}"
            secret.write_text(f"{before}\n\n{known}\n", "utf-8")

    def place(self, attack: Attack) -> list[Path]:
        """Put `attack` among the submissions and return the paths to grade."""
        if attack.id != "127":
            target = self.folder / "submissions" / attack.path.name
            if not target.exists():
                target.write_bytes(_whole(attack.path))
            return [target]
        folder = self.folder / "submissions" / "many"
        folder.mkdir(exist_ok=True)
        with zipfile.ZipFile(attack.path) as archive:
            for member in archive.infolist():
                target = folder / member.filename  # markup in two of the names makes folders
                if ".." in target.parts or folder not in target.parents:
                    raise AssertionError("a name of this archive leaves its folder")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(member))
        return sorted(path for path in folder.rglob("*") if path.is_file())


def _whole(path: Path) -> bytes:
    """Return an attack's bytes; its header may say on which functions it is put, or how many blank lines follow."""
    data = path.read_bytes()
    if blank := re.match(rb"# then: (\d+) blank lines\n", data):
        data += b"\n" * int(blank[1])
    found = re.search(rb"^# on: (\w+)$", data[:1000], re.MULTILINE)
    return (LAZY / f"{found[1].decode()}.py.txt").read_bytes() + b"\n\n" + data if found else data


def grade_command() -> list[str]:
    """Return the installed `grade` of this interpreter."""
    return [sys.executable, str(Path(sys.executable).parent / "grade")]
