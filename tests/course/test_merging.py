"""Parts of a class, each graded into a store of its own, and the one store that is made of them."""

import re
import shutil
import sqlite3

import pytest
from class_kit import course_in, graded
from hypothesis import given
from hypothesis import strategies as st

from grader.course.merging import merge
from grader.course.runs import recounted, undo, withdrawn
from grader.course.shards import Shard, shard
from grader.course.standings import standings
from grader.course.store import Store, journal
from grader.errors import UsageError

COUNT = 12


@pytest.fixture(scope="module")
def parts(tmp_path_factory, engine):
    """Stores of three parts, and one of the whole class."""
    folder = tmp_path_factory.mktemp("class")
    course_in(folder, COUNT)
    stores = [folder / f"{number}.db" for number in (1, 2, 3)]
    for number, store in enumerate(stores, 1):
        graded(folder, store, engine, shard=Shard(number=number, count=3))
    graded(folder, folder / "whole.db", engine)
    return folder, stores


@pytest.fixture
def own(parts, tmp_path):
    """Copies of the stores, to be changed."""
    return [shutil.copy(store, tmp_path / store.name) for store in parts[1]]


def merged(paths, target):
    with Store(target, fresh=True) as store:
        return merge(store, paths)


def told(store):
    """Everything that is said of everybody, but for how long it took and where it lay."""
    return [re.sub(r"\b(seconds|cpu)=[0-9.e-]+", r"\1=…", repr(one)) for one in standings(store)]


def dump(path):
    with sqlite3.connect(path) as connection:
        return [*connection.iterdump()]


def test_a_merged_store_is_what_one_run_over_everything_gives(parts, tmp_path):
    folder, stores = parts
    found = merged(stores, tmp_path / "all.db")
    assert (found.scores, found.missing) == (COUNT, ())
    with Store(tmp_path / "all.db") as one, Store(folder / "whole.db") as other:
        assert told(one) == told(other)
        for table in ("submissions", "attempts", "bodies", "results", "reports"):
            (here,), (there,) = (
                each.connection.execute(f"SELECT count(*) FROM {table}").fetchone() for each in (one, other)
            )
            assert (here >= there) if table in ("results", "bodies") else here == there, table
        assert journal.faults(one.connection) == []


def test_each_person_is_in_one_part_with_all_attempts(parts):
    everybody = []
    for number, path in enumerate(parts[1], 1):
        with Store(path) as store:
            people = store.people()
        assert people and all(Shard(number=number, count=3).holds(each) for each in people)
        everybody += people
    assert sorted(everybody) == [f"s{number:03}" for number in range(COUNT)]


def test_merging_again_changes_nothing_whatever_the_order(parts, tmp_path):
    target = tmp_path / "all.db"
    merged(parts[1], target)
    before = dump(target)
    for paths in (parts[1], parts[1][::-1], parts[1][1:2]):
        assert merged(paths, target).run is None
    assert dump(target) == before


def test_parts_may_come_one_after_the_other_and_what_is_missing_is_told(parts, tmp_path):
    target = tmp_path / "all.db"
    assert merged(parts[1][1:2], target).missing == (1, 3)
    assert merged(parts[1][:1], target).missing == (3,)
    assert merged(parts[1][2:], target).missing == ()
    with Store(target) as store:
        assert len([each for each in standings(store) if each.report]) == COUNT
        assert journal.faults(store.connection) == []


