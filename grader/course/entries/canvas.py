"""Canvas: files of all students side by side, each with its owner in front.

canvas-lms, `lib/content_zipper.rb` (`get_filename`, `add_upload_submission`): the sortable name in lower case without
what is no letter or digit, `LATE` if Canvas says so, the user's number, the file's number, the file's own name:
`smithbob_LATE_12_3456_hw.py`. Anonymous ones begin with `anon_` and a code. A text entry ends in `_text.html`, a link
in `_link.html`. In front of a group's stands the
group's name. The name holds no `_number_`, so the first two numbers are Canvas's, whatever a student calls a file.

A file that a student hands in again is renamed by Canvas (`Attachment.make_unique_filename`): `hw-1.py`, `hw-2.py`. An
export holds only the last attempt of each; a folder into which several were unpacked holds more. Files of one student
are in the order of their numbers, and where a name comes again an attempt begins.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from grader.course.entries.inbox import Found, Handed, Inbox, Item, by_key, gathered, handed, most_of
from grader.course.entries.people import Claim

NAMED = re.compile(
    r"(?:(?P<name>.*?)_(?P<late>LATE_)?(?P<user>\d{1,20})|(?P<late_one>LATE_)?(?P<anonymous>anon_[A-Za-z0-9]{1,20}))_"
    r"(?:(?P<number>\d{1,20})_(?P<file>.+)|(?:text|link)\.html)",
    re.DOTALL,
)
_AGAIN = re.compile(r"(.+?)-(\d{1,3})((?:\.[A-Za-z][A-Za-z0-9]*)*(?:\.[A-Za-z0-9]+)?)", re.DOTALL)
"""As Canvas renames: the number stands before the whole suffix, `data-1.tar.gz`."""


class _Upload(Struct, frozen=True):
    item: Item
    name: str
    user: str
    late: bool
    number: int
    file: str


def canvas(inbox: Inbox) -> Found | None:
    """Return what was handed in, if what lies here is named as Canvas does, and what is not; else `None`."""
    uploads = [upload for item in inbox.items if (upload := _upload(item)) is not None]
    if not most_of(uploads, inbox.items) or _mistaken(uploads, inbox):
        return None
    named = {upload.item.name: upload for upload in uploads}
    found = []
    for user, items in by_key([(upload.user, upload.item) for upload in uploads]):
        turns = _turns([named[item.name] for item in items])
        found += [_handed(inbox, user, turn, number if len(turns) > 1 else 0) for number, turn in enumerate(turns, 1)]
    return found, frozenset(named)


def _upload(item: Item) -> _Upload | None:
    match = NAMED.fullmatch(item.name)
    if match is None or item.kind == "folder":
        return None
    name, late, user, number, file = match.group("name", "late", "user", "number", "file")
    late, user = late or match["late_one"], user or match["anonymous"]
    own = file or item.name[item.name.rindex("_") :]  # it goes to who marks without knowing whose it is
    return _Upload(item, name or "", user, late is not None, int(number or 0), own)


def _mistaken(uploads: Sequence[_Upload], inbox: Inbox) -> bool:
    """Return whether the roster knows nobody by these names, and somebody by the same names read plainly.

    So it is with `20260001_1_2_hw.py`: a number, an assignment and a question.
    """
    people = inbox.people
    return not any(people.can_tell(Claim(ids={"canvas": upload.user}, name=upload.name)) for upload in uploads) and any(
        people.can_tell(Claim(word=upload.item.stem)) for upload in uploads
    )


def _turns(uploads: Sequence[_Upload]) -> list[list[_Upload]]:
    """Return the files of one student by attempts, each under the name that the student gave it."""
    ordered = sorted(uploads, key=lambda upload: (upload.number, upload.item.name))
    own = {upload.file for upload in ordered}
    turns: list[list[_Upload]] = []
    seen: set[str] = set()
    now: set[str] = set()
    for upload in ordered:
        first = _before(upload.file)
        name = first if first in own and first in seen else upload.file
        if not turns or name in now:
            turns.append([])
            now = set()
        seen.add(name)
        now.add(name)
        turns[-1].append(replace(upload, file=name))
    return [_unnumbered(turn) if len(turn) > 1 else turn for turn in turns]


def _unnumbered(turn: Sequence[_Upload]) -> list[_Upload]:
    """Return files with the names that they had before Canvas numbered them, so that one can import another.

    Where a student numbered them, as in `lab-1.py` and `lab-2.py`, they keep their names.
    """
    plain = [_before(upload.file) for upload in turn]
    taken = Counter([*plain, *(upload.file for upload in turn)])
    return [
        replace(upload, file=name) if taken[name] == 1 else upload for upload, name in zip(turn, plain, strict=True)
    ]


def _before(file: str) -> str:
    again = _AGAIN.fullmatch(file)
    return again[1] + again[3] if again else file


def _handed(inbox: Inbox, user: str, turn: Sequence[_Upload], number: int) -> Handed:
    """Return one attempt: the file itself, or a folder of ours where there are several."""
    first = turn[0]
    claim = Claim(ids={"canvas": user}, name=first.name, group=True)
    if len(turn) == 1:
        whole = handed(inbox, first.item, claim, "canvas")
        path, beneath, fault, told = whole.path, whole.beneath, whole.fault, whole.told
    else:
        path, told = gathered(inbox, f"{first.name}_{user}", {upload.file: upload.item for upload in turn})
        beneath, fault = path.parent, None
        told += tuple(each for upload in turn for each in upload.item.refused)
    return Handed(
        path=path, beneath=beneath, claim=claim, named_by="canvas", late=any(upload.late for upload in turn),
        turn=number, fault=fault, told=told,
    )  # fmt: skip
