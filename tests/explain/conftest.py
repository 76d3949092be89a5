"""Makes the laboratory here and the samples of neighbours importable by the tests."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "comparison"), str(HERE.parent / "submission")]


@pytest.fixture
def desk(tmp_path):
    """Return a desk that reads texts as submissions."""
    from submission_desk import Desk

    return Desk(tmp_path)
