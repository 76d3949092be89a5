"""What a class understood: its misconceptions, the site for its instructor, and known mistakes that are learned."""

import re
import shutil
from pathlib import Path

import pytest

from grader.course.insight.clusters import clusters
from grader.course.insight.gathering import gather
from grader.course.insight.numbers import class_numbers
from grader.model import Withheld
from tests.course.conftest import REFERENCE, RUBRIC, STUB, WRONG_DOUBLE, Class

ROOT = Path(__file__).resolve().parents[2]
WRONG_TOTAL = REFERENCE.replace("sum(", "max(")
HOSTILE = """
def double(x):
    # </code></pre><script>alert(1)</script><img src=x onerror=alert(2)>
    "</style><b>"
    return 3 * x


def total(xs):
    return sum(double(x) for x in xs)
"""
CUBED = """
def double(jennys_number):
    \"\"\"By Jenny.\"\"\"
    jennys_cube = jennys_number ** 3  # jenny was here
    return jennys_cube


def total(xs):
    return sum(double(x) for x in xs)
"""
MISTAKES = """
edit(
    of="double",
    name="tripled",
    replace=[("2 * x", "3 * x")],
    zh=["几倍？", "乘成了 3。"],
    en=["How many times?", "It was tripled."],
)
"""


def filled(classroom, counts):
    """Hand in each text for so many people, and grade."""
    number = 0
    for text, count in counts:
        for _ in range(count):
            number += 1
            classroom.hand_in(f"p{number:03}", text)
    classroom.run()
    return classroom


def found(classroom):
    with classroom.store as store:
        view = gather(store)
        return view, clusters(view), class_numbers(view)


@pytest.fixture(scope="module")
def class_of_40(tmp_path_factory):
    one = Class(tmp_path_factory.mktemp("insight"))
    one.rubric(RUBRIC.replace("problems:", "mistakes: solutions/mistakes.py\nproblems:"))
    (one.folder / "solutions" / "mistakes.py").write_text(MISTAKES, "utf-8")
    return filled(
        one,
        [
            (REFERENCE, 20),
            (WRONG_DOUBLE, 8),
            (HOSTILE, 1),
            (WRONG_TOTAL, 5),
            (CUBED, 2),
            (STUB, 3),
            ("def double(:", 1),
        ],
    )


@pytest.fixture(scope="module")
def site(class_of_40):
    done = class_of_40.command("report", "out")
    assert done.returncode == 0, done.stderr
    return class_of_40.folder / "out"


def test_who_made_one_mistake_is_one_cluster(class_of_40):
    _, every, _ = found(class_of_40)
    said = [(each.function, each.sort, each.mistake, len(each.people)) for each in every]
    assert said[0] == ("double", "mistake", "tripled", 9)
    assert ("total", "diagnosis", "", 5) in said or ("total", "answers", "", 5) in said
    assert sum(count for function, _, _, count in said if function == "double") == 11


def test_a_wrong_helper_is_no_mistake_of_the_function_that_calls_it(class_of_40):
    _, every, numbers = found(class_of_40)
    assert sum(len(each.people) for each in every if each.function == "total") == 5
    double, total = numbers.functions
    assert double.item.facility == pytest.approx(25 / 39)
    assert total.item.facility == pytest.approx((39 - 5 - 3) / 39)


def test_what_cannot_be_read_is_left_out_and_told(class_of_40, site):
    _, _, numbers = found(class_of_40)
    assert (numbers.students, numbers.compared, numbers.apart) == (40, 39, 1)
    assert "1 is left out" in (site / "index.html").read_text("utf-8")


def test_checks_that_decide_nothing_are_named(class_of_40):
    _, _, numbers = found(class_of_40)
    small, large = numbers.functions[0].checks
    assert small.idle is None
    assert large.idle.text("en") == "always as “small numbers”"
    assert large.students == 39


def test_a_class_of_ten_has_means_and_no_correlations(classroom):
    filled(classroom, [(REFERENCE, 6), (WRONG_DOUBLE, 4)])
    _, _, numbers = found(classroom)
    item = numbers.functions[0].item
    assert (item.facility, item.discrimination, item.groups, numbers.reliability) == (
        pytest.approx(0.6),
        None,
        (),
        None,
    )
    assert classroom.command("report", "out").returncode == 0
    text = (classroom.folder / "out" / "index.html").read_text("utf-8")
    assert "need 30 students" in text
    assert "Cronbach" not in text


