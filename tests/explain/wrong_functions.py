"""Wrong functions of many courses, and what a student must read of each, or must not.

`told` are words of the English sentence that tells the cause, `this | that` where either does; `never` are words
that would be untrue.
"""

from typing import NamedTuple


class Slip(NamedTuple):
    """A right function's text, and what is changed in it to make it wrong; `draw` is the rubric's line."""

    name: str
    text: str
    old: str
    new: str
    draw: str
    told: tuple[str, ...]
    never: tuple[str, ...] = ()
    rubric: str = ""


def slip(text, old, new, draw, *told, never=(), rubric=""):
    """Return a slip, called by its function and what is written in it."""
    return Slip(text.split("(")[0].removeprefix("def ").strip(), text, old, new, draw, told, tuple(never), rubric)


def lone(name, parameters, right, wrong, draw, *told, never=()):
    """Return a slip in a function of one line."""
    return slip(f"def {name}({parameters}):\n    return {right}\n", right, wrong, draw, *told, never=never)


N = "{n: 3..7, x: normal(n)}"
XY = "{n: 3..7, x: normal(n), y: normal(n)}"
STEP = '{n: 2..5, w: normal(n), g: normal(n), lr: "uniform(0.01, 0.4)"}'
SY = '{n: 3..8, s: normal(n), y: "integers(0, 1, n)"}'
ABN = '{a: "uniform(10, 20)", b: "uniform(0.1, 0.9)", n: 2..6}'
TF = '{n: 3..6, t: "uniform(0, 1, n)", f: "uniform(1, 3)"}'
QK = '{n: 2..4, m: 2..4, d: 2..5, Q: "normal(n, d)", K: "normal(m, d)"}'
SCALE = """def scale(x, how):
    if how == "range":
        return (x - x.min()) / (x.max() - x.min())
    return (x - x.mean()) / x.std()
"""
NORM = """def norm(x, root=True):
    total = np.sum(x ** 2)
    return np.sqrt(total) if root else total
"""
SOFTMAX = """def softmax(X):
    e = np.exp(X - X.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
"""
ENTROPY = """def cross_entropy(P, Y):
    m = P.shape[0]
    return -np.sum(Y * np.log(P)) / m
"""
LINEAR = """def linear_backward(dZ, A, W):
    m = A.shape[1]
    dW = np.dot(dZ, A.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA = np.dot(W.T, dZ)
    return dW, db, dA
"""
RELU = """def relu_backward(dA, Z):
    return dA * (Z > 0)
"""
MOMENTS = """def moments(x):
    return np.mean(x), np.std(x, ddof=1)
"""
ZSCORE = """def zscore(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)
"""
INFORMATION = """def information(p):
    return -np.sum(p * np.log2(p))
"""
BITS = """def bits(p):
    return -np.log2(p)
"""
HEADING = """def heading(angle):
    radians = np.deg2rad(angle)
    return np.cos(radians), np.sin(radians)
"""
CONVERT = """def to_radians(angles):
    return angles * np.pi / 180
"""
DISTANCE = """def distances(X, y):
    return np.sqrt(np.sum((X - y) ** 2, axis=1))
"""
HISTOGRAM = """def histogram(x, bins):
    counts = np.array([np.sum((x >= i) & (x < i + 1)) for i in range(bins)])
    return counts / counts.sum()
"""
COUNTS = """def letters(text):
    counts = np.zeros(4)
    for letter in text:
        counts["abcd".index(letter)] += 1
    return counts / len(text)
"""
INTEREST = """def interest(principal, rate, years):
    return principal * (1 + rate / 100) ** years
"""
RETURNS = """def log_returns(price):
    return np.log(price[1:] / price[:-1])
"""
RMSE = """def rmse(x, y):
    return np.sqrt(np.mean((x - y) ** 2))
"""
MSE = """def error(x, y):
    return np.mean((x - y) ** 2)
"""
PROJECT = """def project(A, b):
    x = np.linalg.solve(A.T @ A, A.T @ b)
    return x, A @ x
"""
GRAM = """def gram(A, B):
    return A.T @ B
"""
SOFT = """def soft(x):
    return np.log(1 + np.exp(x))
"""
SPREAD = """def shift_by(x):
    return x + 1
"""
RESIDUAL = """def residual(A, b):
    x = np.linalg.solve(A, b)
    return A @ x - b
"""
SPLIT = """def split(x):
    return x[:len(x) // 2], x[len(x) // 2:]
"""
CACHE = """def dense(A, W, b):
    Z = W @ A + b
    return Z, (A, W, b)
"""
DB = """def decibel(power):
    return 10 * np.log10(power)
"""
VAR = """def variance(X):
    return np.var(X, axis=0, ddof=1)
"""
LAYER = """def layer(x, W, b):
    return W @ x + b
"""
SIGMOID = """def sigmoid_backward(dA, Z):
    s = 1 / (1 + np.exp(-Z))
    return dA * s * (1 - s)
"""
ENERGY = """def energy(x, dt):
    return np.sum(np.abs(x) ** 2) * dt
"""
DISCOUNT = """def present_value(cash, rate):
    return np.sum(cash / (1 + rate) ** np.arange(len(cash)))
"""
ANNUITY = """def annuity(payment, rate, years, due):
    value = payment * (1 - (1 + rate) ** -years) / rate
    return value * (1 + rate) if due else value
"""
MINMAX = """def extremes(x):
    return x.min(), x.max()
"""
PENALTY = """def penalty(W, lam, kind="l2"):
    if kind == "l2":
        return lam * np.sum(W ** 2)
    return lam * np.sum(np.abs(W))
"""
ACCURACY = """def accuracy(scores, labels):
    return np.mean((scores > 0.5) == labels)
"""
DROPOUT = """def dropout_backward(dA, mask, keep):
    return dA * mask / keep
"""

