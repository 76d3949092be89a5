"""Below the folder that is trusted no link is followed, also not one that is put there while it is read."""

import os
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from submission_desk import NAMES, remarks
from test_submission_places import DEF, packed

from grader import submission
from grader.errors import GraderError, SubmissionError, UsageError
from grader.submission import reading

OWN = b"import tools\n" + DEF
SECRET = b"SECRET = 1\n" + DEF
pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has other links")


@pytest.fixture(params=[True, False], ids=["by descriptor", "by path"])
def way(request, monkeypatch):
    """Read by descriptors and, as where folders cannot be held, by paths."""
    monkeypatch.setattr(reading, "_HELD", request.param)


@pytest.fixture
def folder(desk):
    """Return a class: a reference that is nobody's business, and Alice's own folder."""
    desk.put(SECRET, "solutions/cnn.py")
    desk.put(b"SECRET = 1\n", "solutions/tools.py")
    desk.put(packed(("cnn.py", SECRET)), "solutions/work.zip")
    desk.put(OWN, "class/alice/cnn.py")
    return desk.folder


def load(path, **more):
    return submission.load(path, NAMES, "cnn.py", **more)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("name", ["bob", "bob.py", "bob.ipynb", "bob.zip", "bob.txt"])
@pytest.mark.parametrize("target", ["solutions", "solutions/cnn.py", "solutions/work.zip", "nowhere", "/dev/zero", "."])
def test_a_link_is_told_whatever_it_is_called_and_leads_to(folder, name, target):
    (folder / "class" / name).symlink_to(folder / target if target != "." else folder / "class" / name)
    with pytest.raises(SubmissionError) as caught:
        load(folder / "class" / name)
    assert caught.value.message.text("en") == f"{folder / 'class' / name} is a link; links are not followed."


@pytest.mark.usefixtures("way")
def test_no_link_in_the_middle_of_a_path_is_followed(folder):
    (folder / "class" / "bob").symlink_to(folder / "solutions")
    with pytest.raises(SubmissionError, match="class/bob is a link"):
        load(folder / "class/bob/cnn.py", beneath=folder / "class")
    with pytest.raises(SubmissionError, match="class/bob is a link"):
        load(folder / "class/bob/work.zip", beneath=folder)
    (folder / "mine").symlink_to(folder / "class")
    assert "SECRET" not in load(folder / "mine/alice/cnn.py", beneath=folder / "mine").source.text


@pytest.mark.usefixtures("way")
def test_links_inside_a_submission_are_passed_over(folder):
    alice = folder / "class" / "alice"
    (alice / "more").symlink_to(folder / "solutions")
    (alice / "other.py").symlink_to(folder / "solutions/cnn.py")
    (alice / "zero.py").symlink_to("/dev/zero")
    (alice / "gone.py").symlink_to("gone.py")
    os.mkfifo(alice / "pipe.py")
    assert load(alice).name == "alice/cnn.py"
    (alice / "cnn.py").unlink()
    with pytest.raises(SubmissionError, match=r"gone\.py is a link"):
        load(alice)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("path", ["class/alice", "class/alice/cnn.py"])
def test_a_helper_that_is_a_link_is_told(folder, path):
    (folder / "class/alice/tools.py").symlink_to(folder / "solutions/tools.py")
    student = load(folder / path)
    assert student.source.modules == ()
    assert "is a link; links are not followed." in remarks(student)[0][0]


@pytest.mark.usefixtures("way")
def test_a_helper_that_is_no_file_is_no_helper(folder):
    (folder / "class/alice/tools.py").mkdir()
    assert load(folder / "class/alice").source.modules == ()
    (folder / "class/alice/tools.py").rmdir()
    os.mkfifo(folder / "class/alice/tools.py")
    assert "not an ordinary file" in remarks(load(folder / "class/alice"))[0][0]


@pytest.mark.usefixtures("way")
def test_a_pipe_is_no_archive(folder):
    os.mkfifo(folder / "class" / "bob.zip")
    with pytest.raises(SubmissionError, match="not an ordinary file"):
        load(folder / "class" / "bob.zip")


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("name", ["a" * 300 + ".py", "a/" * 3000 + "cnn.py", "alice/cnn.py/cnn.py", "gone/cnn.py"])
def test_a_path_that_cannot_be_opened_costs_a_sentence(folder, name):
    with pytest.raises(UsageError, match=r"cannot be read: |is not there\."):
        load(folder / "class" / name)


