"""Loading a source: per statement, forgiving, and with placeholders for what is not there."""

from execution_kit import one, run

from grader.model import Absent, Happening, Limits, Raised, Returned, Stopped


def test_a_failing_statement_is_noted_and_skipped(engine):
    text = """\
        import numpy as np
        assert 1 == 2, "no"
        def f(): return np.sum([1, 2]) + later()
        for n in range(3):
            if n == 1:
                1 / 0
        raise SystemExit("bye")
        def later(): return 1
        raise KeyboardInterrupt
        undefined_name
    """
    got = run(engine, text, ("f",))
    assert got.outcomes[0].value == 4
    assert got.happenings == tuple(
        Happening(kind="raised", line=line, detail=detail)
        for line, detail in [
            (2, "AssertionError: no"),
            (6, "ZeroDivisionError: division by zero"),
            (7, "SystemExit: bye"),
            (9, "KeyboardInterrupt: "),
            (10, "NameError: name 'undefined_name' is not defined"),
        ]
    )


def test_the_main_block_is_not_run_and_the_name_is_not_main(engine):
    text = "def f(): return __name__, ran\nran = False\nif __name__ == '__main__':\n    ran = True\n"
    got = run(engine, text, ("f",))
    assert got.outcomes[0].value == ("submission", False)
    assert got.happenings == ()


def test_text_that_does_not_parse_leaves_every_function_absent(engine):
    got = run(engine, "def f(): return 1\nx = (\n", ("f",))
    assert got.outcomes == (Absent(),)
    assert [(each.kind, each.line) for each in got.happenings] == [("raised", 2)]


def test_one_statement_that_does_not_compile_costs_only_itself(engine):
    got = run(engine, "def f(): return 1\nreturn 2\ndef g(): return 3\n", ("f",), ("g",))
    assert [outcome.value for outcome in got.outcomes] == [1, 3]
    assert [(each.kind, each.line) for each in got.happenings] == [("raised", 2)]


def test_of_statements_on_one_line_only_the_failing_one_is_skipped(engine):
    got = run(engine, "a = 1; 字 = 1 / 0; b = 2\ndef f(): return a + b\n", ("f",))
    assert got.outcomes[0].value == 3 and len(got.happenings) == 1


def test_a_statement_that_is_interrupted_is_named_and_the_rest_is_defined(mortal_engine):
    text = "x = 1\nfor k in range(9):\n    while k == 3: pass\ny = 1 + x\ndef f(): return x\ndef g(): return y\n"
    got = run(mortal_engine, text, ("f",), ("g",), limits=Limits(seconds=2, load_seconds=2))
    assert got.outcomes[0].value == 1
    assert got.outcomes[1].type == "NameError"
    assert [(each.kind, each.line) for each in got.happenings] == [("timeout", 3)]


def test_modules_that_are_missing_become_placeholders(engine):
    text = """\
        import h5py
        import tensorflow.keras.layers as layers
        from public_tests import *
        from torch import nn, optim
        from .local import thing
        import torch.utils.data
        class Net(nn.Module):
            def forward(self, x): return x
        def right(x): return x + 1
        def wrong(): return h5py.File("x", "r")
        def also_wrong(): return layers.Dense(3)
        def whole(): return Net().forward(2)
        def given(): return nn.Linear
    """
    got = run(engine, text, ("right", 1), ("wrong",), ("also_wrong",), ("whole",), ("given",))
    assert [(each.kind, each.line, each.detail) for each in got.happenings] == [
        ("module", 1, "h5py"),
        ("module", 2, "tensorflow"),
        ("module", 3, "public_tests"),
        ("module", 4, "torch"),
        ("module", 5, "local"),
    ]
    right, wrong, also_wrong, whole, given = got.outcomes
    assert right.value == 2
    assert isinstance(wrong, Raised) and wrong.type == "ModuleNotFoundError"
    assert wrong.message == "No module named 'h5py' where this is graded"
    assert wrong.frames[-1].line == 10
    assert "'tensorflow'" in also_wrong.message
    assert whole.value == 2
    assert isinstance(given, Stopped) and given.reason == "kind"


USES = ["m.x + 1", "1 * m.x", "m.x[0]", "len(m.x)", "list(m.x)", "bool(m.x)", "float(m.x)", "m.x()", "m.x.y(1)"]


