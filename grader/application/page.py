"""The page of an application as a browser gets it: the author's HTML, with our script and its data in front."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec

POLICY = {
    "default-src": "'none'",
    "img-src": "data: blob:",
    "base-uri": "'none'",
    "form-action": "'none'",
}
"""What a page may load, wherever it is opened: nothing from a network (https://www.w3.org/TR/CSP3/)."""


class _Tags(HTMLParser):
    """Finds where the head begins and where scripts and styles do; what stands in a script is text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._starts = [0, *(found.end() for found in re.finditer("\n", page))]
        self.head = 0
        self.guarded: list[int] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Note the place behind the tag's name, or behind the head's tag."""
        line, column = self.getpos()
        place = self._starts[line - 1] + column
        if tag in ("script", "style"):
            self.guarded.append(place + 1 + len(tag))
        if tag == "head":
            self.head = place + len(self.get_starttag_text() or "")


def script(name: str) -> str:
    """Return the text of one of our scripts."""
    return Path(__file__).with_name(name).read_text("utf-8")


def live_page(page: str, standing: object, nonce: str) -> str:
    """Return the page as our server gives it; only scripts and styles with this `nonce` count there."""
    whole = with_front(page, [element("standing", standing), script_element("client.js")])
    places = [0, *_Tags(whole).guarded]
    pieces = [whole[start:end] for start, end in zip(places, [*places[1:], len(whole)], strict=True)]
    return f' nonce="{nonce}"'.join(pieces)


def live_policy(nonce: str) -> str:
    """Return the policy of a page that our server gives: it may ask its own origin, and nobody may frame it."""
    own = {
        "script-src": f"'nonce-{nonce}'",
        "style-src": f"'nonce-{nonce}'",
        "connect-src": "'self'",
        "frame-ancestors": "'none'",
    }
    return policy(own)


def policy(own: dict[str, str]) -> str:
    """Return a policy of these directives beside those that hold everywhere."""
    return "; ".join(f"{name} {value}" for name, value in {**POLICY, **own}.items())


def with_front(page: str, pieces: list[str]) -> str:
    """Return the page with these elements before all that its head holds; before all of it if it has no head."""
    place = _Tags(page).head
    return "\n".join([page[:place], *pieces, page[place:]])


def element(name: str, data: object) -> str:
    """Return an element of JSON that a page's script finds by its name; nothing in the data can end it.

    HTML looks for the end of a script and for comments in it; JSON may write the sign that begins both by its number.
    """
    text = msgspec.json.encode(data).decode().replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def script_element(name: str) -> str:
    """Return the element that runs one of our scripts."""
    return f"<script>\n{script(name)}</script>"
