"""The page of an application as a browser gets it: the author's HTML, with our script and its data in front."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
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


_FRONT = re.compile(r"(?:\s|<!--.*?-->)*(?:<!doctype[^>]*>)?(?:\s|<!--.*?-->)*(?:<html\b[^>]*>)?\s*(?:<head\b[^>]*>)?",
                    re.IGNORECASE | re.DOTALL)  # fmt: skip


class _Inline(HTMLParser):
    """Finds the scripts and style sheets in a page: behind the name of each one's tag its place, its kind and its text.

    What stands in a script is text, whatever tags it looks like. One that names a file is left out: where a policy lets
    it count, a browser loads it from a network.
    """

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self._starts = [0, *(found.end() for found in re.finditer("\n", page))]
        self.found: list[tuple[int, str, str]] = []
        self._open = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a script or a style sheet; JSON is none."""
        if tag in ("script", "style") and not {"src", "href", "xlink:href"} & dict(attrs).keys():
            line, column = self.getpos()
            kind = "data" if dict(attrs).get("type") == "application/json" else tag
            self.found.append((self._starts[line - 1] + column + 1 + len(tag), kind, ""))
            self._open = True

    def handle_data(self, data: str) -> None:
        """Take in a part of its text."""
        if self._open:
            place, kind, text = self.found[-1]
            self.found[-1] = (place, kind, text + data)

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        self._open = False


@cache
def script(name: str) -> str:
    """Return the text of one of our scripts."""
    return Path(__file__).with_name(name).read_text("utf-8")


def live_page(page: str, standing: object, nonce: str) -> str:
    """Return the page as our server gives it; only scripts and styles with this `nonce` count there."""
    whole = with_front(page, [element("standing", standing), script_element("client.js")])
    places = [0, *(place for place, _, _ in _Inline(whole).found)]
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
    """Return the page with these elements before all that its head holds."""
    found = _FRONT.match(page)
    place = found.end() if found else 0
    return "\n".join([page[:place], *pieces, page[place:]])


def digests(page: str) -> dict[str, str]:
    """Return the sources by which a policy lets the scripts and styles in the page count: their digests, by kind."""
    allowed: dict[str, list[str]] = {"script": [], "style": []}
    for _, kind, text in _Inline(page).found:
        if kind in allowed:
            allowed[kind].append(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'")
    return {f"{kind}-src": " ".join(dict.fromkeys(each)) or "'none'" for kind, each in allowed.items()}


def element(name: str, data: object) -> str:
    """Return an element of JSON that a page's script finds by its name; nothing in the data can end it.

    HTML looks for the end of a script and for comments in it; JSON may write the sign that begins both by its number.
    """
    text = msgspec.json.encode(data).decode().replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def script_element(name: str) -> str:
    """Return the element that runs one of our scripts."""
    return f"<script>\n{script(name)}</script>"
