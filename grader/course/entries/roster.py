"""The list of a class: a table that the course keeps, or one that a platform exports, told apart by their heads.

Read from the sources: Canvas's gradebook (`lib/gradebook_exporter.rb`: Student, ID, SIS User ID, SIS Login ID, Section,
and a second row `Points Possible`), Moodle's grading worksheet (`mod/assign/gradingtable.php`: Identifier, which is
`Participant ` and the number that the folders of submissions have, too; the words are those of `hiddenuser` and
`recordid` in the language packs), Gradescope's roster and grades (First Name, Last Name, SID, Email, Sections), GitHub
Classroom's (identifier, github_username, github_id, name) and Classroom 50's (username, first_name, last_name).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from msgspec import Struct

from grader.course.entries.times import moment
from grader.errors import Span, TableError
from grader.language import inert, listed, say
from grader.model.standing import Person
from grader.reading.sheet import Sheet, SheetRow, folded, text_of, unguarded

_COLUMNS: Mapping[str, frozenset[str]] = {
    key: frozenset(names.split("|"))
    for key, names in {
        "id": "id|student id|studentid|person|key",
        "number": "number|student number|matriculation number|matrikelnummer|id number|idnumber|sid|学号|学生学号"
        "|學號|学工号|学籍号|工号",
        "name": "name|full name|fullname|student|student name|display name|姓名|名字|学生|学生姓名|全名|姓名全称|學生"
        "|姓名 全名",
        "first": "first name|firstname|given name|given names|名",
        "last": "last name|lastname|surname|family name|姓|姓氏",
        "email": "email|e mail|mail|email address|e mail address|邮箱|电子邮箱|电子邮件|邮件|邮件地址|email地址"
        "|email 地址|电子邮件地址|电子邮箱地址|電子郵件|電子郵件信箱",
        "section": "section|sections|section name|class|班级|班|教学班|班號|班級|课堂",
        "group": "group|group name|team|team name|小组|组|组别|分组|组名|小组名称|队伍|团队|小組",
        "login": "login|login id|sis login id|username|user name|user|用户名|账号|帐号|登录名|登录|使用者名稱",
        "sis": "sis id|sis user id|sis",
        "canvas": "canvas|canvas id|canvas user id",
        "moodle": "moodle|moodle id|identifier|participant|participant number|标识符|编号|识别号|參與者|参与者|参与人"
        "|参与者编号|識別碼|id号",
        "gradescope": "gradescope|gradescope id",
        "github": "github|github username|github login|github user|github account|github用户名|github账号"
        "|github 用户名",
        "nbgrader": "nbgrader|nbgrader id",
        "modified": "last modified submission|上次修改 作业|最后修改 学生|最後修改的 作業|最後修改 學生"
        "|submission time",
        "submitted": "submitted at|submitted|handed in|handed in at|提交时间|交作业时间|上交时间",
    }.items()
}
_IDENTITY = ("id", "number", "sis", "login", "email", "github", "nbgrader", "gradescope", "canvas", "moodle", "name")
"""What may tell a person from every other; the first that does so for the whole table is the id."""
MOST_MEMBERS = 50
_EXPORTED = {"canvas", "moodle", "gradescope"}
_PLATFORMS = ("number", "sis", "login", "canvas", "moodle", "gradescope", "github", "nbgrader")


class Roster(Struct, frozen=True, kw_only=True):
    """The people of a course by id, in the order of the table, and when they handed in, where the table says it.

    `places` tells where the table names each. An `export` has only ids of a platform: it is the platform's own table.
    `unlisted` are those whom no table ever named: what they handed in was called so.
    """

    people: Mapping[str, Person]
    handed_in: Mapping[str, datetime] = {}
    places: Mapping[str, Span] = {}
    export: bool = False
    unlisted: Collection[str] = frozenset()


def read_roster(path: Path, zone: tzinfo | None = None) -> Roster:
    """Return the people in the table at `path`; times in it are meant in `zone`, `None` being this machine's.

    Raises UsageError if it cannot be read, TableError with every fault in it.
    """
    shown = inert(str(path))
    text = text_of(
        path,
        say("There is no roster `{path}`.", path=shown),
        say("{path} is no roster in CSV.", path=shown),
    )
    return _Reading(Sheet(text, path), zone).roster()


class _Row(Struct, frozen=True):
    at: SheetRow
    values: Mapping[str, str]


class _Reading:
    def __init__(self, read: Sheet, zone: tzinfo | None) -> None:
        self.sheet = read
        self.zone = zone

    def roster(self) -> Roster:
        head = self.sheet.head
        if head is None:
            self.sheet.log.add(Span(path=self.sheet.log.path, line=1), say("The table is empty."), _WANTED)
            raise TableError(FAULTY, self.sheet.log.faults)
        self.places = self._columns(head)
        if not self.places.keys() & {*_IDENTITY, "first", "last"}:
            self.sheet.fault(head, 0, say("The table has no column that names a person."), _WANTED)
            raise TableError(FAULTY, self.sheet.log.faults)
        rows: list[_Row] = []
        for each in self.sheet.rows:
            found = self._row(each, len(head.cells), first=not rows)
            rows += [found] if found is not None else []
        key = self._key(rows)
        people: dict[str, Person] = {}
        handed_in: dict[str, datetime] = {}
        places: dict[str, Span] = {}
        for row in rows:
            person = _person(row.values, key)
            people[person.id] = person
            places[person.id] = Span(path=self.sheet.log.path, line=row.at.line)
            at = self._submitted(row) or moment(row.values.get("modified", ""), self.zone)
            if at is not None:
                handed_in[person.id] = at
        self._small_groups(rows)
        if not rows and not self.sheet.log.count:
            self.sheet.log.add(Span(path=self.sheet.log.path, line=1), say("The table names nobody."), _WANTED)
        if self.sheet.log.count:
            raise TableError(FAULTY, self.sheet.log.faults)
        export = key not in ("id", "number") and not _EXPORTED.isdisjoint(self.places)
        return Roster(people=people, handed_in=handed_in, places=places, export=export)

    def _columns(self, row: SheetRow) -> dict[str, int]:
        """Return the column of each kind that the head names."""
        words = [_word(cell) for cell in row.cells]
        canvas = "student" in words and "id" in words and "section" in words
        classroom = "identifier" in words and "github username" in words
        places: dict[str, int] = {}
        for place, word in enumerate(words):
            kind = next((kind for kind, names in _COLUMNS.items() if word in names), None)
            if canvas and word == "id":
                kind = "canvas"
            if classroom and word == "identifier":
                kind = "id"
            if kind is None:
                continue
            if kind in places and words[places[kind]] == word:
                self.sheet.fault(
                    row, place, say("The column `{name}` is there twice.", name=inert(row.cells[place], 80))
                )
            places.setdefault(kind, place)
        self.canvas = canvas
        return places

    def _row(self, row: SheetRow, columns: int, *, first: bool) -> _Row | None:
        """Return a row that names a person; `None` after a fault, and for what stands in Canvas's `first` rows.

        There are the points that are possible and how grades are posted, in the language of the course.
        """
        if not self.sheet.fits(row, columns):
            return None
        values = {
            kind: unicodedata.normalize("NFC", unguarded(row.cells[place].strip()))
            for kind, place in self.places.items()
            if place < len(row.cells)
        }
        if self.canvas and first and not any(values.get(kind) for kind in ("canvas", "sis", "login")):
            return None
        if not any(values.get(kind) for kind in (*_IDENTITY, "first", "last")):
            self.sheet.fault(row, 0, say("This row names nobody."))
            return None
        given, family = values.pop("first", ""), values.pop("last", "")
        if not values.get("name"):
            values["name"] = _whole(given, family)
        if found := re.search(r"(\d+)$", values.get("moodle", "")):
            values["moodle"] = found[1]
        return _Row(row, values)

    def _key(self, rows: Sequence[_Row]) -> str:
        """Return the first kind of value that tells each row from the others; it is a fault if none does.

        A column that says it is the id must do so. Names serve only where there is nothing else: with a number left
        out somewhere, everybody would be called otherwise than before. A number that two rows share is a fault.
        """
        named = [kind for kind in _IDENTITY if any(row.values.get(kind) for row in rows)]
        tells = [kind for kind in named if self._tells(kind, rows) and (kind != "name" or named == ["name"])]
        key = "id" if "id" in self.places else next(iter([*tells, *named]), "name")
        if key not in tells or key == "id":
            self._insist(key, rows)
        elif key != "number" and "number" in named:
            self._insist("number", [row for row in rows if row.values.get("number")])
        return key

    def _submitted(self, row: _Row) -> datetime | None:
        """Return the time that the course itself wrote down; one that cannot be read is a fault, and never in time."""
        text = row.values.get("submitted", "")
        at = moment(text, self.zone)
        if at is None and text not in ("", "-", "–"):
            hint = say("Write it like `2026-10-12 23:59`.")
            said = say("`{text}` is no date with a time.", text=inert(text, 60))
            self.sheet.fault(row.at, self.places["submitted"], said, hint)
        return at

    def _small_groups(self, rows: Sequence[_Row]) -> None:
        """Record a group that is too large to have handed in together: a class or a section is meant."""
        groups: dict[str, list[_Row]] = {}
        for row in rows:
            groups.setdefault(folded(row.values.get("group", "")), []).append(row)
        for name, members in groups.items():
            if name and len(members) > MOST_MEMBERS:
                first, place = members[0], self.places["group"]
                message = say("{count} people are in the group `{name}`.", count=len(members),
                              name=inert(first.values["group"], 80))  # fmt: skip
                hint = say("A group hands in together. If this is a class, call the column `section`.")
                self.sheet.fault(first.at, place, message, hint)

    def _tells(self, kind: str, rows: Sequence[_Row]) -> bool:
        values = [folded(row.values.get(kind, "")) for row in rows]
        return all(values) and len(set(values)) == len(values)

    def _insist(self, kind: str, rows: Sequence[_Row]) -> None:
        """Record each row without a value of this kind, and each with another's."""
        lines: dict[str, int] = {}
        place = self.places.get(kind, 0)
        for row in rows:
            value = row.values.get(kind, "")
            if not value:
                head = self.sheet.head.cells[place] if self.sheet.head is not None else kind
                hint = say("Everybody needs a value in the column `{name}`.", name=inert(head, 80))
                self.sheet.fault(row.at, place, say("This row has no id."), hint)
                continue
            first = lines.setdefault(folded(value), row.at.line)
            if first != row.at.line:
                message = say("`{name}` is there twice.", name=inert(value, 80))
                hint = say("The first one is in line {line}. Each person needs an id of their own.", line=first)
                self.sheet.fault(row.at, place, message, hint)


def _person(values: Mapping[str, str], key: str) -> Person:
    return Person(
        id=inert(values.get(key, ""), 200),
        name=inert(values.get("name", ""), 200),
        email=inert(values.get("email", ""), 320),
        section=inert(values.get("section", ""), 200),
        group=inert(values.get("group", ""), 200),
        ids={kind: str(inert(values[kind], 200)) for kind in _PLATFORMS if values.get(kind)},
    )


def _word(cell: str) -> str:
    """Return the cell of a head as the table above spells it: letters, digits and single spaces."""
    return re.sub(r"[\W_]+", " ", folded(cell)).strip()


def _whole(first: str, last: str) -> str:
    """Return a name of two columns as one; a Chinese family name stands first, without a space."""
    if any("\u3400" <= char <= "\u9fff" for char in first + last):
        return last + first
    return " ".join(part for part in (first, last) if part)


FAULTY = say("The roster has faults; nothing was graded.")
_WANTED = say(
    "Its head has columns such as {columns}, or it is an export of a platform.",
    columns=listed(["id", "name", "email", "section", "group"]),
)
