"""Where an exception is asked for, what happened instead and what is expected are told, of hidden cases too."""

import pytest

from tests.cli.cli_runs import in_process

RUBRIC = """
title: T
language: en
seed: 5
submission: a.py
reference: ref.py
problems:
  quarter:
    points: 2
    checks:
      - {values: v, draw: {x: "uniform(0, 1)"}}
      - {errors: refused, raises: ValueError, draw: {x: "uniform(-2, -1)"}}
  eighth:
    points: 2
    checks:
      - {values: v, draw: {x: "uniform(0, 1)"}}
      - {errors: refused, raises: [ValueError, KeyError], draw: {x: "uniform(-2, -1)"}, visibility: public}
"""
RAISING = 'if x < 0:\n        raise ValueError("negative")'
WHOLE = f"def quarter(x):\n    {RAISING}\n    return x / 4\n\n\ndef eighth(x):\n    {RAISING}\n    return x / 8\n"
OWN = "class Mine(Exception):\n    pass\n\n\n"
ASKED = {"hidden": "ValueError", "public": "ValueError | KeyError"}
INSTEAD = {
    "nothing": ("pass", "Nothing was raised, but {want} is expected.", "没有抛出异常，这里应当抛出 {want}。"),
    "a value": (
        "if x < 0:\n        return -1",
        "Nothing was raised, but {want} is",
        "没有抛出异常，这里应当抛出 {want}。",
    ),
    "another kind": (
        'if x < 0:\n        raise TypeError("minus")',
        "TypeError was raised, but {want} is expected.",
        "抛出了 TypeError，这里应当抛出 {want}。",
    ),
    "a parent of it": (
        'if x < 0:\n        raise Exception("minus")',
        "Exception was raised, but {want} is expected.",
        "抛出了 Exception，这里应当抛出 {want}。",
    ),
    "an accident": (
        "if x < 0:\n        raise ValeuError",
        "`ValeuError` is not defined; did you mean `ValueError`? (NameError, but {want} is expected)",
        "（NameError，这里应当抛出 {want}）",
    ),
}


def shown(folder, text, language):
    for name, each in (("grading.yaml", RUBRIC), ("ref.py", WHOLE), ("a.py", text)):
        (folder / name).write_text(each, "utf-8")
    run = in_process(["--lang", language], cwd=folder, environment={"COLUMNS": "100"})
    return " ".join(run.stdout.decode().split())


@pytest.mark.parametrize("name", INSTEAD)
def test_what_happened_and_what_is_expected_are_told(tmp_path, name):
    line, english, chinese = INSTEAD[name]
    text = WHOLE.replace(RAISING, line)
    for said, language in ((english, "en"), (chinese, "zh")):
        report = shown(tmp_path, text, language)
        for want in ASKED.values():
            assert said.format(want=want) in report, report
        assert ("minus" in report) == ("minus" in line), report  # the public case's own words
        assert report.count("expected ValueError | KeyError" if language == "en" else "期望 ValueError | KeyError") == 1
    if name in ("nothing", "a value"):
        assert "got no exception" in shown(tmp_path, text, "en") and "得到 没有异常" in shown(tmp_path, text, "zh")


def test_an_exception_of_ones_own_is_not_named_in_a_hidden_case(tmp_path):
    report = shown(tmp_path, OWN + WHOLE.replace("raise ValueError", "raise Mine"), "en")
    assert "An exception was raised that is not one of Python's own, but ValueError is expected." in report
    assert "Mine was raised, but ValueError | KeyError is expected." in report


def test_what_is_asked_for_and_what_was_never_written_are_told_as_ever(tmp_path):
    assert "Everything is right" in shown(tmp_path, WHOLE.replace("raise ValueError", "raise UnicodeError"), "en")
    unwritten = shown(tmp_path, WHOLE.replace(RAISING, "if x < 0:\n        raise NotImplementedError"), "en")
    assert "Not written yet (NotImplementedError)." in unwritten
