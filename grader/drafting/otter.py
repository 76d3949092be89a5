"""Otter's notation for solutions, put into the regions that everything here understands.

`x = 3 # SOLUTION` becomes a region of its own; what stands between `# BEGIN SOLUTION` and `# END SOLUTION` is one
already. A prompt (a text between `# BEGIN PROMPT` and `# END PROMPT`) is what students were shown instead: its lines
become comments, except those that say nothing.
"""

from __future__ import annotations

import re

_PROMPT = re.compile(
    r'^(?P<indent>[ \t]*)(?P<quote>"""|\'\'\') # BEGIN PROMPT[^\n]*\n(?P<inside>.*?)'
    r"^[ \t]*(?P=quote);?[ \t]*# END PROMPT[^\n]*$",
    re.MULTILINE | re.DOTALL,
)
_SOLUTION = re.compile(r"^(?P<code>[ \t]*\S.*?)[ \t]*#+[ \t]*SOLUTION(?: NO PROMPT)?[ \t]*$")
_SEED = re.compile(r"[ \t]*#[ \t]*SEED[ \t]*$", re.MULTILINE)
_EMPTY = re.compile(r"\s*(?:\w+\s*=\s*)?\.\.\.\s*$|\s*$")


def plain_markers(source: str) -> str:
    """Return a cell's source with otter's own notation as regions and comments."""
    source = _SEED.sub("", _PROMPT.sub(_comments, source))
    lines: list[str] = []
    indent: str | None = None
    for line in [*source.split("\n"), ""]:
        found = _SOLUTION.match(line)
        if found and not found["code"].lstrip().startswith("#"):
            if indent is None:
                indent = line[: len(line) - len(line.lstrip())]
                lines.append(f"{indent}### BEGIN SOLUTION")
            lines.append(found["code"])
            continue
        if indent is not None:
            lines.append(f"{indent}### END SOLUTION")
            indent = None
        lines.append(line)
    return "\n".join(lines[:-1])


def _comments(found: re.Match[str]) -> str:
    told = [line for line in found["inside"].split("\n") if not _EMPTY.match(line)]
    return "\n".join(f"{found['indent']}# {line.strip().lstrip('# ')}" for line in told)
