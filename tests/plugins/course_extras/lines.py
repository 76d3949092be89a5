"""A report format of a course's own: a line for each function, such as `zero_pad: 5 of 5 points`."""

from grader.report import Format
from grader.report.points import show_points, shown_points

WORDS = {"en": "{name}: {score} of {most} points\n", "zh": "{name}：{most} 分中得 {score} 分\n"}


def render(report, *, language):
    """Return the lines of one report."""
    points = shown_points(report)
    return "".join(
        WORDS[language].format(name=name, score=show_points(shown.score), most=show_points(shown.max_score))
        for name, shown in points.problems.items()
    )


FORMAT = Format(render=render, suffix="lines.txt", join="\n".join)