def test_a_part_that_went_on_brings_what_is_new_and_keeps_what_was_decided_since(parts, own, engine, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(parts[0], folder)
    target = tmp_path / "all.db"
    merged(own, target)
    part = Shard(number=1, count=3)
    person = next(each for each in (f"s{number:03}" for number in range(0, COUNT, 4)) if part.holds(each))
    override = {"kind": "override", "person": person, "item": "", "points": 1, "why": "w", "who": "x"}
    with Store(target) as store:
        recounted(store, [override])
    new = next(f"t{number}" for number in range(50) if part.holds(f"t{number}"))
    shutil.copy(folder / "handed" / f"{person}.py", folder / "handed" / f"{new}.py")
    (folder / "handed" / f"{person}.py").write_text("def first(x):\n    return 0\n", "utf-8")
    graded(folder, own[0], engine, shard=part)
    found = merged(own, target)
    assert found.scores == 2
    with Store(target) as store:
        by_id = {each.person.id: each for each in standings(store)}
        assert by_id[person].report.score == 1 and by_id[person].attempts == 2
        assert by_id[new].report.score == 5
        assert journal.faults(store.connection) == []
    assert merged(own, target).run is None


def test_decisions_come_along_and_their_withdrawal_does(own, tmp_path):
    with Store(own[1]) as store:
        person = next(iter(store.people()))
        recounted(store, [{"kind": "override", "person": person, "item": "", "points": 0, "why": "w", "who": "x"}])
    target = tmp_path / "all.db"
    merged(own, target)
    with Store(target) as store:
        assert [each.points for each in store.decisions(person)] == [0]
    with Store(own[1]) as store:
        withdrawn(store, 1, "no", "x")
        before = store.score(store.standing(person), person)[1].score
    merged(own, target)
    with Store(target) as store:
        assert store.decisions(person) == []
        assert store.score(store.standing(person), person)[1].score == before
        assert journal.faults(store.connection) == []


def test_an_undone_merge_can_be_made_again(parts, tmp_path):
    target = tmp_path / "all.db"
    run = merged(parts[1], target).run
    with Store(target) as store:
        undo(store, run)
        assert [each for each in standings(store) if each.report] == []
    assert merged(parts[1], target).scores == COUNT
    with Store(target) as store:
        assert journal.faults(store.connection) == []


def people_of(path):
    with Store(path) as store:
        return store.people()


@pytest.mark.parametrize("late", [False, True], ids=["decided before", "decided between"])
def test_decisions_come_back_with_a_merge_that_is_made_again(own, tmp_path, late):
    """Of a part: an override, a leave, and an override that is withdrawn; each once, whatever is merged how often."""
    target = tmp_path / "all.db"
    if late:
        merged(own, target)
    part = max(own, key=lambda path: len(people_of(path)))
    with Store(part) as store:
        one, two, three = list(store.people())[:3]
        base = {"item": "", "points": 0, "why": "w", "who": "x"}
        recounted(store, [{**base, "kind": "override", "person": one}, {**base, "kind": "leave", "person": two}])
        recounted(store, [{**base, "kind": "override", "person": three}])
        withdrawn(store, 3, "no", "x")
    for _ in range(3):
        run = merged(own, target).run
        with Store(target) as store:
            held = [(each.kind, each.person) for each in store.decisions()]
            assert held == [("override", one), ("leave", two)]
            assert store.score(store.standing(one), one)[1].score == 0
            assert {each.person.id for each in standings(store)} == {*store.people()} - {two}
            assert journal.faults(store.connection) == []
            undo(store, run)
            assert store.decisions() == []
            assert journal.faults(store.connection) == []
    with Store(part) as store:
        recounted(store, [{**base, "kind": "override", "person": three, "points": 1}])
    merged(own, target)
    with Store(target) as store:
        assert [(each.kind, each.points) for each in store.decisions(three)] == [("override", 1)]
        assert [each.kind for each in store.decisions()] == ["override", "leave", "override"]
        assert journal.faults(store.connection) == []


def edit(path, statement):
    with sqlite3.connect(path, isolation_level=None) as connection:
        for each in ("journal_grows_only", "journal_keeps_all", "origins_grow_only", "origins_keep_all"):
            connection.execute(f"DROP TRIGGER IF EXISTS {each}")
        connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE runs SET rubric = 'x'", "another rubric or reference"),
        ("UPDATE runs SET grader = 'x'", "another version of the grader"),
        ("UPDATE runs SET tier = 'x'", "another confinement"),
        ("UPDATE runs SET detail = json_set(detail, '$.versions.numpy', '1')", "another Python or numpy"),
        ("UPDATE runs SET detail = json_set(detail, '$.key', 'x')", "other files of the course"),
        (
            "INSERT INTO people VALUES ('s000', '', '', '', '', '{}'), ('s001', '', '', '', '', '{}'),"
            "('s002', '', '', '', '', '{}'), ('s003', '', '', '', '', '{}') ON CONFLICT DO NOTHING",
            "another part",
        ),
        ("UPDATE facts SET value = '' WHERE name = 'shard'", "does not say which part"),
        ("UPDATE journal SET body = '{}' WHERE id = 1", "journal's back: Entry 1"),
        ("DELETE FROM standings", "not graded to its end"),
    ],
)
def test_what_does_not_belong_together_is_refused_and_why(own, tmp_path, statement, said):
    edit(own[1], statement)
    if said == "not graded to its end":
        edit(own[1], "DELETE FROM journal")
    target = tmp_path / "all.db"
    with pytest.raises(UsageError, match=said) as caught:
        merged(own, target)
    assert str(own[1]) in caught.value.message.text("en")
    with Store(target) as store:
        assert store.people() == {}


