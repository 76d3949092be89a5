"""`variants: per_student`: everybody has other hidden cases, and only who has the secret can tell whose are which."""

import os
import pickle
import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from grader import grading
from grader.cli.secret import VARIABLE, secret_of
from grader.course.entries import Arrival
from grader.course.grading import GradingJob
from grader.course.intake import take_in
from grader.course.runs import variants_of
from grader.course.store import Store
from grader.errors import UsageError
from grader.execution.engine import open_engine
from grader.grading.personal import CourseSecret, PersonalCases, with_cases
from grader.model import Person, Withheld
from tests.cli.cli_runs import in_process, in_text
from tests.course.conftest import RIGHT, RUBRIC, STUB, WRONG_DOUBLE

SECRET = "open-sesame-7f3a9c51d08e"
OTHER = "another-secret-0b1c2d3e4f"
VARIED = RUBRIC.replace("seed: 90711", "seed: 90711\nvariants: per_student").replace(
    "- values: small numbers", "- values: small numbers\n        visibility: public"
)


@pytest.fixture
def varied(classroom, monkeypatch):
    """Return a class whose rubric has variants, and the secret in the environment of every command."""
    monkeypatch.delenv("CI", raising=False)
    classroom.rubric(VARIED)
    return classroom


def run(varied, *words, **environment):
    done = varied.command("handed in", "--jobs", "1", *words, **{VARIABLE: SECRET, **environment})
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def grade(varied, *words, **environment):
    base = {"LANG": "en_US.UTF-8", "LC_ALL": "", "LC_MESSAGES": "", VARIABLE: SECRET}
    return in_text(in_process(words, cwd=varied.folder, environment=base | environment))


def inputs(report, *, hidden):
    """Return the inputs of the hidden cases, or of the public ones."""
    exhibits = [case.exhibit for problem in report.problems for check in problem.checks for case in check.cases]
    own = [each.exhibit if isinstance(each, Withheld) else each
           for each in exhibits if isinstance(each, Withheld) is hidden]  # fmt: skip
    return [[repr(value) for _, value in each.inputs] for each in own]


def test_equal_work_of_two_people_is_graded_with_other_hidden_cases_and_the_same_public_ones(varied):
    for person in ("ann", "bob"):
        varied.hand_in(person, WRONG_DOUBLE)
    run(varied)
    ann, bob = (varied.standing(person).report for person in ("ann", "bob"))
    assert inputs(ann, hidden=True) != inputs(bob, hidden=True)
    assert inputs(ann, hidden=False) == inputs(bob, hidden=False) != []
    assert ann.seed != bob.seed and ann.replay != bob.replay
    assert varied.scores() == {"ann": 6, "bob": 6}


def test_a_later_attempt_has_the_same_hidden_cases(varied):
    varied.hand_in("ann", WRONG_DOUBLE)
    run(varied)
    first = varied.standing("ann").report
    varied.hand_in("ann", WRONG_DOUBLE + "\n\nMORE = 1\n")
    run(varied)
    standing = varied.standing("ann")
    assert standing.attempts == 2
    assert inputs(standing.report, hidden=True) == inputs(first, hidden=True)
    assert standing.report.replay == first.replay


def test_a_second_run_has_nothing_to_do_and_a_mended_rubric_draws_the_same_cases(varied):
    for person, text in (("ann", RIGHT), ("bob", RIGHT), ("cleo", STUB)):
        varied.hand_in(person, text)
    run(varied)
    assert "Nothing new to grade" in run(varied)
    seeds = {person: varied.standing(person).report.seed for person in ("ann", "bob", "cleo")}
    varied.mend("points: 4", "points: 8")
    assert "Nothing new to grade" in run(varied)
    told = varied.command("regrade", "--apply", "--jobs", "1", PINGFEN_SECRET=SECRET).stdout
    assert "ann 10 → 14, bob 10 → 14" in told
    assert {person: varied.standing(person).report.seed for person in seeds} == seeds


def test_variants_that_come_later_change_no_score_until_they_are_applied(varied):
    varied.rubric(VARIED.replace("variants: per_student\n", ""))
    varied.hand_in("ann", RIGHT)
    run(varied)
    varied.rubric(VARIED)
    assert "Nothing new to grade" in run(varied)
    assert varied.standing("ann").report.seed == 90711
    varied.command("regrade", "--apply", "--jobs", "1", PINGFEN_SECRET=SECRET)
    own = varied.standing("ann").report.seed
    assert varied.standing("ann").report.seed != 90711
    varied.rubric(VARIED.replace("variants: per_student\n", ""))
    assert "Nothing new to grade" in run(varied)
    assert varied.standing("ann").report.seed == own


