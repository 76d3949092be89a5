"""One spoilt line costs the function it stands in, whole; no function is ever read in part."""

import ast
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from submission_desk import NAMES

from grader import submission
from grader.errors import SubmissionError
from grader.submission.syntax import parse
from grader.submission.text import lex

WHOLE = (Path(__file__).resolve().parents[2] / "solutions/cnn.py").read_text("utf-8")
LINES = WHOLE.split("\n")
CODE = lex(WHOLE).bare.split("\n")
INDENTED = [number for number, line in enumerate(LINES) if CODE[number].strip() and line.startswith(" ")]
SPOILERS = {
    "full-width indentation": lambda line: "\u3000\u3000" + line.lstrip(),
    "no-break space": lambda line: line.replace("    ", "\u00a0   ", 1),
    "no indentation": lambda line: line.lstrip(),
    "tab": lambda line: "\t" + line.lstrip(),
    "zero width": lambda line: line + "\u200b",
    "byte order mark": lambda line: "\ufeff" + line,
    "full-width punctuation": lambda line: line.replace("(", "（", 1).replace("=", "＝", 1).replace(":", "：", 1),
    "blank full-width line above": lambda line: "\u3000\n" + line,
    "cut": lambda line: line[: len(line) * 2 // 3],
    "python 2 at the margin": lambda line: "print 'x'\n" + line,
}


def functions(tree):
    return {node.name: ast.dump(node) for node in tree.body if isinstance(node, ast.FunctionDef)}


@settings(deadline=None, max_examples=60)
@given(number=st.sampled_from(INDENTED), spoiler=st.sampled_from(sorted(SPOILERS)))
def test_what_is_read_is_read_whole(tmp_path_factory, number, spoiler):
    text = "\n".join([*LINES[:number], SPOILERS[spoiler](LINES[number]), *LINES[number + 1 :]])
    parsed = parse(text, ((1, text.count("\n") + 1),), "")
    if all("'return' outside" in hole.error.msg for hole in parsed.holes):  # the function stays, and is told of it
        return
    whole, kept = functions(ast.parse(WHOLE)), functions(parsed.tree)
    assert {name: tree for name, tree in kept.items() if whole[name] != tree} == {}
    assert len(whole) - len(kept) <= 1
    path = tmp_path_factory.getbasetemp() / "spoilt.py"
    path.write_text(text, "utf-8")
    try:
        student = submission.load(path, NAMES)
    except SubmissionError:
        return
    lost = set(NAMES) - set(student.symbols)
    assert lost <= {broken.function for broken in student.broken}
    assert all(broken.at.column <= len(broken.line_text) + 1 for broken in student.broken)
