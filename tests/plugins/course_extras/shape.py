"""A kind of check of a course's own: only the shape of what is returned is compared with the reference's."""

from fractions import Fraction
from typing import ClassVar

import numpy as np

from grader.checks.kind import Kind
from grader.comparison.outputs import reference_values
from grader.language import Bilingual, say
from grader.model import Mismatch, Returned, Verdict
from grader.reading.scalars import TRUTH
from grader.reading.tables import Key


class Shape(Kind, frozen=True, kw_only=True):
    """The shape of the returned array; `squeeze` leaves out axes of length 1."""

    squeeze: bool = False

    kind: ClassVar[str] = "shape"
    title: ClassVar[Bilingual] = Bilingual("形状", "shape")
    about: ClassVar[Bilingual] = Bilingual("只比较形状：检查名", "only the shape is compared: the check's name")
    cases: ClassVar[int] = 4
    borrows: ClassVar[bool] = True

    @classmethod
    def own_keys(cls):
        """Return `squeeze`."""
        return (Key(name="squeeze", type=TRUTH, zh="不计长度为 1 的轴", en="leave out axes of length 1"),)

    def judge(self, check, returns, case, got, want):
        """Return full marks for the shape of the reference's array."""
        (truth,) = reference_values(check, case.function, want)
        if not isinstance(got[0], Returned):
            return Verdict(share=Fraction(0))
        if not isinstance(got[0].value, np.ndarray | float | int):
            return Verdict(share=Fraction(0), mismatches=(Mismatch(category="shapeless", got=got[0].value),))
        mine, theirs = self._shape(got[0].value), self._shape(truth)
        if mine == theirs:
            return Verdict(share=Fraction(1))
        return Verdict(share=Fraction(0), mismatches=(Mismatch(category="shape", got=str(mine), want=str(theirs)),))

    def _shape(self, value):
        return tuple(size for size in np.shape(value) if size > 1) if self.squeeze else np.shape(value)

    def sentence(self, mismatch, *, public):
        """Return the words for a category of its own."""
        text = Bilingual("返回的不是数，也不是数组。", "This is neither a number nor an array.")
        return say("{text}", text=text) if mismatch.category == "shapeless" else None