def test_the_same_part_twice_or_parts_of_other_numbers_are_refused(parts, own, engine, tmp_path):
    with pytest.raises(UsageError, match="both hold part 2"):
        merged([*own, shutil.copy(own[1], tmp_path / "again.db")], tmp_path / "all.db")
    other = tmp_path / "of-two.db"
    graded(parts[0], other, engine, shard=Shard(number=1, count=2))
    with pytest.raises(UsageError, match="one is of 2 parts, the other of 3"):
        merged([own[1], other], tmp_path / "all.db")
    merged(own[1:], tmp_path / "all.db")
    with pytest.raises(UsageError, match="one is of 2 parts, the other of 3"):
        merged([other], tmp_path / "all.db")


def test_a_part_that_was_graded_anew_from_nothing_is_refused(parts, own, engine, tmp_path):
    merged(own, tmp_path / "all.db")
    again = tmp_path / "again.db"
    graded(parts[0], again, engine, shard=Shard(number=1, count=3))
    with pytest.raises(UsageError, match="another store of part 1 was merged"):
        merged([again], tmp_path / "all.db")


def test_a_class_that_was_graded_here_takes_no_parts(parts, tmp_path):
    target = shutil.copy(parts[0] / "whole.db", tmp_path / "whole.db")
    with pytest.raises(UsageError, match="holds a class"):
        merged(parts[1], target)
    with pytest.raises(UsageError, match="holds a class"):
        merged(parts[1][1:], shutil.copy(parts[1][0], tmp_path / "part.db"))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE origin_journal SET body = '{}' WHERE shard = 2 AND id = 1", "Entry 1 of the journal of part 2"),
        ("DELETE FROM origin_journal WHERE shard = 3", "journal of part 3"),
        (
            "DELETE FROM origin_journal WHERE shard = 3 AND id = (SELECT max(id) FROM origin_journal WHERE shard = 3)",
            "part 3",
        ),
        ("DELETE FROM origins WHERE shard = 1", "journal of part 1 is not the one"),
        ("UPDATE scores SET score = '9' WHERE person = 's000'", "The score of s000"),
    ],
)
def test_what_is_changed_in_a_merged_store_is_found(parts, tmp_path, statement, said):
    target = tmp_path / "all.db"
    merged(parts[1], target)
    edit(target, statement)
    with Store(target) as store:
        assert any(said in each.text("en") for each in journal.faults(store.connection))


def test_the_hash_that_was_noted_of_a_part_is_found_in_the_merged_store(parts, tmp_path):
    with Store(parts[1][0]) as store:
        noted = journal.head(store.connection)
    merged(parts[1], tmp_path / "all.db")
    with Store(tmp_path / "all.db") as store:
        assert journal.faults(store.connection, noted) == []
        assert journal.faults(store.connection, "f" * 64)


@given(st.text(), st.integers(1, 300))
def test_everybody_is_in_exactly_one_part(person, count):
    assert [Shard(number=each, count=count).holds(person) for each in range(1, count + 1)].count(True) == 1


def test_the_part_of_a_person_never_changes():
    assert [each for each in range(1, 8) if Shard(number=each, count=7).holds("学号 20261234")] == [2]


