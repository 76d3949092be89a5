"""Who stands behind one hand-in: the group of a roster, and those whom an export names together.

Such people are one: what they have in common says nothing of anybody, and their work is looked at once. Two who handed
in the same text in two hand-ins are not.
"""

from __future__ import annotations

from grader.course.labels import Labels
from grader.course.store import Store


def units(store: Store) -> dict[str, str]:
    """Return by each person the first of all who stand behind the same hand-in, that which counts."""
    labels, counted, people = Labels(), store.counted_hand_ins(), store.people()
    for person in people.values():
        own = counted.get(person.id)
        together = own.together if own is not None else ()
        same = [
            each for each in together if each in counted and counted[each].submission == counted[person.id].submission
        ]
        keys = [("person", each) for each in (person.id, *same)]
        labels.add([*keys, ("group", person.group)] if person.group else keys)
    first: dict[int, str] = {}
    return {each: first.setdefault(labels.of([("person", each)]), each) for each in people}


def works(store: Store) -> dict[tuple[str, int], list[str]]:
    """Return the work that counts, by unit and submission, each with whose it is."""
    found: dict[tuple[str, int], list[str]] = {}
    unit_of = units(store)
    for person, counted in store.counted_hand_ins().items():
        found.setdefault((unit_of[person], counted.submission), []).append(person)
    return found
