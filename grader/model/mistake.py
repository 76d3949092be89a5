"""What students are known to get wrong: a wrong variant of a reference function, and what to tell them."""

from __future__ import annotations

from msgspec import Struct

from grader.errors import Span
from grader.language import Bilingual


class Mistake(Struct, frozen=True, kw_only=True):
    """A wrong variant of the reference function `function`, known as `name`.

    `text` is the source of one function called `symbol`, so that the reference's text and all variants' texts make
    one module; names in it are the reference's. `hints` go from a nudge to the answer.
    """

    function: str
    name: str
    hints: tuple[Bilingual, ...]
    text: str
    at: Span

    @property
    def symbol(self) -> str:
        """The name the variant is defined under."""
        return f"{self.function}__{self.name}"
