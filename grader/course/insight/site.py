"""The class as a site for instructors: pages that need no network and no script, in both languages.

`index.html` shows the class, one page a function its checks and clusters, one page a cluster the students' functions.
Nothing in a report for students leads here. All pages have the policy of a report's page, so text of a student's that
looks like markup would stay text even if an escape were forgotten.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from grader.course.insight.charts import Chart, Stack, by_time, columns, stacks
from grader.course.insight.clusters import Cluster, clusters
from grader.course.insight.examples import SMALL, PublicExample, kept_example
from grader.course.insight.gathering import ClassView
from grader.course.insight.numbers import BINS, ClassNumbers, FunctionNumbers, class_numbers
from grader.course.insight.statistics import FEWEST, FEWEST_MEANS
from grader.course.store import Store
from grader.errors import GraderError, UsageError, unwritable
from grader.language import Bilingual, Inert, Language, Message, inert, listed, say, say_count
from grader.report.evidence import lay_open
from grader.report.pages import STYLE_SHEET, environment, policy_of
from grader.report.pictures import HeatMap, wrong_slice

if TYPE_CHECKING:
    import jinja2

_FOLDER = Path(__file__).parent
SIGN = '<meta name="generator" content="pingfen: class">'
"""Stands in each page of ours: a folder with other files is not written into."""
MOST_TEXTS = 40
"""Different functions of a cluster that are shown; whose others are is listed."""
FIRST_SHOWN = 12
"""Clusters on the first page."""
ROOM = 84

Known = Mapping[tuple[str, str], Bilingual]
"""By function and known mistake, the author's plainest hint."""
Drawn = Callable[[Sequence[Cluster]], Mapping[int, PublicExample]]
"""Returns examples that are drawn for clusters, by their keys."""


class ClusterView(Struct, frozen=True, kw_only=True):
    """A cluster as pages show it: its sentence, its page, what sort it is, and the case for the next lecture."""

    cluster: Cluster
    count: Message
    said: Message | Bilingual
    page: str
    sort: Message
    alike: Message | None
    helpers: Message | None
    example: ExampleView | None


class ExampleView(Struct, frozen=True, kw_only=True):
    """A public case: what it is, its labelled lines, and expected, got and difference as grids."""

    title: Message
    rows: list[tuple[Message, Bilingual, str]]
    grids: list[tuple[Message, HeatMap]]


class ListingView(Struct, frozen=True, kw_only=True):
    """Students who handed in one text of the function: their names, the lines with their numbers, which are marked."""

    people: list[Inert]
    lines: list[tuple[int, Inert, bool]]
    said: Message | None


class FunctionView(Struct, frozen=True, kw_only=True):
    """A function's page: its numbers, its clusters of several hand-ins, and those that are alone with a mistake."""

    numbers: FunctionNumbers
    page: str
    stack: Stack
    clusters: list[ClusterView]
    alone: list[ClusterView]


def write_site(
    store: Store, view: ClassView, out: Path, language: Language, *, known: Known, drawn: Drawn
) -> list[Path]:
    """Write the site into the folder `out` and return its pages, the first one first.

    `known` are the hints of known mistakes, and `drawn` looks for examples beside those that are kept. Pages of
    an earlier site there are replaced. Raises UsageError where the folder holds anything else.
    """
    made = _Site(store, view, language, known, drawn)
    _ready(out)
    written = []
    for name, text in made.pages():
        path = out / name
        try:
            part = out / f".{name}.part"
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
            part.replace(path)
        except OSError as error:
            raise _unwritable(path, error) from error
        written.append(path)
    return written


def _ready(out: Path) -> None:
    """Make the folder, for its owner alone, and take the pages of an earlier site out of it."""
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = sorted(out.iterdir())
        for path in there:
            if path.name.startswith(".") and path.name.endswith(".html.part"):
                continue  # an earlier run was stopped
            if path.suffix != ".html" or path.is_symlink() or SIGN not in path.read_text("utf-8", "replace")[:2000]:
                raise UsageError(
                    say("{path} holds something else: {name}", path=inert(str(out), 1000), name=inert(path.name, 200)),
                    say("Name a new folder, or an empty one."),
                )
        for path in there:
            path.unlink()
    except OSError as error:
        raise _unwritable(out, error) from error


