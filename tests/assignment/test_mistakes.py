"""Every known mistake is a mistake: it differs from the reference somewhere, and says so in both languages."""

import ast
import re
import textwrap
import warnings
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "solutions" / "cnn.py").read_text(encoding="utf-8")
FUNCTIONS = {
    node.name: ast.get_source_segment(REFERENCE, node) for node in ast.parse(REFERENCE).body if hasattr(node, "name")
}


def entries():
    """Return what the file says, read and not run: (function, name, zh, en, source of the wrong variant)."""
    text = (ROOT / "solutions" / "mistakes.py").read_text(encoding="utf-8")
    found = []
    for node in ast.parse(text).body:
        match node:
            case ast.FunctionDef(decorator_list=[ast.Call(func=ast.Name(id="mistake"), keywords=keywords)]):
                said = {k.arg: ast.literal_eval(k.value) for k in keywords}
                function = ast.get_source_segment(text, node)
                variant = function.replace(f"def {node.name}(", f"def {said['of']}(", 1)
                found.append((said["of"], node.name, said["zh"], said["en"], variant))
            case ast.Expr(value=ast.Call(func=ast.Name(id="edit"), keywords=keywords)):
                said = {k.arg: ast.literal_eval(k.value) for k in keywords}
                variant = FUNCTIONS[said["of"]]
                for old, new in said["replace"]:
                    assert old in variant, (said["name"], old)
                    variant = variant.replace(old, new)
                found.append((said["of"], said["name"], said["zh"], said["en"], variant))
            case ast.Expr(value=ast.Constant()):
                pass
            case _:
                raise AssertionError(f"line {node.lineno} is neither a mistake nor an edit")
    return found


MISTAKES = entries()
IDS = [f"{of}.{name}" for of, name, *_ in MISTAKES]


def inputs(function):
    """Yield arguments on which a right solution is right and a slip shows."""
    rng = np.random.default_rng(7)
    reference = loaded(REFERENCE)
    for m, h, w, c, n_c, f, pad, stride in [
        (2, 5, 4, 2, 3, 2, 1, 2),
        (3, 4, 6, 3, 2, 3, 2, 1),
        (1, 7, 4, 1, 2, 1, 0, 3),
        (2, 4, 7, 2, 2, 3, 0, 2),
    ]:
        a_prev = rng.normal(size=(m, h, w, c))
        window, weights = rng.normal(size=(f, f, c)), rng.normal(size=(f, f, c, n_c))
        bias = rng.normal(size=(1, 1, 1, n_c))
        match function:
            case "zero_pad":
                yield a_prev, pad
            case "conv_single_step":
                yield window, weights[..., 0], bias[..., 0]
            case "conv_forward":
                yield a_prev, weights, bias, {"stride": stride, "pad": pad}
            case "conv_backward":
                z, cache = reference["conv_forward"](a_prev, weights, bias, {"stride": stride, "pad": pad})
                yield rng.normal(size=z.shape), cache
            case "pool_forward":
                for mode in ("max", "average"):
                    yield a_prev - 2, {"f": f, "stride": stride}, mode
            case "pool_backward":
                for mode in ("max", "average"):
                    a, cache = reference["pool_forward"](a_prev, {"f": f, "stride": stride}, mode)
                    yield rng.normal(size=a.shape), cache, mode
            case "create_mask_from_window":
                for shift in (-4, 0, 1):
                    yield (np.round(a_prev[0, :, :, 0]) + shift,)
            case "distribute_value":
                yield 2.5, (f, h)


def loaded(text):
    names = {}
    exec(compile(text, "<source>", "exec"), names)
    return names


def outcome(function, arguments):
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            return function(*arguments)
    except (ValueError, IndexError, TypeError) as error:
        return type(error).__name__


def same(got, want):
    if isinstance(want, (tuple, list)):
        return isinstance(got, (tuple, list)) and len(got) == len(want) and all(map(same, got, want))
    if isinstance(want, (dict, str)) or isinstance(got, (dict, str)):
        return type(got) is type(want) and got == want
    return np.shape(got) == np.shape(want) and np.allclose(got, want, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("of", "name", "zh", "en", "variant"), MISTAKES, ids=IDS)
def test_differs_from_the_reference(of, name, zh, en, variant):
    right, wrong = loaded(REFERENCE), loaded(f"{REFERENCE}\n\n{textwrap.dedent(variant)}\n")
    verdicts = [same(outcome(wrong[of], arguments), outcome(right[of], arguments)) for arguments in inputs(of)]
    assert not all(verdicts)


@pytest.mark.parametrize("of", sorted(FUNCTIONS))
def test_no_two_mistakes_of_a_function_are_the_same(of):
    """Else a student would be told the first one's hint for both."""
    wrong = {
        name: loaded(f"{REFERENCE}\n\n{variant}\n")[of] for function, name, _, _, variant in MISTAKES if function == of
    }
    outcomes = {name: [outcome(function, arguments) for arguments in inputs(of)] for name, function in wrong.items()}
    names = list(outcomes)
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            assert not all(map(same, outcomes[first], outcomes[second])), (first, second)


@pytest.mark.parametrize(("of", "name", "zh", "en", "variant"), MISTAKES, ids=IDS)
def test_hints_are_a_ladder_in_both_languages(of, name, zh, en, variant):
    assert re.fullmatch("[a-z][a-zA-Z0-9_]*", name)
    assert len(zh) == len(en) and len(zh) in (2, 3)
    assert all(re.search("[\u4e00-\u9fff]", step) and step[-1] in "。？…" for step in zh)
    assert all(step.isascii() or "…" in step for step in en)
    changed = [line.strip() for line in FUNCTIONS[of].splitlines() if line.strip() not in variant]
    assert not any(line and line in step for line in changed for step in (*zh, *en)), "a hint gives the code away"


def test_enough_of_them_for_every_function():
    assert len(MISTAKES) >= 45
    assert len(set(IDS)) == len(IDS)
    assert {of for of, *_ in MISTAKES} == set(FUNCTIONS)
