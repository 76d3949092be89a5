"""What a platform finds in its file: the mark of each person, as its importer, parser or schema reads it.

`READERS` has every kind of `--to`. A reader is given the path that was written and the people of the class, and returns
marks by the people's ids; who has none there, or is said not to be graded, is left out.
"""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import jsonschema

from grader.report.json import schema
from grader.report.points import round_points

CLASSROOM50 = json.loads((Path(__file__).parent / "golden/classroom50.schema.json").read_text("utf-8"))
RUNNER = {
    "CLASSROOM": "numerics", "ASSIGNMENT": "cnn", "ASSIGNMENT_TYPE": "individual", "USERNAME": "ada",
    "SUBMISSION_TAG": "submit/2026-11-28T21-05-00Z-a1b2c3d", "COMMIT_URL": "https://example.org/c/a1b2c3d",
    "RELEASE_URL": "https://example.org/r/1", "REVIEW_URL": "https://example.org/compare",
}  # fmt: skip
"""What the runner of Classroom 50 sets."""
NOTICE = re.compile(r"^::notice title=Autograding report::(.*)$", re.MULTILINE)
"""The notice by which GitHub Classroom's reporter gets the points."""


def rows_of(text, delimiter=","):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))


def names_in(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sorted(archive.namelist())


def moodle_grades(text):
    """Return what Moodle's importer reads: grade and feedback by participant's number (importgradeslib.php)."""
    return {re.search(r"\d+$", row[0])[0]: (row[4], row[-1]) for row in rows_of(text)[1:]}


def title_of(page):
    """Return the required points in the title of a student's page, None where it was not graded."""
    said = re.search(r"<title>([\d.]+|–) / ", page)[1]
    return None if said == "–" else float(said)


def by(kind, people):
    """Return the ids of people by what a platform calls them."""
    return {person.ids[kind]: person.id for person in people if kind in person.ids}


def marks(pairs):
    """Return marks by person, of pairs with texts as tables have them: who has an empty one, or a dash, is left out."""
    return {person: float(text) for person, text in pairs if text not in ("", "–")}


# --- one file for all


def text(path, people):
    reports = r"^\S.* {2,}(\S+)\n\n(?:.*\n)+?\n(?:.*\n)??required ([\d.]+|–) / "
    return marks(re.findall(reports, path.read_text("utf-8"), re.M))


def github(path, people):
    """One report follows another; the notice with the points is the last line of each, where it was graded."""
    found = {}
    for part in path.read_text("utf-8").split("::stop-commands::")[1:]:
        (person,) = re.findall(r"\A\w+\n\S.* {2,}(\S+)\n", part)
        found.update((person, json.loads(notice)["totalPoints"]) for notice in NOTICE.findall(part))
    return found


VALIDATED = 12
"""Reports of a class that are held against their schema, which takes 0.2 s each; other tests hold every kind of one."""


def json_(path, people):
    reports = json.loads(path.read_text("utf-8"))
    for report in reports[:VALIDATED]:
        jsonschema.validate(report, schema())
    return {report["submission"]: report["score"] for report in reports}


def json_lines(path, people):
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    graded = {line["person"]["id"]: line["report"] for line in lines if line["report"]}
    for report in [*graded.values()][:VALIDATED]:
        jsonschema.validate(report, schema())
    return {person: report["score"] for person, report in graded.items() if report["score"] is not None}


def markdown(path, people):
    return marks(
        (person, points)
        for points, person in re.findall(r"^## .*: ([\d.]+) / [\d.]+\n\n`(\S+)`", path.read_text("utf-8"), re.M)
    )


def table(path, people):
    head, _, *rows = rows_of(path.read_text("utf-8"))
    return marks((row[0], row[head.index("total")]) for row in rows)


def nbgrader(path, people):
    head, *rows = rows_of(path.read_text("utf-8"))
    return marks((row[head.index("student_id")], row[head.index("score")]) for row in rows)


def canvas(path, people):
    head, _, *rows = rows_of(path.read_text("utf-8"))
    whose = by("canvas", people)
    return marks((whose[row[head.index("ID")]], row[-1]) for row in rows)


def moodle(path, people):
    whose = by("moodle", people)
    return marks((whose[number], grade) for number, (grade, _) in moodle_grades(path.read_text("utf-8")).items())


def moodle_feedback(path, people):
    whose = by("moodle", people)
    with zipfile.ZipFile(path) as archive:
        pages = {name.split("/")[0].split("_")[1]: archive.read(name).decode() for name in archive.namelist()}
    return {whose[number]: title_of(page) for number, page in pages.items()}


class Rows(HTMLParser):
    """The rows of the last table of a page: the address of a row's link, and the texts of its cells."""

    def __init__(self, page):
        super().__init__()
        self.rows, self._inside = [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self.rows = []
        elif tag == "tr":
            self.rows.append(["", []])
        elif tag in ("td", "th"):
            self.rows[-1][1].append("")
            self._inside = True
        elif tag == "a" and self._inside:
            self.rows[-1][0] = dict(attributes)["href"]

    def handle_endtag(self, tag):
        self._inside = self._inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self._inside:
            self.rows[-1][1][-1] += data


def class_page(path, people):
    (_, head), *rows = Rows((path / "index.html").read_text("utf-8")).rows
    pages = html(path / "students", people)
    total = next(place for place, cell in enumerate(head) if cell.endswith("total"))
    told = {Path(link).stem: cells[total].replace("–", "") for link, cells in rows if link}
    assert {file.stem for file in (path / "students").iterdir()} == told.keys()
    assert pages.keys() == marks(told.items()).keys()
    return marks(told.items())


# --- a file for each


def each(suffix):
    """Let a function read a file of each person, whose name is the person's id."""

    def of(read):
        def found(path, people):
            files = {file.stem: read(file.read_text("utf-8")) for file in path.iterdir()}
            assert {file.suffix for file in path.iterdir()} == {suffix}
            return {person: mark for person, mark in files.items() if mark is not None}

        return found

    return of


html = each(".html")(title_of)


@each(".xml")
def junit(text):
    *_, whole = ET.fromstring(text)
    points = whole.find(".//property[@name='points']")
    return float(points.get("value")) if points is not None else None


@each(".json")
def gradescope(text):
    return json.loads(text).get("score")


@each(".json")
def prairielearn(text):
    results = json.loads(text)
    return results["score"] if results["gradable"] else None


@each(".json")
def classroom50(text):
    result = json.loads(text)
    jsonschema.validate(result, CLASSROOM50)
    assert result["score"] == sum(test["score"] for test in result["tests"])
    return result["score"] / 100


@each(".json")
def coursera(text):
    return json.loads(text)["fractionalScore"]


@each(".txt")
def autolab(text):
    return sum(json.loads(text.splitlines()[-1])["scores"].values())


# --- what a mark means


def required(report):
    return round_points(report.score)


def together(report):
    return round_points(report.score) + round_points(report.bonus)


def at_most_all(report):
    return min(together(report), round_points(report.max_score))


def share(report):
    return at_most_all(report) / report.max_score


class Reader(NamedTuple):
    """How a file is read, and what its `mark` is of a report; `absent` is the mark of who handed in nothing.

    With `refuses`, what cannot be read has no mark there.
    """

    read: Callable
    mark: Callable
    absent: float | None = None
    refuses: bool = False

    def wanted(self, standing):
        """Return the mark that the file has to say, `None` where it has to say none."""
        report = standing.report
        if report is None:
            return self.absent
        states = {problem.status for problem in report.problems}
        if "not_graded" in states or (self.refuses and states == {"ungradable"}):
            return None
        return float(self.mark(report))


READERS = {
    "text": Reader(text, required),
    "json": Reader(json_, required),
    "html": Reader(html, required),
    "markdown": Reader(markdown, required),
    "junit": Reader(junit, required),
    "gradescope": Reader(gradescope, together),
    "prairielearn": Reader(prairielearn, share, refuses=True),
    "github": Reader(github, required),
    "csv": Reader(table, together),
    "jsonl": Reader(json_lines, required),
    "html-class": Reader(class_page, together),
    "classroom50": Reader(classroom50, at_most_all),
    "coursera": Reader(coursera, share),
    "nbgrader": Reader(nbgrader, together, absent=0.0),
    "autolab": Reader(autolab, together),
    "canvas": Reader(canvas, together),
    "moodle": Reader(moodle, at_most_all),
    "moodle-feedback": Reader(moodle_feedback, required),
}
