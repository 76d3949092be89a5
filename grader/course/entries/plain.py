"""One folder, file or zip a student, called as the student is; several of one student in folders called by their times.

Nothing but the name says whose it is, so it may be an id, an e-mail address, or a name among other words. Where all
that lies in a student's folder are folders called by times (`alice/2026-10-01T12-00/`), they are that student's
attempts, whatever the others have. Files called so may be the student's own names: they are attempts only where most
of the folders here are laid out like this.
"""

from __future__ import annotations

from grader.course.entries.inbox import Handed, Inbox, Item, handed, most_of
from grader.course.entries.people import Claim
from grader.course.entries.times import moment


def plain(inbox: Inbox) -> list[Handed]:
    """Return everything that lies here as handed in by whom it is called after."""
    folders = [item for item in inbox.items if item.kind == "folder"]
    timed = {item.name: turns for item in folders if (turns := _turns(inbox, item))}
    if not most_of(timed, folders):
        timed = {name: turns for name, turns in timed.items() if all(turn.kind == "folder" for turn in turns)}
    found = []
    for item in inbox.items:
        claim = Claim(word=item.stem, group=True)
        if item.name not in timed:
            found.append(handed(inbox, item, claim, "plain"))
        for turn in timed.get(item.name, ()):
            whole = handed(inbox, turn, claim, "plain")
            found.append(
                Handed(
                    path=whole.path, beneath=whole.beneath, claim=claim, named_by="plain",
                    handed_in=moment(turn.stem, inbox.zone), fault=whole.fault, told=whole.told,
                )
            )  # fmt: skip
    return found


def _turns(inbox: Inbox, item: Item) -> list[Item]:
    """Return what lies in a student's folder, if all of it is called by a time."""
    inside = inbox.within(item)
    return inside if inside and all(moment(each.stem, inbox.zone) is not None for each in inside) else []
