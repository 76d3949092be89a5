"""Names a student knows, in the place of those that only the rubric's draws have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.comparison.diagnosis.facts import places
from grader.comparison.diagnosis.samples import Sample
from grader.model import Diagnosis

if TYPE_CHECKING:
    from grader.model import Value

_QUOTED = r'"[^"]*"'


def spoken(diagnosis: Diagnosis, samples: Sequence[Sample], known: Mapping[str, str]) -> Diagnosis:
    """Return the diagnosis in names that a student knows: `A_prev.shape[1]` for a drawn `h`.

    `known` are better names for such places (`A_prev.shape[1]` is `n_H_prev`). A drawn number that stands for none, or
    is itself an argument, keeps its name.
    """
    named = {place: known.get(place, place) for sample in samples for place in places(sample)}
    arguments = _handed(samples)
    drawn = dict.fromkeys(name for sample in samples for name in sample.facts if name not in arguments)
    for name in drawn:
        place = _stands(name, samples, known)
        if place:
            named[name] = named[place]
    words = {key: _renamed(word, named) for key, word in diagnosis.words.items()}
    return replace(diagnosis, words=words, when=_renamed(diagnosis.when, named))


def _stands(name: str, samples: Sequence[Sample], known: Collection[str]) -> str:
    """Return the place in the arguments that holds `name` in every sample that drew it, "" if there is none."""
    having = [(sample.facts[name], places(sample)) for sample in samples if name in sample.facts]
    same = [place for place in having[0][1] if all(there.get(place) == number for number, there in having)]
    return next((place for place in same if place in known), same[0] if same else "")


def _handed(samples: Sequence[Sample]) -> set[str]:
    """Return the names of numbers that a call is given: arguments of their own, or kept in a dict."""
    keys = {name for sample in samples for argument in sample.case.calls[0].arguments for name in _keys(argument)}
    return keys.union(*(sample.arrays for sample in samples))


def _keys(value: Value) -> Iterator[str]:
    if isinstance(value, dict):
        yield from map(str, value)
    if isinstance(value, dict | tuple | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _keys(item)


def _renamed(text: str, named: Mapping[str, str]) -> str:
    """Return `text` with whole names replaced, but for what stands in quotes."""
    if not named:
        return text
    names = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
    pattern = rf"{_QUOTED}|(?<![\w.])(?:{names})(?![\w(\[.])"
    return re.sub(pattern, lambda found: named.get(found[0], found[0]), text)
