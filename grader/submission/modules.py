"""The student's own helper files that a submission imports, so that `from utils import *` works where it is theirs."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

from grader.errors import SubmissionError
from grader.language import Message, inert, listed, say
from grader.submission.encoding import decode
from grader.submission.lexing import lex
from grader.submission.notebook import blank
from grader.submission.reading import Allowance
from grader.submission.syntax import parse

MOST = 16
TOTAL = 1 << 20
_INSTALLED = frozenset(
    {"numpy", "scipy", "pandas", "matplotlib", "mpl_toolkits", "seaborn", "sklearn", "skimage", "PIL", "cv2", "imageio"}
    | {"torch", "torchvision", "tensorflow", "keras", "jax", "h5py", "tqdm", "IPython", "ipywidgets", "pytest"}
    | {"grader"}
)
"""Names that are a package's: no one is told to hand them in."""
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<source>\w+)[ \t]+import\b|import[ \t]+(?P<several>[\w \t,.]+))", re.MULTILINE
)


def gather(
    bare: str, beside: Callable[[str], bytes | None] | None, allowance: Allowance
) -> tuple[tuple[tuple[str, str], ...], list[tuple[Message, int]], bytes]:
    """Return the helper modules that a source needs, remarks on those that cannot be read, and their bytes.

    `bare` is the source with comments and strings blanked; `beside` finds the bytes of a module in its folder, and
    raises SubmissionError for one that cannot be taken. Without it no module is looked for, and a remark says so. No
    module has the name of one in the standard library, or of numpy. What is too much for the `allowance` is not read.
    """
    if beside is None:
        return (), _alone(bare), b""
    found: dict[str, str] = {}
    raw: list[bytes] = []
    remarks: list[tuple[Message, int]] = []
    waiting = list(imported(bare))
    tried: set[str] = set()
    while waiting and len(found) < MOST:
        name = waiting.pop(0)
        if name in tried or name in sys.stdlib_module_names or name == "numpy":
            continue
        tried.add(name)
        try:
            data = beside(name)
            if data is None or sum(map(len, raw)) + len(data) > TOTAL:
                continue
            text, _ = decode(data, f"{name}.py")
            allowance.take(text, f"{name}.py")
            text = blank(text)
            text = parse(text, [(1, text.count("\n") + 1)], f"{name}.py").text
        except SubmissionError as error:
            remarks.append((say("{file} was not loaded: {why}", file=inert(f"{name}.py"), why=error.message), 0))
            continue
        found[name] = text
        raw.append(name.encode() + b"\0" + data)
        waiting += imported(lex(text).bare)
    return tuple(found.items()), remarks, b"".join(raw)


def _alone(bare: str) -> list[tuple[Message, int]]:
    """Return the remark on modules that may be the student's own.

    It does not look whether they are there: that would tell what files other students have.
    """
    known = _INSTALLED | sys.stdlib_module_names
    names = [name for name in dict.fromkeys(imported(bare)) if name not in known][:MOST]
    if not names:
        return []
    said = say(
        "The files beside this one are not read: they may be another student's. If {modules} is yours, hand it in "
        "together with this file, in a folder or a .zip, or name that folder to `grade`.",
        modules=listed([inert(name, 60) for name in names]),
    )
    return [(said, 0)]


def imported(bare: str) -> Iterator[str]:
    """Yield the names of modules that are imported whole or in part, packages apart."""
    for match in _IMPORT.finditer(bare):
        if match["source"]:
            yield match["source"]
        else:
            for each in match["several"].split(","):
                name = each.split()[0] if each.split() else ""
                if name.isidentifier():
                    yield name
