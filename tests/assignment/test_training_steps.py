"""The functions of the convolutional network at work: a training is followed loss by loss."""

import shutil
from pathlib import Path

import pytest

from grader.grading import grade, handed_in, prepare, read, second_look

ROOT = Path(__file__).resolve().parents[2]
MODULE = """\
import numpy as np
from cnn import conv_backward, conv_forward, pool_backward, pool_forward

CONV, POOL = {"stride": 1, "pad": 1}, {"stride": 2, "f": 2}


def losses(images, labels, W, b, V, rate, steps=4):
    for _ in range(steps):
        Z, conv = conv_forward(images, W, b, CONV)
        A, pool = pool_forward(np.maximum(Z, 0), POOL)
        flat = A.reshape(len(A), -1)
        scores = flat @ V
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        yield float(-np.mean(np.log(p[np.arange(len(p)), labels])))
        d = (p - np.eye(V.shape[1])[labels]) / len(p)
        dA, dV = (d @ V.T).reshape(A.shape), flat.T @ d
        _, dW, db = conv_backward(pool_backward(dA, pool) * (Z > 0), conv)
        W, b, V = W - rate * dW, b - rate * db, V - rate * dV
"""
TRAINING = """
  training:
    title: {zh: 一步一步地训练, en: "Training, step by step"}
    points: 5
    bonus: true
    checks:
      - steps: {zh: 训练的每一步, en: "training, step by step"}
        module: assignment/application/tiny.py
        draw:
          images: normal(3, 6, 6, 1)
          labels: integers(0, 2, 3)
          W: normal(3, 3, 1, 2)
          b: normal(1, 1, 1, 2)
          V: 0.2*normal(18, 3)
          rate: 0.1
"""
TENSORS = '''

def _windows(A, f):
    windows = np.lib.stride_tricks.sliding_window_view(zero_pad(A, (f - 1) // 2), (f, f), axis=(1, 2))
    return windows.transpose(0, 1, 2, 4, 5, 3)


_forward, _backward = conv_forward, conv_backward


def conv_forward(A_prev, W, b, hparameters):
    if hparameters != {"stride": 1, "pad": (len(W) - 1) // 2} or len(W) % 2 == 0:
        return _forward(A_prev, W, b, hparameters)
    return np.tensordot(_windows(A_prev, len(W)), W, 3) + b, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    dA, dW, db = _backward(dZ, cache)
    if hparameters == {"stride": 1, "pad": (len(W) - 1) // 2} and len(W) % 2:
        dW = np.tensordot(_windows(A_prev, len(W)), dZ, ([0, 1, 2], [0, 1, 2]))
    return dA, dW, dZ.sum((0, 1, 2), keepdims=True)
'''


@pytest.fixture(scope="module")
def course(tmp_path_factory, engine):
    folder = tmp_path_factory.mktemp("network")
    for name in ("assignment", "solutions"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "assignment" / "application").mkdir(exist_ok=True)
    (folder / "assignment" / "application" / "tiny.py").write_text(MODULE, "utf-8")
    rubric = (ROOT / "grading.yaml").read_text("utf-8")
    (folder / "grading.yaml").write_text(rubric.rstrip() + "\n" + TRAINING, "utf-8")
    plan = read(folder / "grading.yaml")
    needed = ["zero_pad", "conv_single_step", "conv_forward", "conv_backward", "pool_forward", "pool_backward"]
    return prepare(plan, engine, [*needed, "training"])


@pytest.fixture
def graded(course, engine, tmp_path):
    right = (ROOT / "solutions" / "cnn.py").read_text("utf-8")

    def made(*edits, more=""):
        text = right
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "cnn.py"
        path.write_text(text + more, "utf-8")
        return grade(course, handed_in(course.plan, path), engine)

    return made


def of(report, name):
    return next(one for one in report.problems if one.function == name)


