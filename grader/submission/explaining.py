"""What to write instead: sentences for the syntax errors that students really make."""

from __future__ import annotations

import re

from grader.language import Message, inert, say

WIDE = {
    "（": "(",
    "）": ")",
    "：": ":",
    "，": ",",
    "；": ";",
    "。": ".",
    "．": ".",
    "、": ",",
    "【": "[",
    "】": "]",
    "［": "[",
    "］": "]",
    "｛": "{",
    "｝": "}",
    "“": '"',
    "”": '"',
    "＂": '"',
    "‘": "'",
    "’": "'",
    "＇": "'",
    "＝": "=",
    "＋": "+",
    "－": "-",
    "—": "-",
    "＊": "*",
    "×": "*",
    "／": "/",
    "÷": "/",
    "％": "%",
    "＜": "<",
    "＞": ">",
    "《": "<",
    "》": ">",
    "！": "!",
    "？": "?",
    "＃": "#",
    "＠": "@",
    "～": "~",
    "｜": "|",
    "＆": "&",
}
"""What a Chinese input method puts into code, and the character Python wants there."""
_SPACES = "\u3000\u00a0\ufeff\u200b\u200c\u200d\u2002\u2003\u2009\u202f\u2060"
_WIDE = re.compile(f"[{''.join(WIDE)}{_SPACES}]")


def wide_character(bare: str) -> int:
    """Return the offset of the first full-width character in code (comments and strings blanked), or -1."""
    found = _WIDE.search(bare)
    return found.start() if found else -1


def explain_wide(char: str) -> Message:
    """Return the sentence for a character that looks like Python's but is not."""
    if char in WIDE:
        return say(
            "{wrong} is a full-width character; switch the input method to English and write {right}",
            wrong=char,
            right=WIDE[char],
        )
    if char == "\u3000":
        return say("There is a full-width space here; write an ordinary space.")
    return say("There is an invisible character here (U+{code}); delete it.", code=f"{ord(char):04X}")


def explain(error: SyntaxError, line: str) -> Message | None:
    """Return what to do about Python's message, or `None` where its own words must do."""
    words = error.msg or ""
    if line.lstrip().startswith(("<<<<<<<", "=======", ">>>>>>>")):
        return say("This line was left by a merge conflict; keep one of the two versions and delete the marks.")
    if isinstance(error, TabError):
        return say("Tabs and spaces are mixed in the indentation; use four spaces everywhere.")
    if words.startswith("Missing parentheses in call to 'print'"):
        shown = re.sub(r"^\s*print\s*", "", line).strip()
        return say("This is Python 2; in Python 3 write print({what})", what=inert(shown, 60))
    for pattern, sentence in _SENTENCES:
        if re.search(pattern, words):
            return sentence
    return None


_SENTENCES: tuple[tuple[str, Message], ...] = (
    (r"expected ':'", say("A colon is missing at the end of the line (def, for, if, else …).")),
    (r"was never closed", say("This bracket is opened and never closed.")),
    (r"^unmatched", say("This bracket is closed and was never opened.")),
    (r"closing parenthesis .* does not match", say("The closing bracket is of another kind than the opening one.")),
    (r"unterminated triple-quoted", say("The triple quotes that open here are never closed.")),
    (r"unterminated|EOL while scanning", say("The quotation mark that opens here is not closed on its line.")),
    (r"expected an indented block", say("The line after a colon must be indented by four spaces.")),
    (r"unexpected indent", say("This line is indented further than the lines above it.")),
    (r"unindent does not match", say("The indentation fits no line above; use four spaces a level.")),
    (r"'return' outside function", say("This return stands outside its function; indent it by four spaces.")),
    (r"instead of '='|cannot assign to", say("= assigns; to compare, write ==.")),
    (r"forgot a comma", say("A comma or an operator seems to be missing.")),
    (r"Exceeds the limit", say("This number has far too many digits.")),
    (r"too many nested|too deeply|recursion|parser stack", say("This is nested too deeply to be read.")),
)