WINDOWS = """def widest(x, f, s):
    n = (len(x) - f) // s + 1
    out = np.zeros(n)
    for i in range(n):
        out[i] = np.ptp(x[i * s : i * s + f])
    return out
"""
SMOOTH = """def smooth(X):
    P = np.pad(X, 1)
    n = X.shape[0]
    out = np.zeros(n)
    for i in range(n):
        out[i] = P[i] + 2 * P[i + 1] + P[i + 2]
    return out
"""
ROWS = """def row_sums(X, Y):
    (m, n) = X.shape
    out = np.zeros(m)
    for i in range(m):
        for j in range(n):
            out[i] += X[i, j] * Y[i, j]
    return out
"""
TURNED = """def turned_filter(G, W):
    f = len(W)
    P = np.pad(G, f - 1)
    out = np.zeros((len(G) + f - 1, G.shape[1] + f - 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(P[i : i + f, j : j + f] * W[::-1, ::-1])
    return out
"""
UNPOOL = """def unpool_each(X, G, f):
    out = np.zeros(X.shape)
    for i in range(G.shape[0]):
        for j in range(G.shape[1]):
            part = X[i * f : i * f + f, j * f : j * f + f]
            for r, q in np.argwhere(part == part.max()):
                out[i * f + r, j * f + q] += G[i, j]
    return out
"""
HEAVY_BALL = """def heavy_ball(w, v, g, lr, beta):
    v = beta * v + g
    w = w - lr * v
    return w, v
"""
OFF_DIAGONAL = """def off_diagonal(A, x):
    out = np.zeros(len(x))
    for i in range(len(x)):
        for j in range(len(x)):
            if j != i: out[i] += A[i, j] * x[j]
    return out
"""
HEUN = """def heun(y0, r, h, n):
    y = np.zeros(n + 1)
    y[0] = y0
    for t in range(n):
        k1 = r * y[t] * (1 - y[t])
        guess = y[t] + h * k1
        y[t + 1] = y[t] + h * (k1 + r * guess * (1 - guess)) / 2
    return y
"""
NEWTON = """def divided_differences(x, y):
    n = len(x)
    table = np.zeros((n, n))
    table[:, 0] = y
    for j in range(1, n):
        for i in range(n - j):
            table[i, j] = (table[i + 1, j - 1] - table[i, j - 1]) / (x[i + j] - x[i])
    return table[0]
"""
GROWTH = """def logistic_growth(y0, r, n):
    y = np.zeros(n + 1)
    y[0] = y0
    for t in range(n):
        y[t + 1] = y[t] + r * y[t] * (1 - y[t])
    return y
"""
BALL = '{n: 2..4, w: normal(n), v: normal(n), g: normal(n), lr: "uniform(0.1, 0.4)", beta: "uniform(0.5, 0.9)"}'
STEPS = '{y0: "uniform(0.1, 0.9)", r: "uniform(0.5, 2)", h: "uniform(0.1, 0.4)", n: 3..6}'

CENTRE_ROWS = """def centre_rows(X):
    means = X.sum(axis=1) / X.shape[1]
    return X - means[:, None]
"""
CROP = """def crop(X, Y, pad):
    (h, w) = X.shape
    (h2, w2) = Y.shape
    P = np.pad(X, pad)
    out = np.zeros((h, w))
    out[:, :] = P[pad : pad + h, pad : pad + w]
    return out * Y.sum()
"""
SPARSE = """def sparse(X, s):
    out = np.zeros((-(-X.shape[0] // s), -(-X.shape[1] // s)))
    for r in range(0, X.shape[0], s):
        for c in range(0, X.shape[1], s):
            out[r // s, c // s] = X[r, c]
    return out
"""
PICK = """def spread_each(G, s):
    out = np.zeros((G.shape[0] * s, G.shape[1] * s))
    for i in range(G.shape[0]):
        for j in range(G.shape[1]):
            top = i * s
            left = j * s
            out[top : top + s, left : left + s] += G[i, j]
    return out
"""
SIDES = """def sides(x, how):
    out = 0.0
    if how == "max":
        out = out + x.max()
    else:
        out = out + x.mean()
    return out
"""
ROW_MASK = """def row_mask(X):
    rows = []
    for row in X:
        rows.append(row == np.max(X))
    return np.array(rows)
"""
SIZES_UP = """def every_window(x, f, s):
    n = len(x)
    count = (n - f) // s + 1
    out = np.zeros(count)
    for i in range(count):
        out[i] = x[i * s : i * s + f].sum()
    return out
"""

