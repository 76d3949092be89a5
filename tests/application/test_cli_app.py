"""`grade app` serves the application until Ctrl-C, to this machine alone."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from tests.application.conftest import REFERENCE, STUB


def standing(address):
    with urllib.request.urlopen(f"{address}standing", timeout=20) as answer:
        return json.load(answer)


def test_it_says_what_is_open_and_serves_it_until_ctrl_c(app, course):
    (course / "work.py").write_text(STUB, "utf-8")
    process, address, port, said = app(course)
    assert "work.py: 0 of 3 parts" in said
    assert "Next: double" in said
    assert standing(address)["next"] == "double"
    with urllib.request.urlopen(address, timeout=20) as page:
        text = page.read().decode()
    assert 'id="standing"' in text and "const app =" in text
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 5):
        pass


def test_the_page_is_in_the_language_asked_for(app, course):
    _, address, _, said = app(course, "--lang", "zh")
    assert "浏览器" in said
    assert standing(address)["title"] == {"zh": "两倍", "en": "Twice"}


def test_a_port_can_be_asked_for_and_one_in_use_is_told(app, course):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "grader", "app", "--port", str(port)], cwd=course, capture_output=True, text=True,
            timeout=60,
        )  # fmt: skip
    assert ended.returncode == 2
    assert f"Port {port} cannot be used" in ended.stderr
    assert app(course, "--port", str(port)).port == port


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--official"], "nothing is graded officially there"),
        (["nowhere.py"], "nowhere.py is not there."),
        (["export"], "OUT"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_way_out(course, words, says):
    command = [sys.executable, "-m", "grader", "app", *words, "--lang", "en"]
    ended = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert says in ended.stderr
    assert ended.stdout == ""


def test_an_export_is_checked_and_opens_from_the_disk(course, tmp_path, tab):
    out, model = tmp_path / "count out.html", tmp_path / "count.onnx"
    command = [sys.executable, "-m", "grader", "app", "export", str(out), "work.py", "--onnx", str(model)]
    ended = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("Checked with 2 test inputs") == 2
    assert model.read_bytes()
    tab.complaints.clear()
    tab.requests.clear()
    tab.goto(out.as_uri())
    tab.click("#ask")
    assert tab.text_content("#answer") == "[2,6]"
    assert tab.text_content("#title") == "Twice"
    assert tab.complaints == []
    assert tab.requests == [out.as_uri()]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["out.txt"], "out.txt must end in .html."),
        (["out.html", "--onnx", "model.html"], "model.html must end in .onnx."),
        (["application/count.html"], "is a file of the application itself"),
    ],
)
def test_an_export_never_lands_on_what_it_should_not(course, words, says):
    before = {file: file.read_bytes() for file in course.rglob("*") if file.is_file()}
    command = [sys.executable, "-m", "grader", "app", "export", *words]
    ended = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert says in ended.stderr
    assert {file: file.read_bytes() for file in before} == before


def test_nothing_is_exported_of_what_is_not_right(course):
    (course / "work.py").write_text(STUB, "utf-8")
    command = [sys.executable, "-m", "grader", "app", "export", "out.html"]
    ended = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "Not yet: double must be right first." in ended.stderr
    assert not (course / "out.html").exists()


def test_the_page_calls_the_students_functions_and_follows_the_file(app, course, tab):
    (course / "work.py").write_text(STUB, "utf-8")
    _, address, _, _ = app(course)
    tab.complaints.clear()
    tab.goto(address)
    expect = pytest.importorskip("playwright.sync_api").expect
    expect(tab.locator("#locked")).to_have_text("doubled summed examples")
    tab.click("#ask")
    expect(tab.locator("#answer")).to_have_text("locked: Not yet: double must be right first.", timeout=20_000)
    (course / "work.py").write_text(REFERENCE, "utf-8")
    expect(tab.locator("#locked")).to_have_text("", timeout=20_000)
    tab.click("#ask")
    expect(tab.locator("#answer")).to_have_text("[2,6]", timeout=20_000)
    assert tab.complaints == []
