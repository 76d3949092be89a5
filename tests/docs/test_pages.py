"""The documentation is carried out: its commands print what stands there, its reference is whole, its links lead on."""

import json
import re
from pathlib import Path

import pytest
import yaml

from bench import commands as command_line
from bench import reference
from bench.documents import PAGES, ROOT, filled, language_of
from grader.cases.functions import FUNCTIONS
from grader.checks import own_kinds
from grader.checks.properties.laws import LAWS
from grader.model import Comparison, Limits
from grader.reading.settings import COMPARE, LIMITS
from grader.report import FILES, FORMATS
from grader.rubric import load
from grader.rubric.checks import CASES

RUN = [page for page in PAGES if "```console" in page.read_text("utf-8")]
RUBRIC = re.compile(r'```yaml title="grading.yaml"\n(.*?)```', re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)?(?:#([^)\s]+))?\)")


def name(path):
    return str(path.relative_to(ROOT / "docs"))


def test_tutorials_and_cookbooks_are_among_the_pages_that_are_run():
    assert {"en/tutorial.md", "zh/tutorial.md", "en/cookbook.md", "zh/cookbook.md"} <= {name(page) for page in RUN}
    assert {name(page)[3:] for page in PAGES if language_of(page) == "zh"} == {
        name(page)[3:] for page in PAGES if language_of(page) == "en"
    }


LONG = {"en/cookbook.md", "zh/cookbook.md", "zh/tutorial.md"}
"""A cookbook holds more commands than all other pages together; the two tutorials run the same commands."""
CARRIED_OUT = [pytest.param(page, marks=pytest.mark.slow) if name(page) in LONG else page for page in RUN]


@pytest.mark.parametrize("page", CARRIED_OUT, ids=name)
def test_commands_print_what_stands_below_them(page):
    text = page.read_text("utf-8")
    assert filled(text, language_of(page)).splitlines() == text.splitlines(), "run: make pages"


@pytest.mark.parametrize("page", RUN, ids=name)
def test_a_page_in_the_other_language_runs_the_same_commands(page):
    other = ROOT / "docs" / {"zh": "en", "en": "zh"}[language_of(page)] / page.name
    assert commands(page) == commands(other)


def commands(page):
    """The commands of a page, words of either language apart."""
    found = re.findall(r"(?m)^ *\$ (.*)$|^<!-- (run: .*|folder) -->$", page.read_text("utf-8"))
    return [re.sub(r"--lang \w\w|(grep|echo) .*", r"\1", one or two) for one, two in found]


def test_a_page_that_no_longer_holds_is_noticed():
    page = "```console\n$ echo 2\n1\n```\n"
    assert filled(page, "en") == "```console\n$ echo 2\n2\n```\n"


def test_a_change_that_does_not_fit_is_refused():
    page = '```python title="a.py"\nx = 1\n```\n\n```diff title="a.py"\n-x = 2\n+x = 3\n```\n'
    with pytest.raises(ValueError, match="does not hold these lines once"):
        filled(page, "en")
    assert filled(page.replace("-x = 2", "-x = 1") + "\n```console\n$ cat a.py\n```\n", "en").endswith("\nx = 3\n```\n")


@pytest.mark.parametrize("language", reference.LANGUAGES)
def test_the_reference_is_the_readers_own(language):
    written = (ROOT / "docs" / language / "reference.md").read_text("utf-8")
    assert written == reference.page(language), "run: make pages"


def keys(schema):
    """Every key that a schema knows, at any depth; the two languages of a text are told in the introduction."""
    if isinstance(schema, list):
        return {key for each in schema for key in keys(each)}
    if not isinstance(schema, dict):
        return set()
    own = schema.get("properties", {})
    rest = [value for word, value in schema.items() if word not in ("properties", "$defs")]
    inside = [*own.values(), *schema.get("$defs", {}).values(), *rest]
    return {key for key in own if key not in reference.LANGUAGES} | keys(inside)


@pytest.mark.parametrize("language", reference.LANGUAGES)
def test_nothing_that_a_rubric_may_hold_is_missing(language):
    written = (ROOT / "docs" / language / "reference.md").read_text("utf-8")
    known = keys(json.loads((ROOT / "docs" / "grading.schema.json").read_text("utf-8")))
    assert {"seed", "rtol", "at_most", "python", "hint_cost"} <= known
    assert [key for key in sorted(known) if f"| `{key}` |" not in written] == []
    assert [name for name in LAWS if f"\n- `{name}" not in written] == []
    assert [name for name in FUNCTIONS if not re.search(rf"`{name}[(`]", written)] == []
    drawn = [function.name for function in FUNCTIONS.values() if function.draws]
    assert [name for name in drawn if f">>> {name}(" not in written] == []


@pytest.mark.parametrize("language", reference.LANGUAGES)
def test_the_commands_are_those_of_the_command_line(language):
    written = (ROOT / "docs" / language / "commands.md").read_text("utf-8")
    assert written == command_line.page(language), "run: make pages"


@pytest.mark.parametrize("language", reference.LANGUAGES)
def test_every_format_is_told(language):
    written = (ROOT / "docs" / language / "commands.in.md").read_text("utf-8")
    assert re.findall(r"(?m)^\| `(\w[\w-]*)` \|", written) == [*FORMATS, *FILES]


@pytest.mark.parametrize(("keys", "model"), [(COMPARE, Comparison()), (LIMITS, Limits())], ids=["compare", "limits"])
def test_what_is_taken_where_nothing_is_written_is_told(keys, model):
    told = {None: "rtol", True: "true", False: "false", 1 << 30: "1 GiB", 64 << 10: "64 KiB", 64 << 20: "64 MiB"}
    told |= {1e-6: "1e-6", 10.0: "10"}
    for key in keys.schema["properties"].values():
        default = getattr(model, key.name)
        if key.name in ("of", "outputs"):  # without them there is nothing to be told
            continue
        word = told.get(default, default)
        said = "seconds" if key.name == "cpu_seconds" else word
        assert re.search(rf"{said}[^;]* if left out|if left out, {said}|{said}: [^;]*\(default\)", key.en), key.name
        assert re.search(rf"默认[^；]*{said}|{said}：[^；]*（默认）", key.zh), key.name


def test_how_many_cases_are_drawn_is_told():
    counts = ", ".join(f"{kind.kind} {kind.cases}" for kind in own_kinds() if kind.cases)
    assert counts in CASES.en
    assert counts.replace(", ", "，") in CASES.zh


@pytest.mark.parametrize("page", [*PAGES, ROOT / "docs" / "index.md"], ids=name)
def test_links_lead_somewhere(page):
    text = page.read_text("utf-8")
    for path, _anchor in LINK.findall(re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)):
        assert not path or (Path(page).parent / path).exists(), path