TRIM = """def trim(X, k):
    (n, m) = X.shape
    P = np.pad(X, k, mode="reflect")
    return P[k : k + n, k : k + m] * 2
"""
LAG = """def lagged(x, options):
    lag = options["lag"]
    return x[lag:] - x[: len(x) - lag]
"""
STRIDES = """def while_windows(x, f, s):
    out = np.zeros((len(x) - f) // s + 1)
    at = 0
    while at + f <= len(x):
        out[at // s] = np.ptp(x[at : at + f])
        at += s
    return out
"""

EACH_CHANNEL = """def each_channel(G, s):
    (n, m, c) = G.shape
    out = np.zeros((n * s, m * s, c))
    for i in range(n):
        for j in range(m):
            for k in range(c):
                out[i * s : i * s + s, j * s : j * s + s, k] += G[i, j, k]
    return out
"""
SKIPPED = """def skipped(x, s):
    n = len(x) // s
    out = np.zeros(n)
    for i in range(0, n):
        out[i] = x[i * s]
    return out
"""
CUT = """def weighted_sums(X, w):
    out = np.zeros(len(w))
    for i in range(len(X) - 1):
        part = X[i : i + 2]
        for k in range(len(w)):
            scaled = part * w[k]
            out[k] += scaled.sum()
    return out
"""

PIXELS = """def edge_windows(X, f, s):
    out = 0.0
    for top in range(0, len(X) - f + 1, s):
        out = out + np.ptp(X[top : top + f]) * (top + 1)
    return np.array([out, -out, 3 * out])
"""
CLOSE = """def peaks(x):
    return x == np.max(x)
"""
SPREAD_BACK = """def scatter(G, M):
    out = np.zeros(M.shape)
    for i in range(G.shape[0]):
        part = np.cos(3 * M[i]) / (1 + i)
        out[i] += part * G[i]
    return out
"""

