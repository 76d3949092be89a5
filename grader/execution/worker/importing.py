"""What `import` means in a student's source.

It finds the standard library, what is offered, the student's own modules, and placeholders for the rest. It stands in
that source's own builtins, so numpy's imports are not its business.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from types import ModuleType
from typing import Any

from .missing import QUIET, MissingModule, absent

OFFERED = ("numpy",)
"""What may be imported beside the standard library where the grader's own Python runs a source: what happens to be
installed for the grader is no student's business."""

_import = builtins.__import__


class Importer:
    """The `__import__` of one source.

    Besides the standard library `offered` may be imported (None: whatever is installed).
    `guarded(frame)` says whether an import there is in a `try` that expects it to fail; `missing(module, frame)` is
    told of each module that is not there; `run(name)` makes one of the student's own `modules`.
    """

    def __init__(
        self,
        offered: Collection[str] | None,
        own: Collection[str],
        run: Callable[[str], ModuleType],
        missing: Callable[[str, Any], None],
        guarded: Callable[[Any], bool],
    ) -> None:
        self._offered = None if offered is None else sys.stdlib_module_names | frozenset(offered)
        self._own, self._run = frozenset(own), run
        self._missing, self._guarded = missing, guarded

    def __call__(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> ModuleType:
        """Return what builtins.__import__ would, or a placeholder."""
        top = name.partition(".")[0]
        if level == 0 and top not in QUIET and (self._offered is None or top in self._offered):
            try:
                return _import(name, globals, locals, fromlist, 0)
            except ModuleNotFoundError as error:
                if error.name not in (name, top):
                    raise
        if top in self._own:
            return self._run(top)
        frame = sys._getframe(1)
        if top not in QUIET:
            if self._guarded(frame):
                raise absent(top)
            self._missing(top or ".", frame)
        return MissingModule(name if fromlist else top)


def installed(offered: Collection[str] | None) -> tuple[str, ...]:
    """Return the folders of installed packages if all of them are offered."""
    return () if offered is not None else tuple(path for path in sys.path if path.endswith("-packages"))