def _unwritable(path: Path, error: OSError) -> GraderError:
    said = say("{path} cannot be written: {why}", path=inert(str(path), 1000), why=inert(error.strerror or "", 200))
    return unwritable(error, said)


class _Site:
    """Makes the pages of one class."""

    def __init__(self, store: Store, view: ClassView, language: Language, known: Known, drawn: Drawn) -> None:
        self.store, self.view, self.known = store, view, known
        self.numbers: ClassNumbers = class_numbers(view)
        self.environment = _environment(language, view)
        self.results_of = {member.person.id: member.results for member in view.members}
        self.names = {
            member.person.id: inert(f"{member.person.name} ({member.person.id})" if member.person.name
                                    else member.person.id, 200)
            for member in view.members
        }  # fmt: skip
        found: dict[str, list[Cluster]] = {}
        every = clusters(view)
        for each in every:
            found.setdefault(each.function, []).append(each)
        self.examples = _examples(store, view, [each for each in every if each.units > 1], drawn)
        self.functions = [
            self._function(place, numbers, found.get(numbers.function, []))
            for place, numbers in enumerate(self.numbers.functions, 1)
        ]

    def pages(self) -> Iterator[tuple[str, str]]:
        """Yield each page's file name and text."""
        yield "index.html", self._rendered("index.html.j2", **self._index())
        for each in self.functions:
            yield each.page, self._rendered("function.html.j2", function=each, numbers=self.numbers)
            for cluster in each.clusters:
                yield cluster.page, self._of_clusters(each, [cluster])
            if each.alone:
                yield each.alone[0].page, self._of_clusters(each, each.alone)

    def _rendered(self, name: str, **values: Any) -> str:
        template: jinja2.Template = self.environment.get_template(name)
        return template.render(**values)

    def _index(self) -> dict[str, Any]:
        numbers = self.numbers
        largest = sorted((each for one in self.functions for each in one.clusters),
                         key=lambda each: (-each.cluster.units, -len(each.cluster.people)))  # fmt: skip
        times: Chart | None = by_time(numbers.bars, numbers.step) if numbers.students >= FEWEST_MEANS else None
        labels = [f"{100 * each // BINS}" for each in range(BINS + 1)]
        return {
            "numbers": numbers,
            "functions": self.functions,
            "largest": largest[:FIRST_SHOWN],
            "more": max(0, len(largest) - FIRST_SHOWN),
            "scores": columns(numbers.scores, labels, between=True) if numbers.scores else None,
            "times": times,
            "attempts": columns([count for _, count in numbers.attempts], [str(many) for many, _ in numbers.attempts])
            if len(numbers.attempts) > 1
            else None,
            "idle": [(one, check) for one in numbers.functions for check in one.checks if check.idle is not None],
        }

    def _function(self, place: int, numbers: FunctionNumbers, found: Sequence[Cluster]) -> FunctionView:
        several = [each for each in found if each.units > 1]
        alone = [each for each in found if each.units == 1]
        made = [self._cluster(each, f"cluster-{place}-{number}.html") for number, each in enumerate(several, 1)]
        every = (each for member in self.view.members for each in self.view.of(member))
        own = [each for each in every if each.function == numbers.function]
        return FunctionView(
            numbers=numbers,
            page=f"function-{place}.html",
            stack=stacks(own, [len(each.people) for each in several], sum(len(each.people) for each in alone)),
            clusters=made,
            alone=[self._cluster(each, f"cluster-{place}-alone.html") for each in alone],
        )

    def _cluster(self, cluster: Cluster, page: str) -> ClusterView:
        people = len(cluster.people)
        plainest = self.known.get((cluster.function, cluster.mistake))
        alike = None
        if people > 1 and cluster.alike == people and cluster.sort not in ("answers", "error"):
            alike = say("All gave the same wrong answers.")
        elif 1 < cluster.alike < people:
            alike = say("{count} of {people} gave the same wrong answers.", count=cluster.alike, people=people)
        return ClusterView(
            cluster=cluster,
            count=say_count("{count} student", "{count} students", people),
            said=plainest or cluster.said or say("No reason was found."),
            page=page,
            sort=SORTS[cluster.sort],
            alike=alike,
            helpers=listed(cluster.helpers) if cluster.helpers else None,
            example=self._example(cluster),
        )

    def _example(self, cluster: Cluster) -> ExampleView | None:
        found = self.examples.get(cluster.key)
        if found is None:
            return None
        zh, en = lay_open(found.exhibit, "zh", ROOM), lay_open(found.exhibit, "en", ROOM)
        rows = [
            (one.label, Bilingual("\n".join(one.lines), "\n".join(other.lines)), one.tone)
            for one, other in zip(zh, en, strict=True)
        ]
        title = say("For the next lecture: a case of the public check “{check}”", check=found.check)
        if found.drawn:
            title = say("For the next lecture: a case as in “{check}”, drawn by the public seed", check=found.check)
        part = wrong_slice(found.exhibit, 1)
        panels = [say("expected"), say("got"), say("difference (got - expected)")]
        return ExampleView(title=title, rows=rows, grids=list(zip(panels, part.grids, strict=True)) if part else [])

    def _of_clusters(self, function: FunctionView, found: Sequence[ClusterView]) -> str:
        listings: dict[tuple[str, ...], ListingView] = {}
        left: list[Inert] = []
        for each in found:
            for number in each.cluster.results:
                self._listed(number, each.cluster, listings, left)
        return self._rendered(
            "cluster.html.j2", function=function, views=found, listings=list(listings.values()), left=left,
            alone=found[0].page.endswith("alone.html"),
        )  # fmt: skip

    def _listed(
        self, number: int, cluster: Cluster, listings: dict[tuple[str, ...], ListingView], left: list[Inert]
    ) -> None:
        """Add a result's lines and whose they are; what is too many goes to those that are `left`."""
        result = self.store.result_outline(number)
        people = [self.names[each] for each in cluster.people if number in self.results_of[each]]
        lines = result.listing.lines if result.listing is not None else ()
        if lines in listings:
            listings[lines].people.extend(people)
        elif len(listings) >= MOST_TEXTS:
            left.extend(people)
        else:
            first = result.listing.at.line if result.listing is not None else 0
            marked = result.found_at.line if result.found_at is not None else 0
            listings[lines] = ListingView(
                people=people,
                lines=[(at, text, at == marked) for at, text in enumerate(lines, first)],
                said=result.diagnosis or result.message,
            )


