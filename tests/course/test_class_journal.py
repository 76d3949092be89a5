"""The journal: every change of a score, in a chain of hashes."""

import sqlite3

import pytest

from tests.course.conftest import RIGHT, WRONG_DOUBLE


@pytest.fixture
def graded(classroom):
    for person, text in (("ann", RIGHT), ("bob", WRONG_DOUBLE)):
        classroom.hand_in(person, text)
    classroom.run()
    return classroom


def verify(classroom, *words):
    done = classroom.command("verify", *words)
    return done.returncode, done.stdout


def behind_its_back(classroom, *statements):
    with sqlite3.connect(classroom.path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_journal_that_was_left_alone(graded):
    code, said = verify(graded)
    assert code == 0 and said.startswith("The journal is whole.")


def test_it_only_grows(graded):
    for statement in ("DELETE FROM journal", "UPDATE journal SET body = '{}'"):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            behind_its_back(graded, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE scores SET score = '10' WHERE person = 'bob'",
        "UPDATE scores SET body = (SELECT body FROM scores WHERE person = 'ann') WHERE person = 'bob'",
        "DELETE FROM standings WHERE person = 'bob'",
    ],
)
def test_a_score_that_was_changed_behind_its_back(graded, statement):
    behind_its_back(graded, statement)
    assert verify(graded) == (1, "The score of bob is not the one in the journal.\n")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET body = replace(body, '\"6\"', '\"10\"') WHERE person = 'bob'",
        "UPDATE journal SET person = 'ann' WHERE person = 'bob'",
        "DELETE FROM journal WHERE id = 1",
    ],
)
def test_an_entry_that_was_changed(graded, statement):
    behind_its_back(graded, "DROP TRIGGER journal_grows_only", "DROP TRIGGER journal_keeps_all", statement)
    code, said = verify(graded)
    assert code == 1 and "is not what was written" in said


def test_a_journal_that_was_written_anew(graded):
    noted = verify(graded)[1].split()[-1]
    graded.command("override", "bob", "--points", "7", "--why", "x")
    assert verify(graded, "--noted", noted)[0] == 0
    assert verify(graded, "--noted", "f" * 64) == (
        1,
        "No entry of the journal has the hash that was noted: it was written anew.\n",
    )
