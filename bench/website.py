"""What the documentation's site adds to its pages when it is built (`make docs`): each is in its own language.

A page in Chinese has a Chinese frame around it and leads to Chinese pages; the switch in the header leads to the same
page in the other language.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

SECTIONS = {"zh": "中文", "en": "English"}
PROJECT = {"zh": "项目（英文）", "en": "Project"}


HAN = "\u3001-\u3011\u4e00-\u9fff\uff01-\uff5e"
FENCED = re.compile(r"(^ *```.*?^ *```$)", re.DOTALL | re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Join lines of Chinese, between which no browser should put a space. MkDocs calls this for every page."""
    parts = FENCED.split(markdown)
    parts[::2] = [re.sub(rf"(?<=[{HAN}])\n *(?=[{HAN}`\[*])(?!\* )", "", part) for part in parts[::2]]
    return "".join(parts)


def on_page_context(context: dict[str, Any], *, page: Any, config: Any, nav: Any) -> dict[str, Any]:
    """Put the page's language into the frame: its words, its pages, its switch. MkDocs calls this for every page."""
    from mkdocs.structure.nav import Navigation

    language, same = _languages(page.url, {each.url for each in nav.pages})
    pages = next(item for item in nav.items if item.title == SECTIONS[language])
    project = next(item for item in nav.items if item.title in PROJECT.values())
    project.title = PROJECT[language]
    context["nav"] = Navigation([*pages.children, project], nav.pages)
    context["nav"].homepage = nav.homepage
    if page not in project.children:
        page.meta.setdefault("hide", ["navigation"])  # the tabs show it all
    config.theme["language"] = language
    config.extra["alternate"] = [{"name": name, "link": same[key], "lang": key} for key, name in SECTIONS.items()]
    return context


def _languages(url: str, urls: set[str]) -> tuple[str, dict[str, str]]:
    """Return the language of a page, and where the same page lies in each: `zh/NAME` or `NAME.zh` beside the English.

    A page of one language alone leads to the tutorials.
    """
    first, _, rest = url.partition("/")
    if rest and first in SECTIONS:
        return first, {key: f"{key}/{rest}" for key in SECTIONS}
    english = url.replace(".zh.html", ".html")
    chinese = english.replace(".html", ".zh.html")
    same = {key: f"{key}/tutorial.html" for key in SECTIONS}
    if chinese in urls:
        same = {"zh": chinese, "en": english}
    return "zh" if url in (chinese, "index.html", "") else "en", same


def foreign(site: Path) -> list[str]:
    """Return what the built pages would load from elsewhere: nothing, since they are read without a network."""
    loads = re.compile(
        r"<(?:script|img|iframe|source|link)\b[^>]*?(?:src|href)=[\"']?((?:https?:)?//[^\"'\s>]+)"
        r"|(?:url\(|@import )[\"']?((?:https?:)?//[^\"')\s]+)"
    )
    found = []
    for path in sorted([*site.rglob("*.html"), *site.rglob("*.css")]):
        found += [f"{path}: {one or two}" for one, two in loads.findall(path.read_text("utf-8"))]
    return found


if __name__ == "__main__":
    sys.exit("\n".join(foreign(Path(sys.argv[1]))) or 0)
