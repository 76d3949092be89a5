"""The self-check reports what really holds, with any layer taken away."""

import pytest

from grader.execution import confinement
from grader.execution.confinement.examining import examine, refusal, remark

FILES = {"reading", "writing"}


def _held(examination):
    from grader.execution.confinement.examining import _WANTED

    return {name for name, check in zip(_WANTED, examination.checks, strict=True) if check.holds}


def test_every_layer_together_holds_everything():
    examination = examine()
    if examination.tier == "namespaces":
        assert [check.wanted for check in examination.checks if not check.holds] == []
    assert confinement.sufficient(examination.tier)


def test_without_namespaces_only_names_can_be_seen():
    examination = examine({"namespaces"})
    assert examination.tier == "landlock+seccomp"
    assert [check.wanted.text("en") for check in examination.checks if not check.holds] == [
        "does not even see that other files exist"
    ]


def test_seccomp_alone_holds_its_own():
    held = _held(examine({"namespaces", "landlock", "limits"}))
    assert held >= {"metadata", "connecting", "sending", "forking", "threading", "executing"}
    assert held >= {"signalling", "debugging", "privileges"}
    assert not held & {"reading", "writing", "memory", "computing"}


def test_limits_alone_hold_their_own():
    examination = examine({"namespaces", "landlock", "seccomp"})
    held = _held(examination)
    assert examination.tier == "limits"
    assert held >= {"memory", "computing"}
    assert not held & {"reading", "writing", "connecting", "sending"}


def test_landlock_alone_holds_files_and_processes():
    held = _held(examine({"namespaces", "seccomp", "limits"}))
    assert held >= {"reading", "writing", "filling", "processes", "debugging"}
    assert "computing" not in held


def test_what_does_not_hold_says_why_not():
    examination = examine({"namespaces", "landlock", "seccomp", "limits"})
    assert examination.tier == "process"
    for check in examination.checks:
        assert check.holds or check.reason.text("zh") == "按要求没有启用"


@pytest.mark.parametrize("tier", confinement.TIERS)
def test_official_grading_needs_landlock_and_seccomp(tier):
    enough = tier in ("namespaces", "landlock+seccomp")
    assert confinement.sufficient(tier) is enough
    assert (refusal(tier) is None) is enough
    assert (remark(tier) is None) is enough
    if not enough:
        assert tier in refusal(tier).message.text("en")
        assert "grade doctor" in refusal(tier).hint.text("zh")
        assert refusal(tier).exit_code == 3
