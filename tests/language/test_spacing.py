"""Chinese and Latin letters or digits stand apart, whatever is put into a sentence."""

import re
from pathlib import Path

import pytest

from grader import language
from grader.language import Bilingual, say

CATALOGUE = Path(language.__file__).parent / "locale/zh/LC_MESSAGES/pingfen.po"
TOUCHING = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("Z", "Z 的形状"),
        ("cache[0]", "cache[0] 的形状"),
        (Bilingual("返回值", "result"), "返回值的形状"),
        ("", "的形状"),
    ],
)
def test_a_space_stands_only_between_scripts(place, said):
    assert say("shape of {place}", place=place).text("zh") == said


def test_no_space_stands_between_two_chinese_characters():
    place = Bilingual("返回值[1]", "result[1]")
    said = say("first at {place}: expected {want}, got {got}", place=place, want="2", got="3").text("zh")
    assert said == "第一处在返回值[1]：期望 2，得到 3"
    said = say("first at {place}: expected {want}, got {got}", place="Z[1]", want="2", got="3").text("zh")
    assert said == "第一处在 Z[1]：期望 2，得到 3"


def test_english_and_what_is_put_in_stay_as_they_are():
    assert say("shape of {place}", place="Z维").text("zh") == "Z维的形状"
    assert say("shape of {place}", place="Z").text("en") == "shape of Z"


def test_no_sentence_of_the_catalogue_lets_them_touch():
    texts = re.findall(r'^(?:msgstr(?:\[\d\])? )?"(.*)"$', CATALOGUE.read_text("utf-8"), re.MULTILINE)
    assert len(texts) > 300
    assert [text for text in texts if TOUCHING.search(text)] == []
