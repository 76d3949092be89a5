"""Whether official grading may go on, and what to say if not."""

from __future__ import annotations

from grader.errors import ConfinementError
from grader.execution.confinement.tiers import sufficient
from grader.language import Message, say


def refusal(tier: str) -> ConfinementError | None:
    """Return the error to raise for official grading under `tier`, or None if the tier is enough."""
    if sufficient(tier):
        return None
    return ConfinementError(
        say(
            "Official grading was refused: this machine cannot hold strangers' code (tier: {tier}; "
            "needed: landlock+seccomp or namespaces). Nothing was graded.",
            tier=tier,
        ),
        say(
            "Use Linux 5.13 or newer with Landlock switched on (`lsm=` in the kernel's command line), or one that lets "
            "ordinary users have namespaces; in a container, a runtime whose default profile allows Landlock "
            "(Docker 23 or newer). `grade doctor` shows what is missing. On macOS or Windows, run grade in a "
            "Linux container."
        ),
    )


def remark(tier: str) -> Message | None:
    """Return the one-line note for a student's own run under `tier`, or None if strangers' code would be held too."""
    if sufficient(tier):
        return None
    return say(
        "Self-check: this machine does not confine code (tier: {tier}), so grade only code you trust.", tier=tier
    )
