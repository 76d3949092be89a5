"""Wrong functions with loops over windows, places in arrays and several outputs, and what a student must read of each.

What is right beside a kind of slip stands beside it with other slips, which must not be told as that kind.
"""

from tests.explain.wrong_functions import lone, slip

OVERLAPPING = """def overlapping(g, k, s):
    out = np.zeros((len(g) - 1) * s + k)
    for i in range(len(g)):
        part = out[i * s:i * s + k]
        part += g[i]
    return out
"""
SHIFTED = """def shifted_rows(X):
    out = np.zeros(X.shape)
    for i in range(X.shape[0]):
        row = X[i].copy()
        row = row + i
        out[i] = row
    return out
"""
FILLED = """def filled(v, n):
    a = np.empty((n, 2))
    a.fill(v)
    return a
"""
IN_STEPS = """def in_steps(X, s):
    out = np.zeros(-(-len(X) // s))
    for r in range(0, len(X), s):
        out[r // s] = X[r:r + s].sum()
    return out
"""
PEAKS = """def peaks_of_windows(X, g, f):
    out = np.zeros(X.shape)
    for i in range(g.shape[0]):
        for j in range(g.shape[1]):
            window = X[i * f:i * f + f, j * f:j * f + f]
            mask = window == window.max()
            out[i * f:i * f + f, j * f:j * f + f] += mask * g[i, j]
    return out
"""
COLUMNS = """def columns(X):
    total = np.zeros(X.shape[1])
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            total[j] += X[i, j]
    return total
"""
EVERY_CHANNEL = """def every_channel(X):
    def top(part):
        return part == part.max()
    out = np.zeros(X.shape)
    for c in range(X.shape[2]):
        out[:, :, c] = top(X[:, :, c])
    return out
"""
ALL_AT_ONCE = EVERY_CHANNEL.replace("every_channel", "all_at_once")
IN_WINDOWS = """def in_windows(X, f):
    n, m = X.shape[0] // f, X.shape[1] // f
    out = np.zeros(X.shape)
    for i in range(n):
        for j in range(m):
            most = np.max(X[i * f:i * f + f, j * f:j * f + f])
            for r in range(i * f, i * f + f):
                for c in range(j * f, j * f + f):
                    if X[r, c] == most:
                        out[r, c] = 1
    return out
"""
BEFORE = (
    "    for i in range(n):\n        for j in range(m):\n"
    "            most = np.max(X[i * f:i * f + f, j * f:j * f + f])\n",
    "    most = np.max(X[:, :])\n    for i in range(n):\n        for j in range(m):\n",
)
PARTED = """def parted(x, options):
    first = options["first"]
    second = options["second"]
    return x[:first] * 2, x[:second] + 1
"""
KEPT = """def kept(x, y, z):
    return x * y + z, (x, y, z)
"""
MARKED = """def marked(X):
    mask = np.zeros(X.shape, dtype=bool)
    mask[X == X.max()] = True
    return mask
"""
COUNTED = """def counted(x, f, p, s):
    n = (len(x) - f + 2 * p) // s + 1
    return np.arange(n) * x[0]
"""
PLACED = """def placed(g, X):
    N, M = X.shape
    n, m = g.shape
    out = np.zeros((N, M))
    for i in range(n):
        for j in range(m):
            out[i, j] = 2 * g[i, j]
    return out
"""
CORNERS = """def corners(X, f):
    out = np.zeros(X.shape)
    for i in range(X.shape[0] // f):
        for j in range(X.shape[1] // f):
            y = i * f
            x = j * f
            window = X[y:y + f, x:x + f]
            rows, cols = np.where(window > 0)
            out[y + rows, x + cols] += 1
    return out
"""
BOTH = """def both(X, y):
    low = np.zeros(X.shape[1])
    high = np.zeros(len(y))
    for i in range(X.shape[0]):
        low += X[i]
    for j in range(len(y)):
        high[j] = y[j] * (j + 1)
    return low, high
"""
SIGNED = """def signed(x, y):
    total = np.zeros(len(x))
    for i in range(len(x)):
        total[i] += x[i] * y[i]
    return total
"""
RESTED = """def rested(X):
    out = np.zeros(X.shape[1])
    for c in range(X.shape[1]):
        for r, k in np.argwhere(X[:, c:c + 1] > 0):
            out[c] += X[r, c + k]
    return out
"""
SHARED_OUT = """def shared_out(g, f):
    n = len(g) // f
    w = n + 1
    return g / (f * f)
"""
PASSED_ON = """def passed_on(X, g, f):
    out = np.zeros(X.shape)
    for i in range(g.shape[0]):
        for j in range(g.shape[1]):
            window = X[i * f:i * f + f, j * f:j * f + f]
            out[i * f:i * f + f, j * f:j * f + f] += (window == window.max()) * g[i, j]
    return out
"""
TALLY = """def tally(x):
    total = np.sum(x)
    k = 5
    return total, k
"""
BIASED = """def biased(X, b):
    out = np.zeros(X.shape)
    for i in range(X.shape[0]):
        for c in range(X.shape[1]):
            out[i, c] = X[i, c] ** 2 + b[c]
    return out, (X, b)
"""
SINGLE = """def single(b, n):
    out = np.zeros(n)
    for c in range(n):
        out[c] = float(b[c]) * 2
    return out
"""
X2 = '{n: 3..6, m: 2..5, X: "normal(n, m)"}'
X3 = '{n: 2..4, m: 2..4, k: 2..4, X: "normal(n, m, k)"}'
TILED = '{f: 2..3, n: 2..3, m: 2..3, X: "normal(n*f, m*f)"}'
GAPS = "{n: 3..5, k: 2..4, s: 1..3, g: normal(n)}"
SIZED = "{n: 8..12, x: normal(n), f: 1..3, p: 1..3, s: 1..3}"

