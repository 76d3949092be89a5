"""Classes as each platform hands them out: builders that other tests use, too.

Each takes a folder and, by person, the files that the person handed in (`{"alice": {"hw.py": "x = 1"}}`), and returns
what an instructor would point at. A person is a word; `number` gives each the number that a platform would.
"""

import hashlib
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


def number(person, start=1000):
    """A number as platforms count people: the same for the same person."""
    return start + zlib.crc32(person.encode()) % 1_000_000


def write(folder, files):
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def zipped(folder, path=None, *, under=""):
    """Pack what is in a folder, and return the zip."""
    path = path or folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, under + file.relative_to(folder).as_posix())
    return path


def make_plain(folder, people):
    """One file a student (where it is a single one), else a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for person, files in people.items():
        if len(files) == 1:
            ((name, text),) = files.items()
            write(folder, {person + Path(name).suffix: text})
        else:
            write(folder / person, files)
    return folder


def make_canvas(folder, people, *, late=()):
    folder.mkdir(parents=True, exist_ok=True)
    for person, files in people.items():
        name = "".join(char for char in person.lower() if char.isalnum())
        for count, (file, text) in enumerate(files.items()):
            said = "LATE_" if person in late else ""
            write(folder, {f"{name}_{said}{number(person)}_{number(person, 5_000_000) + count}_{file}": text})
    return folder


def make_moodle(folder, people):
    folder.mkdir(parents=True, exist_ok=True)
    for person, files in people.items():
        write(folder / f"{person}_{number(person)}_assignsubmission_file", files)
    return folder


def moodle_worksheet(path, people, *, at=START, most="10.00"):
    """The worksheet that belongs to `make_moodle`, with times a minute apart, in UTC; it grades out of `most`."""
    rows = ["Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (submission)"]
    for count, person in enumerate(people):
        when = at + timedelta(minutes=count)
        said = f"{when:%A}, {when.day} {when:%B %Y, %I:%M %p}"
        rows.append(f'Participant {number(person)},{person},{person}@uni.edu,Submitted for grading,,{most},"{said}"')
    path.write_text("\ufeff" + "\n".join(rows) + "\n", "utf-8")
    return path


def canvas_gradebook(path, people, *, title, most):
    """The gradebook that belongs to `make_canvas`, with one assignment."""
    rows = ["Student,ID,SIS User ID,SIS Login ID,Section", *(f"{each},{number(each)},,{each},A" for each in people)]
    cells = [f'"{title} (7)"', *("" for _ in people)]
    lines = [f"{row},{cell}" for row, cell in zip(rows, cells, strict=True)]
    path.write_text("\n".join([lines[0], f"    Points Possible,,,,,{most}", *lines[1:]]) + "\n", "utf-8")
    return path


def make_gradescope(folder, people, *, groups=None, at=START):
    """`groups` gives others of a group by the person who handed in for it."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["---"]
    for count, (person, files) in enumerate(people.items()):
        write(folder / f"submission_{number(person)}", files)
        when = at + timedelta(minutes=count)
        lines += [f"submission_{number(person)}:", "  :submitters:"]
        for one in (person, *(groups or {}).get(person, ())):
            lines += [f"  - :name: {one}", f"    :sid: '{number(one)}'", f"    :email: {one}@uni.edu"]
        lines += [f"  :created_at: {when:%Y-%m-%d %H:%M:%S}.123456789 Z", "  :score: 1.0", "  :status: processed"]
        lines += ["  :results:", "    tests:", "    - name: one", "      score: 1.0", "  :history: []"]
    (folder / "submission_metadata.yml").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def make_nbgrader(folder, people, *, assignment="ps1", at=START):
    for count, (person, files) in enumerate(people.items()):
        home = write(folder / "submitted" / person / assignment, files)
        when = at + timedelta(minutes=count)
        (home / "timestamp.txt").write_text(f"{when:%Y-%m-%d %H:%M:%S.%f} UTC")
    return folder / "submitted"


def make_git(folder, people, *, assignment="hw1", at=START, tags=None):
    """Checkouts with one commit each; `tags` gives names of tags to set there by person. No git is needed."""
    folder.mkdir(parents=True, exist_ok=True)
    for count, (person, files) in enumerate(people.items()):
        home = write(folder / f"{assignment}-{person}", files)
        commit = committed(home, files, at + timedelta(minutes=count))
        write(home / ".git", {"HEAD": "ref: refs/heads/main\n", "refs/heads/main": commit + "\n", "config": "[core]\n"})
        for tag in (tags or {}).get(person, ()):
            write(home / ".git", {f"refs/tags/{tag}": commit + "\n"})
    return folder


def committed(home, files, when):
    """Store files, without folders, as a commit of the repository in `home`, and return its name."""
    entries = b""
    for name, text in sorted(files.items()):
        blob = stored(home, "blob", text if isinstance(text, bytes) else text.encode())
        entries += b"100644 " + name.encode() + b"\0" + bytes.fromhex(blob)
    tree = stored(home, "tree", entries)
    said = f"A <a@b.c> {int(when.timestamp())} +0800"
    return stored(home, "commit", f"tree {tree}\nauthor {said}\ncommitter {said}\n\nwork\n".encode())


def stored(home, kind, data):
    whole = f"{kind} {len(data)}\0".encode() + data
    sha = hashlib.sha1(whole).hexdigest()
    write(home / ".git/objects" / sha[:2], {sha[2:]: zlib.compress(whole)})
    return sha