def test_a_decision_counts_with_the_persons_own_report(varied):
    for person in ("ann", "bob"):
        varied.hand_in(person, WRONG_DOUBLE)
    run(varied)
    before = varied.standing("bob").report
    varied.command("override", "bob", "--points", "9", "--why", "ill", "--who", "prof")
    after = varied.standing("bob").report
    assert (after.score, after.seed, after.replay) == (9, before.seed, before.replay)


def test_a_group_has_one_variant(varied):
    (varied.folder / "roster.csv").write_text("id,name,group\nann,Ann,Team 1\nbob,Bob,Team 1\ncleo,Cleo,\n", "utf-8")
    varied.hand_in("Team 1", WRONG_DOUBLE)
    varied.hand_in("cleo", WRONG_DOUBLE)
    run(varied, "--roster", "roster.csv")
    ann, bob, cleo = (varied.standing(person).report for person in ("ann", "bob", "cleo"))
    assert ann.replay == bob.replay != cleo.replay
    told = grade(varied, "show", "double", "--replay", ann.replay)
    assert told.stdout.startswith("The token is of the group Team 1.\n")


def test_who_hands_in_together_without_a_roster_has_one_variant(varied):
    varied.hand_in("submission_7", RIGHT)
    varied.hand_in("cleo", RIGHT)
    folder = varied.folder / "handed in"
    found = [
        Arrival(path=folder / name, beneath=folder, person=people[0], members=people[1:], named_by="folder")
        for name, people in (("submission_7", (Person(id="bob"), Person(id="ann"))), ("cleo", (Person(id="cleo"),)))
    ]
    with Store(varied.path, fresh=True) as store:
        take_in(store, found, (), "hw.py")
    run_of = ("handed in", "--jobs", "1")
    (folder / "submission_7").rename(varied.folder / "moved")
    assert varied.command(*run_of, **{VARIABLE: SECRET}).returncode == 0
    with varied.store as store:
        assert {each.person: variants_of(store)(each) for each in store.attempts()} == {
            "ann": "group:ann+bob", "bob": "group:ann+bob", "cleo": "cleo",
        }  # fmt: skip
    ann, bob, cleo = (varied.standing(person).report for person in ("ann", "bob", "cleo"))
    assert ann.replay == bob.replay != cleo.replay


def test_one_file_is_graded_as_in_the_class(varied):
    varied.hand_in("ann", WRONG_DOUBLE)
    run(varied)
    own = varied.standing("ann").report
    words = ("handed in/ann/hw.py", "--variant", "ann", "--audience", "instructor")
    told = grade(varied, *words).stdout
    assert f"seed {own.seed}" in told and own.replay in told
    file = varied.folder / "secret"
    file.touch(mode=0o600)
    file.write_text(f"{SECRET}\n")
    assert own.replay in grade(varied, *words, "--secret", "secret", PINGFEN_SECRET="").stdout


def test_nobody_is_graded_officially_without_the_secret_or_a_name(varied):
    varied.hand_in("ann", RIGHT)
    file = "handed in/ann/hw.py"
    for words, environment, said in (
        ((file, "--official", "--variant", "ann"), {VARIABLE: ""}, "and there is none"),
        ((file, "--self-check", "--variant", "ann"), {VARIABLE: ""}, "and there is none"),
        ((file, "--official"), {}, "nobody was named"),
        (("class", "handed in"), {VARIABLE: ""}, "and there is none"),
    ):
        done = grade(varied, *words, **environment)
        assert done.returncode == 2 and said in done.stderr, words
        assert done.stdout == ""
    assert not varied.path.exists()
    checked = grade(varied, file, "--self-check", PINGFEN_SECRET="")
    assert checked.returncode == 0 and "Replay token" not in checked.stdout


def test_another_secret_is_refused_for_a_class_that_was_graded(varied):
    varied.hand_in("ann", RIGHT)
    run(varied)
    for words in (("handed in", "--jobs", "1"), ("regrade", "--jobs", "1")):
        done = varied.command(*words, PINGFEN_SECRET=OTHER)
        assert done.returncode == 2 and "another secret" in done.stderr
    varied.mend("seed: 90711", "seed: 90712")
    assert varied.command("regrade", "--jobs", "1", PINGFEN_SECRET=OTHER).returncode == 0


