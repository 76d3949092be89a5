"""Every sentence has its Chinese, with the same places, written as Chinese is written."""

import ast
import re
import string
from pathlib import Path

import click
import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from grader.author import library
from grader.cli.app import CLICK, COMMANDS, app

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "grader" / "language" / "locale" / "zh" / "LC_MESSAGES"
WIDE = "[\u2e80-\u9fff\uff00-\uffef\u3001\u3002]"


def sentences():
    """Yield (file:line, texts) of every `say` and `say_count` whose text is written there."""
    for path in sorted((ROOT / "grader").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
                continue
            wanted = {"say": 1, "say_count": 2}.get(node.func.id)
            if wanted is None:
                continue
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            texts = node.args[:wanted]
            yield place, tuple(text.value if isinstance(text, ast.Constant) else None for text in texts)
    yield from of_help()
    yield from (("grade show --generators", (text,)) for text in library.sentences())
    for path in sorted((ROOT / "grader").rglob("*.j2")):
        for text in re.findall(r'\bsay\("([^"]*)"', path.read_text("utf-8")):
            yield str(path.relative_to(ROOT)), (text,)
        for one, many in re.findall(r'\bsay_count\("([^"]*)", "([^"]*)"', path.read_text("utf-8")):
            yield str(path.relative_to(ROOT)), (one, many)


def of_help():
    """Yield (command, texts) of every sentence that `--help` may show: all are put into the language when shown."""
    for name, says in COMMANDS.items():
        yield f"grade --help, {name}", (says,)
    for command in (app, *(app.get_command(click.Context(app), name) for name in COMMANDS)):
        yield from of_command(command)


def of_command(command):
    """Yield the sentences of a command's help, and of all below it."""
    context = click.Context(command)
    for name in command.list_commands(context) if isinstance(command, click.Group) and command is not app else ():
        yield from of_command(command.get_command(context, name))
    for part in command.help.split("\n\n"):
        yield f"grade {command.name} --help", (" ".join(part.split()),)
    for option in command.params:
        if isinstance(option, click.Option) and option.help:
            yield f"grade {command.name} --help, {option.name}", (option.help,)


@pytest.fixture(scope="module")
def catalogue():
    with (FOLDER / "pingfen.po").open("rb") as file:
        return read_po(file, locale="zh")


def places(text):
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


def test_sentences_are_written_where_they_are_said():
    """A text that is put together or kept elsewhere would be missed by the test below."""
    assert [place for place, texts in sentences() if None in texts] == []


def test_every_sentence_has_its_chinese(catalogue):
    missing = []
    for place, texts in sentences():
        entry = catalogue.get(texts[0])
        translated = (
            entry is not None and entry.string and all(entry.string if isinstance(entry.string, tuple) else (1,))
        )
        if not translated or (len(texts) == 2 and entry.id != texts):
            missing.append(f"{place}: {texts[0]}")
    assert missing == []


def test_translations_have_the_same_places(catalogue):
    wrong = []
    for entry in catalogue:
        if not entry.id:
            continue
        keys = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        strings = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        wanted = set(places(keys[-1]))
        if len(keys) == 2 and keys[0] not in {said.template for said in CLICK}:
            wanted.add("count")
        wrong += [f"{text!r} for {keys[0]!r}" for text in strings if set(places(text)) != wanted]
    assert wrong == []


def test_nothing_is_left_over(catalogue):
    used = {texts[0] for _, texts in sentences()}
    keys = [entry.id[0] if isinstance(entry.id, tuple) else entry.id for entry in catalogue if entry.id]
    assert [key for key in keys if key not in used] == []


def test_no_sentence_is_translated_twice():
    """The first would hold, and whoever mends the second would see no change."""
    keys = re.findall(r"^msgid (.*(?:\n\".*)*)", (FOLDER / "pingfen.po").read_text("utf-8"), re.MULTILINE)
    assert len(keys) > 1000 and [key for key in keys if keys.count(key) > 1] == []


def test_the_compiled_catalogue_is_current(catalogue):
    with (FOLDER / "pingfen.mo").open("rb") as file:
        compiled = read_mo(file)
    texts = [{tuple(one.id): tuple(one.string) for one in each if one.id} for each in (compiled, catalogue)]
    assert texts[0] == texts[1], "run `make messages`"


def test_chinese_has_chinese_punctuation(catalogue):
    """Half-width marks beside a Chinese character look wrong to every reader."""
    wrong = []
    for entry in catalogue:
        for text in entry.string if isinstance(entry.string, tuple) else (entry.string,):
            prose = re.sub(r"`[^`]*`|\{[^}]*\}", "x", text)
            if entry.id and re.search(rf"{WIDE}[,:;!?(]|[,:;!?)]{WIDE}", prose):
                wrong.append(text)
    assert wrong == []


def test_counts_are_right_in_both_languages():
    from grader.language import say_count

    said = say_count("{count} of {total} elements differs", "{count} of {total} elements differ", 1, total=4)
    many = say_count("{count} of {total} elements differs", "{count} of {total} elements differ", 3, total=4)
    assert (said.text("en"), many.text("en")) == ("1 of 4 elements differs", "3 of 4 elements differ")
    assert many.text("zh") == "4 个元素中有 3 个不同"
