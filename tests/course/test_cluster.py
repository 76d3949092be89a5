"""A class graded by the workers of a dask cluster: real processes, some of which are killed."""

import json
import os
import signal
import sys
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from class_kit import COURSE_FILES, course_in, course_of, graded, work

from grader import grading
from grader.course.parcels import compare, lay, parcel
from grader.course.standings import standings, summary
from grader.course.store import Store
from grader.errors import EngineError, UsageError
from grader.report import format_of
from tests.course.conftest import timeless

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are looked for in /proc")


@contextmanager
def workers():
    """Two workers, each a process of its own that a nanny begins again; a chunk that kills one is not tried again."""
    import dask
    from distributed import LocalCluster

    settings = {"distributed.scheduler.allowed-failures": 0, "distributed.worker.daemon": False}
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
        ) as cluster,
    ):
        yield cluster


@pytest.fixture(scope="module")
def cluster():
    with workers() as cluster:
        yield cluster


@pytest.fixture
def own_cluster():
    with workers() as cluster:
        yield cluster


@contextmanager
def client_of(cluster):
    from distributed import Client

    with Client(cluster, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        yield client


def hands(folder, engine, cluster, **changed):
    from msgspec.structs import replace

    from grader.course.cluster import on_cluster

    sent = parcel(grading.read(folder / "grading.yaml"), None, engine, "", ())
    address = cluster.scheduler_address
    return partial(on_cluster, address=address, parcel=replace(sent, **changed), insecure=False)


def seams(name, text):
    """Return a plug-in for workers that runs a text there, as a fault that strikes them."""
    from distributed import WorkerPlugin

    class Seam(WorkerPlugin):
        def setup(self, worker):
            exec(text, {})

    plugin = Seam()
    plugin.name = name
    return plugin


KILLING = """
import os, signal
from grader.course import grading
grade = grading.Grader.grade
def killing(self, job):
    from zipfile import ZipFile
    from io import BytesIO
    if job.archive and not job.killed:
        with ZipFile(BytesIO(job.archive)) as whole:
            if any(b"KILLS" in whole.read(name) for name in whole.namelist()):
                os.kill(os.getpid(), signal.SIGKILL)
    return grade(self, job)
grading.Grader.grade = killing
"""
SLOW = """
import time
from grader.course import grading
grade = grading.Grader.grade
def slow(self, job):
    time.sleep(0.2)
    return grade(self, job)
grading.Grader.grade = slow
"""


def told(store):
    with Store(store) as opened:
        return [
            (one.person.id, one.report.score, [each.status for each in one.report.problems])
            for one in standings(opened)
        ]


def test_a_parcel_holds_all_that_a_report_follows_from(tmp_path, engine):
    """Helpers, data files, generators and known mistakes come along, whatever folder they lie in."""
    for name, text in COURSE_FILES.items():
        path = tmp_path / "here" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    plan = grading.read(tmp_path / "here/course/grading.yaml")
    sent = parcel(plan, None, engine, "", ())
    assert {name for name, _ in sent.files} == {*COURSE_FILES} - {"course/unused.txt"}
    there = tmp_path / "there"
    there.mkdir()
    laid = lay(sent, there)
    assert laid.digest == plan.digest
    compare(sent, laid, engine)
    (there / "course/known.py").write_text(COURSE_FILES["course/known.py"] + "\n# changed\n")
    with pytest.raises(EngineError, match="not there as they are here"):
        compare(sent, laid, engine)


def test_a_parcel_with_another_reference(tmp_path, engine):
    course_in(tmp_path / "course", 0)
    other = tmp_path / "other.py"
    other.write_text((tmp_path / "course/ref.py").read_text().replace("x + 1", "x + 2"))
    plan = grading.read(tmp_path / "course/grading.yaml", other)
    there = tmp_path / "there"
    there.mkdir()
    sent = parcel(plan, other, engine, "", ())
    compare(sent, lay(sent, there), engine)


@pytest.mark.parametrize("name", ["../out.py", "/tmp/pingfen-out.py"])
def test_a_parcel_writes_only_into_its_folder(tmp_path, engine, name):
    from msgspec.structs import replace

    course_in(tmp_path / "course", 0)
    sent = parcel(grading.read(tmp_path / "course/grading.yaml"), None, engine, "", ())
    (tmp_path / "there").mkdir()
    with pytest.raises(EngineError):
        lay(replace(sent, files=((name, b"x"),)), tmp_path / "there")
    assert not (tmp_path / "out.py").exists() and not Path("/tmp/pingfen-out.py").exists()


@pytest.mark.parametrize(
    ("address", "insecure", "holds"),
    [
        ("tls://10.0.0.1:8786", False, True),
        ("tcp://127.0.0.1:8786", False, True),
        ("tcp://localhost:8786", False, True),
        ("tcp://[::1]:8786", False, True),
        ("tcp://10.0.0.1:8786", True, True),
        ("tcp://10.0.0.1:8786", False, False),
        ("tcp://localhost.evil.example:8786", False, False),
        ("tcp://127.0.0.1.evil.example:8786", False, False),
        ("http://127.0.0.1:8786", True, False),
        ("127.0.0.1:8786", True, False),
        ("tls://10.0.0.1", True, False),
        ("tls://10.0.0.1:port", True, False),
        ("", True, False),
    ],
)
def test_secrets_cross_no_network_in_clear_unless_asked_for(address, insecure, holds):
    from grader.course.cluster import check

    if holds:
        check(address, insecure=insecure)
    else:
        with pytest.raises(UsageError):
            check(address, insecure=insecure)


@pytest.mark.slow
def test_a_cluster_gives_what_one_process_gives(tmp_path, engine, cluster):
    course_in(tmp_path, 120)
    graded(tmp_path, tmp_path / "alone.db", engine)
    graded(tmp_path, tmp_path / "cluster.db", engine, hands=hands(tmp_path, engine, cluster))
    assert told(tmp_path / "cluster.db") == told(tmp_path / "alone.db")
    with client_of(cluster) as client:  # what was laid out is taken away, and no worker holds a result any more
        for _ in range(50):
            left = client.run(lambda dask_worker: [*map(str, Path(dask_worker.local_directory).glob("course-*"))])
            if not any(left.values()):
                break
            time.sleep(0.1)
        assert {*map(tuple, left.values())} == {()}
        assert {*client.run(lambda dask_worker: len(dask_worker.data)).values()} == {0}


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_nothing(tmp_path, engine, own_cluster, monkeypatch):
    from grader.course import cluster as module

    course_in(tmp_path, 60)
    monkeypatch.setattr(module, "CHUNK", 5)
    killed = []
    with client_of(own_cluster) as client:
        client.register_plugin(seams("slow", SLOW))

        def kill(*_):
            if not killed:
                killed.extend(client.run(os.getpid).values())
                os.kill(killed[0], signal.SIGKILL)

        graded(tmp_path, tmp_path / "cluster.db", engine, hands=hands(tmp_path, engine, own_cluster), seen=kill)
    assert killed and not Path(f"/proc/{killed[0]}").exists()
    with Store(tmp_path / "cluster.db") as store:
        found = summary(store)
    assert (found.people, found.failed) == (60, ())
    graded(tmp_path, tmp_path / "alone.db", engine)
    assert told(tmp_path / "cluster.db") == told(tmp_path / "alone.db")


@pytest.mark.slow
def test_the_submission_that_kills_is_found_and_not_graded_and_the_others_are(tmp_path, engine, own_cluster):
    handed = course_in(tmp_path, 30)
    (handed / "s017.py").write_text(work(17) + "# KILLS\n", "utf-8")
    with client_of(own_cluster) as client:
        client.register_plugin(seams("killing", KILLING))
        graded(tmp_path, tmp_path / "cluster.db", engine, hands=hands(tmp_path, engine, own_cluster))
    with Store(tmp_path / "cluster.db") as store:
        found = summary(store)
        report = next(one.report for one in standings(store) if one.person.id == "s017")
    assert found.failed == ("s017",) and found.people == 30
    assert {each.status for each in report.problems} == {"not_graded"}
    assert "died while it graded this, twice" in repr(report)


@pytest.mark.slow
def test_a_second_run_grades_what_killed_again(tmp_path, engine, own_cluster):
    """It was our machinery's fault, so it costs nobody anything, and the same command tries it once more."""
    handed = course_in(tmp_path, 4)
    (handed / "s001.py").write_text(work(1) + "# KILLS\n", "utf-8")
    with client_of(own_cluster) as client:
        client.register_plugin(seams("killing", KILLING))
        graded(tmp_path, tmp_path / "cluster.db", engine, hands=hands(tmp_path, engine, own_cluster))
    graded(tmp_path, tmp_path / "cluster.db", engine)
    with Store(tmp_path / "cluster.db") as store:
        found = summary(store)
    assert (found.failed, found.graded) == ((), 4)


@pytest.mark.slow
def test_a_regrade_grades_only_what_changed(tmp_path, engine, cluster):
    """The store is here, so what it holds of a submission goes along: a worker that never saw it takes it over."""
    handed = course_in(tmp_path, 12)
    graded(tmp_path, tmp_path / "class.db", engine)
    rubric = (tmp_path / "grading.yaml").read_text("utf-8")
    (tmp_path / "grading.yaml").write_text(rubric.replace("second: {points: 2", "second: {points: 4"), "utf-8")
    afresh = {}
    with course_of(tmp_path, tmp_path / "class.db", engine, hands(tmp_path, engine, cluster)) as (course, crew):
        course.regrade(crew, lambda work, *_: afresh.update({work.submission: work.afresh}))
        proposed = shown(course.store, course.store.runs()[-1].id)
    assert len(afresh) == len([*handed.iterdir()]) and {*afresh.values()} == {1}
    graded(tmp_path, tmp_path / "anew.db", engine)
    with Store(tmp_path / "anew.db") as store:
        assert proposed == shown(store)


def shown(store, run=None):
    """Return everybody's whole report as JSON has it, without the time that it took."""
    render = format_of("json").render
    return [timeless(json.loads(render(one.report, language="en"))) for one in standings(store, run)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"grader": "0"}, "Another version of the grader"),
        ({"versions": {"python": "3.1", "numpy": "0.1"}}, "by numpy 0.1, python 3.1 here"),
        ({"tier": "telepathy"}, "telepathy here"),
        ({"key": "0"}, "not there as they are here"),
    ],
)
def test_a_worker_that_would_grade_otherwise_refuses(tmp_path, engine, cluster, changed, said):
    course_in(tmp_path, 3)
    with pytest.raises(EngineError, match=said):
        graded(tmp_path, tmp_path / "cluster.db", engine, hands=hands(tmp_path, engine, cluster, **changed))


