"""An application as one file: the author's page with the trained network, and a small program that computes it.

The program is `network.js`. The grader runs the very same text on the examples before anything is written, where a
JavaScript engine is installed.
"""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from grader.application.network import Examples, Network
from grader.application.page import digests, element, policy, script, with_front
from grader.errors import EngineError, UsageError
from grader.language import Message, say

TOLERANCE = 1e-9
"""Of the largest output: both compute in double precision, and differ in the order of their sums at most."""
SECONDS = 60
MEMORY = 1 << 30

_EXAMINE = """\
{ // The grader had no JavaScript engine: the page examines its network itself, before anything reads what it holds.
  const element = document.getElementById("deployed"), deployed = JSON.parse(element.textContent);
  const { largest, scale } = examineNetwork(deployed.network, deployed.examples);
  element.textContent = JSON.stringify({ ...deployed, difference: largest });
  if (!(largest <= TOLERANCE * (scale || 1))) {
    addEventListener("DOMContentLoaded", () => {
      const said = document.createElement("p");
      said.setAttribute("role", "alert");
      said.textContent = SENTENCE;
      document.body.prepend(said);
    });
  }
}
"""


class LargestDifference(Struct, frozen=True, kw_only=True):
    """The largest difference between the student's outputs and what an exported network makes of the same inputs.

    `example` counts from 0; `element` is the place in its output; `scale` is the largest output of all, and `tolerance`
    the part of it that a difference may be.
    """

    largest: float
    example: int
    element: tuple[int, ...]
    scale: float
    tolerance: float

    @property
    def too_large(self) -> bool:
        """Whether the network does not compute what the student's functions do; so for what is no number."""
        return not self.largest <= self.tolerance * (self.scale or 1.0)

    def require(self, what: Message) -> None:
        """Raise UsageError where the difference is too large; `what` names what was to be written."""
        if not self.too_large:
            return
        said = say(
            "{what} does not compute what the student's functions do: the largest difference is {largest}, in output "
            "{element} of example {example} (counted from 0); at most {allowed} would do. Nothing was written.",
            what=what,
            largest=f"{self.largest:.3g}",
            element=str(list(self.element)),
            example=self.example,
            allowed=f"{self.tolerance * (self.scale or 1.0):.3g}",
        )
        hint = say(
            "A function may be right in the checks and wrong for the application's inputs; else `network` and "
            "`examples` of its module are not the same network."
        )
        raise UsageError(said, hint)


def check_javascript(network: Network, examples: Examples) -> LargestDifference | None:
    """Return how far `network.js` is from the student's outputs, or None where no JavaScript engine is installed.

    Raises UsageError where the network takes longer than a minute.
    """
    try:
        quickjs: Any = importlib.import_module("quickjs")
    except ImportError:
        return None
    context = quickjs.Context()
    context.set_memory_limit(MEMORY)
    context.set_time_limit(SECONDS)
    context.eval(script("network.js"))
    context.eval("function examined(network, examples) {"
                 " const found = examineNetwork(JSON.parse(network), JSON.parse(examples));"
                 " return JSON.stringify({ ...found, largest: String(found.largest) }); }")  # fmt: skip
    try:
        told = context.get("examined")(json_of(network.plain()), json_of(examples.plain()))
    except quickjs.JSException as error:
        if "interrupted" in str(error):
            slow = say("The network is too slow for a page: the examples took more than {count} s.", count=SECONDS)
            raise UsageError(slow) from error
        raise EngineError(say("The network could not be computed in JavaScript.")) from error
    found = json.loads(told)
    return LargestDifference(
        largest=float(found["largest"].replace("Infinity", "inf")), example=found["example"],
        element=place_of(found["element"], network.result), scale=float(found["scale"]), tolerance=TOLERANCE,
    )  # fmt: skip


def place_of(element: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the index of a number in an array of a shape; `element` counts along the last axis first."""
    steps = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    return tuple(element // step % side for step, side in zip(steps, shape, strict=True))


def page_of(
    page: str,
    client_js: str,
    network: Network,
    examples: Examples,
    standing: Mapping[str, Any],
    difference: LargestDifference | None = None,
) -> str:
    """Return the author's page as one file that needs no other: with the network, the examples and what computes it.

    Of `standing` it holds the title, the language and the name of the student's file. Its policy allows what is written
    in it, by digest, and pictures that it makes; nothing is loaded from anywhere. Without a `difference` it examines
    itself when it opens, and says so in front of everything where the difference is too large.
    """
    deployed = {name: standing.get(name, "") for name in ("title", "file", "language")}
    deployed |= {"network": network.plain(), "examples": examples.plain()}
    deployed["difference"] = difference.largest if difference else None
    scripts = [script("network.js"), *([] if difference else [_examining(deployed["language"])]), client_js]
    pieces = [element("deployed", deployed)]
    pieces += [f"<script>\n{_as_read(each)}</script>" for each in scripts]
    allowed = policy(digests("\n".join([*pieces, _as_read(page)])))
    heads = ['<meta charset="utf-8">', f'<meta http-equiv="Content-Security-Policy" content="{allowed}">']
    return with_front(_as_read(page), [*heads, *pieces])


def _examining(language: object) -> str:
    said = say("This page does not compute what the student's functions do.").text("en" if language == "en" else "zh")
    return _EXAMINE.replace("TOLERANCE", repr(TOLERANCE)).replace("SENTENCE", json_of(said))


def json_of(value: object) -> str:
    """Return JSON for a page's `<script>`: every number exactly, and no `<` that could end the element."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def _as_read(text: str) -> str:
    """Return a text as a browser reads it, which is what it takes the digest of."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