SLIPS = (
    slip(OVERLAPPING, "part += g[i]", "part = part + g[i]", GAPS, "makes a new array"),
    slip(
        OVERLAPPING.replace("overlapping", "over_a_copy"), "out[i * s:i * s + k]", "out[i * s:i * s + k].copy()", GAPS,
        "`part` is a copy",
    ),
    slip(SHIFTED, "row + i", "row - i", X2, "not the right operator", never=("copy", "new array")),
    slip(FILLED, "a = np.empty((n, 2))\n    a.fill(v)", "a = np.empty((n, 2)).fill(v)", '{v: "uniform(1, 9)", n: 2..4}',
         "`fill` changes what it is called on and gives None"),
    lone("ordered", "x", "np.sort(x)", "x.sort()", "{n: 3..6, x: normal(n)}", "`sort` changes what it is called on"),
    slip(IN_STEPS, "out[r // s]", "out[r]", '{n: 6..9, s: 2..3, X: normal(n)}', "the loop over `r` goes in steps"),
    slip(
        IN_STEPS.replace("in_steps", "every_step"), "X[r:r + s]", "X[r:r + 1]", '{n: 6..9, s: 2..3, X: normal(n)}',
        "slice | the number `1`", never=("goes in steps",),
    ),
    slip(PEAKS, "out[i * f:i * f + f, j * f:j * f + f] += mask * g[i, j]", "out[i, j] += np.sum(mask * g[i, j])",
         '{f: 2..3, n: 2..3, m: 2..3, X: "normal(n*f, m*f)", g: "normal(n, m)"}',
         "`out[i, j]` is one element, but the window belongs there"),
    slip(COLUMNS, "total[j] += X[i, j]", "total += X[i, j]", X2, "changes all of `total`; an index is missing"),
    slip(
        COLUMNS.replace("columns", "first_columns"), "range(X.shape[0])", "range(X.shape[0] - 1)", X2, "ends too early",
        never=("changes all", "index is missing"),
    ),
    slip(ALL_AT_ONCE, "top(X[:, :, c])", "top(X[:, :, :])[:, :, c]", X3, "is called once for the whole last axis"),
    slip(EVERY_CHANNEL, "part == part.max()", "part == part.min()", X3, "not the right function",
         never=("last axis",)),
    slip(IN_WINDOWS, *BEFORE, TILED, "`most` is calculated of all of `X[:, :]` at once, not of each window"),
    slip(PARTED, 'options["second"]', 'options["first"]',
         "{n: 6..8, x: normal(n), a: 1..2, b: 3..5, options: {first: a, second: b}}",
         "the key in `options['first']` is not the right one", rubric="returns: {a: 50%, b: 50%}"),
    slip(KEPT, "(x, y, z)\n", "(x, z)\n", "{n: 2..4, x: normal(n), y: normal(n), z: normal(n)}",
         "`y` is missing from `(x, z)`", rubric="returns: {value: 50%, kept: 50%}"),
    slip(MARKED, "mask[X == X.max()] = True", "mask[np.argmax(X)] = True", '{n: 5..7, m: 1..1, X: "normal(n, 3)"}',
         "`np.argmax(X)` counts through the whole array | finds only the first"),
    lone("largest", "X", "np.max(X)", "max(X)", X2, "`max` is Python's own"),
    lone("smallest", "X", "np.max(X)", "np.min(X)", X2, "the right function | exchanged", never=("Python's own",)),
    slip(COUNTED, "2 * p", "p", SIZED, "`p` is added once in `len(x) - f + p`, but it is on both sides"),
    slip(COUNTED.replace("counted", "one_short"), " // s + 1", " // s", SIZED, "is off by one",
         never=("both sides",)),
    slip(PLACED, "range(n):\n        for j in range(m)", "range(N):\n        for j in range(M)",
         '{n: 2..3, m: 2..3, g: "normal(n, m)", X: "normal(n + 2, m + 1)"}',
         "`N`, `M` are not the sizes that the loops should go over"),
    lone("framed", "X, p", "np.pad(X, ((0, 0), (p, p), (p, p), (0, 0)))",
         "np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))", '{p: 1..2, X: "normal(2, 3, 4, 2)"}', "the order in"),
    slip(CORNERS, "out[y + rows, x + cols]", "out[rows, cols]", TILED, "`rows`, `cols` count from the window's corner"),
    slip(SIGNED, "return total", "return -total", "{n: 2..5, x: normal(n), y: normal(n)}",
         "the sign before `total` is too much", never=("operator",)),
    # two slips
    slip(BOTH, "low += X[i]\n    for j in range(len(y)):\n        high[j] = y[j] * (j + 1)",
         "low = X[i]\n    for j in range(len(y)):\n        high[j] = y[j] * (j + 2)",
         '{n: 3..4, m: 2..4, X: "normal(n, m)", y: normal(m)}', "`=` overwrites", "There is one more slip",
         rubric="returns: {low: 50%, high: 50%}"),
    slip(
        BOTH.replace("both", "one_of_both"),
        "low += X[i]\n    for j in range(len(y)):\n        high[j] = y[j] * (j + 1)",
        "low = X[i]\n    for j in range(len(y)):\n        high[j] = np.tan(y[j]) * (j * 7 + 2)",
        '{n: 3..4, m: 2..4, X: "normal(n, m)", y: normal(m)}',
        "`=` overwrites",
        "There is one more slip.",
        rubric="returns: {low: 50%, high: 50%}",
    ),
    # one number is right by chance: with an output right beside it, it could be tried out
    slip(
        TALLY,
        "np.sum(x)\n    k = 5",
        "np.sum(np.cos(x)) + 3\n    k = 4",
        "{x: normal(5)}",
        never=("`4`",),
        rubric="returns: {total: 50%, k: 50%}",
    ),
    # what is left out
    slip(
        COUNTED.replace("counted", "not_padded"),
        " + 2 * p",
        "",
        SIZED,
        "the padding is missing from `len(x) - f`",
    ),
    slip(BIASED, " + b[c]", "", '{n: 2..4, m: 2..4, X: "normal(n, m)", b: normal(m)}', "`b` is used in no calculation"),
    # what numpy or Python gives another meaning
    slip(
        RESTED,
        "for r, k in np.argwhere(X[:, c:c + 1] > 0):\n            out[c] += X[r, c + k]",
        "for r, c in np.argwhere(X[:, c:c + 1] > 0):\n            out[c] += X[r, c + c]",
        X2,
        "`c` counts a loop around, and is given another value here",
    ),
    slip(SHARED_OUT, "(f * f)", "(n * w)", "{f: 2..4, n: 6..9, g: normal(n)}", "are not the sizes that are meant"),
    slip(
        PASSED_ON,
        "g[i, j]",
        "np.max(window)",
        '{f: 2..3, n: 2..3, m: 2..3, X: "normal(n*f, m*f)", g: "normal(n, m)"}',
        "`g` is used in no calculation",
    ),
    slip(SINGLE, "float(b[c])", "float(b)", "{n: 2..5, b: normal(n)}", "an index is missing"),
)  # fmt: skip
"""One slip of each kind, and beside some what must not be told as it."""
