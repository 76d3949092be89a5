"""Merges the stores of the parts of a class into one, which is then as if one machine had graded everything.

Of each part is taken what counts there: people, attempts, reports and values by their digests, scores, decisions. Its
journal comes along as it is, and the own journal has an entry with its last hash, so both can be checked. Merging a
part again changes nothing; one that went on since has only what is new taken over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from grader.course.runs import SECRET, count, counting_runs, latest, variants_of
from grader.course.shards import PART, Shard, shard
from grader.course.store import ClassRun, Store, journal
from grader.errors import UsageError
from grader.language import Message, inert, say

SAME = (
    ("rubric", say("another rubric or reference")),
    ("grader", say("another version of the grader")),
    ("tier", say("another confinement")),
    ("versions", say("another Python or numpy")),
    ("key", say("other files of the course")),
    ("secret", say("another secret of the course")),
)
"""What two parts must have in common, in the order in which a difference is told."""
_PEOPLE = """INSERT INTO people SELECT * FROM part.people WHERE true ON CONFLICT (id) DO UPDATE SET
    name = coalesce(nullif(excluded.name, ''), name), email = coalesce(nullif(excluded.email, ''), email),
    section = coalesce(nullif(excluded.section, ''), section), team = coalesce(nullif(excluded.team, ''), team),
    ids = json_patch(ids, excluded.ids)"""
_WORK = """
INSERT INTO submissions (digest, body) SELECT digest, body FROM part.submissions WHERE true
    ON CONFLICT (digest) DO UPDATE SET body = excluded.body WHERE submissions.body IS NULL;
CREATE TEMP TABLE submission_of AS
    SELECT o.id AS old, s.id AS new FROM part.submissions o JOIN main.submissions s USING (digest);
CREATE INDEX temp.by_old_submission ON submission_of (old);
INSERT INTO attempts (person, submission, handed_in, path, named_by, noted)
    SELECT person, new, handed_in, path, named_by, noted FROM part.attempts o JOIN submission_of ON old = submission
    WHERE NOT EXISTS (SELECT 1 FROM main.attempts m WHERE m.person = o.person AND m.submission = new
        AND m.handed_in = o.handed_in AND m.path = o.path)
    ORDER BY o.id;
INSERT INTO bodies SELECT * FROM part.bodies WHERE true ON CONFLICT DO NOTHING;
INSERT INTO results (key, layout, body) SELECT key, layout, body FROM part.results ORDER BY id ON CONFLICT DO NOTHING;
CREATE TEMP TABLE result_of AS
    SELECT o.id AS old, r.id AS new FROM part.results o JOIN main.results r USING (key, layout);
CREATE INDEX temp.by_old_result ON result_of (old);
"""
_NUMBERS = """(SELECT json_group_array(new) FROM (SELECT new FROM json_each({of}.results) j
    JOIN result_of ON old = j.value ORDER BY j.key))"""
_REPORTS = f"""INSERT INTO reports (submission, run, key, body, results, graded)
    SELECT s.new, :run, o.key, o.body, {_NUMBERS.format(of="o")}, o.graded FROM chosen JOIN part.reports o USING (id)
    JOIN submission_of s ON s.old = o.submission ORDER BY o.run, o.id
    ON CONFLICT (submission, key) DO UPDATE SET run = excluded.run, body = excluded.body, results = excluded.results,
    graded = excluded.graded WHERE NOT reports.graded"""
_SCORE = f"""INSERT INTO scores SELECT :run, o.person, a.id, r.id, o.score, o.bonus, o.body, o.policies,
    {_NUMBERS.format(of="o")}, (SELECT max(id) FROM main.attempts m WHERE m.person = o.person), o.graded
    FROM part.standings JOIN part.scores o USING (run, person)
    JOIN part.attempts b ON b.id = o.attempt JOIN submission_of s ON s.old = b.submission
    JOIN main.attempts a ON a.id = (SELECT max(id) FROM main.attempts m WHERE m.person = o.person
        AND m.submission = s.new AND m.handed_in = b.handed_in)
    JOIN part.reports p ON p.id = o.report JOIN submission_of t ON t.old = p.submission
    JOIN main.reports r ON r.submission = t.new AND r.key = p.key WHERE o.person = :person"""
_ALIKE = "kind, person, item, coalesce(points, ''), until, why, who, made"
_DECISIONS = (
    f"""UPDATE main.adjustments SET withdrawn = :run WHERE withdrawn IS NULL AND ({_ALIKE}) IN
    (SELECT {_ALIKE} FROM part.adjustments WHERE withdrawn IS NOT NULL)""",
    f"""INSERT INTO adjustments (kind, person, item, points, until, why, who, made, run, withdrawn)
    SELECT kind, person, item, points, until, why, who, made, :run, iif(withdrawn IS NULL, NULL, :run)
    FROM part.adjustments WHERE ({_ALIKE}) NOT IN (SELECT {_ALIKE} FROM main.adjustments WHERE run IS NOT withdrawn)
    ORDER BY id""",
)
_NEW_SCORES = """SELECT n.person, own.run, own.run IS NOT NULL AND own_run.kind <> 'merge'
    FROM part.standings n JOIN part.scores o USING (run, person)
    LEFT JOIN main.standings own ON own.person = n.person LEFT JOIN main.runs own_run ON own_run.id = own.run
    LEFT JOIN main.scores was ON was.run = own.run AND was.person = n.person
    WHERE was.body IS NOT o.body ORDER BY n.person"""


class ShardStore(Struct, frozen=True, kw_only=True):
    """One store that is merged: where it lies, which part it is, what it was graded by, its journal's last hash."""

    path: Path
    shard: Shard
    run: ClassRun | None
    head: str


