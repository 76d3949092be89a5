"""A rubric in a few lines of YAML, a reference in a few lines of Python, and the cases that come of them."""

import hashlib
import inspect
import re
import textwrap

import numpy as np

from grader.errors import RubricError
from grader.model import Signature
from grader.rubric import load


def scale(X, factor=2.0):
    return X * factor


def affine(X, W, b):
    Z = X @ W + b
    return Z, (X, W, b)


def affine_backward(dZ, cache):
    X, W, _ = cache
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


def loss(y):
    return float(np.sum(y**2))


def loss_backward(y):
    return 2 * y


def label(text, times, sep=" "):
    return sep.join([text] * times)


def made(seed, index):
    return {"X": np.random.default_rng(seed).normal(size=(index + 1, 2)), "n": index}


REFERENCE = {f.__name__: f for f in (scale, affine, affine_backward, loss, loss_backward, label)}


def signature(function):
    parameters = inspect.signature(function).parameters.values()
    return Signature(
        parameters=tuple(p.name for p in parameters),
        defaults=tuple(p.name for p in parameters if p.default is not p.empty),
    )


SIGNATURES = {name: signature(function) for name, function in REFERENCE.items()}


def call(function, arguments):
    return {**REFERENCE, "made": made}[function](*arguments)


def write(folder, problems, seed=7, top=""):
    for name in ("ref.py", "gen.py"):
        (folder / name).write_text("", "utf-8")
    path = folder / "grading.yaml"
    head = f"title: T\nlanguage: en\nseed: {seed}\nsubmission: s.py\nreference: ref.py\n{top}problems:\n"
    body = re.sub(r"(?m)^(\w+):$", r"\1:\n  points: 10", textwrap.dedent(problems))
    path.write_text(head + textwrap.indent(body, "  "), "utf-8")
    return path


def rubric(folder, problems, seed=7, top=""):
    loaded = load(write(folder, problems, seed, top))
    assert loaded.faults == (), [(fault.at.line, fault.message.text("en")) for fault in loaded.faults]
    return loaded.rubric


def drawn(folder, problems, **options):
    from grader.checks.drawing import draw

    return draw(rubric(folder, problems, **options), SIGNATURES, call)


def fault_of(action):
    """Return the only fault that `action` raises."""
    try:
        action()
    except RubricError as error:
        (fault,) = error.faults
        return fault
    raise AssertionError("nothing was raised")


def shown(fault):
    """Return a fault as (text under the caret, message, hint)."""
    at = fault.at
    under = fault.line_text[at.column - 1 : at.end_column - 1]
    return under, fault.message.text("en"), fault.hint.text("en") if fault.hint else None


def fingerprint(value):
    """Return a short digest of a value: types, shapes, dtypes and bytes."""
    digest = hashlib.sha256()

    def add(item):
        if isinstance(item, np.ndarray):
            digest.update(f"{item.dtype}{item.shape}".encode() + item.tobytes())
        elif isinstance(item, dict):
            for key, inner in item.items():
                add(key)
                add(inner)
        elif isinstance(item, tuple | list):
            digest.update(type(item).__name__.encode())
            for inner in item:
                add(inner)
        else:
            digest.update(repr(item).encode())

    add(value)
    return digest.hexdigest()[:16]