def test_any_use_of_a_placeholder_says_which_module_is_missing(engine):
    text = f"import nowhere as m\ndef f(number): return [{', '.join(f'lambda: {use}' for use in USES)}][number]()\n"
    got = run(engine, text, *(("f", number) for number in range(len(USES)))).outcomes
    assert [(each.type, "'nowhere'" in each.message) for each in got] == [("ModuleNotFoundError", True)] * len(USES)


def test_what_is_installed_beside_numpy_is_not_offered(engine):
    text = "import msgspec, pytest\ndef f(): return msgspec.json.encode(1)\n"
    assert one(engine, text, "f").type == "ModuleNotFoundError"


def test_a_guarded_import_takes_its_other_way(engine):
    text = """
        try:
            import cupy as np
            fast = True
        except ImportError:
            import numpy as np
            fast = False
        def f():
            try:
                from numba import njit
            except (ModuleNotFoundError, OSError):
                return fast, float(np.sum([1.0, 2.0]))
    """
    got = run(engine, text, ("f",))
    assert got.outcomes[0].value == (False, 3.0)
    assert got.happenings == ()


def test_a_decorator_out_of_a_missing_module_is_left_off(engine):
    text = """
        from numba import njit, jit
        import tensorflow as tf
        @njit
        def f(x): return x + 1
        @jit(nopython=True)
        def g(x): return x + 2
        @tf.function
        def h(x): return x + 3
    """
    got = run(engine, text, ("f", 1), ("g", 1), ("h", 1))
    assert [outcome.value for outcome in got.outcomes] == [2, 3, 4]


def test_plots_and_notebook_calls_go_nowhere(engine):
    text = """
        import matplotlib.pyplot as plt
        from matplotlib import cm
        from IPython.display import display, HTML
        import seaborn as sns
        get_ipython().run_line_magic("matplotlib", "inline")
        get_ipython().system("ls")
        plt.rcParams["figure.figsize"] = (5.0, 4.0)
        fig, ax = plt.subplots(1, 2)
        ax[0].set_title("t"); ax[1].imshow([[1]])
        n, bins, patches = plt.hist([1, 2])
        with plt.style.context("x"): plt.plot([1], [2], c=cm.jet(3))
        for axis in fig.axes: axis.grid(True)
        display(HTML("<b>"))
        from tqdm.notebook import tqdm, trange
        total = sum(tqdm(range(4), desc="t")) + sum(trange(1, 3))
        sns.set(); plt.show()
        def f(x):
            plt.figure(); plt.imshow(x); plt.savefig("x.png")
            return total
    """
    got = run(engine, text, ("f", [1]))
    assert got.happenings == ()
    assert got.outcomes[0].value == 9


def test_helper_modules_are_importable_and_forgiving(engine):
    modules = (
        ("helpers", "import h5py\nfrom more import base\n1 / 0\ndef up(x): return base + x\n"),
        ("more", "import helpers\nbase = 10\n"),
        ("json", "raise ValueError('the standard library wins')\n"),
    )
    text = "from helpers import up\nimport more as m, json\ndef f(x): return up(x), m.base, json.dumps([x])\n"
    got = run(engine, text, ("f", 1), modules=modules)
    assert got.outcomes[0].value == (11, 10, "[1]")


def test_packages_and_relative_imports(engine):
    modules = (
        ("pkg", ""),
        ("pkg.a", "from .c import two\nfrom . import c\ndef dbl(x): return x * two + c.zero\n"),
        ("pkg.c", "two, zero = 2, 0\n"),
        ("pkg.sub", "from .b import one\n"),
        ("pkg.sub.b", "from ..c import two\nfrom ..a import dbl\ndef one(x): return dbl(x) // two\n"),
        ("utils", "from work import later\nimport work\ndef up(x): return x + work.k\n"),
    )
    text = """
        def later(): pass
        from pkg.a import dbl
        import pkg.sub.b as b, pkg.sub
        from pkg import c
        from .utils import up
        from . import utils as same
        import importlib
        again = importlib.import_module("utils")
        importlib.reload(again)
        k = 1
        def f(x): return dbl(x), b.one(x), pkg.sub.one(x), c.two, up(x), again.up is same.up is up
    """
    modules = (*modules, ("work", "raise AssertionError('it is the submission itself')"))
    got = run(engine, text, ("f", 3), modules=modules)
    assert got.happenings == ()
    assert got.outcomes[0].value == (6, 3, 3, 2, 4, True)


def test_what_a_package_lacks_is_told_as_missing(engine):
    got = run(
        engine,
        "try:\n    import pkg.b\nexcept ImportError:\n    k = 1\ndef f(): return k\n",
        ("f",),
        modules=(("pkg", ""),),
    )
    assert got.outcomes[0].value == 1


