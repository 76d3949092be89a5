"""What the files of a folder of reports are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

_LONGEST = 100
_MOST_BYTES = 200
"""A file's name may have 255 bytes in most file systems; a Chinese character takes three."""


def names_of(submissions: Sequence[str], suffix: str) -> list[str]:
    """Return a file name for each submission's report: its path without the folders that all share; no two are alike.

    Names that can stay as they are come first, so that no changed name takes that of another submission.
    """
    parts = [Path(each).parts for each in submissions]
    above = common_folders([each[:-1] for each in parts])
    wanted = ["-".join(each[above:]) for each in parts]
    stems = [_stem(each) for each in wanted]
    unchanged = [len(each) - above == 1 and stem == name for each, stem, name in zip(parts, stems, wanted, strict=True)]
    names = [""] * len(parts)
    taken: set[str] = set()
    for again in (False, True):
        for place, stem in enumerate(stems):
            if names[place] or not (unchanged[place] or again):
                continue
            name, number = f"{stem}.{suffix}", 1
            while name.casefold() in taken and again:
                number += 1
                name = f"{stem}-{number}.{suffix}"
            if name.casefold() not in taken:
                names[place] = name
                taken.add(name.casefold())
    return names


def common_folders(parts: Sequence[tuple[str, ...]]) -> int:
    """Return how many folders all paths begin with, given the parts of each."""
    levels = zip(*parts, strict=False)
    return sum(1 for _ in takewhile(lambda level: len(set(level)) == 1, levels))


def _stem(name: str) -> str:
    stem = re.sub(r"[^\w.()+@-]+", "_", name).strip("._-")[:_LONGEST] or "submission"
    return stem.encode()[:_MOST_BYTES].decode(errors="ignore")
