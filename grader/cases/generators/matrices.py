"""Square matrices with a property that numerical methods ask for, all well conditioned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.cases.arithmetic import whole
from grader.cases.registry import generator

if TYPE_CHECKING:
    from grader.cases.randomness import Randomness

_MOST_ROWS = 500


@generator
def orthogonal(source: Randomness, rows: int) -> Any:
    """Return a matrix whose columns are orthonormal, float64 (`rows`, `rows`).

    >>> orthogonal(2)
    [[-0.99980797 -0.01959672]
     [ 0.01959672 -0.99980797]]
    """
    import numpy as np

    size = whole(rows, 1, _MOST_ROWS)
    q, r = np.linalg.qr(source.rng.standard_normal((size, size)))
    return q * np.where(np.diagonal(r) < 0, -1.0, 1.0)


@generator
def spd(source: Randomness, rows: int) -> Any:
    """Return a symmetric positive definite matrix with eigenvalues from 1 to 10, float64 (`rows`, `rows`).

    >>> spd(2)
    [[5.47056594 0.08821425]
     [0.08821425 9.96945277]]
    """
    turned = orthogonal(source, rows)
    matrix = (turned * source.rng.uniform(1.0, 10.0, rows)) @ turned.T
    return (matrix + matrix.T) / 2


@generator
def dominant(source: Randomness, rows: int) -> Any:
    """Return a diagonally dominant matrix, float64 (`rows`, `rows`): elimination needs no pivoting, Jacobi converges.

    >>> dominant(2)
    [[-1.74469319 -0.66771833]
     [ 0.50367662  2.47185923]]
    """
    import numpy as np

    size = whole(rows, 1, _MOST_ROWS)
    matrix = source.rng.uniform(-1.0, 1.0, (size, size))
    signs = np.where(source.rng.random(size) < 0.5, -1.0, 1.0)
    np.fill_diagonal(matrix, signs * (np.abs(matrix).sum(axis=1) + 1.0))
    return matrix
