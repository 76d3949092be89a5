"""What to write instead: sentences for the syntax errors that students really make."""

from __future__ import annotations

import re

from grader.language import Message, inert, say
from grader.submission.lookalikes import explain_odd


def explain(error: SyntaxError, line: str, mixed: bool = False) -> Message | None:
    """Return what to do about Python's message, or `None` where its own words must do.

    `mixed` says that the statement is indented with tabs here and with spaces there.
    """
    words = error.msg or ""
    if line.lstrip().startswith(("<<<<<<<", "=======", ">>>>>>>")):
        return say("This line was left by a merge conflict; keep one of the two versions and delete the marks.")
    if isinstance(error, TabError) or (mixed and isinstance(error, IndentationError) and "expected an" not in words):
        return say("Tabs and spaces are mixed in the indentation; use four spaces everywhere.")
    if words.startswith("Missing parentheses in call to 'print'"):
        shown = re.sub(r"^\s*print\s*", "", line).strip()
        return say("This is Python 2; in Python 3 write `print({what})`.", what=inert(shown, 60))
    for pattern, sentence in _SENTENCES:
        if re.search(pattern, words):
            return sentence
    return explain_odd(words)


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
    (r"^'break' outside|^'continue' not", say("break and continue belong into a loop; is this indented right?")),
    (r"^duplicate argument", say("Two parameters of this function have the same name.")),
    (r"keyword argument repeated", say("This call is given the same argument twice.")),
    (r"forgot a comma", say("A comma or an operator seems to be missing.")),
    (r"Exceeds the limit", say("This number has far too many digits.")),
    (r"too many nested|too deeply|recursion|parser stack", say("This is nested too deeply to be read.")),
)
