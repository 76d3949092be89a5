"""Modules and packages beside a file are read with it; nothing outside of its folder is."""

import pytest
from submission_desk import NAMES, remarks

from grader import submission
from grader.execution.worker.showing import SHOWING
from grader.submission.modules import imported

MAIN = "from pkg.a import g\nimport pkg.sub.b as b\nfrom .utils import u\nfrom . import other\n"
FILES = {
    "pkg/__init__.py": "",
    "pkg/a.py": "from .c import g\n",
    "pkg/c.py": "from ..outside import z\ng = 1\n",
    "pkg/sub/b.py": "from ..a import g\nfrom .. import d\n",
    "pkg/d.py": "",
    "pkg/unused.py": "1 / 0\n",
    "utils.py": "import importlib\nimportlib.import_module('named')\nu = 1\n",
    "other.py": "",
    "named.py": "",
    "random.py": "",
    "numpy.py": "",
    "dynamic.py": "",
}


@pytest.fixture
def modules(desk, tmp_path):
    def read(text, files=FILES):
        for name, content in files.items():
            desk.put(content, f"work/{name}")
        desk.put(text, "work/cnn.py")
        return submission.load(tmp_path / "work", NAMES, "cnn.py")

    return read


def test_all_that_is_imported_is_read(modules):
    student = modules(MAIN + "import importlib\nimportlib.import_module('dynamic')\nimport random, numpy\n")
    assert {name for name, _ in student.source.modules} == {
        "pkg", "pkg.a", "pkg.c", "pkg.sub", "pkg.sub.b", "pkg.d", "utils", "other", "dynamic",
    }  # fmt: skip
    assert remarks(student) == []


def test_a_link_in_a_package_is_not_followed(modules, tmp_path):
    (tmp_path / "secret.py").write_text("g = 42\n")
    (tmp_path / "work/pkg").mkdir(parents=True)
    (tmp_path / "work/pkg/a.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "else").mkdir()
    (tmp_path / "else/b.py").write_text("g = 42\n")
    (tmp_path / "work/more").symlink_to(tmp_path / "else")
    student = modules("from pkg.a import g\nfrom more.b import g as h\nfrom ..secret import g as i\n", {})
    assert "42" not in str(student.source.modules)
    assert any("pkg.a.py was not loaded" in said for said, _, _ in remarks(student))


@pytest.mark.parametrize(
    ("text", "package", "found"),
    [
        ("import a, b.c as d", "", ["a", "b.c"]),
        ("from a import (x,\n  y as z)", "", ["a", "a.x", "a.y"]),
        ("from . import x", "", ["x"]),
        ("from .a.b import x", "", ["a.b", "a.b.x"]),
        ("from . import x", "p.q", ["p.q", "p.q.x"]),
        ("from ..a import x", "p.q", ["p.a", "p.a.x"]),
        ("from .... import x", "p", ["x"]),
        ("from a import *", "", ["a"]),
        ("x = 'import a'", "", []),
    ],
)
def test_what_is_imported(text, package, found):
    assert list(imported(text, package)) == found


def test_what_only_shows_things_is_nobodys_file(desk, tmp_path):
    """Beside a file that lies among others' no remark asks a student to hand in what a course has installed."""
    text = "".join(f"import {name}\n" for name in sorted(SHOWING)) + "import numpy, scipy, sympy\nimport my_tools\n"
    student = submission.load(desk.put(text, "cnn.py"), NAMES, "cnn.py", helpers=False)
    (said,) = [each for each, _, _ in remarks(student) if "The files beside this one" in each]
    assert "If my_tools is yours, hand it in" in said
