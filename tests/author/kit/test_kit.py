"""The student kit: complete without the reference, the same every time, and silent."""

import base64
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pytest
import yaml

from grader.author.kit.kit import archive, build, leaks, write_kit
from grader.author.kit.stubs import stub_notebook
from grader.model import Returned
from grader.rubric.mistakes import mistakes

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def kit(prepared):
    return build(prepared, with_notebook=True)


@pytest.fixture(scope="module")
def folder(kit, tmp_path_factory):
    path = tmp_path_factory.mktemp("kit") / "out"
    write_kit(kit.files, path)
    return path


def grade(folder, *words):
    command = [sys.executable, "-m", "grader", *words, "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def report(folder, *words):
    return json.loads(grade(folder, *words, "--format", "json").stdout)


def test_what_is_in_it(kit):
    here = [path for path in kit.files if "figures" not in path]
    assert here == [
        "Makefile", "README.md", "assignment/README.md", "assignment/application/NOTICE",
        "assignment/application/digits.csv.gz", "assignment/application/digits.html",
        "assignment/application/digits.py", "assignment/application/weights.npz", "assignment/cnn.ipynb",
        "assignment/cnn.py", "expected.json", "grading.yaml",
    ]  # fmt: skip
    for path in (ROOT / "assignment").rglob("*.*"):
        if "__pycache__" not in path.parts and path.suffix != ".ipynb":
            assert kit.files[path.relative_to(ROOT).as_posix()] == path.read_bytes()


def test_it_grades_without_the_reference(folder, tmp_path):
    assert not (folder / "solutions").exists()
    stub = grade(folder)
    assert (stub.returncode, stub.stderr) == (1, "")
    assert stub.stdout.count("○") == 8
    mine = tmp_path / "kit"
    shutil.copytree(folder, mine)
    shutil.copy(ROOT / "solutions" / "cnn.py", mine / "assignment" / "cnn.py")
    right = grade(mine)
    assert (right.returncode, right.stderr) == (0, "")
    assert "required 10 / 10     bonus 5 / 5" in right.stdout


def test_a_wrong_function_is_shown_what_is_expected_of_the_example(folder, tmp_path):
    wrong = (ROOT / "solutions" / "cnn.py").read_text("utf-8").replace("Z = Z + b.item()", "Z = Z - b.item()")
    (tmp_path / "cnn.py").write_text(wrong, "utf-8")
    found = report(folder, str(tmp_path / "cnn.py"))
    failed = {problem["function"] for problem in found["problems"] if problem["status"] != "passed"}
    assert {"conv_single_step", "conv_forward"} <= failed <= {"conv_single_step", "conv_forward", "conv_backward"}
    assert "-6.999089450680221" in json.dumps(found)


def test_it_is_the_same_every_time(kit, prepared):
    again = build(prepared, with_notebook=True)
    assert again.files == kit.files
    first, second = archive(kit.files, "kit"), archive(again.files, "kit")
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert packed.testzip() is None
        assert {name: packed.read(name) for name in packed.namelist()} == {
            f"kit/{path}": data for path, data in kit.files.items()
        }
        assert {member.date_time for member in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_public_rubric_holds_public_checks_only(kit):
    written = yaml.safe_load(kit.files["grading.yaml"])
    assert {"seed", "reference", "mistakes", "generators"}.isdisjoint(written)
    assert {check["visibility"] for problem in written["problems"].values() for check in problem["checks"]} == {
        "public"
    }
    assert sum(problem["points"] for problem in written["problems"].values() if not problem.get("bonus")) == 10


def hidden_answers(prepared):
    """Yield the arrays and numbers expected of hidden cases that are none of their own inputs."""
    checks = {(p.function, c.key): c for p in prepared.plan.rubric.problems for c in p.checks}
    for case, want in ((task.case, task.want) for task in prepared.tasks):
        if checks[case.function, case.check].visibility == "hidden":
            given = {array.tobytes() for call in case.calls for array in flat(call.arguments)}
            for outcome in want:
                if isinstance(outcome, Returned):
                    yield from (array for array in flat(outcome.value) if array.tobytes() not in given)


def flat(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, tuple | list):
        return [array for item in value for array in flat(item)]
    return [np.asarray(value)] if isinstance(value, np.ndarray | float) else []


def test_it_gives_nothing_away(kit, prepared):
    assert leaks(kit, prepared) == []
    seed = str(prepared.plan.rubric.seed)
    reference = (ROOT / "solutions" / "cnn.py").read_text("utf-8")
    stub = (ROOT / "assignment" / "cnn.py").read_text("utf-8")
    secret = {line.strip() for line in reference.splitlines()} - {line.strip() for line in stub.splitlines()}
    secret = {line for line in secret if len(line) > 12}
    names = [each.name for each in mistakes(ROOT / "solutions" / "mistakes.py", reference)]
    assert len(secret) > 40
    assert len(names) > 40
    for path, data in kit.files.items():
        text = data.decode("utf-8", "replace")
        assert seed not in text, path
        assert [name for name in names if re.search(rf"\b{name}\b", text)] == [], path
        if path.endswith((".py", ".json", ".yaml", ".ipynb")):
            assert [line for line in secret if line in text] == [], path
    blobs = [base64.b64decode(case.get("data", "")) for case in json.loads(kit.files["expected.json"])["cases"]]
    text = kit.files["expected.json"].decode()
    answers = [array for array in hidden_answers(prepared) if array.size > 1 or abs(array.item()) > 10]
    assert len(answers) > 60
    for array in answers:
        if array.dtype.kind == "f" and array.size > 3 and len(np.unique(array)) > 1:
            assert not any(array.tobytes() in blob for blob in blobs)
        elif array.size == 1:
            assert repr(array.item()) not in text


PLANTS = {
    "the seed": lambda kit, prepared: ("grading.yaml", b"# 20240501\n"),
    "a mistake": lambda kit, prepared: ("assignment/cnn.py", b"# see pads_channels\n"),
    "a line": lambda kit, prepared: ("assignment/cnn.py", b"        average = dz/(n_H * n_W)\n"),
    "a line in a notebook": lambda kit, prepared: ("assignment/cnn.ipynb", b'    "    mask = x == np.max(x)\\n",\n'),
}


@pytest.mark.parametrize("plant", PLANTS)
def test_what_is_planted_is_found(plant, kit, prepared):
    path, more = PLANTS[plant](kit, prepared)
    planted = type(kit)(files={**kit.files, path: kit.files[path] + more}, checks=kit.checks)
    assert [leak.path for leak in leaks(planted, prepared)] == [path]


def test_a_hidden_answer_among_the_cases_is_found(kit, prepared):
    from grader.grading.expected import Expected, dump

    task = next(
        task
        for task in prepared.tasks
        if (task.case.function, task.case.check) == ("zero_pad", "随机输入") and task.case.names["pad"]
    )
    forged = Expected(signatures=prepared.plan.signatures, tasks=(task,))
    planted = type(kit)(files={**kit.files, "expected.json": dump(forged)}, checks=kit.checks)
    assert "zero_pad" in leaks(planted, prepared)[0].message.text("en")


def test_the_notebook_is_valid_and_gradable(kit, folder, tmp_path):
    found = nbformat.reads(kit.files["assignment/cnn.ipynb"].decode("utf-8"), as_version=4)
    nbformat.validate(found)
    code = [cell.source for cell in found.cells if cell.cell_type == "code"]
    assert [re.findall(r"^def (\w+)", source, re.MULTILINE) for source in code] == [
        [], ["zero_pad"], ["conv_single_step"], ["conv_forward"], ["conv_backward"], ["pool_forward"],
        ["create_mask_from_window"], ["distribute_value"], ["pool_backward"],
    ]  # fmt: skip
    texts = [cell.source for cell in found.cells]
    place = next(i for i, text in enumerate(texts) if text.startswith("## 3. "))
    assert "def conv_forward" in texts[place + 1]
    solved = stub_notebook((ROOT / "solutions" / "cnn.py").read_text("utf-8"), "")
    nbformat.validate(nbformat.reads(solved, as_version=4))
    (tmp_path / "mine.ipynb").write_text(solved, "utf-8")
    assert grade(folder, str(tmp_path / "mine.ipynb")).returncode == 0


@pytest.mark.parametrize("damage", [lambda t: t[:-200], lambda t: t.replace('["a","f8"', '["a","O8"'), lambda t: "{}"])
def test_damaged_expectations_are_told(folder, tmp_path, damage):
    mine = tmp_path / "kit"
    shutil.copytree(folder, mine)
    path = mine / "expected.json"
    path.write_text(damage(path.read_text("utf-8")), "utf-8")
    run = grade(mine)
    assert run.returncode == 2
    assert "expected.json: The expected results cannot be read" in run.stderr


def test_a_kit_never_overwrites_anything_else(kit, tmp_path):
    from grader.errors import UsageError

    (tmp_path / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="is not a student kit"):
        write_kit(kit.files, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


RULED = """\
      - rules: no loops
        share: 20%
        forbid: [np.square, ".dot"]
        require: ["np.asarray | np.array"]
        no_loops: true
        each: 25%
        hint: Let numpy do it.
      - errors: not numbers
        raises: [TypeError, ValueError]
        draw: {x: '"text"'}
"""


@pytest.mark.parametrize("sealed", [(), ("--sealed",)])
def test_rules_come_along_and_bare_truths_do_not(squares, sealed):
    rubric = squares / "grading.yaml"
    rubric.write_text(rubric.read_text("utf-8") + RULED, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "grader", "release", "kit", *sealed, "--lang", "en"],
        capture_output=True, text=True, check=False, cwd=squares,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert ("Left out: square, not numbers" in done.stdout) == bool(sealed)
    written = yaml.safe_load((squares / "kit" / "grading.yaml").read_text("utf-8"))
    checks = written["problems"]["square"]["checks"]
    assert "errors" not in {name for check in checks for name in check}
    (ruled,) = (check for check in checks if "rules" in check)
    assert (ruled["forbid"], ruled["require"]) == (["np.square", ".dot"], ["np.asarray | np.array"])
    assert (ruled["no_loops"], ruled["each"]) == (True, "25%")
    assert grade(squares / "kit", str(squares / "answers" / "squares.py")).returncode == 0
    loop = squares / "loop.py"
    loop.write_text(
        "import numpy as np\n\n\ndef square(x):\n    return np.asarray([a * a for a in x]), len(x)\n", "utf-8"
    )
    found = grade(squares / "kit", str(loop))
    assert found.returncode == 1
    assert "do without loops" in found.stdout
