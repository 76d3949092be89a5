"""The lexer agrees with Python's own on everything that Python can read."""

import io
import re
import time
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submission import notebook
from grader.submission import text as lexing
from grader.submission.notebook import blank
from grader.submission.text import lex

ROOT = Path(__file__).resolve().parents[2]


def comments_of(text):
    return [
        token.string for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.COMMENT
    ]


def agrees(text):
    found = lex(text)
    assert [comment for _, comment in found.comments] == comments_of(text)
    assert all(text[at:].startswith(comment) for at, comment in found.comments)
    assert len(found.bare) == len(text)
    assert found.bare.count("\n") == text.count("\n")
    assert not found.endless


@pytest.mark.parametrize("path", sorted((ROOT / "grader").rglob("*.py")), ids=lambda path: path.stem)
def test_on_real_source(path):
    agrees(path.read_text("utf-8"))


_PIECES = [
    "'a#b'",
    '"#"',
    "'''x\n# y'''",
    '"""a"b""c\\""""',
    "r'\\'",
    "f'{x}'",
    "'\\\n#'",
    "# 评分函数:f",
    "x",
    " = ",
    "\n",
    "(",
    ")",
    "''",
    '""',
    "b'\\\\'",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=20))
def test_on_what_python_can_tokenize(pieces):
    text = " ".join(pieces) + "\n"
    try:
        comments_of(text)
        compile(text, "", "exec")
    except (SyntaxError, tokenize.TokenError):
        return
    agrees(text)


@given(st.lists(st.sampled_from([*_PIECES, "'", '"', "\\", "%ls", "!x = 1", "a?"]), max_size=20))
def test_groups_need_not_be_possessive(pieces):
    """Python before 3.11.5 matches possessive groups wrongly."""
    text = "\n%x\n" + "".join(pieces)
    found = lex(text), blank(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexing, "_POSSESSIVE", False)
        patch.setattr(lexing, "_LEXEME", lexing.compiled(lexing._LEXEME.pattern, re.RegexFlag(lexing._LEXEME.flags)))
        notebook._token.cache_clear()
        assert all(")*+" not in each.pattern for each in (lexing._LEXEME, notebook._token()))
        assert (lex(text), blank(text)) == found
    notebook._token.cache_clear()


@pytest.mark.parametrize("text", ["'\\\n" * 100_000, '"""' + 'a"\\' * 100_000, "\"'" * 200_000, "'" + "\\a" * 150_000])
def test_time_grows_with_the_text(text, monkeypatch):
    monkeypatch.setattr(lexing, "_POSSESSIVE", False)
    monkeypatch.setattr(lexing, "_LEXEME", lexing.compiled(lexing._LEXEME.pattern, re.RegexFlag(lexing._LEXEME.flags)))
    began = time.process_time()
    lex(text)
    assert time.process_time() - began < 2


def test_strings_keep_their_first_character_and_code_its_place():
    found = lex("x = \"a#b\"  # c\ny = '''d\ne'''\n")
    assert found.bare == "x = \"         \ny = '   \n    \n".replace('"         ', '"    ' + " " * 5)


def test_a_string_cut_off_ends_with_its_line():
    assert lex("x = 'abc\ny = 1 # z\n").comments == ((15, "# z"),)


def test_an_endless_string_is_told_with_its_line():
    assert lex('x = 1\ny = """abc\n# d\n').endless == 2
