"""A class's code as Dolos reads it: a zip with the files and `info.csv` (dolos.ugent.be/docs/adding-metadata).

`filename` is a path in the zip, `full_name` the person, `label` colours people of one section, `created_at` is when it
was handed in, and the one row with `ignored` true is the stub, which Dolos takes out of all others (since 2.3). Dolos
reads Python, so a notebook's code stands there as a script. The reference is not in it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from msgspec import Struct

COLUMNS = ("filename", "full_name", "id", "label", "created_at", "ignored")
INFO = "info.csv"
TEMPLATE = "template.py"
_DATE = (1980, 1, 1, 0, 0, 0)
_LONGEST = 60


class DolosEntry(Struct, frozen=True, kw_only=True):
    """One person's code, and what Dolos shows of the person."""

    person: str
    full_name: str
    label: str
    handed_in: datetime | None
    code: str


def dolos_zip(entries: Iterable[DolosEntry], template: str) -> bytes:
    """Return the zip; `template` is the stub's code, "" for none."""
    written, table = BytesIO(), StringIO(newline="")
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(COLUMNS)
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        taken = {INFO, TEMPLATE}
        if template.strip():
            _put(archive, TEMPLATE, template)
            rows.writerow([TEMPLATE, "", "", "", "", "true"])
        for entry in entries:
            name = _file_name(entry.person, taken)
            _put(archive, name, entry.code)
            when = entry.handed_in.strftime("%Y-%m-%d %H:%M:%S %z") if entry.handed_in is not None else ""
            full_name = entry.full_name or entry.person
            rows.writerow([name, _plain(full_name), _plain(entry.person), _plain(entry.label), when, ""])
        _put(archive, INFO, table.getvalue())
    return written.getvalue()


def _file_name(person: str, taken: set[str]) -> str:
    """Return a name that no other file has, of letters that every file system and `unzip` keep."""
    base = re.sub(r"[^A-Za-z0-9_-]+", "_", person).strip("_-")[:_LONGEST] or "student"
    name, number = f"{base}.py", 2
    while name.lower() in taken:
        name, number = f"{base}_{number}.py", number + 1
    taken.add(name.lower())
    return name


def _plain(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = " ".join(text.split())
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _put(archive: ZipFile, name: str, text: str) -> None:
    info = ZipInfo(name, _DATE)
    info.external_attr = 0o100600 << 16
    info.compress_type = ZIP_DEFLATED
    archive.writestr(info, text.encode("utf-8", "replace"))
