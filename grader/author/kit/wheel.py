"""The grader itself, to take along: the wheel of the running package, and the versions of what it needs.

The running package may be a checkout or an installed wheel. Either way its files lie in two folders beside each other,
and its metadata where pip put it; both together are a wheel again, the same bytes each time.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, distribution, packages_distributions
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from msgspec import Struct

from grader.author.kit.kit import archive
from grader.errors import UsageError
from grader.language import inert, say
from grader.version import __version__

_NAME = "pingfen"
_PACKAGES = ("grader", "pingfen")
_HERE = Path(__file__).resolve().parents[3]
_TAGS = "Wheel-Version: 1.0\nGenerator: pingfen\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_WHEEL = re.compile(r"pingfen-[\w.!+]+(-\w+)?-py3-none-any\.whl")
_MOST_BYTES = 64 << 20


class Wheel(Struct, frozen=True, kw_only=True, eq=False):
    """A wheel of the grader: its file name, by which pip knows its version, and its bytes."""

    name: str
    data: bytes


def own_wheel() -> Wheel:
    """Return the wheel of the package that runs. Raises UsageError if it was never installed, or changed since."""
    hint = say("Install it once more (pip install FOLDER), or name a wheel: --wheel FILE")
    try:
        found = distribution(_NAME)
    except PackageNotFoundError:
        raise UsageError(
            say("The grader that runs here is not installed, so no wheel can be made of it."), hint
        ) from None
    if found.version != __version__:
        said = say(
            "The grader that runs here is {version}, but what is installed calls itself {installed}.",
            version=__version__, installed=inert(found.version, 40),
        )  # fmt: skip
        raise UsageError(said, hint)
    about = f"{_NAME}-{__version__}.dist-info"
    files = dict(_modules()) | {f"{about}/{path}": data for path, data in _metadata(found).items()}
    record = [f"{path},sha256={_digest(data)},{len(data)}" for path, data in sorted(files.items())]
    files[f"{about}/RECORD"] = ("\n".join([*record, f"{about}/RECORD,,"]) + "\n").encode()
    return Wheel(name=f"{_NAME}-{__version__}-py3-none-any.whl", data=archive(files))


def wheel_at(path: Path) -> Wheel:
    """Return the grader's wheel that lies at `path`. Raises UsageError for anything else."""
    said = say("{path} is not a wheel of the grader.", path=inert(str(path), 200))
    hint = say("Its name begins with pingfen- and ends with -py3-none-any.whl; `make package` makes it in dist/.")
    try:
        if not _WHEEL.fullmatch(path.name) or path.stat().st_size > _MOST_BYTES:
            raise UsageError(said, hint)
        data = path.read_bytes()
        with ZipFile(io.BytesIO(data)) as held:
            if "grader/version.py" not in held.namelist():
                raise UsageError(said, hint)
    except (OSError, ValueError, BadZipFile) as error:
        raise UsageError(said, hint) from error
    return Wheel(name=path.name, data=data)


def _modules() -> Iterator[tuple[str, bytes]]:
    for package in _PACKAGES:
        for file in sorted((_HERE / package).rglob("*")):
            parts = file.relative_to(_HERE).parts
            passed = "__pycache__" in parts or file.suffix == ".po" or any(part.startswith(".") for part in parts)
            if file.is_file() and not passed:
                yield "/".join(parts), file.read_bytes()


def _metadata(found: Distribution) -> Mapping[str, bytes]:
    """Return what pip needs to know, by name: not what it wrote down about this installation."""
    texts = {name: found.read_text(name) or "" for name in ("METADATA", "entry_points.txt")}
    licenses = [str(file) for file in found.files or () if "/licenses/" in file.as_posix()]
    own = {f"licenses/{Path(name).name}": found.locate_file(name) for name in licenses}
    held = {name: Path(str(file)).read_bytes() for name, file in own.items()}
    return {name: text.encode() for name, text in texts.items()} | {"WHEEL": _TAGS.encode()} | held


def _digest(data: bytes) -> str:
    return urlsafe_b64encode(sha256(data).digest()).rstrip(b"=").decode()


def pinned(sources: Iterable[str] = ()) -> str:
    """Return lines of requirements: what the grader and what `sources` import, each in the version that is here."""
    held = packages_distributions()
    wanted = [name for source in sources for module in _imported(source) for name in held.get(module, ())]
    found: dict[str, str] = {}
    waiting = [_NAME, *wanted]
    while waiting:
        name = waiting.pop()
        try:
            one = distribution(name)
        except PackageNotFoundError:  # needed elsewhere, or by another Python
            continue
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        found[key] = one.version
        needs = [each for each in one.requires or () if not re.search(r";.*\bextra\b", each)]
        waiting += [named[0] for each in needs if (named := re.match(r"[\w.-]+", each))]
    del found[_NAME]
    return "".join(f"{name}=={version}\n" for name, version in sorted(found.items()))


def _imported(source: str) -> set[str]:
    """Return the first part of each module that a source imports, without those of the standard library."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError):  # a check of the rubric tells the author, and not here
        return set()
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level]
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names
