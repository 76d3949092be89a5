"""nbgrader: `submitted/STUDENT/ASSIGNMENT/…`, with the time in `timestamp.txt`.

nbgrader, `coursedir.py` (`directory_structure`: step, student, assignment) and `exchange/submit.py`, `zip_collect`: the
file `timestamp.txt` beside the notebooks is written last, by nbgrader, over whatever a student calls so; its form is
`%Y-%m-%d %H:%M:%S.%f %Z`. It is read at that one inbox, and only where the folder is laid out like this. Beside it lies
`submission_secret.txt`, which is another for each submission.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.course.entries.inbox import Found, Handed, Inbox, Item, handed, listed_in, most_of
from grader.course.entries.people import Claim
from grader.course.entries.times import moment
from grader.errors import GraderError, UsageError
from grader.language import inert, listed, say
from grader.submission.choosing import SUFFIXES

_STAMP = "timestamp.txt"
WRITTEN = frozenset({_STAMP, "submission_secret.txt"})
"""Files that nbgrader itself writes beside a student's."""
_STEP = "submitted"
_SHOWN = 12


def nbgrader(inbox: Inbox) -> Found | None:
    """Return what was handed in, if this is nbgrader's folder `submitted` or one that holds it; else `None`.

    Raises UsageError where it holds several assignments and none was named.
    """
    step = next((item for item in inbox.items if item.name == _STEP and item.kind == "folder"), None)
    course = step is not None and any(item.name in _COURSE for item in inbox.items)
    about: Sequence[Item]
    if step is not None and (course or _alone(inbox, step)):
        students = [item for item in listed_in(step.path, inbox.beneath) if item.kind == "folder"]
        about = inbox.items if course else [step]
    else:
        students = about = [item for item in inbox.items if item.kind == "folder"]
        if inbox.path.name != _STEP and not most_of([one for one in students if _stamped(inbox, one)], inbox.items):
            return None
    works = {student.name: [each for each in inbox.within(student) if each.kind != "file"] for student in students}
    if not most_of([one for one in works.values() if one], works):
        return None
    chosen = _assignment(inbox, sorted({work.name for several in works.values() for work in several}))
    found = []
    for student in students:
        claim = Claim(ids={"nbgrader": student.name}, word=student.name)
        work = next((each for each in works[student.name] if each.name == chosen), None)
        if work is not None:
            found.append(_handed(inbox, work, claim))
        elif not works[student.name]:
            found.append(handed(inbox, student, claim, "nbgrader"))
    return found, frozenset(item.name for item in about)


_COURSE = {"nbgrader_config.py", "gradebook.db", "source", "release", "autograded", "feedback", "downloaded"}
"""What else lies in a course of nbgrader's."""


def _alone(inbox: Inbox, step: Item) -> bool:
    """Return whether nothing but a folder that is laid out as nbgrader's can be graded here."""
    work = [item for item in inbox.items if item.kind == "folder" or item.name.lower().endswith((*SUFFIXES, ".zip"))]
    if work != [step] or inbox.people.on_roster(step.name):
        return False
    inside = listed_in(step.path, inbox.beneath)
    return most_of([each for each in inside if each.kind == "folder" and _stamped(inbox, each)], inside)


def _stamped(inbox: Inbox, student: Item) -> bool:
    """Return whether a folder holds only folders, and in one of them a time stamp."""
    works = inbox.within(student)
    return bool(works) and all(work.kind == "folder" for work in works) and any(
        each.name == _STAMP for work in works[:20] for each in inbox.within(work)
    )  # fmt: skip


def _assignment(inbox: Inbox, names: list[str]) -> str:
    if inbox.assignment in names:
        return inbox.assignment
    if len(names) == 1 and not inbox.assignment:
        return names[0]
    shown = listed([inert(name, 60) for name in names[:_SHOWN]] + ["…"] * (len(names) > _SHOWN))
    if inbox.assignment:
        raise UsageError(say("{path} has no assignment `{name}`, only {names}.", path=inert(str(inbox.path)),
                             name=inert(inbox.assignment, 60), names=shown))  # fmt: skip
    raise UsageError(
        say("{path} holds several assignments: {names}.", path=inert(str(inbox.path)), names=shown),
        say("Say which one is graded: --assignment {name}", name=inert(names[0], 60)),
    )


def _handed(inbox: Inbox, work: Item, claim: Claim) -> Handed:
    whole = handed(inbox, work, claim, "nbgrader")
    try:
        stamp = inbox.text(work.path / _STAMP, 1000)
    except GraderError:
        return whole
    at = moment(stamp, inbox.zone)
    odd = (say("Its time stamp is no time: {text}", text=inert(stamp.strip(), 60)),) if at is None else ()
    return Handed(
        path=whole.path, beneath=whole.beneath, claim=claim, named_by="nbgrader", handed_in=at, fault=whole.fault,
        told=whole.told + odd,
    )  # fmt: skip