def test_what_the_store_has_no_copy_of_is_graded_where_it_lies():
    """A worker would not find it, and a student would be blamed."""
    from grader.course.cluster import on_cluster
    from grader.course.grading import GradingJob

    jobs = [GradingJob(submission=1, path="/large.zip", beneath="/"), GradingJob(submission=2, path="/larger.zip")]
    sent = {"address": "tcp://127.0.0.1:9", "parcel": None, "insecure": False}
    assert [*on_cluster(jobs, **sent, alone=iter)] == jobs


@pytest.mark.slow
def test_a_worker_with_several_threads_refuses(tmp_path, engine):
    from distributed import LocalCluster

    course_in(tmp_path, 3)
    with (
        LocalCluster(n_workers=1, threads_per_worker=2, processes=True, dashboard_address=None) as cluster,
        pytest.raises(EngineError, match="2 threads"),
    ):
        graded(tmp_path, tmp_path / "cluster.db", engine, hands=hands(tmp_path, engine, cluster))


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_said_to_be_so(tmp_path, engine, monkeypatch):
    from grader.course import cluster as module

    monkeypatch.setattr(module, "CONNECTING", 1)
    course_in(tmp_path, 1)
    sent = parcel(grading.read(tmp_path / "grading.yaml"), None, engine, "", ())
    there = partial(module.on_cluster, address="tcp://127.0.0.1:9", parcel=sent, insecure=False)
    with pytest.raises(EngineError, match="no dask scheduler at tcp"):
        graded(tmp_path, tmp_path / "cluster.db", engine, hands=there)


@pytest.mark.slow
def test_student_code_on_a_worker_is_confined_and_ends_with_it(tmp_path, engine, cluster):
    """A worker that is no daemon forks the confined processes of students, and takes them with it when it is killed."""
    course_in(tmp_path, 8)
    graded(tmp_path, tmp_path / "cluster.db", engine, hands=hands(tmp_path, engine, cluster))
    with Store(tmp_path / "cluster.db") as store:
        assert store.runs()[-1].tier == engine.tier
        assert {one.report.tier for one in standings(store) if one.report} == {engine.tier}