def test_what_it_needs_is_read_from_the_module(course):
    training = course.plan.rubric.problems[-1]
    assert training.needs == ("conv_forward", "conv_backward", "pool_forward", "pool_backward")


@pytest.mark.parametrize("more", ["", TENSORS], ids=["loops", "tensors"])
def test_right_functions_follow_the_losses(graded, more):
    report = graded(more=more)
    assert [one.status for one in report.problems] == ["passed"] * 7


def test_a_wrong_gradient_is_told_and_paid_for_once(graded):
    report = graded(("dW[:, :, :, c] += a_slice", "dW[:, :, :, c] += 2 * a_slice"))
    assert of(report, "conv_backward").score < of(report, "conv_backward").max_score
    assert of(report, "conv_backward").diagnosis is not None
    assert of(report, "training").score == 5
    assert of(report, "training").blames == ("conv_backward",)


def test_a_wrong_padding_is_lent_in_place_of_what_it_spoils(graded):
    report = graded(("np.pad(X,", "1.5 * np.pad(X,"))
    assert [one.function for one in report.problems if one.score < one.max_score] == ["zero_pad"]
    assert of(report, "training").blames == ("zero_pad",)


def test_a_stub_has_not_begun(graded):
    source = (ROOT / "assignment" / "cnn.py").read_text("utf-8")
    right = (ROOT / "solutions" / "cnn.py").read_text("utf-8")
    report = graded((right, source))
    assert {one.status for one in report.problems} == {"not_attempted"}
    assert sum(one.score for one in report.problems) == 0


def test_a_training_may_ask_a_helper_as_often_as_the_reference_does(graded, monkeypatch):
    """Each forward step asks for 216 windows; a fixed number of questions would fit small networks only."""
    monkeypatch.setattr(second_look, "UNCOUNTED", 100)
    report = graded(("Z = np.sum(s)", "Z = 2 * np.sum(s)"))
    assert of(report, "conv_single_step").score < of(report, "conv_single_step").max_score
    assert of(report, "training").score == 5
    assert of(report, "training").blames == ("conv_single_step",)


def test_more_than_half_of_what_it_needs_is_not_made_good(graded):
    report = graded(
        ("dW[:, :, :, c] += a_slice", "dW[:, :, :, c] += 2 * a_slice"),
        ('if mode == "max":', 'if mode != "max":'),
    )
    training = of(report, "training")
    assert (training.score, training.blames) == (0, ())
    assert "第一步的损失就不对。这时还没有用到梯度，所以请看前向传播。" in training.message.text("zh")


DIGITS = """
  training:
    points: 5
    bonus: true
    checks:
      - steps: the first steps of the digits
        module: assignment/application/digits.py
        draw:
          parameters: {W1: "normal(3, 3, 1, 8)", b1: "normal(1, 1, 1, 8)", W2: "0.2*normal(128, 10)", b2: "normal(1, 10)"}
          images: uniform(0, 1, 3, 8, 8, 1)
          labels: integers(0, 9, 3)
          rate: 0.05
          steps: 4
"""


def test_the_application_that_ships_can_be_followed_step_by_step(tmp_path, engine):
    for name in ("assignment", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "grading.yaml").write_text((ROOT / "grading.yaml").read_text("utf-8") + DIGITS, "utf-8")
    prepared = prepare(read(tmp_path / "grading.yaml"), engine)
    right = grade(prepared, prepared.plan.reference, engine)
    assert right.problems[-1].function == "training" and right.problems[-1].is_full
    wrong = tmp_path / "cnn.py"
    text = (ROOT / "solutions" / "cnn.py").read_text("utf-8")
    twice = text.replace("dW[:, :, :, c] += a_slice", "dW[:, :, :, c] += 2 * a_slice")
    assert twice != text
    wrong.write_text(twice, "utf-8")
    report = grade(prepared, handed_in(prepared.plan, wrong), engine)
    assert [each.function for each in report.problems if not each.is_full] == ["conv_backward"]
    assert report.problems[-1].blames == ("conv_backward",)