def test_future_imports_hold_for_the_whole_source(engine):
    text = """
        "What it is for."
        from __future__ import annotations
        def f(x: Undefined = 1) -> Neither: return f.__annotations__["x"]
    """
    got = run(engine, text, ("f",))
    assert got.outcomes[0].value == "Undefined" and got.happenings == ()


def test_dataclasses_types_and_pickles_find_their_module(engine):
    text = """
        from __future__ import annotations
        import pickle, typing
        from dataclasses import dataclass
        @dataclass
        class Point:
            x: int = 3
        def f(): return pickle.loads(pickle.dumps(Point(4))).x, typing.get_type_hints(Point)["x"].__name__
    """
    assert one(engine, text, "f").value == (4, "int")


def test_callables_of_any_kind_can_be_called(engine):
    text = """
        from functools import partial
        class Adder:
            def __call__(self, x): return x + 1
        a = Adder()
        b = partial(lambda k, x: x + k, 2)
        c = lambda x: x + 3
        exec("def d(x): return x + 4")
        class Holder:
            @staticmethod
            def e(x): return x + 5
        e = Holder.e
    """
    got = run(engine, text, *((name, 0) for name in "abcde"))
    assert [outcome.value for outcome in got.outcomes] == [1, 2, 3, 4, 5]


def test_lean_loading_keeps_definitions_imports_and_constants(mortal_engine):
    text = """
        import math
        try:
            import cupy
        except ImportError:
            cupy = None
        A = 1
        B = [2, (3, -4)]
        relu = lambda x: max(x, 0)
        alias = math.floor
        table = math.factorial(3)
        import os
        os._exit(0)
        def f(): return A, B, relu(-1), alias(1.5), cupy
        def g(): return table
    """
    got = run(mortal_engine, text, ("f",), ("g",), limits=Limits(seconds=2, load_seconds=0.5))
    assert got.outcomes[0].value == (1, [2, (3, -4)], 0, 1, None)
    assert isinstance(got.outcomes[1], Raised) and got.outcomes[1].type == "NameError"
    assert [each.kind for each in got.happenings] == ["raised"]


def test_happenings_and_text_are_bounded(engine):
    text = "\n".join(f"raise ValueError('{'x' * 3000}')" for _ in range(300)) + "\ndef f(): return 1\n"
    got = run(engine, text, ("f",))
    assert isinstance(got.outcomes[0], Returned)
    assert len(got.happenings) <= 100 and all(len(each.detail) <= 300 for each in got.happenings)


def test_what_awaits_outside_of_functions_runs_in_one_loop(engine):
    text = """\
        import asyncio
        await asyncio.sleep(0.001)
        async def go(n):
            await asyncio.sleep(0)
            return n
        a = await go(2) + (await asyncio.gather(go(1)))[0]
        async def steps():
            yield 3
        b = [each async for each in steps()]
        async with asyncio.Lock():
            c = 4
        def f(): return [a, *b, c]
    """
    got = run(engine, text, ("f",))
    assert got.outcomes[0].value == [3, 3, 4] and got.happenings == ()


def test_checks_in_a_notebook_do_nothing_where_it_is_graded(engine):
    text = "from grader import check\nimport pingfen\ndef f(): return 1\ncheck('f')\ncheck(f)\npingfen.check()\n"
    got = run(engine, text, ("f",))
    assert got.outcomes[0].value == 1 and got.happenings == ()
    own = (("grader", "def check(x): return x + 1\n"),)
    assert (
        run(engine, "from grader import check\ndef f(): return check(1)\n", ("f",), modules=own).outcomes[0].value == 2
    )


def test_a_missing_module_takes_no_function_away(engine):
    text = """\
        import numpy as np
        from above import g
        def f(): return np.sum([1, 2])
        class C: pass
        def g(): return C.__name__
        from helpers import f, C, h
        from tests.solution import g
    """
    got = run(engine, text, ("f",), ("g",))
    assert [each.value for each in got.outcomes] == [3, "C"]
    assert [(each.kind, each.detail) for each in got.happenings] == [
        ("module", "above"),
        ("module", "helpers"),
        ("module", "tests"),
    ]


def test_a_module_that_is_there_replaces_a_function(engine):
    got = run(
        engine, "def f(): return 1\nfrom helpers import f\n", ("f",), modules=(("helpers", "def f(): return 2\n"),)
    )
    assert got.outcomes[0].value == 2
