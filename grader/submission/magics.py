"""Notebook magics in Python text: blanked, never deleted, so that every line keeps its number.

`%magic`, `!shell`, `?help` and `help?` are IPython's, not Python's; exported scripts carry them too.
"""

from __future__ import annotations

import re

from grader.submission.lexing import compiled

_SUSPECTS = tuple(map(re.compile, (r"\n[ \t]*[%!?]", r"\?[ \t]*\n", r"=[ \t]*[%!][^=]")))
"""Each begins with one fixed character, so that a text without magics is passed over in no time."""
_TOKEN = compiled(
    r"""
    (?P<magic> ^[ \t]*(?:
        (?: %{1,2}[A-Za-z_] | ! | \? ) (?: [^\\\n] | \\. )*+
      | %{0,2}[\w.*]+\?{1,2}[ \t]*$
      | [\w, \t]+=[ \t]*(?: %[A-Za-z_] | ! ) (?: [^\\\n] | \\. )*+ ) )
  | (?P<skipped> \#[^\n]*
      | "{3} (?: [^"\\] | \\. | "(?!"") )*+ "{3} | '{3} (?: [^'\\] | \\. | '(?!'') )*+ '{3}
      | (?!"{3}) " (?: [^"\\\n] | \\. )*+ " | (?!'{3}) ' (?: [^'\\\n] | \\. )*+ ' )
  | (?P<open> [\[({] )
  | (?P<close> [\])}] )
  | (?P<start> ^(?:def|class|import|from|@)\b )
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_CELL = re.compile(r"\s*%%(\w+)")
HARMLESS = frozenset({"time", "capture", "prun"})
"""Cell magics that run the cell as it is and keep the names it defines."""


def cell_magic(source: str) -> str:
    """Return the name of the `%%magic` a cell begins with, or ""."""
    found = _CELL.match(source)
    return found.group(1) if found else ""


def blank(text: str) -> str:
    """Return `text` without its magics: an empty line for each, `pass` where it is indented (a block needs a body)."""
    framed = f"\n{text}\n"
    if not any(suspect.search(framed) for suspect in _SUSPECTS):
        return text
    parts: list[str] = []
    at = done = depth = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        match found.lastgroup:
            case "open":
                depth += 1
            case "close":
                depth = max(0, depth - 1)
            case "start":
                depth = 0
            case "magic" if depth:
                at = found.start() + 1 + len(found.group()) - len(found.group().lstrip())
            case "magic":
                parts += [text[done : found.start()], _stand_in(found.group())]
                done = at
    return "".join(parts) + text[done:]


def _stand_in(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return (f"{indent}pass" if indent else "") + "\n" * line.count("\n")
