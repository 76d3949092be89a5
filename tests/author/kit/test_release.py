"""`grade release` as it is typed."""

import subprocess
import sys


def release(folder, *words):
    command = [sys.executable, "-m", "grader", "release", *words, "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def grade(folder, *words):
    command = [sys.executable, "-m", "grader", *map(str, words), "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_check_passes_and_writes_nothing(squares):
    before = sorted(squares.rglob("*"))
    run = release(squares, "--check", "out")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "The assignment follows from the reference.\n"
    assert sorted(squares.rglob("*")) == before


def test_check_shows_what_no_longer_follows(squares):
    stub = squares / "work" / "squares.py"
    stub.write_text(stub.read_text("utf-8").replace("how many there are", "their number"), "utf-8")
    for words in (["--check"], ["out"]):
        run = release(squares, *words)
        assert run.returncode == 1
        assert '-    """Return the squares of x, and their number."""' in run.stdout
        assert '+    """Return the squares of x, and how many there are."""' in run.stdout
        assert not (squares / "out").exists()
    assert release(squares, "--update").returncode == 0
    assert release(squares, "--check").returncode == 0


def test_check_misses_a_stub_that_a_kit_would_make(squares):
    (squares / "work" / "squares.py").unlink()
    run = release(squares, "--check")
    assert (run.returncode, run.stdout.splitlines()[0]) == (1, "work/squares.py is not there.")
    assert release(squares, "out").returncode == 0
    assert "y = None" in (squares / "out" / "work" / "squares.py").read_text("utf-8")


def test_a_kit_and_its_zip(squares):
    run = release(squares, "out", "--zip", "--notebook")
    unknown, wrote = run.stdout.splitlines()
    assert (run.returncode, wrote) == (0, "Wrote 7 files to out.")
    assert unknown.endswith("there could be guessed: doubled_instead.")
    first = (squares / "out.zip").read_bytes()
    assert release(squares, "out", "--zip", "--notebook").returncode == 0
    assert (squares / "out.zip").read_bytes() == first


def test_a_kit_that_would_tell_is_not_written(squares):
    readme = squares / "work" / "README.md"
    readme.write_text("The seed is 918273645.\n", "utf-8")
    run = release(squares, "out")
    assert run.returncode == 1
    assert run.stdout.startswith("work/README.md: It holds the rubric's seed.\n")
    assert not (squares / "out").exists()


def test_it_wants_a_folder(squares):
    run = release(squares)
    assert run.returncode == 2
    assert "grade release OUT" in run.stderr


def test_a_kit_makes_no_kit(squares):
    assert release(squares, "out").returncode == 0
    run = release(squares / "out", "again")
    assert run.returncode == 2
    assert "student kit already" in run.stderr


HIDDEN_TOO = """\
  twice:
    points: 2
    checks:
      - values: drawn
        draw: {x: normal(3)}
"""
TWICE = "\n\ndef twice(x):\n    ### START CODE HERE ###\n    y = {}\n    ### END CODE HERE ###\n    return y\n"


def test_a_function_without_a_public_check_is_told_of_at_release_and_in_the_kit(squares):
    rubric = squares / "grading.yaml"
    rubric.write_text(rubric.read_text("utf-8") + HIDDEN_TOO, "utf-8")
    for path, body in (("answers", "2 * x"), ("work", "None")):
        file = squares / path / "squares.py"
        file.write_text(file.read_text("utf-8") + TWICE.format(body), "utf-8")
    run = release(squares, "out")
    assert run.returncode == 0
    nothing, unknown, _ = run.stdout.splitlines()
    assert nothing.startswith("twice: the kit can check nothing of it")
    assert unknown.startswith("square: a kit cannot recognise these known mistakes")
    assert "elsewhere: [square, twice]" in (squares / "out" / "grading.yaml").read_text("utf-8")
    said = "Not checked here, but graded by your course: twice."
    assert said in (squares / "out" / "README.md").read_text("utf-8")
    graded = grade(squares / "out", squares / "answers" / "squares.py")
    assert graded.returncode == 0
    assert said in graded.stdout and "Everything is right" not in graded.stdout
    assert "Your course grades with hidden ones too" in " ".join(graded.stdout.split())
    one = grade(squares / "out", "--only", "square", squares / "answers" / "squares.py")
    assert "Your course grades with hidden" in " ".join(one.stdout.split())
    none = grade(squares / "out", "--only", "twice")
    assert none.returncode == 2
    assert none.stderr.strip() == "twice cannot be checked here; your course grades it."


def test_required_points_in_a_kit_are_not_called_all(squares):
    rubric = squares / "grading.yaml"
    text = rubric.read_text("utf-8") + HIDDEN_TOO.replace("values: drawn", "example: shown") + "    bonus: true\n"
    rubric.write_text(text, "utf-8")
    for path, body in (("answers", "2 * x"), ("work", "None")):
        file = squares / path / "squares.py"
        file.write_text(file.read_text("utf-8") + TWICE.format(body), "utf-8")
    assert release(squares, "out").returncode == 0
    half = squares / "half.py"
    text = (squares / "answers" / "squares.py").read_text("utf-8")
    half.write_text(text.replace("2 * x", "None"), "utf-8")
    said = " ".join(grade(squares / "out", half).stdout.split())
    assert "The required checks that can be made here pass. If you like, go on with twice" in said


def test_a_whole_kit_says_that_everything_is_right(squares):
    rubric = squares / "grading.yaml"
    text = rubric.read_text("utf-8")
    rubric.write_text(text[: text.index("      - values")].replace("        share: 25%\n", ""), "utf-8")
    assert release(squares, "out").returncode == 0
    assert "elsewhere" not in (squares / "out" / "grading.yaml").read_text("utf-8")
    assert "Everything is right." in grade(squares / "out", squares / "answers" / "squares.py").stdout


def test_a_rubric_without_anything_public_makes_no_kit(squares):
    rubric = squares / "grading.yaml"
    text = rubric.read_text("utf-8")
    cut = text.index("      - example"), text.index("      - values")
    rubric.write_text(text[: cut[0]] + text[cut[1] :], "utf-8")
    run = release(squares, "out")
    assert run.returncode == 2
    assert run.stderr.startswith("Nothing in this rubric is public, so a kit could check nothing.\n")
    assert not (squares / "out").exists()


def test_the_readme_says_how_to_install(squares):
    assert release(squares, "out").returncode == 0
    page = (squares / "out" / "README.md").read_text("utf-8")
    assert "pip install pingfen" not in page and "`pip install FOLDER`" in page
    command = "pip install git+https://git.example.org/course/pingfen"
    assert release(squares, "out", "--install", command).returncode == 0
    page = (squares / "out" / "README.md").read_text("utf-8")
    assert f"```bash\n{command}\ngrade " in page and "FOLDER" not in page


def test_a_kit_carries_what_is_graded_by_hand_what_takes_points_off_and_what_only_informs(squares):
    rubric = squares / "grading.yaml"
    text = rubric.read_text("utf-8").replace("points: 4\n", "points: 4\n    all_or_nothing: true\n")
    text += "      - rules: style\n        forbid: [eval]\n        penalty: {each: 0.5, at_most: 2}\n"
    text += "manual:\n  essay: {points: 3, title: {zh: 为什么, en: Why}, criteria: [{says: clear, points: 3}]}\n"
    rubric.write_text(text + "  talk: {points: 1.5, bonus: true, criteria: 'short: 5 minutes'}\n", "utf-8")
    assert release(squares, "--update").returncode == 0
    assert release(squares, "out").returncode == 0
    shown = (squares / "out" / "grading.yaml").read_text("utf-8")
    assert "    all_or_nothing: true\n" in shown and "        penalty: {each: 0.5, at_most: 2}\n" in shown
    assert '    title: {zh: "为什么", en: Why}\n    points: 3\n    criteria: [{says: clear, points: 3}]\n' in shown
    work = squares / "out" / "work" / "squares.py"
    work.write_text((squares / "answers" / "squares.py").read_text("utf-8"), "utf-8")
    right = grade(squares / "out")
    assert right.returncode == 0, right.stdout + right.stderr
    assert "required 1 / 4, 3 points still to be graded by hand" in right.stdout
    assert "bonus 0 / 1.5, 1.5 points still to be graded by hand" in right.stdout
    work.write_text(work.read_text("utf-8").replace("return y, len(x)", "return y, eval('len(x)')"), "utf-8")
    assert "Points: 1 − 0.5 (style: 1 × 0.5) = 0.5" in grade(squares / "out").stdout


def test_a_kit_in_which_only_points_could_be_taken_off_checks_for_information(squares):
    rubric = squares / "grading.yaml"
    text = rubric.read_text("utf-8").replace(
        "        share: 25%\n        draw: {x: [1.5", "        penalty: 1\n        draw: {x: [1.5"
    )
    rubric.write_text(text, "utf-8")
    assert release(squares, "--update").returncode == 0 and release(squares, "out").returncode == 0
    shown = (squares / "out" / "grading.yaml").read_text("utf-8")
    assert "    points: 0\n" in shown and "penalty" not in shown
    run = grade(squares / "out")
    assert run.returncode == 0 and "info only" in run.stdout, run.stderr