def test_a_file_that_others_read_or_that_was_handed_in_is_no_secret(varied):
    varied.hand_in("ann", RIGHT)
    for name, mode, data, said in (
        ("open", 0o644, SECRET, "Others than you can read"),
        ("of the group", 0o640, SECRET, "Others than you can read"),
        ("short", 0o600, "15 bytes: abcde", "can be guessed"),
        ("typed", 0o600, "aaaaaaaaaaaaaaaaaaaaaaaa", "can be guessed"),
        ("long", 0o600, SECRET * 300, "longer than 4096 bytes"),
        ("handed in/secret", 0o600, SECRET, "came with what is graded"),
    ):
        file = varied.folder / name
        file.write_text(data)
        file.chmod(mode)
        done = varied.command("handed in", "--jobs", "1", "--secret", name)
        assert done.returncode == 2 and said in done.stderr, (name, done.stderr)
        assert data not in done.stderr
        file.unlink()
    assert varied.command("handed in", "--secret", "not there").returncode == 2
    assert varied.command("handed in", "--secret", "solutions").returncode == 2
    varied.rubric(RUBRIC)
    assert "needs no secret" in varied.command("handed in", "--secret", "short").stderr


NOSY = """
import os


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def everything():
    places = ["/proc/self/environ", "/proc/self/cmdline"]
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        places += [f"/proc/{name}/environ", f"/proc/{name}/cmdline", f"/proc/{name}/task/{name}/environ"]
    found = b"".join(map(read, places)) + repr(dict(os.environ)).encode()
    for folder, _, names in os.walk(HERE):
        found += b"".join(read(os.path.join(folder, name)) for name in names)
    return found


def double(x):
    where = everything().find(b"sesame-7f3a9c51")
    print("FOUND" if where >= 0 else "NOTHING")
    return "leaked" if where >= 0 else 2 * x


def total(xs):
    return sum(2 * x for x in xs)
"""


def test_the_secret_is_in_no_output_and_no_student_code_finds_it(varied):
    """A student's code looks for it where it would lie: in the environment and the arguments of all processes."""
    (varied.folder / "keys").mkdir(mode=0o700)
    file = varied.folder / "keys" / "secret"
    file.touch(mode=0o600)
    file.write_text(SECRET)
    for person in ("ann", "bob", "cleo", "dan"):
        varied.hand_in(person, NOSY.replace("HERE", repr(str(varied.folder))) + f"\n\nNAME = {person!r}\n")
    told = []
    for words in (("handed in", "--jobs", "2"), ("regrade", "--apply", "--secret", "keys/secret"), ("show", "ann")):
        done = varied.command(*words, process=True, **{VARIABLE: SECRET})
        assert done.returncode == 0, done.stderr
        told += [done.stdout, done.stderr]
    assert set(varied.scores().values()) == {10}
    told += map(repr, varied.reports().values())
    assert "FOUND" not in "".join(told) and "NOTHING" in "".join(told)
    assert SECRET not in "".join(told)
    for path in varied.folder.rglob("*"):
        assert path == file or not path.is_file() or SECRET.encode() not in path.read_bytes(), path
    with varied.store as store:
        dump = "\n".join(store.connection.iterdump())
    assert SECRET not in dump and SECRET.encode().hex() not in dump.lower()


def test_what_finds_secrets_finds_this_one_where_it_is(tmp_path):
    """The code of the test above can find it: run beside a file that has it, and not confined, it does."""
    (tmp_path / "secret").write_text(SECRET)
    scope = {}
    exec(NOSY.replace("HERE", repr(str(tmp_path))), scope)
    assert scope["double"](1) == "leaked"


def test_who_starts_later_does_not_get_the_secret_from_the_environment(varied, monkeypatch):
    plan = grading.read(varied.folder / "grading.yaml")
    monkeypatch.setenv(VARIABLE, SECRET)
    secret = secret_of(plan, None)
    assert VARIABLE not in os.environ
    assert SECRET not in repr(secret) and SECRET not in str(secret)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert secret.cases(plan, "ann") == CourseSecret(f" {SECRET}\n".encode()).cases(plan, "ann")