RUBRICS = [
    pytest.param(page, body, id=f"{name(page)}-{number}")
    for page in PAGES
    for number, body in enumerate(RUBRIC.findall(page.read_text("utf-8")))
]


@pytest.mark.parametrize(("page", "body"), RUBRICS)
def test_every_rubric_is_read_without_a_fault(page, body, tmp_path):
    written = yaml.safe_load(body)
    own = [written[key] for key in ("reference", "generators") if key in written]
    put_to_use = written.get("application", {})
    own += [put_to_use[key] for key in ("module", "page") if key in put_to_use]
    for path in [*own, *written.get("files", []), *put_to_use.get("data", [])]:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).touch()
    for file in re.findall(r"^ +module: (\S+)$", body, re.MULTILINE):  # its function has to be there
        (tmp_path / file).parent.mkdir(exist_ok=True)
        text = page.read_text("utf-8").partition(f'```python title="{file}"\n')[2].partition("```")[0]
        (tmp_path / file).write_text(text, "utf-8")
    path = tmp_path / "grading.yaml"
    path.write_text(body, "utf-8")
    assert [fault.message.text("en") for fault in load(path).faults] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_says_what_it_is(page):
    """A block is carried out (a file, a change, commands), or it is one of the few that only show something."""
    text = page.read_text("utf-8")
    for kind, title in re.findall(r'(?m)^ *```(\w+)(?: title="([^"]+)")?$', text):
        assert title or kind in ("console", "bash", "text"), (kind, title)
    for body in re.findall(r'```yaml title="[^"]*"\n(.*?)```', text, re.DOTALL):
        assert yaml.safe_load(body)


def test_every_sentence_about_the_commands_is_in_chinese():
    text = (ROOT / "docs" / "zh" / "commands.md").read_text("utf-8")
    prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    lines = [line for line in prose.splitlines() if re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", line)]
    assert lines == []
