"""`grade app` serves the application until Ctrl-C, to this machine alone."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from tests.application.conftest import STUB


@pytest.fixture
def app(course):
    """Return what starts `grade app` in the course's folder; each is ended by Ctrl-C, and must end well."""
    started = []

    def start(*words):
        process = subprocess.Popen(
            [sys.executable, "-m", "grader", "app", *words], cwd=course, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**os.environ, "CI": "true"},
        )  # fmt: skip
        started.append(process)
        lines = []
        for line in iter(process.stdout.readline, ""):
            lines.append(line)
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/[\w-]{20,}/", line):
                return process, found[0], int(found[1]), "".join(lines)
        raise AssertionError(process.stderr.read())

    yield start
    for process in started:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def standing(address):
    with urllib.request.urlopen(f"{address}standing", timeout=20) as answer:
        return json.load(answer)


def test_it_says_what_is_open_and_serves_it_until_ctrl_c(app, course):
    (course / "work.py").write_text(STUB, "utf-8")
    process, address, port, said = app()
    assert "work.py: 7 of 10" in said or "work.py: 8 of 11" in said
    assert "Next: double" in said
    assert standing(address)["next"] == "double"
    with urllib.request.urlopen(address, timeout=20) as page:
        text = page.read().decode()
    assert 'id="standing"' in text and "const app =" in text
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 5):
        pass


def test_the_page_is_in_the_language_asked_for(app):
    _, address, _, said = app("--lang", "zh")
    assert "浏览器" in said
    assert standing(address)["title"] == "两倍"


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
    assert app("--port", str(port))[2] == port


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
