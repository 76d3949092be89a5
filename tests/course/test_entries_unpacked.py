"""What is unpacked from an export, or read from a repository, harms nobody and loses nobody."""

import io
import os
import shutil
import subprocess
import zipfile
from datetime import UTC, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from namings import START, committed, make_canvas, make_git, stored, write, zipped

from grader import submission
from grader.course.entries import entries
from grader.course.entries.repository import Repository
from grader.errors import GraderError, SubmissionError
from grader.submission.reading import Folder


@pytest.fixture
def listed(tmp_path):
    def run(*paths):
        found = entries(paths, None, own=(), unpacked=tmp_path / "ours", zone=UTC)
        return sorted(found, key=lambda entry: entry.person.id if entry.person else "")

    return run


def code(entry):
    return submission.load(entry.path, [], beneath=entry.beneath, helpers=entry.helpers).original


def said(entry):
    return [message.text("en") for message in entry.told]


def fault(entry):
    return entry.fault.message.text("en") if entry.fault is not None else None


def packed(path, members):
    """A zip of `members`: names with bytes; a ZipInfo may stand for a name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def info(name, mode):
    made = zipfile.ZipInfo(name)
    made.external_attr, made.create_system = mode << 16, 3
    return made


GOOD = [(f"{name}_{number}_{number}_hw.py", f"x = {number}\n") for number, name in enumerate(["ann", "bo", "cy"], 11)]


def test_one_students_unsafe_file_is_told_with_that_student_and_the_others_are_graded(listed, tmp_path):
    archive = packed(
        tmp_path / "class.zip",
        [
            *GOOD,
            ("eve_21_21_hw.py", b"x = 1\n" * 2_000_000),
            (info("fay_22_22_hw.py", 0o120777), "/etc/passwd"),
            ("gil_23_23_hw.py", "x = 1\n"), (info("gil_23_24_link.py", 0o120777), "hw.py"),
            ("../hal_24_24_hw.py", "x = 1\n"),
        ],
    )  # fmt: skip
    found = {entry.person.id: entry for entry in listed(archive)}
    assert [code(found[name]) for name in ("ann_11", "bo_12", "cy_13")] == ["x = 11\n", "x = 12\n", "x = 13\n"]
    assert "unpacks to more than 200 times its size" in fault(found["eve_21"])
    assert "is a link or a device" in fault(found["fay_22"])
    assert fault(found["gil_23"]) is None and any("link or a device" in each for each in said(found["gil_23"]))
    lost = [entry for entry in found.values() if "leads out of the archive" in (fault(entry) or "")]
    assert len(lost) == 1 and not (tmp_path / "ours/hal_24_24_hw.py").exists()
    again = {entry.person.id: (fault(entry), said(entry)) for entry in listed(archive)}
    assert again == {name: (fault(entry), said(entry)) for name, entry in found.items()}


def test_a_damaged_member_is_one_students(listed, tmp_path):
    archive = packed(tmp_path / "class.zip", GOOD)
    data = bytearray(archive.read_bytes())
    at = data.find(b"bo_12_12_hw.py") + len("bo_12_12_hw.py")
    data[at : at + 4] = b"\xff\xff\xff\xff"
    archive.write_bytes(data)
    assert [fault(entry) for entry in listed(archive)] == [
        None, "bo_12_12_hw.py was left out: It is damaged.", None,
    ]  # fmt: skip


def test_a_zip_that_is_no_zip_is_one_submission_with_a_reason(listed, tmp_path):
    (tmp_path / "alice.zip").write_bytes(b"PK\x03\x04 nothing")
    (entry,) = listed(tmp_path / "alice.zip")
    with pytest.raises(SubmissionError):
        code(entry)


def test_what_was_not_unpacked_to_its_end_is_unpacked_anew(listed, tmp_path, monkeypatch):
    archive = packed(tmp_path / "class.zip", GOOD)
    whole = [entry.path for entry in listed(archive)]
    shutil.rmtree(tmp_path / "ours")

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("grader.course.entries.unpacking.msgspec.json.encode", killed)
        listed(archive)
    assert [entry.path for entry in listed(archive)] == whole and all(path.is_file() for path in whole)


def test_another_export_of_the_same_name_is_another_folder(listed, tmp_path):
    first = listed(packed(tmp_path / "class.zip", GOOD))
    second = listed(packed(tmp_path / "class.zip", [(name, "y = 1\n") for name, _ in GOOD]))
    assert not {entry.path for entry in first} & {entry.path for entry in second}
    assert [code(entry) for entry in [first[0], second[0]]] == ["x = 11\n", "y = 1\n"]


def test_names_in_gbk_and_of_two_cases(listed, tmp_path):
    archive = packed(
        tmp_path / "class.zip", [("李雷_1_1_hw.py", "a = 1\n"), ("bo_2_2_hw.py", ""), ("bo_2_3_HW.py", "")]
    )
    raw = archive.read_bytes().replace("李雷".encode(), "李雷".encode("gbk") + b"\x81\x30")
    assert len(raw) == archive.stat().st_size
    found = listed(zipped(make_canvas(tmp_path / "c", {"李雷": {"hw.py": "a = 1\n"}}), tmp_path / "c.zip"), archive)
    assert [entry.person.name for entry in found][-1] == "李雷"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 600))
def test_a_zip_that_was_cut_or_overwritten_is_read_or_said_to_be_damaged(tmp_path_factory, noise, at):
    folder = tmp_path_factory.mktemp("noise")
    whole = io.BytesIO()
    packed(whole, GOOD)
    data = bytearray(whole.getvalue())
    data[at : at + len(noise)] = noise
    (folder / "class.zip").write_bytes(data)
    try:
        found = entries([folder / "class.zip"], None, own=(), unpacked=folder / "ours", zone=UTC)
    except GraderError as error:
        assert error.message.text("en")
    else:
        assert found
    assert not [path for path in folder.rglob("*") if not path.is_relative_to(folder)]


def repository(home):
    return Repository(Folder.at(home.parent), home.name)


PEOPLE = {"alice-b": {"hw.py": "x = 1\n"}, "bob": {"hw.py": "x = 2\n"}}


def test_user_names_may_hold_what_separates_them(listed, tmp_path):
    assert [entry.person.ids["github"] for entry in listed(make_git(tmp_path / "r", PEOPLE))] == ["alice-b", "bob"]


def test_tags_of_classroom_50_are_submissions_in_time(listed, tmp_path):
    folder = make_git(tmp_path / "r", PEOPLE, tags={"bob": ["submit/2", "v1"]})
    home = folder / "hw1-bob"
    old = committed(home, {"hw.py": "old = 1\n", "data.csv": ""}, START - timedelta(days=1))
    note = stored(home, "tag", f"object {old}\ntype commit\ntag submit/1\n\n".encode())
    write(home / ".git", {"packed-refs": f"# pack-refs with: peeled\n{note} refs/tags/submit/1\n^{old}\n"})
    found = listed(folder)
    assert [code(entry) for entry in found] == ["x = 1\n", "old = 1\n", "x = 2\n"]
    assert [entry.handed_in for entry in found[1:]] == [START - timedelta(days=1), START + timedelta(minutes=1)]
    assert sorted(path.name for path in found[1].path.iterdir()) == ["data.csv", "hw.py"]
    assert found[2].path == home and not any(said(entry) for entry in found)


def test_a_tag_whose_objects_are_missing_is_a_row_with_a_reason(listed, tmp_path):
    folder = make_git(tmp_path / "r", PEOPLE)
    home = folder / "hw1-bob"
    old = committed(home, {"hw.py": "gone = 1\n"}, START)
    blob = stored(home, "blob", b"gone = 1\n")
    (home / ".git/objects" / blob[:2] / blob[2:]).unlink()
    write(home / ".git", {"refs/tags/submit/1": old + "\n"})
    assert fault(listed(folder)[1]) == "The commit of hw1-bob-submit/1 cannot be read."


@pytest.mark.parametrize("name", ["../up.py", ".git", "..", "a/b.py"])
def test_a_tree_cannot_lead_out_of_its_folder(listed, tmp_path, name):
    folder = make_git(tmp_path / "r", PEOPLE)
    home = folder / "hw1-bob"
    blob = stored(home, "blob", b"x\n")
    tree = stored(home, "tree", b"100644 " + name.encode() + b"\0" + bytes.fromhex(blob))
    commit = stored(home, "commit", f"tree {tree}\ncommitter A <a@b> 1790000000 +0000\n\n".encode())
    write(home / ".git", {"refs/tags/submit/1": commit + "\n"})
    assert "cannot be read" in fault(listed(folder)[1])
    assert not [path for path in (tmp_path / "ours").rglob("*") if path.is_file()]


def test_a_hostile_repository_says_nothing_and_runs_nothing(listed, tmp_path):
    folder = make_git(tmp_path / "r", PEOPLE)
    secret = committed(make_git(tmp_path / "other", {"x": {"hw.py": ""}}) / "hw1-x", {"s.py": ""}, START)
    git = folder / "hw1-bob/.git"
    ran = tmp_path / "ran"
    config = f"[core]\n fsmonitor = touch {ran}\n[gpg]\n program = touch {ran}\n[log]\n showSignature = true\n"
    alternates = f"{tmp_path}/other/hw1-x/.git/objects\n"
    hook = f"#!/bin/sh\ntouch {ran}\n"
    write(git, {"config": config, "hooks/post-checkout": hook, "objects/info/alternates": alternates})
    (git / "HEAD").write_text(secret + "\n")
    alice = folder / "hw1-alice-b/.git"
    shutil.rmtree(alice / "refs")
    (alice / "refs").symlink_to(tmp_path / "other/hw1-x/.git/refs")
    assert [entry.handed_in for entry in listed(folder)] == [None, None] and not ran.exists()
    (alice / "HEAD").write_text("ref: refs/../../../other/hw1-x/.git/HEAD\n")
    assert listed(folder)[0].handed_in is None


def git(home, *arguments, at=START):
    zone = {"GIT_AUTHOR_DATE": at.isoformat(), "GIT_COMMITTER_DATE": at.isoformat(), "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": str(home), "PATH": os.environ["PATH"]}  # fmt: skip
    named = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"]
    return subprocess.run(
        ["git", *named, *arguments], cwd=home, env=zone, check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git to compare with")
def test_packs_are_read_as_git_reads_them(listed, tmp_path):
    home = write(tmp_path / "r/hw1-bob", {"hw.py": "x = 0\n"})
    git(home, "init", "-q")
    lines = [f"line_{number} = {number}\n" for number in range(400)]
    for turn in range(8):
        write(home, {"hw.py": "".join(lines[turn:]), f"part/{turn}.py": f"x = {turn}\n"})
        git(home, "add", "-A")
        git(home, "commit", "-qm", f"turn {turn}", at=START + timedelta(hours=turn))
        git(home, "tag", *(["-a", "-m", "x"] if turn % 2 else []), f"submit/{turn}")
    git(home, "gc", "-q", "--aggressive", "--prune=now")
    git(home, "pack-refs", "--all")
    assert not [path for path in (home / ".git/objects").rglob("*") if len(path.name) == 38]
    mine = repository(home)
    for object_ in git(home, "rev-list", "--all", "--objects").split("\n"):
        sha = object_.partition(" ")[0]
        if sha:
            kind, data = mine.object(sha)
            assert kind == git(home, "cat-file", "-t", sha).strip()
            assert kind == "tree" or data.decode() == git(home, "cat-file", kind, sha)
    found = listed(tmp_path / "r")
    assert [entry.handed_in for entry in found] == [START + timedelta(hours=turn) for turn in range(8)]
    assert [(entry.path / "hw.py").read_text() for entry in found] == ["".join(lines[turn:]) for turn in range(8)]
    assert sorted(path.name for path in (found[2].path / "part").iterdir()) == ["0.py", "1.py", "2.py"]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_bytes_in_a_repository_are_nothing_or_an_object(tmp_path_factory, data):
    folder = make_git(tmp_path_factory.mktemp("fuzz"), {"bob": {"hw.py": "x = 1\n"}})
    home = folder / "hw1-bob"
    files = sorted(path for path in (home / ".git").rglob("*") if path.is_file())
    victim = data.draw(st.sampled_from(files))
    victim.write_bytes(data.draw(st.binary(max_size=80)))
    mine = repository(home)
    head = mine.head()
    assert head is None or mine.time(head) is None or mine.time(head) == START
    assert isinstance(mine.tags("submit"), dict)
