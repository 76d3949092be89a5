"""What an application takes away: its page with the trained network in it, and the network as a model of ONNX."""

from __future__ import annotations

from msgspec import Struct

from grader.application.exporting import LargestDifference, check_javascript, page_of
from grader.application.network import Examples, Network, read_examples, read_network
from grader.application.page import script
from grader.application.running import Running
from grader.language import Language, say


class Deployed(Struct, frozen=True, kw_only=True, eq=False):
    """A page that opens anywhere, and the network in it with what the student's functions make of some inputs.

    `difference` is how far the page's program is from these; `None` where no JavaScript engine is installed here.
    """

    page: str
    network: Network
    examples: Examples
    difference: LargestDifference | None


def deploy(running: Running, page: str, language: Language) -> Deployed:
    """Return what is taken away of an application, whose page has this text, as its state is now.

    Raises NoValue where a function that it takes is locked or fails, UsageError where the network cannot be read or
    does not compute what the student's functions do.
    """
    made, shown = running.exported()
    network = read_network(made)
    examples = read_examples(shown, network)
    difference = check_javascript(network, examples)
    if difference is not None:
        difference.require(say("The page"))
    standing = running.standing(language)
    told = {"title": standing.title, "file": standing.file, "language": standing.language}
    return Deployed(
        page=page_of(page, script("client.js"), network, examples, told, difference),
        network=network,
        examples=examples,
        difference=difference,
    )