@pytest.mark.parametrize(
    ("text", "environment", "found"),
    [
        ("2/8", {}, (2, 8)),
        ("auto", {"CI_NODE_INDEX": "3", "CI_NODE_TOTAL": "5"}, (3, 5)),
        ("auto", {"CIRCLE_NODE_INDEX": "0", "CIRCLE_NODE_TOTAL": "5"}, (1, 5)),
        ("auto", {"BUILDKITE_PARALLEL_JOB": "4", "BUILDKITE_PARALLEL_JOB_COUNT": "5"}, (5, 5)),
        ("auto", {"SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "4",
                  "SLURM_PROCID": "0", "SLURM_NTASKS": "1"}, (2, 4)),
        ("auto", {"SLURM_PROCID": "1", "SLURM_NTASKS": "3"}, (2, 3)),
        ("auto/4", {"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "3", "SLURM_ARRAY_TASK_MAX": "3"}, (3, 4)),
        ("auto/9", {"JOB_COMPLETION_INDEX": "8"}, (9, 9)),
        ("auto", {"JOB_COMPLETION_INDEX": "8"}, None),
        ("auto", {"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "3", "SLURM_ARRAY_TASK_MAX": "3"}, None),
        ("auto", {"SLURM_ARRAY_TASK_ID": "0", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "3"}, None),
        ("auto/2", {"JOB_COMPLETION_INDEX": "2"}, None),
        ("auto", {"CI_NODE_INDEX": "x", "CI_NODE_TOTAL": "5"}, None),
        ("auto", {}, None),
        ("0/3", {}, None),
        ("4/3", {}, None),
        ("3", {}, None),
        ("1/0", {}, None),
        ("-1/3", {}, None),
        ("２/３", {}, None),
    ],
)  # fmt: skip
def test_the_part_is_named_or_read_from_the_environment(text, environment, found):
    if found is None:
        with pytest.raises(UsageError):
            shard(text, environment)
        return
    assert shard(text, environment) == Shard(number=found[0], count=found[1])


def test_a_store_holds_one_part_and_no_other(parts, own, engine):
    for other in (Shard(number=2, count=3), Shard(number=1, count=4), None):
        with pytest.raises(UsageError, match="holds part 1/3"):
            graded(parts[0], own[0], engine, shard=other)
    with pytest.raises(UsageError, match="holds a whole class"):
        graded(parts[0], parts[0] / "whole.db", engine, shard=Shard(number=1, count=3))


def test_the_commands_end_to_end(parts, tmp_path):
    """Two parts by the environment of two jobs, merged, checked and shown."""
    from tests.cli.cli_runs import in_process, in_text

    folder = tmp_path / "course"
    shutil.copytree(parts[0], folder, ignore=shutil.ignore_patterns("*.db*", "unpacked"))

    def grade(*words, **environment):
        return in_text(in_process(["class", *words, "--lang", "en"], cwd=folder, environment=environment))

    for index in ("1", "2"):
        run = grade("run", "handed", "--shard", "auto", "--jobs", "1", CI_NODE_INDEX=index, CI_NODE_TOTAL="2")
        assert run.returncode == 0, run.stderr
    refused = grade("run", "handed", "--shard", "auto")
    assert refused.returncode == 2 and "does not say which part" in refused.stderr
    stores = [f".grade/class-{number}-of-2.db" for number in (1, 2)]
    first = grade("merge", stores[0])
    assert first.returncode == 0 and "Parts that are missing: 2" in first.stdout
    assert "scores are new" in grade("merge", *stores).stdout
    assert "Nothing new to merge." in grade("merge", *stores).stdout
    assert grade("verify").returncode == 0
    assert f"{COUNT} of {COUNT} people" in grade("run", "handed", "--jobs", "1").stdout
    assert "Nothing new to grade" in grade("run", "handed", "--jobs", "1").stdout


def test_a_cluster_in_clear_is_refused_before_anything_is_sent(parts):
    pytest.importorskip("distributed")
    from tests.cli.cli_runs import in_process, in_text

    words = ["class", "run", "handed", "--dask", "tcp://192.0.2.1:8786", "--store", "other.db", "--lang", "en"]
    refused = in_text(in_process(words, cwd=parts[0], environment={}))
    assert refused.returncode == 2 and "cross the network in clear" in refused.stderr
