"""What the functions of a submission are put to use in."""

from __future__ import annotations

from msgspec import Struct

from grader.errors import Span
from grader.language import Bilingual


class Application(Struct, frozen=True, kw_only=True):
    """What the submission's functions are put to use in, with what it is called; paths are absolute.

    `module` is the author's Python text that composes them, `page` the HTML that shows it, `data` the paths of its data
    files by the names under which it finds them. Each of the module's `stages`, its functions by name, calls some of
    the rubric's functions, and `needs` are those that every function of the module calls.
    """

    title: Bilingual
    module: str
    page: str
    data: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    stages: tuple[tuple[str, tuple[str, ...]], ...] = ()
    at: Span

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of all its files."""
        return (self.module, self.page, *(path for _, path in self.data))
