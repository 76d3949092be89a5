from hypothesis import given
from hypothesis import strategies as st

from grader.report.lines import cell_width, cut, pad, wrap

TEXT = st.text(alphabet=st.sampled_from("ab ,.（）。，中文「」卷积 conv_forward e\u0301"), max_size=120)


def test_chinese_takes_two_cells_and_a_combining_accent_none():
    assert [cell_width(text) for text in ("abc", "卷积", "e\u0301", "，", "·")] == [3, 4, 1, 2, 1]


def test_a_vowel_sign_of_no_width_takes_no_cell():
    assert cell_width("\u0915\u0941") == 1  # Devanagari KA with the vowel sign U


def test_chinese_breaks_anywhere_but_not_before_its_punctuation():
    assert wrap("函数本身正确，它现在得不到结果。", 12) == ["函数本身正", "确，它现在得", "不到结果。"]
    assert wrap("看（见）", 4) == ["看", "（见", "）"]


def test_latin_words_stay_whole_between_chinese():
    assert wrap("你的 conv_forward 忽略了步长", 18) == ["你的 conv_forward", "忽略了步长"]


@given(TEXT, st.integers(4, 40))
def test_no_line_is_too_wide_and_nothing_is_lost(text, width):
    lines = wrap(text, width)
    assert all(cell_width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(TEXT, st.integers(4, 40))
def test_cutting_and_padding_keep_to_the_width(text, width):
    assert cell_width(cut(text, width)) <= width
    assert cell_width(pad(cut(text, width), width)) == width