class Merged(Struct, frozen=True, kw_only=True):
    """What came of a merge: its run (`None`: there was nothing new), whose score is new, which parts are missing."""

    run: int | None
    scores: int
    missing: tuple[int, ...]


def merge(store: Store, paths: Sequence[Path]) -> Merged:
    """Take over into a store what counts in the parts of its class; each part is taken whole, or not at all.

    Raises UsageError for stores that do not belong together, and says which and why.
    """
    parts = [_part(path) for path in paths]
    _refuse(store, parts)
    run: int | None = None
    scores = 0
    for part in parts:
        if _is_known(store, part):
            continue
        with _attached(store, part.path):
            chosen = _counting_reports(part)
            with store.change():
                run = run if run is not None else _begin(store, part)
                scores += _take_over(store, part, run, chosen)
    there = {row[0] for row in store.connection.execute("SELECT shard FROM origins")}
    count_of = parts[0].shard.count
    return Merged(run=run, scores=scores, missing=tuple(sorted({*range(1, count_of + 1)} - there)))


def _part(path: Path) -> ShardStore:
    shown = inert(str(path), 400)
    with Store(path) as store:
        row = store.connection.execute("SELECT value FROM facts WHERE name = ?", (PART,)).fetchone()
        if row is None or not row[0]:
            raise UsageError(
                say("{path} does not say which part of a class it holds.", path=shown),
                say("Only stores that were graded with --shard can be merged."),
            )
        own = shard(str(row[0]))
        if not all(map(own.holds, store.people())):
            raise UsageError(say("{path} holds people of another part.", path=shown))
        if faults := journal.faults(store.connection):
            raise UsageError(say("{path} was changed behind its journal's back: {what}", path=shown, what=faults[0]))
        if store.uncounted():
            raise UsageError(
                say("{path} is not graded to its end.", path=shown),
                say("Give the command that grades it once more; it goes on where it was stopped."),
            )
        return ShardStore(path=path, shard=own, run=_counting(store), head=journal.head(store.connection))


def _counting(store: Store) -> ClassRun | None:
    """Return the last run by a rubric whose scores count."""
    runs = [run for run in store.runs() if run.state in ("done", "applied") and run.detail.get("key")]
    return runs[-1] if runs else None


def _refuse(store: Store, parts: Sequence[ShardStore]) -> None:
    """Raise UsageError where the parts do not belong together, or not to the store."""
    own = _counting(store)
    first = next((part for part in parts if part.run is not None), None)
    by_shard: dict[int, ShardStore] = {}
    for part in parts:
        twin = by_shard.setdefault(part.shard.number, part)
        if twin is not part:
            raise _unlike(part.path, twin.path, say("both hold part {part}", part=part.shard.number))
        if part.shard.count != parts[0].shard.count:
            counts = (part.shard.count, parts[0].shard.count)
            raise _unlike(part.path, parts[0].path, say("one is of {count} parts, the other of {other}",
                                                        count=counts[0], other=counts[1]))  # fmt: skip
        for other, path in ((first.run if first else None, first.path if first else part.path), (own, store.path)):
            if part.run is not None and other is not None and (why := _difference(part.run, other)) is not None:
                raise _unlike(part.path, path, why)
        _refuse_other_origin(store, part)
    merged = store.connection.execute("SELECT 1 FROM origins LIMIT 1").fetchone()
    held = store.fact(PART, lambda: "")
    if held or (merged is None and store.people_with_attempts()):
        raise UsageError(
            say("{path} holds a class, or a part of one, that was graded there.", path=inert(str(store.path), 400)),
            say("Name a new file for what is merged: --store FILE"),
        )


def _refuse_other_origin(store: Store, part: ShardStore) -> None:
    """Raise UsageError where the same part was merged before from a store of which this one is no continuation."""
    execute = store.connection.execute
    row = execute("SELECT count FROM origins LIMIT 1").fetchone()
    if row is not None and row[0] != part.shard.count:
        said = say("one is of {count} parts, the other of {other}", count=part.shard.count, other=row[0])
        raise _unlike(part.path, store.path, said)
    query = "SELECT hash FROM origin_journal WHERE shard = ? ORDER BY id DESC LIMIT 1"
    last = execute(query, (part.shard.number,)).fetchone()
    with Store(part.path) as other:
        found = last is None or other.connection.execute("SELECT 1 FROM journal WHERE hash = ?", last).fetchone()
    if not found:
        raise _unlike(part.path, store.path, say("another store of part {part} was merged", part=part.shard.number))


