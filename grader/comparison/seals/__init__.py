"""Seals: a student's answer compared with one that is not there.

Of a hidden case a student kit holds no expected value, only a salted digest of it after quantisation. So that rounding
noise cannot change the digest, values are not rounded blindly:

- The tolerance T of an array x is what the comparison grants its largest element, 2 * rtol * max|x| (or atol + rtol *
  max|x|). It is itself quantised, in quarter octaves, with borders laid so that the expected T is not near one; the
  step is four times the upper end of its cell. Nothing about the magnitude is stored: a right answer gives it.
- The cells of the values are one step wide. Their offset is chosen so that every expected value lies at least a quarter
  of a step from a border; where no common offset is found, those near one use the same grid half a step on (one bit an
  element is stored then, which tells where in its cell the value lies and nothing of the cell).

Hence, with T the tolerance of the output's largest element: an answer within T of the reference's everywhere always
fits; one that is off by more than 4 T somewhere never does (3/4 of a step of at most 4 * 2**0.25 T is 3.57 T); between
the two it depends on where in its cell the expected value lies. Whole numbers, truth values, texts, shapes, keys and
the places of NaN must be equal, as in the open comparison. Tolerances above 1 % (or finer than rounding) are refused.

A digest is SHA-256, or where the output could be guessed scrypt (RFC 7914), of the cells of one output or of several.
"""

from grader.comparison.seals.digests import COST, digest
from grader.comparison.seals.frames import cells_of, framed, numbers
from grader.comparison.seals.grids import Unsealable, grid_of, steps_of
from grader.comparison.seals.judging import Closed, unseal

__all__ = [
    "COST", "Closed", "Unsealable", "cells_of", "digest", "framed", "grid_of", "numbers", "steps_of", "unseal",
]  # fmt: skip
