"""Checkouts of GitHub Classroom and of Classroom 50: folders with `.git`, called `ASSIGNMENT-USERNAME`.

GitHub Classroom's assistant and `gh classroom clone` call a folder after the repository, `assignment-username`;
Classroom 50 (`cli/gh-teacher/internal/download/download.go`, `cli/shared/contract`) `classroom-assignment-username` in
lower case, with `scores.csv` beside them. A user name may hold `-`: the longest end that is somebody's on the roster
counts, else what the names of all checkouts do not share.

What is checked out is what was handed in; its time is its commit's. Where Classroom 50's runner has set tags
`submit/…`, each is a submission, which is laid out from the repository, with the time of its commit. These times are
what the student's machine wrote into the commit: a course that must rely on them compares them with the platform's.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from grader.course.entries.inbox import Found, Handed, Inbox, Item, begun_in, handed, most_of, safe, unwritten
from grader.course.entries.people import Claim
from grader.course.entries.repository import Repository
from grader.errors import GraderError, SubmissionError
from grader.language import inert, say
from grader.submission.reading import Folder

_SUMMARIES = {"scores.csv"}
_MOST_TAGS = 200
_MOST_FILES = 2000
_DEEPEST = 12
_TOTAL = 256 << 20


def is_checkout(path: Path) -> bool:
    """Return whether a folder is a git checkout."""
    return (path / ".git").is_dir() and not (path / ".git").is_symlink()


def checkouts(inbox: Inbox) -> Found | None:
    """Return what was handed in, if what lies here are checkouts; else `None`."""
    found = [item for item in inbox.items if item.kind == "folder" and is_checkout(item.path)]
    rest = [item for item in inbox.items if item.name not in _SUMMARIES]
    if not found or not most_of(found, rest):
        return None
    shared = _shared([item.name for item in found])
    several = [each for item in found for each in _handed(inbox, item, _username(item.name, shared, inbox))]
    return several, frozenset(item.name for item in found) | _SUMMARIES


def _username(name: str, shared: int, inbox: Inbox) -> str:
    """Return whose a checkout is by its name."""
    ends = [name[at + 1 :] for at, char in enumerate(name) if char == "-"][:40]
    known = next((end for end in [name, *ends] if end and inbox.people.is_github(end)), None)
    return known or name[shared:] or name


def _shared(names: list[str]) -> int:
    """Return how long the beginning is that all names share, up to a `-`; of a single one, all before the last."""
    if len(names) == 1:
        return names[0].rfind("-") + 1
    first, last = min(names), max(names)  # what these share, all share
    length = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:length].rfind("-") + 1


def _handed(inbox: Inbox, item: Item, username: str) -> Iterator[Handed]:
    """Yield each tagged submission of a checkout in order of time, or else what is checked out."""
    claim = Claim(ids={"github": username}, word=username, group=True)
    whole = handed(inbox, item, claim, "git")
    with Folder.at(inbox.beneath) as base:
        repository = Repository(base, item.path.relative_to(inbox.beneath).as_posix())
        head = repository.head()
        tags = [(repository.time(commit), name, commit) for name, commit in repository.tags("submit").items()]
        timed = sorted((at, name, commit) for at, name, commit in tags if at is not None)[-_MOST_TAGS:]
        for turn, (at, name, commit) in enumerate(timed, 1):
            each = replace(whole, handed_in=at, turn=turn)
            yield each if commit == head else _tagged(inbox, repository, each, f"{item.name}-{name}", commit)
        if not timed:
            yield replace(whole, handed_in=repository.time(head) if head else None)


def _tagged(inbox: Inbox, repository: Repository, whole: Handed, name: str, commit: str) -> Handed:
    """Return a submission that is laid out from its commit, once: the folder is called after the commit."""
    folder = inbox.unpacked / "commits" / f"{safe(name)}-{commit[:12]}"
    fault: GraderError | None = None
    if not folder.is_dir():
        begun = begun_in(folder.parent)
        try:
            tree = repository.tree(commit)
            if tree is None or not _lay(repository, tree, begun):
                fault = SubmissionError(say("The commit of {name} cannot be read.", name=inert(name, 100)))
            else:
                begun.rename(folder)
        except OSError as error:
            raise unwritten(folder, error) from None
        finally:
            shutil.rmtree(begun, ignore_errors=True)
    return replace(whole, path=folder, beneath=folder.parent, fault=fault)


def _lay(repository: Repository, root: str, folder: Path) -> bool:
    """Write the files of a tree, links and other repositories left out; return whether all could be read."""
    waiting, room, count = [(root, folder, 0)], _TOTAL, 0
    while waiting:
        tree, into, depth = waiting.pop()
        into.mkdir(exist_ok=True)
        for mode, name, sha in repository.entries(tree):
            count += 1
            if (
                count > _MOST_FILES
                or depth > _DEEPEST
                or name in ("", ".", "..", ".git")
                or re.search(r"[/\\\0]", name)
            ):
                return False
            if mode in ("40000", "040000"):
                waiting.append((sha, into / name, depth + 1))
            elif mode.startswith("100"):
                kind, data = repository.object(sha) or ("", b"")
                room -= len(data)
                if kind != "blob" or room < 0:
                    return False
                with (into / name).open("xb") as file:
                    file.write(data)
    return True
