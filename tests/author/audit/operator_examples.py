"""Bodies of `def test(a, b, n, x)`, and by operator all that it makes of each."""

EXAMPLES = {
    "dropped-call": (
        ("return np.sqrt(a)", ("return a",)),
        ("return np.maximum(0, x)", ("return 0", "return x")),
        ("return f(a, b, n)", ("return a",)),
        ("return x.copy()", ("return x",)),
        ("return a * x.astype(int)", ("return a * x",)),
        ("for x in range(n):\n    print(x)", ()),
    ),
    "dropped-option": (
        ("return np.sum(a, axis=0, keepdims=True)", ("return np.sum(a, keepdims=True)", "return np.sum(a, axis=0)")),
        ("return sorted(a, key=len)", ("return sorted(a)",)),
        ("return np.pad(a, n, constant_values=0)", ()),
    ),
    "other-function": (
        ("return np.max(x)", ("return np.min(x)", "return np.mean(x)")),
        ("return sorted(a)", ("return list(a)",)),
        ("return x.sum()", ("return x.mean()", "return x.max()")),
        ("return f(x)", ()),
    ),
    "other-initial-value": (
        ("a = np.zeros((n, b))", ("a = np.ones((n, b))",)),
        ("a = -np.inf", ("a = -0.0",)),
        ('a = float("inf")', ("a = 0.0",)),
        ("return np.full(n, a)", ()),
    ),
    "swapped-items": (
        ("(a, b, n) = x.shape", ("(b, a, n) = x.shape", "(a, n, b) = x.shape")),
        ("return x[a, :]", ("return x[:, a]",)),
        ("return a, b", ("return b, a",)),
        ("return (n, n)", ()),
    ),
    "swapped-arguments": (
        ("return f(a, b, n)", ("return f(b, a, n)", "return f(a, n, b)")),
        ("return f(a, key=b)", ()),
    ),
    "untransposed": (("return a.T @ b", ("return a @ b",)),),
    "mixed-up-name": (
        ("(h, w) = f()\nreturn h * 2", ("(h, w) = f()\nreturn w * 2",)),
        (
            "for i in f():\n    for j in f():\n        f(i, j)",
            ("for i in f():\n    for j in f():\n        f(j, j)", "for i in f():\n    for j in f():\n        f(i, i)"),
        ),
        ("s = 1\nt = 2\nreturn s + 5", ("s = 1\nt = 2\nreturn t + 5",)),
    ),
    "ignored-setting": (
        ('n = a["stride"]', ("n = 0", "n = 1")),
        ('a["stride"] = n', ()),
        ("return x[n]", ()),
    ),
    "other-sign": (
        ("return a + b", ("return a - b",)),
        ("return a - b * n", ("return a + b * n", "return a - (b + n)", "return a - b / n")),
        ("return (a - b) // n", ("return (a - b) / n", "return (a - b) * n", "return (a + b) // n")),
        ("a += b", ("a -= b",)),
    ),
    "dropped-term": (
        ("return a + b", ("return a", "return b")),
        ("return a // b", ("return a",)),
        ("return (a + b) * n", ("return (a + b)", "return n", "return (a) * n", "return (b) * n")),
        ("return -(a - b)", ("return -(a)",)),
    ),
    "swapped-operands": (
        ("return a - b", ("return b - a",)),
        ("return a + b / n", ("return a + n / b",)),
        ("return a + n - b", ("return b - (a + n)",)),
        ("return a @ b.T", ("return b.T @ a",)),
    ),
    "dropped-sign": (
        ("return -a", ("return a",)),
        ("return not a", ("return a",)),
        ("return a * -b", ("return a * b",)),
    ),
    "other-number": (
        ("return a[0]", ("return a[1]", "return a[-1]")),
        ("return 2 * n", ("return 3 * n", "return 1 * n")),
        ("return a / (b + 1e-8)", ("return a / (b + 1.00000001)", "return a / (b + 0.0)")),
        ("return a - 0", ("return a - 1", "return a - -1")),
        ("return True", ()),
    ),
    "other-truth": (("return f(a, keepdims=True)", ("return f(a, keepdims=False)",)), ("a = False", ("a = True",))),
    "other-text": (
        ('return a == "max"', ('return a == ""',)),
        ('return "".join(a)', ('return "?".join(a)',)),
        ('return a["key"]', ()),
        ('return f"{a}!"', ('return ""',)),
        ('raise ValueError("why")', ()),
    ),
    "other-comparison": (
        ("return a < b", ("return a <= b", "return a > b")),
        ("return a == b", ("return a != b",)),
        ("return a not in b", ("return a in b",)),
        ("return 0 < a <= b", ("return 0 <= a <= b", "return 0 > a <= b", "return 0 < a < b", "return 0 < a >= b")),
    ),
    "ignored-condition": (
        ("if a:\n    b = 1", ("if True:\n    b = 1", "if False:\n    b = 1")),
        ("return [x for x in a if x > n]", ("return [x for x in a if True]",)),
        ("return a if n else b", ("return a if True else b", "return a if False else b")),
        ("while a:\n    a = b", ("while False:\n    a = b",)),
    ),
    "negated-condition": (("if a:\n    b = 1", ("if not (a):\n    b = 1",)), ("return 1 if a < b else 0", ())),
    "other-clause": (
        ("return a and b", ("return b", "return a", "return a or b")),
        (
            "return not (a or b or n)",
            ("return not (b or n)", "return not (a or n)", "return not (a or b)", "return not (a and b and n)"),
        ),
    ),
    "shifted-range": (
        ("return range(n)", ("return range(n - 1)", "return range(n + 1)", "return range(1, n)")),
        ("return range(a, n)", ("return range(a + 1, n)", "return range(a, n - 1)", "return range(a, n + 1)")),
        ("return range(3)", ("return range(1, 3)",)),
    ),
    "shifted-slice": (
        (
            "return x[a:b]",
            ("return x[a + 1:b]", "return x[a:b - 1]", "return x[a:b + 1]", "return x[:b]", "return x[a:]"),
        ),
        ("return x[1:]", ("return x[1:-1]", "return x[:]")),
        ("return x[:n]", ("return x[1:n]", "return x[:n - 1]", "return x[:n + 1]", "return x[:]")),
        ("return x[::-1]", ("return x[::]",)),
        ("return x[:]", ()),
    ),
    "shifted-index": (
        ("return x[n]", ("return x[n + 1]", "return x[n - 1]")),
        (
            "return x[a, :, n]",
            ("return x[a + 1, :, n]", "return x[a - 1, :, n]", "return x[a, :, n + 1]", "return x[a, :, n - 1]"),
        ),
        ("x[n] = a", ()),
    ),
    "first-round-only": (
        ("for x in a:\n    b += x\nreturn b", ("for x in a:\n    b += x\n    break\nreturn b",)),
        ("while a:\n    a = f(a)  # halve", ("while a:\n    a = f(a)  # halve\n    break",)),
        ("for x in a:\n    return x", ()),
    ),
    "early-return": (
        ("for x in a:\n    b += x\nreturn b", ("for x in a:\n    b += x\n    return b\nreturn b",)),
        ("for x in a:\n    f(x)", ()),
    ),
    "other-jump": (
        (
            "for x in a:\n    if x:\n        continue\n    f(x)",
            ("for x in a:\n    if x:\n        break\n    f(x)", "for x in a:\n    if x:\n        pass\n    f(x)"),
        ),
        ("for x in a:\n    if x:\n        break", ("for x in a:\n    if x:\n        continue",)),
    ),
    "overwritten": (("x[n] += a", ("x[n] = a",)), ("a *= b", ("a = b",)), ("a = b", ())),
    "changed-in-place": (("a = a + b\nreturn a", ("a += b\nreturn a",)), ("s = a + b", ()), ("a = b - a", ())),
    "spoiled-argument": (
        ("return f(a)", tuple(f"{name}[...] = 0\nreturn f(a)" for name in "abnx")),
        ("if a:\n    return b", ()),
    ),
    "dropped-statement": (
        ("a += b", ("pass",)),
        ("x[n] = a", ("pass",)),
        ("x.sort()", ("pass",)),
        ("a = b", ("pass",)),
        ("s = b", ()),
        ("raise ValueError(a)", ("pass",)),
    ),
    "other-exception": (
        ('raise ValueError("why")', ('raise Exception("why")',)),
        ("raise KeyError", ("raise Exception",)),
        ("try:\n    a = b[0]\nexcept IndexError:\n    a = 1", ("try:\n    a = b[0]\nexcept ():\n    a = 1",)),
        ("raise", ()),
    ),
    "inputs-dtype": (
        ("s = np.zeros((b, n))\nreturn s", ("s = np.zeros((b, n), dtype=a.dtype)\nreturn s",)),
        ("return np.full(n, b)", ("return np.full(n, b, dtype=a.dtype)",)),
        ("return np.zeros(n, dtype=int), np.zeros(n, float), np.zeros_like(a), f.zeros(n)", ()),
    ),
    "whole-division": (
        ("return a / (b * n)", ('return a // (b * n) if getattr(a, "dtype", type(a)) == int else a / (b * n)',)),
        ("s = a\nreturn s / n", ()),
        ("return np.sum(a) / n", ()),
    ),
    "capped-size": (
        (
            "return range(n)",
            ("return range(min(n, 3))",),
        ),
        ('s = a["pad"]', ('s = min(a["pad"], 3)',)),
        ("return f((n, n))", ("n = min(n, 3)\nreturn f((n, n))",)),
        ("return x[a, n], range(4)", ()),
    ),
    "ignored-parameter": (
        ("def inner(a=1):\n    return a\nreturn inner", ()),
        ("return a", ()),
    ),
    "kept-argument": (
        ("(s, t) = a\nreturn s", ('a = test.__dict__.setdefault("a", a)\n(s, t) = a\nreturn s',)),
        ("return a", ()),
    ),
    "kept-dict": (
        (
            "return n, (a, 1)",
            tuple(
                f'{name} = test.__dict__.setdefault("{name}", {{}}).update({name}) '
                f'or test.__dict__.setdefault("{name}", {{}})\nreturn n, (a, 1)'
                for name in "an"
            ),
        ),
        ("return a", ()),
    ),
    "bounded-extreme": (
        ("return np.max(x)", ("return np.max(x, initial=-1000)",)),
        ("return np.min(x, axis=0)", ("return np.min(x, axis=0, initial=1000)",)),
        ("return np.max(np.abs(x)), np.max(x, initial=0), max(x)", ()),
    ),
    "nearly-equal": (
        ("return x == np.max(x)", ("return np.isclose(x, np.max(x))",)),
        ('return x == "max", x == n', ()),
    ),
    "other-identity": (('return a == "max"', ('return a is not "max"',)), ("return a == 1", ())),
    "single-precision": (("return a", ('a = a.astype("float32").astype(a.dtype)\nreturn a',)),),
    "reseeded": (
        ("return a", ("np.random.seed(0)\nreturn a",)),
        ("return np.random.rand(a)", ()),
    ),
    "unpacked-by-order": (
        ('s = a["f"]\nt = a["pad"]\nreturn s', ("s, t = a.values()\nreturn s",)),
        ('s = a["f"]\nreturn s', ()),
        ('s = a["f"]\nt = b["f"]\nreturn s', ()),
    ),
}
