"""Takes what was handed in into the store: who it is of, when it came, and a copy of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct

from grader.course.copies import Copy, copied, spelled_out
from grader.course.entries import Arrival
from grader.course.entries.times import Unzoned
from grader.course.grading import neutral, refusal
from grader.course.shards import Shard
from grader.course.store import Store
from grader.errors import EngineError, GraderError
from grader.language import inert, say
from grader.model import Person


class TakenIn(Struct, frozen=True, kw_only=True):
    """How many entries were taken in, and how many of them are new."""

    entries: int
    new: int


def take_in(
    store: Store, entries: Iterable[Arrival], people: Iterable[Person], name: str, shard: Shard | None = None
) -> TakenIn:
    """Take entries and the people of a roster into the store; what is there already is left as it is.

    A single file is called `name` in its copy, so that nothing says whose it is. Who is not in the `shard` is passed
    over, and nothing of theirs is read.
    """
    with store.change():
        store.add_people(each for each in people if shard is None or shard.holds(each.id))
    count = new = 0
    for entry in entries:
        named = [each for each in (entry.person, *entry.members) if each is not None]
        whose = named or [Person(id=inert(entry.path.name, 200))]
        people_of = [each for each in whose if shard is None or shard.holds(each.id)]
        if not people_of and shard is not None:
            continue
        count += 1
        copy, noted = _read(entry, name)
        if entry.late is not None:
            noted["late"] = entry.late
        if entry.by_table:
            noted["by_table"] = True
        if isinstance(entry.handed_in, Unzoned):
            noted["clock"] = entry.handed_in.replace(tzinfo=None).isoformat()
        if len(whose) > 1:
            noted["together"] = sorted(each.id for each in whose)
        path = spelled_out(os.path.abspath(entry.path))  # noqa: PTH100 - links stay
        came = entry.handed_in.astimezone(UTC).isoformat() if entry.handed_in is not None else ""
        with store.change():
            store.add_people(people_of)
            known_to = {each.id for each in people_of if store.has_attempt(each.id, copy.digest, came, path)}
            new += len(known_to) < len(people_of)
            for person in people_of:
                attempt = {
                    "person": person.id, "digest": copy.digest, "handed_in": came, "path": path,
                    "named_by": entry.named_by, "noted": noted,
                }  # fmt: skip
                store.add_attempt(attempt, copy.archive, known=person.id in known_to)
    return TakenIn(entries=count, new=new)


def _read(entry: Arrival, name: str) -> tuple[Copy, dict[str, Any]]:
    """Return the copy of an entry and what is noted of it; one that cannot be read has its reason there."""
    noted: dict[str, Any] = {"beneath": spelled_out(os.path.abspath(entry.beneath))}  # noqa: PTH100 - links stay
    fault = entry.fault
    if fault is None:
        try:
            return copied(Path(entry.path), Path(entry.beneath), name), noted
        except EngineError:
            raise
        except GraderError as error:
            fault = error
        except OSError as error:  # the disk's fault, not the student's
            why = inert(error.strerror or str(error), 200)
            noted["killed"] = refusal(EngineError(say("What was handed in cannot be read: {why}", why=why)))
            return Copy(digest=_digest_of(entry, noted["killed"]), archive=None), noted
    fault.message, fault.hint = neutral(fault.message, entry.path), neutral(fault.hint, entry.path)
    noted["fault"] = refusal(fault)
    return Copy(digest=_digest_of(entry, noted["fault"]), archive=None), noted


def _digest_of(entry: Arrival, why: str) -> str:
    return sha256(f"{entry.path}\n{why}".encode("utf-8", "surrogatepass")).hexdigest()