def test_a_token_leads_back_to_the_student_and_the_cases(varied):
    for person in ("ann", "bob"):
        varied.hand_in(person, WRONG_DOUBLE)
    run(varied)
    shown = varied.command("show", "bob").stdout
    token = re.search("[A-Z2-7]{4}(-[A-Z2-7]{4}){5}", shown)[0]
    told = grade(varied, "show", "double", "--replay", token.lower().replace("-", " ")).stdout
    assert told.startswith("The token is of bob.\n")
    seeds = [case.exhibit.seed for check in varied.standing("bob").report.problems[0].checks for case in check.cases
             if isinstance(case.exhibit, Withheld)]  # fmt: skip
    assert len(seeds) == 3 and all(str(seed) in told for seed in seeds)
    assert "import" in grade(varied, "show", "--replay", token, "--case", "double.large numbers[0]").stdout
    varied.mend("points: 4", "points: 5")
    assert "was changed since" in grade(varied, "show", "double", "--replay", token).stdout
    for environment, said in (({VARIABLE: ""}, "and there is none"), ({VARIABLE: OTHER}, "of nobody here")):
        done = grade(varied, "show", "--replay", token, **environment)
        assert done.returncode == 2 and said in done.stderr
    assert grade(varied, "show", "--replay", "AAAA-BBBB").returncode == 2


def test_a_token_is_resolved_by_a_roster_or_a_name_where_there_is_no_store(varied):
    token = CourseSecret(SECRET.encode()).cases(grading.read(varied.folder / "grading.yaml"), "0042").replay
    assert "of nobody here" in grade(varied, "show", "--replay", token).stderr
    (varied.folder / "roster.csv").write_text("id,name\n0041,Ann\n0042,Bob\n", "utf-8")
    for words in (("--roster", "roster.csv"), ("--variant", "0042")):
        assert "of 0042." in grade(varied, "show", "double", "--replay", token, *words).stdout
    varied.rubric(RUBRIC)
    assert "has no variants" in grade(varied, "show", "--replay", token).stderr


@settings(max_examples=60, deadline=None)
@given(people=st.lists(st.text(max_size=12), min_size=2, max_size=6, unique=True), at=st.integers(0, 5))
def test_every_token_is_of_one_person_under_one_secret_and_one_seed(tmp_path_factory, people, at):
    plan = _plan(tmp_path_factory)
    secret, other = CourseSecret(SECRET.encode()), CourseSecret(OTHER.encode())
    mine = people[at % len(people)]
    cases = secret.cases(plan, mine)
    assert 0 <= cases.seed < 2**63
    assert secret.owner(plan, cases.replay, people) == (cases, True)
    assert other.owner(plan, cases.replay, people) is None
    assert secret.owner(replace(plan, rubric=replace(plan.rubric, seed=1)), cases.replay, people) is None
    mended = replace(plan, rubric=replace(plan.rubric, digest="0" * 64))
    assert secret.owner(mended, cases.replay, people) == (secret.cases(mended, mine), False)
    assert secret.cases(mended, mine).seed == cases.seed
    assert len({secret.cases(plan, each).seed for each in people}) == len(people)
    assert with_cases(plan, cases).rubric.public_seed == plan.rubric.public_seed


_PLANS = []


def _plan(tmp_path_factory):
    if not _PLANS:
        folder = tmp_path_factory.mktemp("plan")
        (folder / "solutions").mkdir()
        (folder / "grading.yaml").write_text(VARIED, "utf-8")
        (folder / "solutions" / "hw.py").write_text(RIGHT, "utf-8")
        _PLANS.append(grading.read(folder / "grading.yaml"))
    return _PLANS[0]


def test_a_report_that_could_not_be_made_has_the_token_too(varied):
    (varied.folder / "handed in" / "fay").mkdir()
    run(varied)
    report = varied.standing("fay").report
    own = CourseSecret(SECRET.encode()).cases(grading.read(varied.folder / "grading.yaml"), "fay")
    assert {problem.status for problem in report.problems} == {"ungradable"}
    assert (report.replay, report.seed) == (own.replay, own.seed)


def test_a_secret_is_refused_where_student_code_is_not_confined(varied, monkeypatch):
    varied.hand_in("ann", RIGHT)
    monkeypatch.setattr("grader.cli.course.request.refusal", lambda tier: UsageError(_said()))
    monkeypatch.setattr("grader.cli.grading.refusal", lambda tier: UsageError(_said()))
    for words in (("class", "handed in", "--jobs", "1"), ("handed in/ann/hw.py", "--self-check", "--variant", "ann")):
        done = grade(varied, *words)
        assert done.returncode == 2 and "not confined" in done.stderr


def _said():
    from grader.language import say

    return say("not confined")


def test_the_reference_gets_full_marks_in_anybodys_variant(varied):
    plan = grading.read(varied.folder / "grading.yaml")
    own = with_cases(plan, CourseSecret(SECRET.encode()).cases(plan, "ann"))
    engine = open_engine()
    try:
        report = grading.grade(grading.prepare(own, engine), plan.reference, engine)
    finally:
        engine.close()
    assert report.score == 10 and report.replay == own.replay
    assert grading.for_students(report).replay == own.replay and grading.for_students(report).seed is None


