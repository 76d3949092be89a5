"""What self-contained pages share: the style sheet, the policy that allows nothing else, and how a text is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from grader.language import Bilingual, Message, say, say_count
from grader.report.points import REQUIRED
from grader.report.wording import VISIBILITIES

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup

FOLDER = Path(__file__).parent
STYLE_SHEET = FOLDER / "page.css"


def policy_of(style: str) -> str:
    """Return the policy of a page that allows this style sheet, and nothing else."""
    return f"default-src 'none'; style-src 'sha256-{digest(style)}'; base-uri 'none'; form-action 'none'"


def digest(text: str) -> str:
    """Return what a page's policy names its own style sheet or script by."""
    import base64
    import hashlib

    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def environment(folder: Path) -> jinja2.Environment:
    """Return what makes pages of the templates in a folder, and of those here.

    It escapes everything, and `t` shows both languages.
    """
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, FOLDER]), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters.update(t=marked, broken=_broken)
    made.globals.update(say=say, say_count=say_count, required_word=REQUIRED, visibilities=VISIBILITIES)
    return made


def _broken(name: str) -> Markup:
    """Return a name that a narrow screen may break after an underscore."""
    from markupsafe import Markup, escape

    return Markup("_<wbr>").join(escape(part) for part in name.split("_"))


def marked(text: Message | Bilingual | str) -> Markup:
    """Return escaped HTML that holds both languages; what is the same in both stands once."""
    from markupsafe import Markup, escape

    if isinstance(text, str):
        return escape(text)
    zh, en = text.text("zh"), text.text("en")
    if zh == en:
        return escape(zh)
    return Markup('<span class="t" lang="zh">{}</span><span class="t" lang="en">{}</span>').format(zh, en)
