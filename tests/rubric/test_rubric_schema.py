"""The schema for editors says what the reader says."""

import subprocess
import sys
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

import jsonschema
import pytest
import yaml
from rubric_samples import HEAD

from grader.model import Comparison, Limits
from grader.rubric.schema import schema, text

ROOT = Path(__file__).parents[2]
RULER = "=" * 72 + "\n"


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def test_the_published_schema_is_current():
    published = (ROOT / "docs" / "grading.schema.json").read_text("utf-8")
    assert published == text(), "run `python -m grader.rubric.schema > docs/grading.schema.json`"


def test_it_prints_itself():
    done = subprocess.run([sys.executable, "-m", "grader.rubric.schema"], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode("utf-8") == text()
    assert done.stderr == b""


def test_the_shipped_rubric_is_valid(validator):
    written = yaml.safe_load((ROOT / "grading.yaml").read_text("utf-8"))
    assert [error.message for error in validator.iter_errors(written)] == []


def keys(node):
    """Yield every key's schema, whatever table it is in."""
    if isinstance(node, list):
        for inner in node:
            yield from keys(inner)
    elif isinstance(node, dict):
        tables = [node[name] for name in ("properties", "$defs") if name in node]
        yield from node.get("properties", {}).items()
        for inner in [*node.values(), *(inner for table in tables for inner in table.values())]:
            yield from keys(inner) if inner not in tables else ()


def test_every_key_is_explained_in_both_languages():
    found = list(keys(schema()))
    assert len(found) > 60
    for name, inner in found:
        zh, _, en = inner["description"].partition("\n")
        assert en.isascii(), name
        assert not zh.isascii(), name


CHECK = HEAD + "problems:\n  f:\n    points: 1\n    checks:\n      - values: a\n        draw: {x: 1}\n"

ACCEPTED = [
    "",
    "        share: 1/3\n",
    "        share: 12.5%\n",
    "        compare: {rtol: 1e-6, atol: 0, dtype: truth}\n",
    "        like: f.a\n        where: x > 1\n        cases: 3\n",
    "        hint: {zh: 看, en: look}\n        visibility: public\n",
    "      - properties: deterministic\n        name: one\n",
    "      - properties: [a, b: {over: [X, 1, {y: null}]}]\n",
    "      - errors: bad\n        raises: [ValueError, TypeError]\n        draw: {x: 0}\n",
    "      - gradient: g\n        of: f(x)\n        wrt: {dx: x}\n        upstream: d\n        step: 1e-4\n",
    "      - example: e\n        show: {a: 1, b: x, c: true}\n        legacy_seed: 1\n        draw: {'a, b': f(x)}\n",
    "    returns: {Z: 50%, cache: {a: 1/4, b: 25%}}\n",
    "    returns: [a, b]\n",
    "    limits: {memory: 64 MiB, output: 100, seconds: 1.5}\n    needs: [g]\n    hints: [a]\n    bonus: true\n",
]

REFUSED = [
    "        shares: 10%\n",
    "        share: 10\n",
    "        share: a tenth\n",
    "        cases: 0\n",
    "        cases: 2.5\n",
    "        compare: {rtol: 2}\n",
    "        compare: {rtol: small}\n",
    "        compare: {dtype: Kind}\n",
    "        gradient: b\n",
    "        legacy_seed: -1\n",
    "        visibility: secret\n",
    "        hint: [a]\n",
    "        where: [a]\n",
    "        show: {a: 1}\n",
    "      - properties: []\n",
    "      - properties: [{a: {}, b: {}}]\n",
    "      - errors: bad\n        draw: {x: 0}\n",
    "      - errors: bad\n        raises: []\n",
    "      - gradient: g\n        of: f(x)\n        upstream: d\n",
    "      - draw: {x: 1}\n",
    "      - a\n",
    "    returns: {Z: 0.5}\n",
    "    returns: []\n",
    "    limits: {memory: lots}\n",
    "    bonus: 3\n",
    "    needs: f\n",
    "    colour: blue\n",
    "  2f:\n    points: 1\n    checks: [{values: a}]\n",
    "title: [x]\n",
]


def is_read(loaded, written):
    """Return whether the reader takes every key as it stands, sums and names between places left aside."""
    between = ("add up", "has no function", "draws nothing", "no `returns`", "goes round", "names no file")
    faults = [fault.message.text("en") for fault in loaded(written).faults]
    return not [fault for fault in faults if not any(words in fault for words in between)]


@pytest.mark.parametrize("more", ACCEPTED)
def test_what_is_read_is_valid(loaded, validator, more):
    assert is_read(loaded, CHECK + more)
    assert [error.message for error in validator.iter_errors(yaml.safe_load(CHECK + more))] == []


@pytest.mark.parametrize("more", REFUSED)
def test_what_is_refused_is_invalid(loaded, validator, more):
    written = CHECK + more if not more.startswith("title") else CHECK.replace("title: Two functions\n", more)
    assert not is_read(loaded, written)
    assert not validator.is_valid(yaml.safe_load(written))


def test_settings_are_the_models_own():
    """Each key of `compare` and `limits` is a field of the model, with the model's own words.

    What follows from a case is no key.
    """
    definitions = schema()["$defs"]
    for name, model in (("compare", Comparison), ("limits", Limits)):
        properties = definitions[name]["properties"]
        hints = {key: hint for key, hint in get_type_hints(model).items() if key not in ("scale", "noise")}
        assert properties.keys() == hints.keys()
        for key, hint in hints.items():
            assert properties[key].get("enum", []) == list(get_args(hint) if get_origin(hint) is Literal else [])
