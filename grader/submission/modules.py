"""The student's own modules and packages that a source imports, read beside it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence

from grader.errors import SubmissionError
from grader.language import Message, inert, listed, say
from grader.submission.costs import WordsLeft
from grader.submission.notebook import blank
from grader.submission.syntax import parse
from grader.submission.text import decode, lex

_MOST_MODULES = 32
_MODULES_TOTAL = 1 << 20
_MOST_TRIED = 400
_DEEPEST = 20  # dots in a name: each part above is tried too, so a long name would take the square of its length
"""Names that are looked for beside a file at most."""
_INSTALLED = frozenset(
    {"numpy", "scipy", "pandas", "matplotlib", "mpl_toolkits", "seaborn", "sklearn", "skimage", "PIL", "cv2", "imageio"}
    | {"torch", "torchvision", "tensorflow", "keras", "jax", "h5py", "tqdm", "IPython", "ipywidgets", "pytest"}
    | {"pylab", "plotly", "progressbar", "sympy", "statsmodels", "networkx", "numba", "nltk", "xgboost", "lightgbm"}
    | {"grader", "pingfen"}
)
"""Names of packages: no remark says that they are to be handed in."""
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]*(?P<dots>\.*)[ \t]*(?P<source>[\w.]*)[ \t]+import[ \t]*(?P<parts>\([^()]*\)|[^\n;()]*)"
    r"|import[ \t]+(?P<several>[\w \t,.]+))",
    re.MULTILINE,
)
_IN_CALL = re.compile(r"""\bimport_module\([ \t]*["']([A-Za-z_][\w.]{0,99})["'][ \t]*\)""")


_SEARCHED = re.compile(r"^[^\n#]*\bsys\.path\.(?:append|insert|extend)\b(.*)$", re.MULTILINE)
_FOLDER = re.compile(r"""["'](?:\./)?([A-Za-z_]\w{0,99}(?:/\w{1,100}){0,3})/?["']""")


def gather(
    bare: str, text: str, beside: Callable[[str], bytes | None] | None, allowance: WordsLeft
) -> tuple[tuple[tuple[str, str], ...], list[tuple[Message, int]], bytes]:
    """Return the helper modules that a source imports, remarks on those that cannot be read, and the modules' bytes.

    `bare` is the source `text` with comments and strings blanked. Modules that `import_module` names are looked for,
    too, and folders that are put on `sys.path` are looked in. `beside` returns the bytes of a module in its folder
    (`pkg.a` is `pkg/a.py`), and raises SubmissionError for one that cannot be taken; without it no module is read, and
    a remark says so. Modules with a name of the standard library or of numpy are not looked for. What exceeds the
    `allowance` is not read. With a module of a package all packages above it are returned, with an empty text where
    they have none.
    """
    if beside is None:
        return (), _alone(bare), b""
    found: dict[str, str] = {}
    raw: list[bytes] = []
    unread: list[tuple[Message, int]] = []
    waiting = [*imported(bare), *_IN_CALL.findall(text)]
    folders = [
        "",
        *(f"{each.replace('/', '.')}." for line in _SEARCHED.findall(text) for each in _FOLDER.findall(line)),
    ]
    tried: set[str] = set()
    while waiting and len(found) < _MOST_MODULES and len(tried) < _MOST_TRIED:
        name = waiting.pop(0)
        top = name.partition(".")[0]
        if name in tried or name.count(".") > _DEEPEST or top in sys.stdlib_module_names or top == "numpy":
            continue
        tried.add(name)
        waiting += [above for above in _above(name) if above not in tried]
        try:
            data, package = _found(name, folders, beside)
            if data is None or sum(map(len, raw)) + len(data) > _MODULES_TOTAL:
                continue
            text, _ = decode(data, f"{name}.py")
            allowance.take(text, f"{name}.py")
            text = blank(text)
            text = parse(text, [(1, text.count("\n") + 1)], f"{name}.py").text
        except SubmissionError as error:
            unread.append((say("{file} was not loaded: {why}", file=inert(f"{name}.py"), why=error.message), 0))
            continue
        found[name] = text
        raw.append(name.encode() + b"\0" + data)
        waiting += imported(lex(text).bare, package)
    for name in [*found]:
        found |= {above: "" for above in _above(name) if above not in found}
    return tuple(found.items()), unread, b"".join(raw)


def _found(name: str, folders: Sequence[str], beside: Callable[[str], bytes | None]) -> tuple[bytes | None, str]:
    """Return the bytes of a module or package in the first of the folders that has it, and the package it is in."""
    for folder in folders:
        if (data := beside(folder + name)) is not None:
            return data, name.rpartition(".")[0]
        if (data := beside(f"{folder}{name}.__init__")) is not None:
            return data, name
    return None, ""


def _above(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _alone(bare: str) -> list[tuple[Message, int]]:
    """Return the remark on imported modules that may be the student's own.

    Whether they exist is not looked up: that would tell what files other students have.
    """
    known = _INSTALLED | sys.stdlib_module_names
    tops = dict.fromkeys(name.partition(".")[0] for name in imported(bare))
    names = [name for name in tops if name not in known][:_MOST_MODULES]
    if not names:
        return []
    said = say(
        "The files beside this one are not read: they may be another student's. If {modules} is yours, hand it in "
        "together with this file, in a folder or a .zip, or name that folder to `grade`.",
        modules=listed([inert(name, 60) for name in names]),
    )
    return [(said, 0)]


def imported(bare: str, package: str = "") -> Iterator[str]:
    """Yield the modules that a source in a `package` imports whole or in part, and names that may be modules in them.

    The name `pkg.x` of `from pkg import x` may be a module or not.
    """
    for match in _IMPORT.finditer(bare):
        if match["several"]:
            for each in match["several"].split(","):
                name = each.split()[0] if each.split() else ""
                if all(part.isidentifier() for part in name.split(".")):
                    yield name
            continue
        base = absolute(match["dots"] or "", match["source"], package)
        if base:
            yield base
        for each in match["parts"].strip("()").split(","):
            name = each.split()[0] if each.split() else ""
            if name.isidentifier() and (base or match["dots"]):
                yield f"{base}.{name}" if base else name


def absolute(dots: str, source: str, package: str) -> str:
    """Return the name of a module that is imported by `from ..source import`, "" for the folder of the submission."""
    if not dots:
        return source if all(part.isidentifier() for part in source.split(".")) else ""
    above = package.split(".") if package else []
    base = above[: max(0, len(above) - len(dots) + 1)]
    return ".".join([*base, *filter(None, source.split("."))])
