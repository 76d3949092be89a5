"""A run is found in the list by what was decided in it, and taken back, whatever later runs changed nothing."""


def done(classroom, *words):
    found = classroom.command(*words)
    assert found.returncode == 0, found.stderr
    return found.stdout


def override(classroom, person, points):
    return done(classroom, "override", person, "--points", points, "--why", "ill", "--who", "Prof. Kim")


def marks(classroom, *rows):
    (classroom.folder / "m.csv").write_text("name,item,points\n" + "".join(f"{row}\n" for row in rows), "utf-8")
    return done(classroom, "manual", "import", "m.csv", "--who", "tutor")


def test_later_runs_that_changed_no_score_do_not_stand_in_the_way(graded):
    override(graded, "bob", "9.5")
    for _ in range(2):
        done(graded, "regrade", "--apply", "--jobs", "1")
    assert done(graded, "undo", "2") == "Run 2 is undone: 1 score is what it was before.\n"
    assert graded.scores() == {"ann": 10, "bob": 6, "cleo": 4}
    assert "set by" not in done(graded, "show", "bob").partition("UTC:")[0]
    for run in ("4", "3"):
        assert "0 scores are" in done(graded, "undo", run)
    assert graded.scores() == {"ann": 10, "bob": 6, "cleo": 4}
    assert graded.command("verify").returncode == 0


def test_a_later_run_that_changed_a_score_does(graded):
    override(graded, "bob", "9.5")
    done(graded, "regrade", "--apply", "--jobs", "1")
    graded.mend("points: 4", "points: 8")
    done(graded, "regrade", "--apply", "--jobs", "1")
    done(graded, "regrade", "--apply", "--jobs", "1")
    refused = graded.command("undo", "2")
    assert refused.returncode == 2 and "after run 2, by: 4." in refused.stderr
    assert graded.scores()["bob"] == 9.5


def test_what_later_runs_decided_without_effect_is_counted_then(graded):
    marks(graded, "bob,essay,2")
    override(graded, "bob", "8")
    assert "0 scores are" in done(graded, "undo", "2")
    assert graded.scores()["bob"] == 8, "the override still holds"
    assert graded.standing("bob").report.manual[0].score is None
    assert graded.command("verify").returncode == 0


def test_what_later_runs_withdrew_without_effect_is_not_back(graded):
    override(graded, "bob", "6")
    marks(graded, "bob,essay,2")
    done(graded, "withdraw", "1", "--why", "no need")
    assert graded.scores()["bob"] == 8
    done(graded, "undo", "4")
    assert graded.scores()["bob"] == 6
    marks(graded, "bob,essay,0")
    done(graded, "withdraw", "1", "--why", "no need")
    done(graded, "undo", "5")
    assert graded.scores()["bob"] == 8 and not graded.standing("bob").report.adjustments


def test_who_is_back_is_told(graded):
    done(graded, "leave", "bob", "cleo", "--why", "x")
    assert done(graded, "undo", "2") == "Run 2 is undone: 2 people are back: bob, cleo\n"
    done(graded, "leave", "bob", "--why", "x")
    done(graded, "regrade", "--apply", "--jobs", "1")
    assert done(graded, "undo", "3") == "Run 3 is undone: 1 person is back: bob\n"
    done(graded, "leave", "bob", "--why", "x")
    done(graded, "withdraw", "4", "--why", "back")
    assert done(graded, "undo", "6") == "Run 6 is undone: 1 person is left out again: bob\n"
    assert {*graded.scores()} == {"ann", "cleo"}


def test_the_list_of_runs_says_what_was_decided_of_whom_and_by_whom(graded):
    graded.mend("title: t\n", "title: t\npolicies: {deadline: 2026-10-10 23:59 UTC}\n")
    override(graded, "cleo", "9")
    marks(graded, "ann,essay,2", "bob,essay,1")
    table = "student,extra,why\nann,1 day,x\nbob,1 day,x\ncleo,2 days,x\n"
    (graded.folder / "more.csv").write_text(table, "utf-8")
    done(graded, "extend", "more.csv", "--who", "dean")
    done(graded, "leave", "ann", "bob", "--why", "x", "--who", "dean")
    done(graded, "withdraw", "1", "--why", "x", "--who", "prof")
    done(graded, "leave", "cleo", "--why", "x", "--who", "dean")
    done(graded, "undo", "5")
    lines = [line.rpartition(", ")[0] for line in done(graded, "show").splitlines() if line.startswith("Run ")]
    assert lines == [
        "Run 1: graded, counts",
        "Run 2: decided (override of cleo by Prof. Kim), counts",
        "Run 3: decided (2 marks by tutor), counts",
        "Run 4: decided (3 extensions by dean), counts",
        "Run 5: decided (2 leaves by dean), undone",
        "Run 6: decided (withdrawn: override 1 of cleo by prof), counts",
        "Run 7: decided (leave of cleo by dean), counts",
    ]
    assert "人工决定（cleo 的改分，由 Prof. Kim 决定）" in done(graded, "show", "--lang", "zh")
    assert "人工决定（撤回 cleo 的改分 1，由 prof 决定）" in done(graded, "show", "--lang", "zh")
