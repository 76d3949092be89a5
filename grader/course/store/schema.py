"""The store's tables. A released schema is never changed: what is new is one more step in `MIGRATIONS`.

`PRAGMA user_version` says how many steps a file has had (sqlite.org/pragma.html#pragma_user_version). Scores are exact
fractions, as text; instants are ISO 8601 in UTC, as text, so that their order is that of time.
"""

from __future__ import annotations

FIRST = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE people (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, section TEXT NOT NULL, team TEXT NOT NULL,
    ids TEXT NOT NULL                       -- JSON: what platforms call the person
) STRICT, WITHOUT ROWID;

CREATE TABLE submissions (                  -- what was handed in, once for all who handed in the same
    id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE,
    body BLOB                               -- a zip archive of it; NULL where it was too large or could not be read
) STRICT;

CREATE TABLE attempts (
    id INTEGER PRIMARY KEY, person TEXT NOT NULL REFERENCES people, submission INTEGER NOT NULL REFERENCES submissions,
    handed_in TEXT NOT NULL,                -- "" where nobody knows when
    path TEXT NOT NULL, named_by TEXT NOT NULL, noted TEXT NOT NULL
) STRICT;
CREATE INDEX attempts_of ON attempts (submission);
CREATE INDEX attempts_by ON attempts (person, handed_in);

CREATE TABLE runs (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, began TEXT NOT NULL, ended TEXT, state TEXT NOT NULL,
    rubric TEXT NOT NULL, grader TEXT NOT NULL, tier TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;

CREATE TABLE bodies (digest TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE results (                      -- one function's result, by all that it follows from
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, layout TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (key, layout)
) STRICT;

CREATE TABLE reports (                      -- a submission under a rubric, without policies and marks by hand
    id INTEGER PRIMARY KEY, submission INTEGER NOT NULL REFERENCES submissions, run INTEGER NOT NULL REFERENCES runs,
    key TEXT NOT NULL, body BLOB NOT NULL, results TEXT NOT NULL,
    graded INTEGER NOT NULL,                -- 0: not graded, by our own fault; it is tried again
    UNIQUE (submission, key)
) STRICT;

CREATE TABLE scores (                       -- what a run gives a person: of the attempt that counts, adjusted
    run INTEGER NOT NULL REFERENCES runs, person TEXT NOT NULL REFERENCES people,
    attempt INTEGER REFERENCES attempts, report INTEGER REFERENCES reports,
    score TEXT NOT NULL, bonus TEXT NOT NULL, body BLOB NOT NULL,
    policies TEXT NOT NULL,                 -- the digest of the policies that were applied
    results TEXT NOT NULL, seen INTEGER NOT NULL,       -- the last attempt that it was chosen from
    graded INTEGER NOT NULL,
    PRIMARY KEY (run, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE standings (                    -- whose score counts now
    person TEXT PRIMARY KEY REFERENCES people, run INTEGER NOT NULL REFERENCES runs,
    FOREIGN KEY (run, person) REFERENCES scores
) STRICT, WITHOUT ROWID;

CREATE TABLE adjustments (                  -- what a person decided: marks, overrides, extensions, notes
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, person TEXT NOT NULL REFERENCES people, item TEXT NOT NULL,
    points TEXT, until TEXT NOT NULL, why TEXT NOT NULL, who TEXT NOT NULL, made TEXT NOT NULL,
    run INTEGER REFERENCES runs, withdrawn INTEGER REFERENCES runs
) STRICT;

CREATE TABLE journal (                      -- every change of a score, each entry with the hash of the one before
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL, person TEXT NOT NULL, body TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER journal_grows_only BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER journal_keeps_all BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
"""

ORIGINS = """
CREATE TABLE origins (                      -- the parts of a class that were merged into this store
    shard INTEGER PRIMARY KEY, count INTEGER NOT NULL, run INTEGER NOT NULL REFERENCES runs
) STRICT;
CREATE TABLE origin_journal (               -- their journals as they were; the own journal has the hash of each
    shard INTEGER NOT NULL, id INTEGER NOT NULL, at TEXT NOT NULL, what TEXT NOT NULL, person TEXT NOT NULL,
    body TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (shard, id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER origins_grow_only BEFORE UPDATE ON origin_journal
    BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER origins_keep_all BEFORE DELETE ON origin_journal
    BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
"""

MIGRATIONS: tuple[str, ...] = (FIRST, ORIGINS)
"""Step n makes of a file of version n one of version n + 1."""
