"""The report as one self-contained page: no script, no network; both languages, light and dark, paper and phone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from grader.language import Language, Message, say, say_count
from grader.model import Status
from grader.report import Format
from grader.report.focus import AnyReport, is_full, is_instructors, next_step, reckoned, show_place, title
from grader.report.html.view import card, marked
from grader.report.points import Shown, arithmetic, show_points, shown_points
from grader.report.words import STATES

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup

_FOLDER = Path(__file__).parent


def render(report: AnyReport, *, language: Language) -> str:
    """Return the page; `language` is the one it opens in.

    The page's own policy allows its one style sheet (by its hash) and nothing else, so text that looks like markup,
    style or script stays text even if an escape were ever forgotten.
    """
    from markupsafe import Markup

    points = shown_points(report)
    style = (_FOLDER / "style.css").read_text("utf-8")
    cards = [card(problem, points, whole=is_instructors(report)) for problem in report.problems]
    return _template().render(
        report=report,
        language=language,
        points=points,
        cards=cards,
        required=[one for one in cards if not one.problem.bonus],
        bonus=[one for one in cards if one.problem.bonus],
        done=all(is_full(problem) for problem in report.problems),
        next=next_step(report),
        style=Markup(style),
        policy=f"default-src 'none'; style-src 'sha256-{_digest(style)}'; base-uri 'none'; form-action 'none'",
    )


def _digest(text: str) -> str:
    import base64
    import hashlib

    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _template() -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(t=marked, points=show_points, percent=_percent, sign=_sign, word=_word, broken=_broken)
    environment.globals.update(
        arithmetic=arithmetic, reckoned=reckoned, say=say, say_count=say_count, place=show_place, title=title
    )
    return environment.get_template("page.html.j2")


def _percent(shown: Shown) -> int:
    return int(100 * shown.score / shown.max_score) if shown.max_score else 0


def _sign(status: Status) -> str:
    return STATES[status].sign


def _word(status: Status) -> Message:
    return STATES[status].word


def _broken(name: str) -> Markup:
    """Return a name that a narrow screen may break after an underscore."""
    from markupsafe import Markup, escape

    return Markup("_<wbr>").join(escape(part) for part in name.split("_"))


FORMAT = Format(render=render, suffix="html", windows=True)
