r"""Moodle: a folder for each participant and kind of submission, or files with that in front.

Moodle, `mod/assign/classes/downloader.php` and before it `locallib.php` (`download_submissions`): full name without
`_`, the participant's number, `assignsubmission_file` or `assignsubmission_onlinetext`, before Moodle 4.1 with one more
`_`: `Bob Smith_12345_assignsubmission_file_/hw.py`. Without folders the file's name follows. A group's is
`Group A_678_…`, a blind one's `Participant_12345_…`, in the language of the site. The number is the one in the
worksheet's `Identifier`, by which a roster knows the person, and the time.
"""

from __future__ import annotations

import re

from grader.course.entries.inbox import Found, Handed, Inbox, Item, by_key, gathered, handed, most_of
from grader.course.entries.people import Claim
from grader.language import inert, say

NAMED = re.compile(
    r"(?P<name>.*?)(?:_(?P<number>\d{1,20}))?_assignsubmission_(?P<type>[a-z]+)(?:_(?P<file>.+)|_)?", re.DOTALL
)


def moodle(inbox: Inbox) -> Found | None:
    """Return what was handed in, if what lies here is named as Moodle does; else `None`."""
    named = {item.name: match for item in inbox.items if (match := NAMED.fullmatch(item.name)) is not None}
    if not most_of(named, inbox.items):
        return None
    pairs = [(f"{named[item.name]['name']}_{named[item.name]['number'] or ''}", item) for item in inbox.items
             if item.name in named]  # fmt: skip
    return [_handed(inbox, items, named) for _, items in by_key(pairs)], frozenset(named)


def _handed(inbox: Inbox, items: list[Item], named: dict[str, re.Match[str]]) -> Handed:
    """Return what one participant handed in: files before an online text, which is told of."""
    match = named[items[0].name]
    ids = {"moodle": match["number"]} if match["number"] else {}
    claim = Claim(ids=ids, name=match["name"], word=match["name"], group=True)
    files = [item for item in items if named[item.name]["type"] == "file"] or items
    others = [item for item in items if item not in files]
    told = tuple(
        say("{name} was handed in beside it, and is not graded.", name=inert(item.name, 100)) for item in others
    )
    if len(files) == 1:
        whole = handed(inbox, files[0], claim, "moodle")
        return Handed(
            path=whole.path, beneath=whole.beneath, claim=claim, named_by="moodle", fault=whole.fault,
            told=whole.told + told,
        )  # fmt: skip
    own = {named[item.name]["file"] or item.name: item for item in files if item.kind == "file"}
    path, more = gathered(inbox, match["name"], own)
    return Handed(path=path, beneath=path.parent, claim=claim, named_by="moodle", told=told + more)
