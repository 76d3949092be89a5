"""Wrong functions of other courses, each with what a student must read of it in English.

`words` must all stand in the diagnosis. Most name the line, counted from the function's `def`, which is line 1.
"""

from typing import NamedTuple


class Slip(NamedTuple):
    """A function of `courses.py` with words replaced, and what its diagnosis must say."""

    function: str
    changes: tuple[tuple[str, str], ...]
    words: tuple[str, ...]


def slip(function, *changes, words):
    """Return a slip; `changes` are old and new words in turn, `words` one text or several."""
    pairs = tuple(zip(changes[::2], changes[1::2], strict=True))
    return Slip(function, pairs, (words,) if isinstance(words, str) else words)


SLIPS = (
    # Windows and slices
    slip("lstm_cell", "gates[:, 2 * n : 3 * n]", "gates[:, 2 * n : 3 * n + 1]", words="too long"),
    slip("lstm_cell", "gates[:, n : 2 * n]", "gates[:, :n]", words="slice in"),
    slip("lstm_cell", "gates[:, 3 * n :]", "gates[:, 2 * n : 3 * n]", words="slice in"),
    slip("moving_average", "x[i : i + k]", "x[i : i + k + 1]", words="too long"),
    slip("moving_average", "x[i : i + k]", "x[i : k]", words="the end of a slice"),
    slip("moving_average", "x[i : i + k]", "x[:k]", words="move on"),
    slip("moving_average", "x[i : i + k]", "x[i * k : i * k + k]", words="`k`"),
    slip("moving_average", "len(x) - k + 1", "len(x) - k", words="too short by 1"),
    slip("blur", "x : x + k]", "y : y + k]", words="`y`"),
    slip("blur", "y : y + k, x : x + k", "x : x + k, y : y + k", words="exchanged"),
    slip("blur", "padded[y", "image[y", words="`image`"),
    slip("blur", "y : y + k, x : x + k", "y : y + r, x : x + r", words="`r`"),
    slip(
        "blur", "window = padded[y : y + k, x : x + k]", "window = padded[y : y + k, x : x + k + 1]", words="too long"
    ),
    slip("batch_means", "b * size", "b + size", words="`+`"),
    slip("batch_means", "start = b * size", "start = b", words="`b`"),
    slip("batch_means", "start + size]", "size]", words="slice in"),
    slip("batch_means", "-(-m // size)", "m // size", words="remainder"),
    slip("batch_means", "X[start : start + size].mean(axis=0)", "X[start : start + size].mean(axis=1)", words="axis"),
    slip("batch_means", "X[start : start + size].mean(axis=0)", "X[start : start + size].mean()", words="axis"),
    # Indices
    slip("cross_entropy", "P[i, y[i]]", "P[i, y[0]]", words="fixed"),
    slip("cross_entropy", "P[i, y[i]]", "P[i, y[i] - 1]", words="off by one"),
    slip("cross_entropy", "P[i, y[i]]", "P[y[i], i]", words="order"),
    slip("cross_entropy", "P[i, y[i]]", "P[0, y[i]]", words="fixed"),
    slip("nearest_centroid", "X[i] - C[k]", "X[i] - C[0]", words="fixed"),
    slip("nearest_centroid", "X[i] - C[k]", "X - C[k]", words="index"),
    slip("nearest_centroid", "labels[i] = k", "labels[k] = i", words="`"),
    slip("nearest_centroid", "labels[i] = k", "labels[i] = k + 1", words="too large by 1"),
    slip(
        "nearest_centroid",
        "        best = np.inf\n",
        "",
        "    for i in range(len(X)):\n",
        "    best = np.inf\n    for i in range(len(X)):\n",
        words="every round",
    ),
    slip("nearest_centroid", "d < best", "d > best", words="comparison"),
    slip("jacobi", "A[i, j] * x[j]", "A[j, i] * x[j]", words="order"),
    slip("jacobi", "A[i, j] * x[j]", "A[i, j] * x[i]", words="`x[i]`"),
    slip("jacobi", "A[i, j] * x[j]", "A[i, j] * x_new[j]", words="`x_new`"),
    slip("jacobi", "x_new = np.zeros(n)", "x_new = x", words="one array"),
    slip(
        "jacobi",
        "            s = 0.0\n",
        "",
        "    for _ in range(steps)",
        "    s = 0.0\n    for _ in range(steps)",
        words="every round",
    ),
    slip("jacobi", "if j != i", "if j == i", words="comparison"),
    slip("jacobi", "if j != i", "if j > i", words="comparison"),
    slip("derivative", "y[i + 1] - y[i - 1]", "y[i + 1] - y[i]", words="off by one"),
    slip("derivative", "(2 * h)", "h", words="factor"),
    slip("derivative", "range(1, n - 1)", "range(1, n - 2)", words="too early"),
    slip("derivative", "range(1, n - 1)", "range(2, n - 1)", words="too late"),
    slip("derivative", "y[n - 2]", "y[n - 3]", words="`"),
    slip("derivative", "/ (2 * h)", "/ 2 * h", words="brackets"),
    slip("distances", "X[i] - Y[j]", "X[i] - Y[i]", words="`Y[i]`"),
    slip("distances", "D[i, j] = ", "D[j, i] = ", words="order"),
    slip("distances", "range(Y.shape[0])", "range(X.shape[0])", words="`X`"),
    slip("distances", "np.sqrt(np.sum((X[i] - Y[j]) ** 2))", "np.sum(np.sqrt((X[i] - Y[j]) ** 2))", words=""),
    slip("back_substitution", "range(n - 1, -1, -1)", "range(n)", words="order"),
    slip("back_substitution", "range(n - 1, -1, -1)", "range(n - 1, 0, -1)", words="early"),
    slip("back_substitution", "s -= U", "s += U", words="`+=`"),
    slip("back_substitution", "s -= U", "s = U", words=""),
    slip("back_substitution", "U[i, j]", "U[j, i]", words="order"),
    slip("heat", "range(1, len(u) - 1)", "range(1, len(u) - 2)", words="too early"),
    slip("heat", "new = u.copy()", "new = u", words="one array"),
    slip("heat", "u[i - 1] - 2 * u[i]", "u[i - 1] - u[i]", words=""),
    slip("heat", "    return u", "        return u", words="`return`"),
    # Loops, accumulations
    slip("cross_entropy", "total += -np", "total = -np", words="overwrites"),
    slip("cross_entropy", "    return total / m", "        return total / m", words="`return`"),
    slip("cross_entropy", "range(m)", "range(m - 1)", words="too early"),
    slip("cross_entropy", "range(m)", "range(1, m)", words="too late"),
    slip("move_centroids", "C[j] += X[i]", "C[j] = X[i]", words="overwrites"),
    slip("move_centroids", "C[j] += X[i]", "C[i] += X[j]", words=""),
    slip("move_centroids", "labels[i] == j", "labels[j] == i", words=""),
    slip(
        "move_centroids",
        "        count = 0\n",
        "",
        "    for j in range(k):",
        "    count = 0\n    for j in range(k):",
        words="every round",
    ),
    slip("move_centroids", "        C[j] /= max(count, 1)\n", "            C[j] /= max(count, 1)\n", words="behind"),
    slip("move_centroids", "    return C", "        return C", words="`return`"),
    slip("histogram", "    counts[place] += 1", "    counts[place] = 1", words="overwrites"),
    slip("histogram", "<= high", "< high", words="comparison"),
    slip("histogram", "place = bins - 1", "place = bins - 2", words="`2`"),
    slip("histogram", "    return counts", "        return counts", words="`return`"),
    slip("longest_common", "a[i - 1] == b[j - 1]", "a[i - 1] == b[i - 1]", words="`i"),
    slip("longest_common", "L[i - 1, j - 1] + 1", "L[i - 1, j] + 1", words=""),
    slip("longest_common", "max(L[i - 1, j]", "min(L[i - 1, j]", words="`min`"),
    slip("longest_common", "range(1, m + 1)", "range(1, m)", words="early"),
    slip("longest_common", "range(1, n + 1)", "range(1, n)", "range(1, m + 1)", "range(1, m)", words="early"),
    slip("longest_common", "L[i, j - 1])", "L[i - 1, j - 1])", words=""),
    slip("knapsack", "range(capacity, w - 1, -1)", "range(w, capacity + 1)", words=""),
    slip("knapsack", "range(capacity, w - 1, -1)", "range(capacity, w, -1)", words="early"),
    slip("knapsack", "+ values[i]", "+ values[c - w]", words=""),
    slip("knapsack", "best[c - w]", "best[c]", words=""),
    slip("trapezoid", "range(len(y) - 1)", "range(len(y) - 2)", words="too early"),
    slip("trapezoid", "total += (y", "total = (y", words="overwrites"),
    slip("trapezoid", "* h / 2", "* h", words="times"),
    slip("matrix_power", "range(n)", "range(n - 1)", words="too early"),
    slip("matrix_power", "P @ A", "P * A", words="`*`"),
    slip("matrix_power", "    return P", "        return P", words="`return`"),
    slip("matrix_power", "P = np.eye(A.shape[0])", "P = A", words=""),
    slip("blur", "    return out", "            return out", words="`return`"),
    slip("distances", "    return D", "            return D", words="`return`"),
    # Axes, transposes, options
    slip("softmax", "np.sum(e, axis=1, keepdims=True)", "np.sum(e, axis=0, keepdims=True)", words="axis"),
    slip("softmax", "np.sum(e, axis=1, keepdims=True)", "np.sum(e)", words="axis"),
    slip("softmax", "np.sum(e, axis=1, keepdims=True)", "np.sum(e, axis=1)", words="length 1"),
    slip("softmax", "np.sum(e, axis=1, keepdims=True)", "np.max(e, axis=1, keepdims=True)", words="`np.max`"),
    slip("standardise", "X.std(axis=0)", "X.std(axis=1)", words="axis"),
    slip("standardise", "X.std(axis=0)", "X.var(axis=0)", words="`X.var`"),
    slip("standardise", "X.std(axis=0)", "X.std()", words="axis"),
    slip("standardise", "X.mean(axis=0)", "X.mean()", words="axis"),
    slip("standardise", "X.std(axis=0)", "X.std(axis=0, ddof=1)", words="ddof"),
    slip("logistic_gradient", "X.T @ (p - y) / m", "X @ (p - y) / m", words="transposed"),
    slip("logistic_gradient", "X.T @ (p - y) / m", "X.T @ (p - y)", words="times"),
    slip("logistic_gradient", "X.T @ (p - y) / m", "X.T @ (y - p) / m", words=""),
    slip("logistic_gradient", "np.sum(p - y) / m", "np.sum(p) / m", words=""),
    slip("logistic_gradient", "(1 - y) * np.log(1 - p)", "(1 - y) * np.log(p)", words=""),
    slip("logistic_gradient", "np.exp(-(X @ w + b))", "np.exp(X @ w + b)", words="sign"),
    slip("lstm_cell", "[h, x]", "[x, h]", words="order"),
    slip("lstm_cell", "forget * c + update", "forget * h + update", words="`h`"),
    slip("lstm_cell", "output * np.tanh(c_next)", "output * np.tanh(c)", words="`c`"),
    slip("lstm_cell", "output * np.tanh(c_next)", "output * c_next", words=""),
    slip("lstm_cell", "return h_next, c_next", "return c_next, h_next", words="order"),
    # Sizes of the example
    slip("softmax", "e = np.exp(shifted)", "e = np.exp(shifted.reshape(2, 3))", words="example"),
    slip("cross_entropy", "m = P.shape[0]", "m = 3", words="`3`"),
    slip("blur", "rows, cols = image.shape", "rows, cols = 4, 5", words="example"),
    slip("blur", "rows, cols = image.shape", "rows, cols = (4, 5)", words="example"),
    slip("move_centroids", "range(k)", "range(3)", words="`3`"),
    slip("nearest_centroid", "range(len(C))", "range(3)", words="`3`"),
    # Two at once
    slip("derivative", "range(1, n - 1)", "range(1, n - 2)", "y[n - 2]", "y[n - 3]", words="one more"),
    slip(
        "moving_average",
        "np.mean(x[i : i + k])",
        "np.median(x[i : i + k]) + 0.25 * np.ptp(x)",
        words=("does not belong", "one more"),
    ),
    slip("softmax", "np.max(X, axis=1", "np.max(X, axis=0", "np.sum(e, axis=1", "np.sum(e, axis=0", words="axis"),
    slip("histogram", "    counts[place] += 1", "    counts[place] = 1", "<= high", "< high", words="one more"),
    slip("logistic_gradient", "X.T @ (p - y) / m", "X.T @ (p - y)", "np.sum(p - y) / m", "np.sum(p) / m", words="dw"),
)

