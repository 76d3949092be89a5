"""The names that NumPy removed are really gone, and what is to be written instead is really there."""

import re

import numpy as np
import pytest

from grader.submission.removed import GONE, STILL_THERE, remarks


@pytest.mark.parametrize("name", sorted(GONE.keys() - STILL_THERE))
def test_what_is_told_to_be_gone_is_gone(name):
    assert name not in dir(np)


@pytest.mark.parametrize("name", sorted(GONE))
def test_the_cure_is_there(name):
    for cure in re.findall(r"\bnp((?:\.\w+)+)", GONE[name][0]):
        holder = np
        for part in cure[1:].split("."):
            holder = getattr(holder, part)


def test_all_that_numpy_says_it_removed_is_known_or_rare():
    expired = pytest.importorskip("numpy._expired_attrs_2_0").__expired_attributes__
    rare = {"lookfor", "set_numeric_ops", "add_docstring", "add_newdoc_ufunc", "maximum_sctype", "sctypes"}
    rare |= {"tracemalloc_domain", "get_array_wrap"}
    assert expired.keys() - GONE.keys() <= rare


@pytest.mark.parametrize(
    "code", ["np.bool", "np.isin(a, b)", "table.mat", "x.source", "np.maths", "np.trapz(a)", "np.cast_"]
)
def test_what_is_there_draws_no_remark(code):
    assert remarks(f"import numpy as np\ny = {code}\n") == []


@pytest.mark.parametrize("code", ["np.math.sqrt(2)", "numpy.in1d_(x) + numpy.product(x)", "num.row + num.infty"])
def test_a_removed_name_draws_one(code):
    assert len(remarks(f"import numpy as num\nimport numpy as np\nimport numpy\ny = {code}\n")) == 1
