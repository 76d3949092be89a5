"""Modules that only show things, where they are not installed: right code stays right, and nothing is made up."""

import numpy as np
import pytest
from execution_kit import one, run

from grader.model import Raised, Returned

X = np.array([1.0, 2.0, 4.0])

HARMLESS = {
    "pylab": "import pylab as pl\ndef f(x): pl.plot(x); return pl.array(x) * 2 * pl.max([1, 0])",
    "matplotlib.pylab": "import matplotlib.pylab as plt\ndef f(x): plt.plot(x); return plt.asarray(x) * 2",
    "pylab star": "from pylab import *\ndef f(x): figure(); hist(x); show(); return array(x) * 2 + abs(min(0, 1))",
    "pyplot star": "from matplotlib.pyplot import *\ndef f(x): figure(); plot(x); show(); return x * 2",
    "numpy of pyplot": "import matplotlib.pyplot as plt\ndef f(x): return plt.np.array(x) * 2",
    "axes in rows": (
        "import matplotlib.pyplot as plt\n"
        "def f(x):\n"
        "    fig, ((a, b), (c, d)) = plt.subplots(2, 2, figsize=(3, 3))\n"
        "    fig, axs = plt.subplots(1, 3); axs[0].plot(x); axs.flat[1].plot(x); a.plot(x)\n"
        "    for ax, v in zip(axs, x): ax.plot(v)\n"
        "    return x * 2"
    ),
    "a loop over axes": (
        "import matplotlib.pyplot as plt\n"
        "def f(x):\n"
        "    axs = plt.figure().subplots(1, len(x)); y = x.copy()\n"
        "    for i, ax in enumerate(axs.ravel()): ax.plot(x); y[i] = x[i] * 2\n"
        "    return y"
    ),
    "unpacked": (
        "import matplotlib.pyplot as plt\n"
        "def f(x):\n"
        "    n, bins, patches = plt.hist(x); line, = plt.plot(x); lo, hi = plt.xlim(); (a, b), c = plt.foo()\n"
        "    plt.xlim(lo * 2 - 1, hi / 2 + np.float64(3)); line.set_color('r')\n"
        "    return x * 2\n"
        "import numpy as np"
    ),
    "a value passed on": (
        "import matplotlib.pyplot as plt\nCOLOUR = plt.get_cmap('viridis')(0.5)[0]\n"
        "for spine in plt.gca().spines.values(): spine.set_visible(False)\n"
        "def f(x): plt.plot(x, c=COLOUR); return x * 2"
    ),
    "no axes given": (
        "import matplotlib.pyplot as plt\n"
        "def f(x, ax=None):\n"
        "    if ax is None: ax = plt.gca()\n"
        "    if ax == None: return 0\n"
        "    return x * 2"
    ),
    "interact": "from ipywidgets import interact\n@interact(k=(0, 9))\ndef g(k=2): return k\ndef f(x): return x * g(2)",
    "interact bare": "from ipywidgets import interact\n@interact\ndef f(x): return x * 2",
    "tqdm as context": (
        "from tqdm import tqdm\n"
        "def f(x):\n"
        "    with tqdm(total=2) as bar:\n"
        "        y = x * 0\n"
        "        while bar.n < bar.total: y = y + x; bar.update(1); bar.set_postfix(loss=1)\n"
        "    return y"
    ),
    "tqdm kept": (
        "import tqdm.notebook as t\n"
        "def f(x):\n"
        "    y = x * 0; bar = t.tqdm(range(2)); empty = t.tqdm([])\n"
        "    for i in bar: bar.set_description(str(i)); y = y + x\n"
        "    return y if not empty and len(bar) == 2 else None"
    ),
    "tqdm wrapped": (
        "from tqdm.auto import trange, tqdm\n"
        "def f(x): return sum(x for _ in trange(2)) + sum(i - j for i, j in tqdm(enumerate(range(3)), total=3))"
    ),
    "seaborn": (
        "import seaborn as sns\nsns.set()\ndata = sns.load_dataset('iris')\n"
        "def f(x): sns.lineplot(x=x, y=x); return x * 2"
    ),
    "display": "def f(x): display(x); get_ipython().run_line_magic('matplotlib', 'inline'); return x * 2",
    "a class of theirs": "from matplotlib.axes import Axes\nclass Mine(Axes): pass\ndef f(x): return x * 2",
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_shows_things_stops_nothing(fork_engine, what):
    ran = run(fork_engine, HARMLESS[what], ("f", X))
    assert isinstance(ran.outcomes[0], Returned), ran.outcomes[0]
    np.testing.assert_array_equal(ran.outcomes[0].value, X * 2)
    assert ran.happenings == ()


NEEDED = {
    "counts returned": "    n, bins, patches = plt.hist(x)\n    return n",
    "counts calculated with": "    n, bins, patches = plt.hist(x)\n    return n / n.sum() + x",
    "counts in numpy": "    n, bins, patches = plt.hist(x)\n    return np.cumsum(n)",
    "counts in an array": "    n, bins, patches = plt.hist(x)\n    return np.array([n, x[0]], dtype=object)",
    "in a container": "    return {'a': [(1, plt.gcf())]}",
    "a maximum": "    return max(plt.xlim()) * x",
    "a condition": "    return x * 2 if plt.fignum_exists(1) else x",
    "a comparison": "    return x * 2 if plt.xlim()[0] < 0 else x",
    "an equality": "    return x * 2 if plt.gcf().number == 1 else x",
    "a loop": "    for patch in plt.hist(x)[2]: x = x + 1\n    return x",
    "a conversion": "    return float(plt.xlim()[0])",
    "an index": "    return x[plt.gcf().number]",
    "a length": "    return len(plt.gcf().axes)",
    "membership": "    return 1 in plt.get_fignums()",
    "a list": "    return list(plt.get_fignums())",
}


@pytest.mark.parametrize("what", NEEDED)
def test_what_only_the_module_knows_is_said_to_be_missing(fork_engine, what):
    text = f"import matplotlib.pyplot as plt\nimport numpy as np\ndef f(x):\n{NEEDED[what]}\n"
    outcome = one(fork_engine, text, "f", X)
    assert isinstance(outcome, Raised), outcome
    assert (outcome.type, outcome.message) == (
        "ModuleNotFoundError",
        "No module named 'matplotlib' where this is graded",
    )
