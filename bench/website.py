"""What the documentation's site adds to its pages when it is built (`make docs`): each is in its own language.

A page in Chinese has a Chinese frame around it and leads to Chinese pages; the switch in the header leads to the same
page in the other language.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path, PurePosixPath
from typing import Any

SECTIONS = {"zh": "中文", "en": "English"}
PROJECT = {"zh": "项目（英文）", "en": "Project"}


def on_page_context(context: dict[str, Any], *, page: Any, config: Any, nav: Any) -> dict[str, Any]:
    """Put the page's language into the frame: its words, its pages, its switch. MkDocs calls this for every page."""
    from mkdocs.structure.nav import Navigation

    first, *rest = PurePosixPath(page.url).parts or ("",)
    language = first if first in SECTIONS else "en" if rest or first not in ("", "index.html") else "zh"
    pages = next(item for item in nav.items if item.title == SECTIONS[language])
    project = next(item for item in nav.items if item.title in PROJECT.values())
    project.title = PROJECT[language]
    context["nav"] = Navigation([*pages.children, project], nav.pages)
    context["nav"].homepage = nav.homepage
    same = "/".join(rest) if first in SECTIONS else "tutorial.html"
    config.theme["language"] = language
    config.extra["alternate"] = [{"name": name, "link": f"{key}/{same}", "lang": key} for key, name in SECTIONS.items()]
    return context


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