def _examples(store: Store, view: ClassView, found: Sequence[Cluster], drawn: Drawn) -> Mapping[int, PublicExample]:
    """Return the best example of each cluster: kept, or drawn where that is missing or large."""
    kept = {each.key: example for each in found if (example := kept_example(store, each, view)) is not None}
    wanting = [each for each in found if each.key not in kept or kept[each.key].rank > (False, False, SMALL)]
    made = drawn(wanting) if wanting else {}
    return kept | {key: one for key, one in made.items() if key not in kept or one.rank < kept[key].rank}


SORTS = {
    "mistake": say("known mistake"),
    "diagnosis": say("one diagnosis"),
    "answers": say("the same wrong answers"),
    "error": say("the same error"),
    "code": say("the same code"),
    "sentence": say("other wrong answers each"),
}


def _environment(language: Language, view: ClassView) -> jinja2.Environment:
    from markupsafe import Markup

    style = STYLE_SHEET.read_text("utf-8") + (_FOLDER / "site.css").read_text("utf-8")
    made = environment(_FOLDER)
    made.filters.update(share=_percent, index=_two_digits)
    made.globals.update(
        sign=Markup(SIGN), style=Markup(style), policy=policy_of(style), language=language, view=view, fewest=FEWEST,
    )  # fmt: skip
    return made


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}%"


def _two_digits(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")