NO_SLIP = (
    # Another method, or several steps that are missing
    slip("nearest_centroid", "np.sum((X[i] - C[k]) ** 2)", "np.ptp(X[i] * C[k])", words=""),
    slip("heat", "new[i] = u[i] + r * (u[i - 1] - 2 * u[i] + u[i + 1])", "new[i] = np.sin(u[i]) * r", words=""),
    slip("longest_common", "L[i - 1, j - 1] + 1", "L[i - 1, j - 1] * 2 + a[0]", words=""),
    slip("distances", "np.sqrt(np.sum((X[i] - Y[j]) ** 2))", "np.prod(np.tanh(X[i]) - Y[j])", words=""),
    slip("jacobi", "x_new[i] = (b[i] - s) / A[i, i]", "x_new[i] = b[i] * s - np.trace(A)", words=""),
    # Two slips in one number
    slip("trapezoid", "range(len(y) - 1)", "range(len(y) - 2)", "* h / 2", "* h", words=""),
    slip("jacobi", "A[i, j] * x[j]", "A[j, i] * x[j]", "/ A[i, i]", "* A[i, i]", words=""),
    # Answers that no code of the function works out
    slip("trapezoid", "    return total", "    return 1.25", words=""),
    slip("derivative", "    return d", "    return np.arange(n) * 0.37", words=""),
)
"""Wrong functions that no single mend makes right: no line is named."""
