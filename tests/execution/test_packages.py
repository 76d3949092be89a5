"""What a course's own Python has installed works in a worker, behind each tier that is enough for official grading."""

import sys
import venv
from pathlib import Path

import numpy as np
import pytest
from execution_kit import one, run

from grader.execution.confinement import ONE_THREAD
from grader.execution.start import start
from grader.execution.workers import ForkEngine
from grader.model import Limits, Raised, Returned

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no tier is enough for official grading")

LIMITS = Limits(seconds=60, load_seconds=60)  # scikit-learn alone takes seconds to import on a busy machine
TIERS = {"namespaces": "", "landlock+seccomp": "namespaces"}


@pytest.fixture(scope="module", params=TIERS)
def course(request, tmp_path_factory):
    """An engine whose Python has what these tests need, in one tier."""
    folder = tmp_path_factory.mktemp("course")
    for each in (folder, *folder.parents[:2]):
        each.chmod(0o755)
    venv.create(folder / "course", symlinks=True)
    packages = next((folder / "course").glob("lib/python*/site-packages"))
    (packages / "course.pth").write_text(f"{Path(np.__file__).parents[1]}\n")
    python = str(folder / "course/bin/python")
    start(python, TIERS[request.param])
    engine = ForkEngine(python)
    if engine.tier != request.param:
        engine.close()
        pytest.skip(f"this machine does not grant {request.param}")
    yield engine
    engine.close()


# Each is a package, and a computation with it whose result is known.
PACKAGES = {
    "scipy.linalg": (
        "import numpy as np, scipy.linalg as la\n"
        "def f(): a = np.diag(np.arange(1.0, 301)); return la.norm(la.solve(a, a) - np.eye(300)) + la.svdvals(a)[0]",
        300.0,
    ),
    "scipy.special": ("from scipy.special import expit, gamma\ndef f(): return expit(0.0) + gamma(5.0)", 24.5),
    "scipy.optimize": (
        "from scipy.optimize import curve_fit, linprog, minimize\nimport numpy as np\n"
        "def f(): linprog([1, 2], A_ub=[[-1, -1]], b_ub=[-1]); x = np.arange(5.0); "
        "return curve_fit(lambda x, a: a * x, x, 2 * x)[0][0] + minimize(lambda x: (x**2).sum(), np.ones(3)).fun",
        2.0,
    ),
    "scipy.signal": (
        "from scipy import signal\nimport numpy as np\n"
        "def f(): b, a = signal.butter(3, 0.2); "
        "return signal.filtfilt(b, a, np.ones(50)).sum() + signal.convolve2d(np.ones((3, 3)), np.ones((3, 3))).sum()",
        131.0,
    ),
    "scipy.stats": (
        "from scipy import stats\ndef f(): return stats.norm.cdf(0.0) + stats.ttest_ind([1, 2, 3], [1, 2, 3]).pvalue",
        1.5,
    ),
    "scipy.interpolate": (
        "from scipy.interpolate import CubicSpline\nimport numpy as np\n"
        "def f(): return CubicSpline(np.arange(5.0), np.arange(5.0))(2.5)",
        2.5,
    ),
    "scipy.sparse": (
        "from scipy import sparse\nimport scipy.sparse.linalg as sl\nimport numpy as np\n"
        "def f(): A = sparse.diags([np.ones(50) * 2, -np.ones(49)], [0, 1]).tocsr(); sl.svds(A, k=2); "
        "return sl.spsolve(A, np.ones(50)).sum() + sl.eigsh(sparse.eye(50).tocsr(), k=1)[0][0]",
        50.0,
    ),
    "scipy.spatial": (
        "from scipy.spatial import ConvexHull, KDTree, distance\nimport numpy as np\n"
        "def f(): p = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]); KDTree(p).query(p); "
        "return ConvexHull(p).volume + distance.cdist(p, p).trace()",
        1.0,
    ),
    "scipy.fft": (
        "import numpy as np, scipy.fft\ndef f(): return abs(scipy.fft.fft2(np.ones((64, 64)))).sum()",
        4096.0,
    ),
    "scipy.ndimage": (
        "import numpy as np, scipy.ndimage\ndef f(): return scipy.ndimage.gaussian_filter(np.ones((20, 20)), 2).sum()",
        400.0,
    ),
    "scipy.integrate": ("from scipy.integrate import quad\ndef f(): return quad(lambda x: x, 0, 1)[0]", 0.5),
    "pandas": (
        "import pandas as pd\n"
        "def f(): return pd.DataFrame({'a': [1, 2, 2], 'b': [1.0, 2, 3]}).groupby('a').b.mean().sum()",
        3.5,
    ),
    "sklearn": (
        "import numpy as np\nfrom sklearn.cluster import KMeans\nfrom sklearn.ensemble import RandomForestClassifier\n"
        "from sklearn.linear_model import LinearRegression, LogisticRegression\n"
        "def f():\n"
        "    X = np.arange(40.0).reshape(20, 2); y = (X[:, 0] > 20) * 1\n"
        "    KMeans(2).fit(X); RandomForestClassifier(5, n_jobs=-1).fit(X, y); LogisticRegression().fit(X, y)\n"
        "    return LinearRegression().fit(X, X[:, 0]).score(X, X[:, 0])",
        1.0,
    ),
    "matplotlib": (
        "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\nplt.style.use('ggplot')\n"
        "fig = plt.figure(); ax = fig.add_subplot(111, projection='3d'); ax.plot([1, 2], [1, 2], [1, 2]); plt.show()\n"
        "def f():\n"
        "    plt.figure(); n, bins, patches = plt.hist([1, 2, 3], bins=3); line, = plt.plot([4.0, 5])\n"
        "    plt.tight_layout(); plt.savefig('a.png'); plt.switch_backend('QtAgg'); plt.show(); plt.close('all')\n"
        "    return n.sum() + line.get_ydata()[0] + sum(matplotlib.colors.to_rgb('#ffffff'))",
        10.0,
    ),
    "pylab": ("from pylab import *\ndef f(): plot([1]); show(); return sum(array([1.0, 2])) + max(3, 4)", 7.0),
    "tqdm": (
        "from tqdm.auto import tqdm\n"
        "def f():\n    bar = tqdm(range(4))\n    for i in bar: bar.set_description(str(i))\n    return float(i)",
        3.0,
    ),
}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_of_the_course_works(course, package):
    text, want = PACKAGES[package]
    ran = run(course, text, ("f",), limits=LIMITS)
    assert isinstance(ran.outcomes[0], Returned), ran.outcomes[0]
    assert float(ran.outcomes[0].value) == pytest.approx(want, abs=1e-4)
    assert (ran.outcomes[0].stdout, ran.happenings) == ("", ())  # no remark about screens, threads or fonts


def test_every_blas_keeps_to_one_thread_as_long_as_a_worker_lives(course):
    text = "import os\ndef f(): return {each: os.environ.get(each) for each in os.environ if 'THREADS' in each}"
    assert one(course, text, "f").value == {each: "1" for each in ONE_THREAD if "THREADS" in each}


def test_a_package_that_a_course_lacks_is_still_a_placeholder(course):
    outcome = one(course, "import torch\ndef f(): return torch.zeros(3)", "f")
    assert isinstance(outcome, Raised) and outcome.message == "No module named 'torch' where this is graded"


def test_a_package_finds_as_much_memory_as_is_granted(course):
    text = "import scipy.linalg, numpy as np\ndef f(): return float(np.ones(60 << 20).sum())"  # 480 MiB
    assert one(course, text, "f", limits=LIMITS).value == 60 << 20