def _difference(run: ClassRun, other: ClassRun) -> Message | None:
    for name, said in SAME:
        one, two = (getattr(each, name, None) or each.detail.get(name) for each in (run, other))
        if one != two:
            return said
    return None


def _unlike(path: Path, other: Path, why: Message) -> UsageError:
    return UsageError(
        say("{path} and {other} do not belong together: {why}.", path=inert(str(path), 400),
            other=inert(str(other), 400), why=why),
        say("Grade all parts with the same files, the same grader and the same Python and numpy."),
    )  # fmt: skip


def _is_known(store: Store, part: ShardStore) -> bool:
    """Return whether the part was merged as it is, and that was not undone."""
    execute, number = store.connection.execute, part.shard.number
    row = execute("SELECT state FROM origins JOIN runs ON id = run WHERE shard = ?", (number,)).fetchone()
    last = execute("SELECT hash FROM origin_journal WHERE shard = ? ORDER BY id DESC LIMIT 1", (number,)).fetchone()
    return row is not None and row[0] != "undone" and (last[0] if last else journal.BEGINNING) == part.head


def _begin(store: Store, part: ShardStore) -> int:
    run = part.run
    detail = run.detail if run is not None else {}
    facts = {name: detail[name] for name in ("key", "authored", "versions", "secret") if name in detail}
    number = store.begin_run(
        "merge", run.rubric if run else "", run.grader if run else "", run.tier if run else "", facts
    )
    store.end_run(number, "done")
    return number


def _counting_reports(part: ShardStore) -> list[tuple[int]]:
    """Return the reports that count in a part, and those that somebody's score is of."""
    with Store(part.path) as store:
        counting, key = counting_runs(store), part.run.detail["key"] if part.run is not None else ""
        found = {row[0] for row in store.connection.execute(
            "SELECT report FROM standings JOIN scores USING (run, person) WHERE report IS NOT NULL"
        )}  # fmt: skip
        whose = variants_of(store)
        for number, of in {(each.submission, whose(each)) for each in store.attempts()}:
            kept = latest(store, number, counting, key, of) or store.failed_report(number, of)
            found |= {kept.id} if kept is not None else set()
    return [(number,) for number in sorted(found)]


@contextmanager
def _attached(store: Store, path: Path) -> Iterator[None]:
    """Let the store's statements speak of another one as `part`; what its views or triggers say is not followed."""
    store.connection.execute("PRAGMA trusted_schema = OFF")
    store.connection.execute("ATTACH ? AS part", (str(path.absolute()),))
    try:
        yield
    finally:
        for table in ("submission_of", "result_of", "chosen"):
            store.connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
        store.connection.execute("DETACH part")


def _take_over(store: Store, part: ShardStore, run: int, chosen: Sequence[tuple[int]]) -> int:
    """Take over what is new in a part that is attached; return how many scores are."""
    execute, now = store.connection.execute, {"run": run}
    execute(_PEOPLE)
    execute("INSERT INTO facts SELECT * FROM part.facts WHERE substr(name, 1, ?) = ? ON CONFLICT DO NOTHING",
            (len(SECRET), SECRET))  # fmt: skip
    for statement in _WORK.split(";"):
        execute(statement)
    execute("CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY)")
    store.connection.executemany("INSERT INTO chosen VALUES (?)", chosen)
    execute(_REPORTS, now)
    for statement in _DECISIONS:
        execute(statement, now)
    row = {"shard": part.shard.number, "count": part.shard.count, "run": run}
    execute("INSERT INTO origins VALUES (:shard, :count, :run) ON CONFLICT (shard) DO UPDATE SET run = :run", row)
    execute("INSERT INTO origin_journal SELECT :shard, * FROM part.journal WHERE true ON CONFLICT DO NOTHING", row)
    journal.write(store.connection, journal.MERGED, "", {**row, "head": part.head, "why": "merged", "who": ""})
    return _take_over_scores(store, part, run)


def _take_over_scores(store: Store, part: ShardStore, run: int) -> int:
    """Let the scores of a part count; whose score was changed since the last merge is counted anew instead."""
    recount: list[str] = []
    found: list[tuple[Any, ...]] = store.connection.execute(_NEW_SCORES).fetchall()
    why = {"why": "merged", "part": part.shard.number}
    for person, _, changed_here in found:
        if changed_here:
            recount.append(person)
            continue
        store.connection.execute(_SCORE, {"run": run, "person": person})
        store.stand(person, run, why)
    key = part.run.detail["key"] if part.run is not None else ""
    count(store, run, recount, None, key=key, stand=why)
    return len(found)
