"""What only a newer Python reads is told so, and what no Python reads is not."""

import ast
import sys

import pytest

from grader import submission
from grader.submission.newer import needed

NEWER = {
    'def f(x):\n    return f"{x["a"]}"\n': (3, 12),
    "def f(x):\n    print(f'{x['a']:.3f} {x}')\n    return x\n": (3, 12),
    "def f(x):\n    return f\"{'\\n'.join(x)}\"\n": (3, 12),
    'def f(x):\n    return f"{f"{x}"}" "b"\n': (3, 12),
    'def f(x):\n    print(f"mean {", ".join(map(str, x))}")\n    return x\n': (3, 12),
    "def f[T](x: T) -> T:\n    return x * 2\n": (3, 12),
    "def f[T: (int, float), **P, *Ts](x: T):\n    return f'{x['a']!r}'\n": (3, 12),
    "def f[T: dict[str, int]](x): return x\n": (3, 12),
    "async def f[T](x):\n    return x\n": (3, 12),
    "class C[T]:\n    pass\n": (3, 12),
    "class C[T](list):\n    pass\n": (3, 12),
    "type V = list[float]\n": (3, 12),
    "type V[T] = list[T]\n": (3, 12),
    "def f(x):\n    try:\n        return x\n    except ValueError, np.linalg.LinAlgError:\n        return 0\n": (3, 14),
    "def f(x):\n    return t'{x}'\n": (3, 14),
}
NO_PYTHON = (
    "def f[x]:\n    return x\n",
    "def f(x:\n    return x\n",
    "def f[T(x): pass\n",
    "type X int\n",
    "type(x) = 3 3\n",
    "x = f'{a'\n",
    'x = f"{a +}"\n',
    'x = f"{d["a"}"\n',
    "x = f'{d['a']}' +\n",
    "def f(x)\n    return f'{x['a']}'\n",
    "print f'{x}'\n",
    "print 'type X = 3'\n",
    "class C[T]\n    pass\n",
    "try:\n    pass\nexcept ValueError, e:\n    pass\n",
    "x = t 'a'\n",
    "x = " + 'f"{' * 3000 + "\n",
    "except " + "A" * 15_000 + "\n",
)


def parses(text):
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("text", NEWER)
def test_what_a_newer_python_reads_is_told_with_its_version(tmp_path, text):
    version = NEWER[text]
    if sys.version_info[:2] >= version:
        assert parses(text)
        return
    assert needed(text, parses) == version
    (tmp_path / "w.py").write_text(f"import numpy as np\n\n{text}\ndef g(x):\n    return x\n", "utf-8")
    student = submission.load(tmp_path / "w.py", ["f", "g"])
    said = student.broken[0].hint.text("en")
    assert said.startswith("This needs Python {}.{} or newer; Python 3.".format(*version)), said
    assert "g" in student.symbols


@pytest.mark.parametrize("text", NO_PYTHON, ids=range(len(NO_PYTHON)))
def test_what_no_python_reads_is_told_in_other_words(text):
    assert not parses(text) and needed(text, parses) is None