def test_cases_that_cannot_be_made_for_one_are_made_for_the_others(varied):
    """The reference fails at one number of the first student's hidden cases; what it is stands in no report."""
    plan = grading.read(varied.folder / "grading.yaml")
    engine, secret = open_engine(), CourseSecret(SECRET.encode())
    try:
        of = {who: {task.case.names["x"] for task in grading.prepare(
                  with_cases(plan, secret.cases(plan, who)), engine).tasks if task.case.names.get("x", 0) >= 100}
              for who in ("", "ann", "bob")}  # fmt: skip
        everybodys = {task.case.names["x"] for task in grading.prepare(plan, engine).tasks if "x" in task.case.names}
    finally:
        engine.close()
    bad = min(of["ann"] - of["bob"] - everybodys)
    failing = RIGHT.replace("    return 2 * x", f"    if x == {bad}:\n        raise ValueError(x)\n    return 2 * x")
    (varied.folder / "solutions" / "hw.py").write_text(failing, "utf-8")
    for person in ("ann", "bob"):
        varied.hand_in(person, RIGHT)
    done = varied.command("handed in", "--jobs", "1", **{VARIABLE: SECRET})
    assert done.returncode == 3 and "the grader failed: ann" in done.stdout
    assert varied.scores()["bob"] == 10
    told = varied.command("show", "ann").stdout
    assert "grade show --variant ann" in told and str(bad) not in told
    shown = grade(varied, "show", "--variant", "ann")
    assert shown.returncode == 2 and str(bad) in shown.stderr


def test_parts_of_a_class_have_the_cases_of_the_whole(varied):
    for person in ("ann", "bob", "cleo", "dan", "eve", "fay"):
        varied.hand_in(person, WRONG_DOUBLE)
    run(varied)
    whole = {person: varied.standing(person).report.seed for person in varied.scores()}
    for part in ("1/2", "2/2"):
        run(varied, "--shard", part)
    parts = (".grade/class-1-of-2.db", ".grade/class-2-of-2.db")
    done = varied.command("merge", *parts, "--store", "all.db")
    assert done.returncode == 0, done.stderr
    words = ("--points", "9", "--why", "ill", "--who", "prof", "--store", "all.db")
    for person in whole:
        assert varied.command("override", person, *words).returncode == 0
    with Store(varied.folder / "all.db") as store:
        assert {person: store.score(store.standing(person), person)[1].seed for person in whole} == whole


def test_parts_with_two_secrets_are_not_merged(varied):
    for person in ("ann", "bob", "cleo", "dan", "eve", "fay"):
        varied.hand_in(person, RIGHT)
    run(varied, "--shard", "1/2")
    run(varied, "--shard", "2/2", PINGFEN_SECRET=OTHER)
    done = varied.command("merge", ".grade/class-1-of-2.db", ".grade/class-2-of-2.db", "--store", "all.db")
    assert done.returncode == 2 and "another secret of the course" in done.stderr


def test_a_job_crosses_the_network_with_its_cases():
    job = GradingJob(submission=1, archive=b"zip", cases=PersonalCases(who="ann", seed=2**62 + 1, replay="AAAA"))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode([job]), type=list[GradingJob]) == [job]


def test_who_still_has_a_score_by_older_cases_is_told(varied):
    varied.hand_in("ann", RIGHT)
    assert "older" not in run(varied)
    varied.mend("points: 4", "points: 8")
    varied.hand_in("bob", RIGHT)
    told = run(varied)
    assert varied.scores() == {"ann": 10, "bob": 14}
    assert "1 score is by an older rubric" in told


def test_a_decision_counts_after_a_group_was_made_up_otherwise(varied):
    varied.hand_in("ann", WRONG_DOUBLE)
    run(varied)
    before = varied.standing("ann").report
    with varied.store as store:
        store.connection.execute("UPDATE people SET team = 'Team 1'")
    varied.command("override", "ann", "--points", "9", "--why", "ill", "--who", "prof")
    after = varied.standing("ann").report
    assert (after.score, after.replay) == (9, before.replay)
    varied.command("regrade", "--apply", "--jobs", "1", PINGFEN_SECRET=SECRET)
    regraded = varied.standing("ann").report
    assert regraded.score == 9 and regraded.replay != before.replay


def test_no_autograder_is_made_of_a_rubric_with_variants(varied):
    done = grade(varied, "release", "out.zip", "--gradescope")
    assert done.returncode == 2 and "no autograder" in done.stderr
    assert not (varied.folder / "out.zip").exists()