def test_a_class_of_four_has_no_numbers(classroom):
    filled(classroom, [(REFERENCE, 2), (WRONG_DOUBLE, 2)])
    _, every, numbers = found(classroom)
    assert (numbers.mean, numbers.scores, numbers.functions[0].item.facility) == (None, (), None)
    assert [len(each.people) for each in every] == [2]
    assert classroom.command("report", "out").returncode == 0
    text = (classroom.folder / "out" / "index.html").read_text("utf-8")
    assert "Fewer than 5 students" in text
    assert "%" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)


def test_nobody_has_a_score(classroom):
    classroom.hand_in("ann", REFERENCE)
    classroom.run()
    with classroom.store as store:
        store.connection.execute("DELETE FROM standings")
    done = classroom.command("report", "out")
    assert done.returncode == 2
    assert "Nobody has a score yet" in done.stderr


def test_every_cluster_leads_to_its_students_and_shows_a_case(site):
    page = (site / "function-1.html").read_text("utf-8")
    assert "It was tripled." in page
    assert "For the next lecture" in page
    cluster = (site / "cluster-1-1.html").read_text("utf-8")
    assert "p021" in cluster
    assert "return 3 * x" in cluster
    assert "expected" in cluster
    for path in site.iterdir():
        for link in re.findall(r'href="([^"#]+)', path.read_text("utf-8")):
            assert (site / link).exists()


def test_no_hidden_case_is_in_an_example(class_of_40, site):
    """Hidden checks draw by the rubric's seed, examples by the public one."""
    with class_of_40.store as store:
        view = gather(store)
        double = [store.result(number) for number in view.results if view.results[number].function == "double"]
        hidden = {
            int(case.exhibit.exhibit.inputs[0][1])
            for result in double
            for check in result.checks
            for case in check.cases
            if isinstance(case.exhibit, Withheld)
        }
    assert len([each for each in hidden if each >= 100]) == 3
    example = re.search(r'<div class="case">.*?</div>\n', (site / "function-1.html").read_text("utf-8"), re.DOTALL)[0]
    shown = {int(each) for each in re.findall(r"\d+", re.sub(r"<[^>]*>", " ", example))}
    assert shown
    assert not {each for each in shown & hidden if each >= 100}


def test_students_code_stays_text(site):
    for path in site.iterdir():
        text = path.read_text("utf-8")
        tags = re.findall(r"<([a-zA-Z!/][^>]*)>", text)
        assert not [tag for tag in tags if tag.lower().startswith(("script", "/script", "b>", "img", "iframe"))]
        assert not [tag for tag in tags if re.search(r"\s(on\w+|style|src)\s*=", tag)]
        assert "For instructors only" in text
    assert "&lt;script&gt;alert(1)" in (site / "cluster-1-1.html").read_text("utf-8")


def test_only_its_owner_may_read_it(site):
    assert site.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in site.iterdir())


def test_a_later_site_replaces_it_and_nothing_else_is_touched(class_of_40, tmp_path):
    out = tmp_path / "out"
    assert class_of_40.command("report", str(out), "--no-run").returncode == 0
    (out / "cluster-9-9.html").write_text((out / "index.html").read_text("utf-8"), "utf-8")
    assert class_of_40.command("report", str(out), "--no-run").returncode == 0
    assert not (out / "cluster-9-9.html").exists()
    (out / "thesis.tex").write_text("mine", "utf-8")
    done = class_of_40.command("report", str(out), "--no-run")
    assert done.returncode == 2
    assert "thesis.tex" in done.stderr
    assert (out / "index.html").exists()


def test_what_is_proposed_is_a_slip_or_a_students_code_without_names(class_of_40):
    done = class_of_40.command("learn")
    assert done.returncode == 0, done.stderr
    assert "tripled" not in done.stdout
    assert 'edit(\n    of="total",' in done.stdout
    assert 'of="double"' in done.stdout
    assert "a student's code" in done.stderr
    assert "jenny" not in done.stdout.lower()
    assert "** 3" in done.stdout


def test_a_students_code_is_not_run_beside_the_reference(classroom):
    """It answers otherwise where it sees a name of the reference's; then nothing would be proposed."""
    (classroom.folder / "solutions" / "hw.py").write_text(f"SECRET = 1\n{REFERENCE}", "utf-8")
    spying = CUBED.replace("jennys_number ** 3", 'jennys_number ** (4 if "SECRET" in globals() else 3)')
    filled(classroom, [(spying, 2)])
    done = classroom.command("learn")
    assert "as_students_did, a student's code" in done.stderr