SLIPS = (
    slip(
        TRIM,
        "k : k + n, k : k + m",
        ":n, :m",
        "{n: 4..5, m: 5..6, k: 1..2, X: 'normal(n, m)'}",
        "at the wrong place | shifted",
    ),
    slip(
        LAG,
        'options["lag"]',
        "len(x) // 2",
        "{n: 6..9, lag: 1..2, x: normal(n), options: {lag: lag}}",
        "`lag` is given among the arguments",
    ),
    slip(
        STRIDES,
        "at + f <= len(x)",
        "at + f < len(x)",
        "{n: 6..9, f: 2..3, s: 1..2, x: normal(n)}",
        "is not the right comparison",
    ),
    lone(
        "each_total",
        "X",
        "np.sum(X ** 2, axis=(1, 2))",
        "np.sum(X ** 2)",
        "{k: 2..4, X: 'normal(k, 2, 3)'}",
        "the axis is missing",
    ),
    slip(
        EACH_CHANNEL,
        "j * s + s, k]",
        "j * s + s, :]",
        "{n: 2..3, m: 2..3, c: 2..3, s: 1..2, G: 'normal(n, m, c)'}",
        "takes a slice where one element belongs",
    ),
    slip(SKIPPED, "range(0, n)", "range(0, n, s)", "{n: 6..9, s: 2..3, x: normal(n)}", "leaves numbers out"),
    slip(
        CUT,
        "            scaled = part * w[k]\n            out[k] += scaled.sum()\n",
        "            part *= w[k]\n            out[k] += part.sum()\n",
        "{n: 3..4, m: 2..3, X: 'normal(n, 2)', w: normal(m)}",
        "changes the array that `part` was cut from",
    ),
    slip(PIXELS, "len(X) - f + 1, s", "len(X) - f, s", "{n: 6..9, f: 2..3, s: 1..2, X: normal(n)}", "ends too early"),
    slip(
        CLOSE,
        "x == np.max(x)",
        "np.isclose(x, np.max(x))",
        '{n: 3..6, x: "1000 + 1e-3 * normal(n)"}',
        "only near",
        never=("filled in",),
    ),
    slip(
        SPREAD_BACK,
        "part * G[i]",
        "part",
        "{n: 2..4, m: 2..4, G: normal(n), M: 'normal(n, m)'}",
        "lacks a factor | multiplied by G",
    ),
    # Beside something alike
    lone(
        "outer_product",
        "x, w",
        "x[:, None] * w",
        "x * w",
        "{n: 2..3, m: 4..5, x: normal(n), w: normal(m)}",
        "`x` lacks an axis",
    ),
    lone(
        "centred",
        "X",
        "X - X.mean(axis=1)[:, None]",
        "X - X.mean(axis=1)",
        "{n: 2..3, m: 4..5, X: 'normal(n, m)'}",
        "axis | axes",
    ),
    slip(
        CENTRE_ROWS,
        "X - means[:, None]",
        "X - means",
        "{n: 2..3, m: 4..5, X: 'normal(n, m)'}",
        "`means` lacks an axis | the summed axis goes away",
    ),
    slip(
        CROP,
        "pad : pad + h, pad : pad + w",
        "pad : pad + h2, pad : pad + w2",
        "{a: 2..3, b: 4..5, pad: 1..2, X: 'normal(a, b)', Y: 'normal(a + 2, b + 3)'}",
        "`h2`, `w2` are not the sizes that are meant",
    ),
    slip(
        SPARSE,
        "out[r // s, c // s]",
        "out[r // s, c]",
        "{n: 4..6, m: 5..7, s: 2..3, X: 'normal(n, m)'}",
        "is not calculated as the one beside it",
    ),
    slip(
        PICK,
        "G[i, j]",
        "G[top, left]",
        "{n: 2..3, m: 2..3, s: 2..3, G: 'normal(n, m)'}",
        "`top`, `left` are not the indices that are meant",
    ),
    slip(
        SIDES,
        "    else:\n        out = out + x.mean()\n",
        "    out = out + x.mean()\n",
        "{n: 3..6, x: normal(n), how: \"choice('max', 'mean')\"}",
        "is done in every case",
    ),
    slip(
        ROW_MASK,
        "np.max(X)",
        "max(row)",
        "{n: 2..4, m: 2..4, X: 'normal(n, m)'}",
        "looks at one round of the loop only",
    ),
    slip(
        SIZES_UP, "(n - f) // s + 1", "(n - f + 1) // s", "{n: 5..9, f: 2..3, s: 2..3, x: normal(n)}", "the brackets in"
    ),
    # Windows, sizes, places and turns
    slip(WINDOWS, "i * s + f", "(i + 1) * s", "{n: 8..10, f: 3..4, s: 1..2, x: normal(n)}", "the next window begins"),
    lone("peak", "x", "x / x.max()", "x / x.argmax()", N, "gives the place of a number"),
    lone("inner", "x, y", "np.sum(x * y)", "np.sum(x) * np.sum(y)", XY, "each side is summed by itself"),
    slip(SMOOTH, "P = np.pad(X, 1)", "X = np.pad(X, 1); P = X", "{n: 3..6, X: normal(n)}", "`X` is changed here"),
    slip(
        ROWS,
        "(m, n) = X.shape",
        "(m, n) = X.shape; n = (m - 1) // 2 + 1",
        "{m: 2..4, n: 3..5, X: 'normal(m, n)', Y: 'normal(m, n)'}",
        "`n` is changed here",
    ),
    slip(
        TURNED,
        "W[::-1, ::-1]",
        "W",
        "{n: 2..4, m: 2..4, f: 2..3, G: 'normal(n, m)', W: 'normal(f, f)'}",
        "`W` lies the wrong way round",
    ),
    lone(
        "mirrored",
        "X",
        "X.T",
        "X.T[::-1, ::-1]",
        "{n: 2..4, m: 2..4, X: 'normal(n, m)'}",
        "lies the wrong way round | is reversed along",
    ),
    slip(
        UNPOOL,
        "out[i * f + r, j * f + q]",
        "out[r, q]",
        "{n: 2..3, m: 2..3, f: 2..3, X: 'normal(n*f, m*f)', G: 'normal(n, m)'}",
        "`r`, `q` count from the window's corner",
    ),
    lone(
        "every",
        "X, s",
        "X[:, ::s].sum(axis=1)",
        "X[::s].sum(axis=1)",
        "{n: 3..5, m: 4..6, s: 2..3, X: 'normal(n, m)'}",
        "on the wrong axes",
    ),
    slip(
        HEAVY_BALL,
        "    v = beta * v + g\n    w = w - lr * v\n",
        "    w = w - lr * v\n    v = beta * v + g\n",
        BALL,
        "the line below it are in the wrong order",
    ),
    slip(
        OFF_DIAGONAL, "if j != i: ", "", "{n: 3..5, A: 'normal(n, n)', x: normal(n)}", "the round in which `j` is `i`"
    ),
    slip(HEUN, "y[t] + h * k1", "y[t] + k1", STEPS, "lacks a factor"),
    slip(NEWTON, "x[i + j]", "x[i + 1]", "{n: 4..6, x: normal(n), y: normal(n)}", "an index in `x[i + 1]`"),
    lone(
        "ridge",
        "X, e, w, lam",
        "e @ X / len(X) + lam * w",
        "(e @ X + lam * w) / len(X)",
        '{m: 3..6, n: 2..4, X: "normal(m, n)", e: normal(m), w: normal(n), lam: "uniform(0.1, 0.9)"}',
        "the brackets in",
    ),
    slip(
        GROWTH,
        "r * y[t] * (1 - y[t])",
        "np.sin(r * y[t]) ** 3 / 7",
        STEPS.replace('h: "uniform(0.1, 0.4)", ', ""),
        never=["fixed"],
    ),
    # modes and flags exchanged
    slip(
        SCALE,
        '== "range"',
        '!= "range"',
        "{n: 3..6, x: normal(n), how: \"choice('range', 'normal')\"}",
        '"normal" and "range"',
        "swapped",
    ),
    slip(
        NORM,
        "if root",
        "if not root",
        '{n: 2..5, x: normal(n), root: "choice(True, False)"}',
        "False and True",
        "swapped",
    ),
    slip(
        PENALTY,
        'if kind == "l2"',
        'if kind == "l1"',
        '{n: 2..4, W: "normal(n, 3)", lam: "uniform(0.5, 2)", kind: "choice(\'l2\', \'l1\')"}',
        '"l1" and "l2"',
        "swapped",
    ),
    slip(
        ANNUITY,
        "if due",
        "if not due",
        '{payment: "uniform(10, 20)", rate: "uniform(0.01, 0.1)", years: 2..9, due: "choice(True, False)"}',
        "False and True",
        "swapped",
    ),
    slip(
        PENALTY.replace("penalty", "penalty_b"),
        'if kind == "l2"',
        "if True",
        '{n: 2..4, W: "normal(n, 3)", lam: "uniform(0.5, 2)", kind: "choice(\'l2\', \'l1\')"}',
        '"l2"',
        never=("exchanged", "swapped"),
    ),
    # outputs exchanged
    slip(
        MOMENTS,
        "np.mean(x), np.std(x, ddof=1)",
        "np.std(x, ddof=1), np.mean(x)",
        "{n: 3..7, x: normal(n)}",
        "order",
        rubric="returns: {mean: 50%, std: 50%}",
    ),
    slip(
        HEADING,
        "np.cos(radians), np.sin(radians)",
        "np.sin(radians), np.cos(radians)",
        '{angle: "uniform(1, 359)"}',
        "order",
        rubric="returns: {x: 50%, y: 50%}",
    ),
    slip(
        PROJECT,
        "x, A @ x",
        "A @ x, x",
        '{m: 4..6, n: 2..3, A: "normal(m, n)", b: normal(m)}',
        "order",
        rubric="returns: {x: 50%, fit: 50%}",
    ),
    slip(
        SPLIT,
        "x[:len(x) // 2], x[len(x) // 2:]",
        "x[len(x) // 2:], x[:len(x) // 2]",
        "{n: 2..7, x: normal(n)}",
        "order",
        rubric="returns: {first: 50%, second: 50%}",
    ),
    slip(MINMAX, "x.min(), x.max()", "x.max(), x.min()", "{n: 2..7, x: normal(n)}", "order"),
    slip(
        CACHE,
        "Z, (A, W, b)",
        "(A, W, b), Z",
        '{m: 2..4, n: 2..3, k: 2..4, A: "normal(n, m)", W: "normal(k, n)", b: "normal(k, 1)"}',
        "order",
        rubric="returns: {Z: 80%, cache: {A: 10%, W: 5%, b: 5%}}",
    ),
    slip(
        CACHE.replace("dense", "dense_b"),
        "(A, W, b)\n",
        "(W, A, b)\n",
        '{m: 2..4, n: 2..3, k: 2..4, A: "normal(n, m)", W: "normal(k, n)", b: "normal(k, 1)"}',
        "cache.A | `(W, A, b)`",
        "order",
        rubric="returns: {Z: 80%, cache: {A: 10%, W: 5%, b: 5%}}",
    ),
    slip(
        LINEAR.replace("linear_backward", "linear_b"),
        "dW, db, dA",
        "dA, dW, db",
        '{m: 2..5, n: 2..4, k: 2..4, dZ: "normal(k, m)", A: "normal(n, m)", W: "normal(k, n)"}',
        "order",
        rubric="returns: {dW: 40%, db: 20%, dA: 40%}",
    ),
    # a batch size, a factor
    slip(
        LINEAR,
        "np.dot(dZ, A.T) / m",
        "np.dot(dZ, A.T)",
        '{m: 2..5, n: 2..4, k: 2..4, dZ: "normal(k, m)", A: "normal(n, m)", W: "normal(k, n)"}',
        "dW: ",
        " m times",
        "divi",
        rubric="returns: {dW: 40%, db: 20%, dA: 40%}",
    ),
    slip(
        ENTROPY,
        " / m",
        "",
        '{m: 2..6, k: 2..4, P: "uniform(0.1, 0.9, m, k)", Y: "choice(0, 1) + normal(m, k)"}',
        " m times",
        "divi",
    ),
    slip(
        ENTROPY.replace("cross_entropy", "cross_entropy_b"),
        " / m",
        " / P.size",
        '{m: 2..6, k: 2..4, P: "uniform(0.1, 0.9, m, k)", Y: "normal(m, k)"}',
        "1/P.shape[1] times",
        "divi",
    ),
    slip(
        ENTROPY.replace("cross_entropy", "cross_entropy_c"),
        "-np.sum",
        "np.sum",
        '{m: 2..6, k: 2..4, P: "uniform(0.1, 0.9, m, k)", Y: "normal(m, k)"}',
        "wrong sign",
    ),
    slip(
        MSE,
        "np.mean",
        "np.sum",
        "{n: 2..9, x: normal(n), y: normal(n)}",
        " x.shape[0] times",
        "division by x.shape[0] missing",
    ),
    slip(
        MSE.replace("error", "error_b"),
        "np.mean((x - y) ** 2)",
        "np.mean((x - y) ** 2) / 2",
        "{n: 2..9, x: normal(n), y: normal(n)}",
        "0.5 times",
    ),
    slip(ENERGY, " * dt", "", '{n: 4..9, x: normal(n), dt: "uniform(0.1, 0.5)"}', "dt", "1/dt"),
    slip(
        DROPOUT,
        " / keep",
        " * keep",
        '{n: 2..5, dA: "normal(n, 3)", mask: "choice(0, 1) + uniform(0, 1, n, 3)", keep: "uniform(0.5, 0.9)"}',
        "multiplied by keep where",
    ),
    slip(
        DROPOUT.replace("dropout", "dropout_b"),
        " / keep",
        "",
        '{n: 2..5, dA: "normal(n, 3)", mask: "uniform(0, 1, n, 3)", keep: "uniform(0.5, 0.9)"}',
        "keep",
    ),
    # logs, roots, squares, angles
    slip(INFORMATION, "np.log2", "np.log", '{n: 2..6, p: "uniform(0.1, 0.9, n)"}', "log2"),
    slip(BITS, "np.log2", "np.log10", '{n: 2..6, p: "uniform(0.1, 0.9, n)"}', "log10", "log2"),
    slip(DB, "np.log10", "np.log", '{n: 2..6, power: "uniform(0.1, 9, n)"}', "log10"),
    slip(DB.replace("decibel", "decibel_b"), "10 *", "20 *", '{n: 2..6, power: "uniform(0.1, 9, n)"}', "2 times"),
    slip(
        RMSE, "np.sqrt(np.mean((x - y) ** 2))", "np.mean((x - y) ** 2)", "{n: 2..9, x: normal(n), y: normal(n)}", "root"
    ),
    slip(
        DISTANCE,
        "np.sqrt(np.sum((X - y) ** 2, axis=1))",
        "np.sum((X - y) ** 2, axis=1)",
        '{n: 2..6, X: "normal(n, 3)", y: normal(3)}',
        "root",
    ),
    slip(
        MSE.replace("error", "error_c"),
        "np.mean((x - y) ** 2)",
        "np.sqrt(np.mean((x - y) ** 2))",
        "{n: 2..9, x: normal(n), y: normal(n)}",
        "root",
    ),
    slip(CONVERT, " * np.pi / 180", " * 180 / np.pi", '{n: 2..6, angles: "uniform(1, 359, n)"}', "degrees"),
    slip(
        CONVERT.replace("to_radians", "to_radians_b"),
        "angles * np.pi / 180",
        "angles",
        '{n: 2..6, angles: "uniform(1, 359, n)"}',
        "the argument angles as it came in",
    ),
    slip(
        HEADING.replace("heading", "heading_b"),
        "np.deg2rad(angle)",
        "angle",
        '{angle: "uniform(1, 359)"}',
        "degrees",
        rubric="returns: {x: 50%, y: 50%}",
    ),
    slip(SOFT, "np.log(1 + np.exp(x))", "1 + np.exp(x)", "{n: 2..6, x: normal(n)}", "log"),
    # ddof, axes, normalisation
    slip(VAR, ", ddof=1", "", '{n: 3..8, X: "normal(n, 3)"}', "ddof"),
    slip(
        VAR.replace("variance", "variance_b"),
        ", ddof=1",
        "",
        '{n: 3..8, X: "normal(n, 2)"}',
        "(X.shape[0] - 1)/X.shape[0]",
    ),
    slip(
        MOMENTS.replace("moments", "moments_b"),
        ", ddof=1",
        "",
        "{n: 3..7, x: normal(n)}",
        "std: ",
        "ddof",
        rubric="returns: {mean: 50%, std: 50%}",
    ),
    slip(ZSCORE, "X.std(axis=0)", "X.std(axis=0, ddof=1)", '{n: 3..8, X: "normal(n, 3)"}', "ddof"),
    slip(
        ZSCORE.replace("zscore", "zscore_b"),
        "X.std(axis=0)",
        "X.var(axis=0)",
        '{n: 3..8, X: "normal(n, 3)"}',
        "`X.var` is not the right function",
    ),
    slip(
        SOFTMAX,
        "e / e.sum(axis=1, keepdims=True)",
        "e",
        '{m: 2..5, k: 2..4, X: "normal(m, k)"}',
        "axis 1",
        "add up to 1",
    ),
    slip(
        SOFTMAX.replace("softmax", "softmax_b"),
        "e.sum(axis=1, keepdims=True)",
        "e.sum()",
        '{m: 2..5, k: 2..4, X: "normal(m, k)"}',
        "in `e.sum()` the axis is missing",
    ),
    slip(
        SOFTMAX.replace("softmax", "softmax_c"),
        "e.sum(axis=1, keepdims=True)",
        "e.sum(axis=0, keepdims=True)",
        '{m: 2..5, k: 2..4, X: "normal(m, k)"}',
        "the axis in `e.sum(axis=0, keepdims=True)` is not right",
        never=("X.max",),
    ),
    slip(
        SOFTMAX.replace("softmax", "softmax_d"),
        "X - X.max(axis=1, keepdims=True)",
        "X",
        '{m: 2..5, k: 2..4, X: "1000 * normal(m, k)"}',
        "overflow",
    ),
    slip(
        HISTOGRAM,
        "counts / counts.sum()",
        "counts",
        '{n: 9..20, x: "uniform(0, 4, n)", bins: 4..5}',
        "division by x.shape[0] missing",
    ),
    slip(COUNTS, "counts / len(text)", "counts", "{text: \"text(5..20, 'abcd')\"}", "division by len(text) missing"),
    slip(
        GRAM, "A.T @ B", "B.T @ A", '{m: 3..5, n: 2..4, k: 2..4, A: "normal(m, n)", B: "normal(m, k)"}', "axes as 1, 0"
    ),
    # masks, arguments taken for another
    slip(
        RELU,
        "Z > 0",
        "dA > 0",
        '{n: 2..4, dA: "normal(n, 5)", Z: "normal(n, 5)"}',
        "`dA` is not the right name in `dA > 0` | max(dA, 0)",
    ),
    slip(
        RELU.replace("relu", "relu_b"),
        "Z > 0",
        "Z < 0",
        '{n: 2..4, dA: "normal(n, 5)", Z: "normal(n, 5)"}',
        "in `Z < 0` | -Z",
    ),
    slip(
        RELU.replace("relu", "relu_c"),
        "dA * (Z > 0)",
        "Z > 0",
        '{n: 2..4, dA: "normal(n, 5)", Z: "normal(n, 5)"}',
        "dA",
    ),
    slip(
        SIGMOID,
        " * (1 - s)",
        "",
        '{n: 2..4, dA: "normal(n, 5)", Z: "normal(n, 5)"}',
        never=("Only where", "right only", "times what"),
    ),
    slip(
        LAYER,
        "W @ x + b",
        "W @ x - b",
        '{n: 2..4, k: 2..4, x: normal(n), W: "normal(k, n)", b: normal(k)}',
        "b is subtracted",
    ),
    slip(
        LAYER.replace("layer", "layer_b"),
        "W @ x + b",
        "W @ x",
        '{n: 2..4, k: 2..4, x: normal(n), W: "normal(k, n)", b: normal(k)}',
        "b is missing",
    ),
    # money
    slip(INTEREST, "rate / 100", "rate", '{principal: "uniform(10, 99)", rate: "uniform(1, 9)", years: 1..9}', "100"),
    slip(
        INTEREST.replace("interest", "interest_b"),
        "** years",
        "* years",
        '{principal: "uniform(10, 99)", rate: "uniform(1, 9)", years: 1..3}',
        "years == 1",
    ),
    slip(
        RETURNS,
        "np.log(price[1:] / price[:-1])",
        "price[1:] / price[:-1]",
        '{n: 4..9, price: "uniform(10, 20, n)"}',
        "log",
    ),
    slip(
        RETURNS.replace("log_returns", "log_returns_b"),
        "price[1:] / price[:-1]",
        "price[:-1] / price[1:]",
        '{n: 4..9, price: "uniform(10, 20, n)"}',
        "wrong sign",
    ),
    slip(
        DISCOUNT,
        "np.arange(len(cash))",
        "np.arange(1, len(cash) + 1)",
        '{n: 3..6, cash: normal(n), rate: "uniform(0.01, 0.1)"}',
        "1/(1 + rate)",
    ),
    # one right, one wrong
    slip(
        LINEAR.replace("linear_backward", "linear_c"),
        "db = np.sum(dZ, axis=1, keepdims=True) / m",
        "db = np.sum(dZ, axis=1, keepdims=True)",
        '{m: 2..5, n: 2..4, k: 2..4, dZ: "normal(k, m)", A: "normal(n, m)", W: "normal(k, n)"}',
        "db: ",
        " m times",
        rubric="returns: {dW: 40%, db: 20%, dA: 40%}",
    ),
    # what holds by rounding or by chance
    slip(SPREAD, "x + 1", "x + 2", "{n: 2..5, x: normal(n)}", "too large by 1", never=("times what", "the added")),
    slip(
        SPREAD.replace("shift_by", "shift_b"),
        "x + 1",
        "2 * x + 1",
        "{n: 2..5, x: normal(n)}",
        "x",
        never=("times what it should",),
    ),
    slip(
        SPREAD.replace("shift_by", "shift_c"),
        "x + 1",
        "x + 2",
        "{x: normal()}",
        "too large by 1",
        never=("times", "the added"),
    ),
    slip(
        RESIDUAL,
        "np.linalg.solve(A, b)",
        "np.linalg.inv(A) @ b",
        '{n: 3..5, A: "spd(n)", b: normal(n)}',
        never=("times", "the added", "missing", "once too often", "Perhaps"),
    ),
    # more of the same kinds, in other courses
    lone("unit", "x", "x / np.linalg.norm(x)", "x / np.sum(np.abs(x))", N, "right up to one factor"),
    lone("moving", "x", "np.convolve(x, np.ones(3) / 3, 'valid')", "np.convolve(x, np.ones(3), 'valid')", N, "3 times"),
    lone("same", "x, y", "np.corrcoef(x, y)[0, 1]", "np.corrcoef(x, y)[0, 0]", XY, "one and the same answer"),
    lone("covariance", "X", "np.cov(X.T)", "np.cov(X.T, ddof=0)", '{n: 4..8, X: "normal(n, 3)"}', "ddof"),
    lone("ascent", "w, g, lr", "w - lr * g", "w + lr * g", STEP, "All but the added w has the wrong sign"),
    lone("no_rate", "w, g, lr", "w - lr * g", "w - g", STEP, "lr is replaced by 1"),
    lone("decays", "w, g, lr", "w - lr * g", "w - lr * w", STEP, "name in `lr * w` | g is replaced by w"),
    lone(
        "momentum",
        "w, g, lr",
        "lr * w + (1 - lr) * g",
        "(1 - lr) * w + lr * g",
        STEP,
        "1 - lr | w` and `g` are exchanged",
    ),
    lone("absolute", "x", "np.maximum(x, 0)", "np.abs(x)", N, "Each element is abs(x)", never=("the added",)),
    lone("squashed", "x", "np.tanh(x)", "1 / (1 + np.exp(-x))", N, "Each element is 1/(1 + exp(-x))"),
    lone("hits", "s, y", "np.mean((s > 0) == y)", "np.sum((s > 0) == y)", SY, "division by s.shape[0] missing"),
    lone("growth", "a, b, n", "(b / a) ** (1 / n) - 1", "(b / a) ** (1 / n)", ABN, "too large by 1"),
    lone("monthly", "a, b, n", "a * (1 + b / 12) ** n", "a * (1 + b) ** n", ABN, "b is replaced by 12*b"),
    lone("undiscounted", "a, b, n", "a / (1 + b) ** n", "a", ABN, "the argument a as it came in"),
    lone("wave", "t, f", "np.sin(2 * np.pi * f * t)", "np.sin(f * t)", TF, "f is replaced by f/(2*pi)"),
    lone("circle", "f", "np.pi * f ** 2", "f ** 2", '{f: "uniform(1, 5)"}', "1/pi times"),
    lone("outer", "a, b", "np.outer(a, b)", "np.outer(b, a)", "{n: 2..5, m: 2..5, a: normal(n), b: normal(m)}", "1, 0"),
    lone("scaled", "Q, K", "Q @ K.T / np.sqrt(K.shape[1])", "Q @ K.T / K.shape[1]", QK, "1/sqrt(Q.shape[1]) times"),
    lone("half", "W, m", "np.sum(W ** 2) / (2 * m)", "np.sum(W ** 2) / m", '{m: 2..6, W: "normal(3, 3)"}', "2 times"),
    lone("spread", "n, m", "np.sqrt(2 / n)", "2 / n", "{n: 2..9, m: 2..9}", "root missing"),
    lone("backwards", "x", "np.diff(x)", "x[:-1] - x[1:]", N, "wrong sign"),
    # what must not be told
    lone("products", "x", "np.cumsum(x)", "np.cumprod(x)", N, never=("times", "missing", "factor")),
    lone("median", "x", "np.median(x)", "np.sort(x)[len(x) // 2]", N, never=("times", "too large", "rounded")),
    lone(
        "trace",
        "A",
        "np.linalg.det(A)",
        "np.trace(A)",
        '{n: 2..4, A: "normal(n, n)"}',
        never=("times", "Every", "used"),
    ),
    lone("uncentred", "x", "np.var(x)", "np.mean(x ** 2)", N, never=("times", "too large", "missing")),
    lone("leaky", "x", "np.maximum(x, 0)", "np.maximum(x, 0.01 * x)", N, never=("Negative numbers", "times", "Each")),
    slip(
        "def bounds(x):\n    return x.min(axis=0), x.max(axis=0)\n",
        "x.min(axis=0),",
        "x.max(axis=0),",
        '{n: 3..5, x: "normal(n, 4)"}',
        "`x.max` is not the right function",
        rubric="returns: {low: 50%, high: 50%}",
    ),
    lone("halves", "n", "np.full((n, 2), 0.5)", "np.ones((n, 2))", "{n: 2..5}", never=("factor", "not right in")),
    lone("ones", "n", "np.ones(n) * 2", "np.ones(n)", "{n: 2..5}", never=("sqrt", "rounded", "1/n", "factor")),
)
