"""The source of an application: the author's module, with a submission in the place of the reference."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

from msgspec import Struct
from msgspec.structs import replace

from grader import submission
from grader.errors import Fault, RubricError, SubmissionError, UsageError
from grader.grading.data_files import digest, read_bytes
from grader.language import Message, inert, say
from grader.model import Application, Rubric, Signature, Source, Submission

STATE = "state"
"""The parameter that gets what an application keeps, and the key under which a function returns what it is to keep."""
START = "start"
"""The function that makes the first state."""
NETWORK, EXAMPLES = "network", "examples"
"""The functions that an export calls."""
MOST_BYTES = 16 << 20


class Built(Struct, frozen=True, kw_only=True, eq=False):
    """An application, read and found without fault.

    `name` is what the module imports the submission as. `functions` are those of the module that may be called, with
    what they take, and `needs` the rubric's functions that each of them calls. `source` is the module, one file, with
    the data that the rubric lists for it, and without a submission; `page` is the text of its
    page, `digest` the SHA-256 of module and data.
    """

    application: Application
    name: str
    functions: Mapping[str, Signature]
    needs: Mapping[str, tuple[str, ...]]
    source: Source
    page: str
    digest: str


def build(rubric: Rubric, *, anywhere: bool = False) -> Built:
    """Return the rubric's application; its files lie in the rubric's folder, or `anywhere` if the rubric is trusted.

    A page can take what it was shown to another address. A rubric that was only found must not name other files of the
    user's, be it by a link. Raises UsageError for a rubric without an application, for files elsewhere and for those
    that cannot be read, RubricError for a module that lacks a function which `needs` names.
    """
    application = rubric.application
    if application is None:
        raise UsageError(
            say("This rubric has no application."),
            say("An author adds one: application: {{module: …, page: …, needs: […]}}"),
        )
    _look_at(application, None if anywhere else Path(rubric.path).parent.resolve())
    name = rubric.imported_as
    if not name.isidentifier() or name in sys.stdlib_module_names or name == "numpy":
        _refuse(application, say("The module cannot import the submission as `{name}`.", name=inert(name, 80)),
                say("Give the file in `submission` another name."))  # fmt: skip
    module = _read(application)
    functions = _functions(module.source.text)
    for stage, _ in application.stages:
        if stage not in functions:
            _refuse(application, say("{module} has no function `{name}`, which `needs` names.",
                                     module=inert(Path(application.module).name, 80), name=stage))  # fmt: skip
    stages, files = dict(application.stages), _data(application)
    everything = () if stages else application.needs
    return Built(
        application=application,
        name=name,
        functions=functions,
        digest=sha256(f"{module.source.text}\0{digest(dict(files))}".encode("utf-8", "surrogatepass")).hexdigest(),
        needs={each: stages.get(each, () if each == START else everything) for each in functions},
        source=replace(module.source, files=files),
        page=_text(Path(application.page)),
    )


def source_of(built: Built, student: Submission) -> Source:
    """Return what a worker loads: the application's module, which finds the submission under the reference's name.

    A module or data file of the application comes before one of the same name that was handed in.
    """
    own, theirs = built.source, student.source
    beside = {name: data for name, data in theirs.files if not any(_in_the_way(name, each) for each, _ in own.files)}
    return replace(
        own,
        modules=tuple({**dict(theirs.modules), built.name: theirs.text}.items()),
        files=tuple({**beside, **dict(own.files)}.items()),
        fixed=tuple({*theirs.fixed, *dict(own.files)}),
    )


def _look_at(application: Application, folder: Path | None) -> None:
    """Raise UsageError for what is no ordinary file of a bearable size, or does not lie in the `folder`."""
    for each in map(Path, application.files):
        if folder is not None and not each.resolve().is_relative_to(folder):
            raise UsageError(
                say("{path} does not lie in the rubric's folder, as the files of an application must.",
                    path=inert(str(each), 1000)),
            )  # fmt: skip
        if not each.is_file() or each.stat().st_size > MOST_BYTES:
            raise UsageError(
                say("{path} is no file of at most {most} MiB.", path=inert(str(each), 1000), most=MOST_BYTES >> 20)
            )


def _in_the_way(name: str, other: str) -> bool:
    """Return whether two paths cannot both be files: they are the same, or one would lie in the other."""
    return f"{name}/".startswith(f"{other}/") or f"{other}/".startswith(f"{name}/")


def _read(application: Application) -> Submission:
    try:
        module = submission.load(Path(application.module), [], helpers=False)
    except SubmissionError as error:
        _refuse(application, error.message, error.hint)
    if module.broken:
        broken = module.broken[0]
        said = say("{module}, line {line}: Python cannot read this: {what}", what=broken.message, line=broken.at.line,
                   module=inert(Path(application.module).name, 80))  # fmt: skip
        _refuse(application, said)
    return module


def _functions(text: str) -> dict[str, Signature]:
    """Return the functions that may be called, with what they take by name."""
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            taken, only = node.args.args, node.args.kwonlyargs
            free = [*taken[len(taken) - len(node.args.defaults) :]] if node.args.defaults else []
            free += [each for each, default in zip(only, node.args.kw_defaults, strict=True) if default is not None]
            found[node.name] = Signature(
                parameters=tuple(each.arg for each in (*taken, *only)), defaults=tuple(each.arg for each in free)
            )
    return found


def _refuse(application: Application, said: Message, hint: Message | None = None) -> NoReturn:
    raise RubricError([Fault(at=application.at, message=said, hint=hint)]) from None


def _data(application: Application) -> tuple[tuple[str, bytes], ...]:
    found = {name: read_bytes(Path(path)) for name, path in application.data}
    if sum(map(len, found.values())) > MOST_BYTES:
        raise UsageError(say("The application's `data` has more than {most} MiB together.", most=MOST_BYTES >> 20))
    return tuple(found.items())


def _text(path: Path) -> str:
    return read_bytes(path).decode("utf-8-sig", "replace")