def test_few_who_did_alike_are_not_enough(class_of_40):
    assert 'of="double"' not in class_of_40.command("learn", "--least", "3").stdout


def test_a_learned_mistake_is_recognised(classroom):
    classroom.rubric(RUBRIC.replace("problems:", "mistakes: solutions/mistakes.py\nproblems:"))
    file = classroom.folder / "solutions" / "mistakes.py"
    file.write_text(MISTAKES, "utf-8")
    filled(classroom, [(CUBED, 2), (WRONG_TOTAL, 2)])
    assert classroom.command("learn", "--append").returncode == 0
    text = file.read_text("utf-8")
    assert text.startswith(MISTAKES)
    assert "\n# @mistake(" in text  # a student's code runs beside the reference only when somebody has read it
    students, slips = text[len(MISTAKES) :].split("\n\n\n")[-2:]
    opened = re.sub(r"(?m)^# (?=@|def|    )", "", students)
    file.write_text(MISTAKES + opened + "\n\n" + slips, "utf-8")
    done = classroom.command("regrade", "--apply", "--newer-grader", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    mistakes = [[one.mistake for one in classroom.standing(name).report.problems] for name in ("p001", "p003")]
    assert mistakes[0][0] == "as_students_did"
    assert mistakes[1][1] != ""
    assert classroom.command("learn").stdout == ""
    for name in ("p001", "p003"):  # a hint that is still open is not shown
        assert "…" not in [hint.en for one in classroom.standing(name).report.problems for hint in one.hints]


def test_a_rubric_that_changed_is_told(classroom):
    filled(classroom, [(WRONG_DOUBLE, 2)])
    classroom.mend("draw: {x: 1..9}", "draw: {x: 1..8}")
    done = classroom.command("learn")
    assert done.returncode == 2
    assert "another rubric" in done.stderr


def test_append_needs_a_file_that_the_rubric_names(classroom):
    filled(classroom, [(WRONG_DOUBLE, 2)])
    assert "mistakes: solutions/mistakes.py" in classroom.command("learn", "--append").stderr


def test_a_shipped_mistake_that_is_taken_out_is_learned_again(tmp_path):
    """The assignment's own known mistake, forgotten; two students made it."""
    for name in ("solutions", "assignment"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "grading.yaml", tmp_path)
    file = tmp_path / "solutions" / "mistakes.py"
    text = file.read_text("utf-8")
    forgotten = re.search(
        r'edit\(\n    of="distribute_value",\n    name="divides_by_height",.*?\n\)\n', text, re.DOTALL
    )
    file.write_text(text.replace(forgotten[0], ""), "utf-8")
    one = Class.__new__(Class)
    one.folder = tmp_path
    (tmp_path / "handed in").mkdir()
    wrong = (ROOT / "solutions" / "cnn.py").read_text("utf-8").replace("dz / (n_H * n_W)", "dz / n_H")
    filled(one, [(wrong, 2)])
    assert one.standing("p001").report.problems[6].mistake == ""
    done = one.command("learn", "--append")
    assert done.returncode == 0, done.stderr
    assert "distribute_value, 2 students" in done.stderr
    assert one.command("regrade", "--apply", "--newer-grader", "--jobs", "1").returncode == 0
    assert one.standing("p001").report.problems[6].mistake != ""


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_opens_without_a_complaint_and_fits(site, tab, width):
    tab.set_viewport_size({"width": width, "height": 800})
    for path in sorted(site.iterdir()):
        tab.complaints.clear()
        tab.requests.clear()
        tab.goto(path.as_uri())
        for language in ("zh", "en"):
            tab.locator(f"label[for={language}]").click()
            assert tab.evaluate("document.documentElement.scrollWidth") <= width, path.name
        assert tab.complaints == []
        assert tab.requests == [path.as_uri()]


def test_the_keyboard_leads_from_the_class_to_a_students_function(site, tab):
    tab.goto((site / "index.html").as_uri())
    for _ in range(30):
        tab.keyboard.press("Tab")
        if "cluster-1-1" in (tab.evaluate("document.activeElement.getAttribute('href')") or ""):
            break
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/cluster-1-1.html")
    assert "return 3 * x" in tab.locator("main").inner_text()
