"""Another shape than expected: which axis, and which slip in its length's formula."""

from __future__ import annotations

import numpy as np

from grader.comparison.diagnosis.agreement import verdict
from grader.comparison.diagnosis.facts import columns
from grader.comparison.diagnosis.formulas import Slip, slip
from grader.comparison.diagnosis.samples import Evidence
from grader.model import Cause, Diagnosis

_CAUSES: dict[str, Cause] = {
    "without": "axis_without",
    "with": "axis_with",
    "for": "axis_for",
    "rounded_up": "axis_rounded_up",
    "off": "axis_off",
    "formula": "axis_formula",
}


def axis_length(evidence: Evidence) -> Diagnosis | None:
    """Explain the lengths of every axis that differs by one change in the formula of the expected ones.

    A failing case whose shape is right by luck (stride 1, say) is explained too: its length must fit the formula.
    """
    ranks = {sample.want.ndim for sample in evidence.every} | {sample.got.ndim for sample in evidence.every}
    if len(ranks) > 1 or all(sample.got.shape == sample.want.shape for sample in evidence.wrong):
        return None
    known = columns(evidence.every)
    found: list[tuple[int, Slip]] = []
    for axis in range(ranks.pop()):
        wanted = np.array([sample.want.shape[axis] for sample in evidence.every])
        mine = np.array([sample.got.shape[axis] for sample in evidence.every])
        if np.array_equal(wanted, mine):
            continue
        change = slip(wanted, mine, known)
        if change is None:
            return None
        found.append((axis, change))
    if not found:
        return None
    axis, change = found[0]
    if len(evidence.every) < 3 and change.kind != "off":
        return None
    words = {"formula": change.formula.text}
    words |= {key: text for key, text in (("name", change.name), ("instead", change.instead)) if text}
    numbers = {"axis": axis} | ({"by": change.by} if change.by else {})
    sure = len(evidence.wrong) > 2 and change.kind != "formula"
    return verdict(_CAUSES[change.kind], evidence.output, len(evidence.wrong), sure=sure, words=words, **numbers)