@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read anything")
def test_a_folder_that_is_closed_costs_a_sentence(folder):
    closed = folder / "class/alice/closed"
    closed.mkdir(mode=0)
    with pytest.raises(UsageError, match="closed cannot be read: "):
        load(folder / "class/alice")
    closed.chmod(0o755)
    (folder / "class").chmod(0o311)  # a drop box: passed through, not listed
    assert load(folder / "class/alice").name == "alice/cnn.py"
    assert load(folder / "class/alice/cnn.py", beneath=folder).name == "cnn.py"
    (folder / "class").chmod(0o755)


@pytest.mark.parametrize("name", ["new\nline", "sur\udcffrogate", "-rf", "字" * 80])
def test_odd_names_are_read(folder, name):
    (folder / "class/alice").rename(folder / "class" / name)
    assert load(folder / "class" / name).name.endswith("/cnn.py")
    assert load(folder / "class" / name / "cnn.py").name == "cnn.py"


def test_where_one_stands_has_a_name(folder, monkeypatch):
    monkeypatch.chdir(folder / "class/alice")
    assert load(Path()).name == "alice/cnn.py"
    assert load(Path("..")).name == "class/alice/cnn.py"
    assert load(Path("../../class/./alice/cnn.py")).name == "cnn.py"


@contextmanager
def exchanging(place, other):
    """Exchange what lies at `place` and at `other` by renaming, again and again."""
    ended = threading.Event()
    aside = place.with_name("aside")

    def run():
        while not ended.is_set():
            for path, to in ((place, aside), (other, place), (place, other), (aside, place)):
                path.rename(to)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize(
    ("path", "place", "target"),
    [
        ("class/alice", "class/alice", "solutions"),
        ("class/alice", "class/alice/deep", "solutions"),
        ("class/alice/deep/cnn.py", "class/alice/deep", "solutions"),
        ("class/alice", "class/alice/deep/cnn.py", "solutions/cnn.py"),
        ("class/alice/deep/cnn.py", "class/alice/deep/cnn.py", "solutions/cnn.py"),
        ("class/alice", "class/alice/deep/tools.py", "solutions/tools.py"),
        ("class/alice/work.zip", "class/alice/work.zip", "solutions/work.zip"),
    ],
)
def test_what_is_exchanged_for_a_link_while_it_is_read_is_never_followed(folder, desk, path, place, target):
    (folder / "class/alice/cnn.py").unlink()
    desk.put(OWN, "class/alice/deep/cnn.py")
    desk.put(b"x = 1\n", "class/alice/deep/tools.py")
    if path.endswith(".zip"):
        desk.put(packed(("cnn.py", OWN), ("tools.py", b"x = 1\n")), path)
    other = (folder / place).with_name("other")
    other.symlink_to(folder / target)
    seen = set()
    with exchanging(folder / place, other):
        end = time.monotonic() + 2
        for _ in range(200):
            try:
                source = load(folder / path, beneath=folder / "class").source
                seen |= {source.text, *(text for _, text in source.modules)}
            except GraderError:
                pass
            if time.monotonic() > end:
                break
    assert not [text for text in seen if "SECRET" in text]
    assert load(folder / path).source.modules == (("tools", "x = 1\n"),)


def test_an_archive_that_is_exchanged_for_another_is_read_from_one(folder, desk):
    for number in range(2):
        helper = f"x = {number}\n" + "# \n" * number
        desk.put(packed(("cnn.py", OWN + b"# %d\n" % number), ("tools.py", helper)), f"class/{number}.zip")
    with exchanging(folder / "class/0.zip", folder / "class/1.zip"):
        end = time.monotonic() + 2
        for _ in range(200):
            try:
                source = load(folder / "class/0.zip").source
            except UsageError:
                continue
            assert source.text[-2] == dict(source.modules)["tools"][4]
            if time.monotonic() > end:
                break


def test_no_descriptor_is_left_open(folder, desk):
    desk.put(packed(("cnn.py", OWN)), "class/bob.zip")
    (folder / "class/alice/more").symlink_to(folder)
    (folder / "class/link").symlink_to(folder)
    descriptors = Path("/proc/self/fd")
    before = len([*descriptors.iterdir()]) if descriptors.exists() else 0
    for name in ("alice", "alice/cnn.py", "bob.zip", "link", "alice/more/x.py", "none", "alice/cnn.py/x"):
        with suppress(GraderError):
            load(folder / "class" / name, beneath=folder)
    assert (len([*descriptors.iterdir()]) if before else 0) == before
