"""Stand-ins for modules that only show things: they show nothing, and a value of theirs is said to be missing.

A plot between two functions stops neither. But no stand-in can know the counts of a histogram or the limits of an
axis: such a value can be passed on, unpacked and calculated with, and raises once something depends on it.

Where a course's Python has the module itself, that is used, with a backend of matplotlib that draws nowhere.
"""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from opcode import opname
from types import FunctionType
from typing import Any, NoReturn

from ..confinement.namespaces import SCRATCH, SCRATCH_PARENT
from . import figures

SHOWING = frozenset(
    {"matplotlib", "pylab", "seaborn", "IPython", "ipywidgets", "plotly", "mpl_toolkits", "tqdm", "progressbar"}
    | {"grader", "pingfen"}
)
"""Modules that only show things, by their first name; `check()` of a notebook is one of them."""
NEVER_REAL = frozenset(("IPython", "grader", "pingfen"))
"""Modules that want a notebook's kernel, which is not here (`get_ipython()` would be None), and the grader itself."""


def absent(module: str) -> ModuleNotFoundError:
    """Return the error for an import of `module`, which is not there."""
    return ModuleNotFoundError(f"No module named '{module}' where this is graded", name=module)


class Quiet:
    """A name of a module that only shows things, or what came of it: it does nothing and has no value."""

    _module: str
    _name: str

    def __init__(self, module: str = "IPython", name: str = "", *_: Any, **__: Any) -> None:
        self.__dict__.update(_module=module, _name=name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return shown(self._module, name)

    def __call__(self, *arguments: Any, **_: Any) -> Any:
        """Do nothing; what decorates a function returns it."""
        if arguments and type(arguments[0]) is FunctionType and self._name in _DECORATORS:
            return arguments[0]
        return Quiet(self._module)

    def __mro_entries__(self, _: Any) -> tuple[type, ...]:
        return (Quiet,)

    def __iter__(self) -> Iterator[Any]:
        return iter([Quiet(self._module) for _ in range(self._expected(sys._getframe(1)))])

    def __getitem__(self, _: Any) -> Quiet:
        return Quiet(self._module)

    def __setitem__(self, _: Any, __: Any) -> None: ...

    def __setattr__(self, _: str, __: Any) -> None: ...

    def __enter__(self) -> Quiet:
        return self

    def __exit__(self, *_: Any) -> None: ...

    def __eq__(self, other: object) -> bool:
        if other is self or other is None:
            return other is self
        raise absent(self._module)

    __hash__ = object.__hash__
    __array_ufunc__ = None  # so that numpy leaves arithmetic to the methods below

    def _likewise(self, *_: Any) -> Quiet:
        return Quiet(self._module)

    def _expected(self, frame: Any) -> int:
        """Return how many parts `frame` wants right now: those that it unpacks, and none for a loop outside functions.

        Raises ModuleNotFoundError where it may be any number. Outside functions a loop over axes only draws.
        """
        code, at = frame.f_code, frame.f_lasti
        doing = opname[code.co_code[at]]
        if doing == "UNPACK_SEQUENCE":
            return int(code.co_code[at + 1])
        if doing == "GET_ITER" and code.co_name == "<module>":
            return 0
        raise absent(self._module)

    def _complain(self, *_: Any, **__: Any) -> NoReturn:
        raise absent(self._module)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _likewise
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = _likewise
    __neg__ = __pos__ = __abs__ = __round__ = _likewise
    __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __len__ = __contains__ = __next__ = _complain
    __float__ = __int__ = __index__ = __complex__ = __array__ = __copy__ = __deepcopy__ = _complain


_DECORATORS = frozenset(("", "interact", "interact_manual"))  # "": as in @interact(k=3) and @plt.rc_context()


def shown(module: str, name: str) -> Any:
    """Return what stands for `name` of the absent `module`, or of something it made."""
    make = _KNOWN.get(name)
    if make is not None:
        return make
    if module == "pylab" and name in _numpy_names():
        return _numpy_names()[name]
    if name in ("np", "numpy"):
        return sys.modules["numpy"]
    return Quiet("pylab" if name == "pylab" else module, name)


def starred(module: str) -> list[str]:
    """Return the names that `from ... import *` takes from the absent `module`."""
    if module in ("pylab", "matplotlib.pylab"):
        return [*_numpy_names(), *_PLOTTING, "plt", "np"]
    return [*_PLOTTING, "np"] if module == "matplotlib.pyplot" else []


class Bar:
    """A progress bar: it goes through what it is given, shows nothing, and counts."""

    def __init__(self, iterable: Any = None, *_: Any, total: Any = None, **__: Any) -> None:
        self.iterable, self.total, self.n = iterable, total, 0
        if total is None and hasattr(iterable, "__len__"):
            self.total = len(iterable)

    def __iter__(self) -> Iterator[Any]:
        for each in self.iterable:
            yield each
            self.n += 1

    def __call__(self, iterable: Any) -> Bar:
        """Return a bar for `iterable`, as `progressbar.ProgressBar()` does."""
        return Bar(iterable)

    def __len__(self) -> int:
        return self.total if self.iterable is None else len(self.iterable)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: Any) -> None: ...

    def __bool__(self) -> bool:
        return self.total is None or self.total > 0

    def update(self, n: Any = 1) -> None:
        """Count `n` more."""
        self.n += n

    def reset(self, total: Any = None) -> None:
        """Count from 0 again."""
        self.n, self.total = 0, self.total if total is None else total

    @staticmethod
    def write(text: Any = "", *_: Any, **__: Any) -> None:
        """Print `text`."""
        print(text)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Quiet("tqdm", name)


def _range(*bounds: Any, **_: Any) -> Bar:
    return Bar(range(*bounds))


def _subplots(nrows: int = 1, ncols: int = 1, *_: Any, squeeze: bool = True, **__: Any) -> tuple[Any, Any]:
    """Return a figure and its axes, as many and in the array in which `plt.subplots` returns them."""
    numpy = sys.modules["numpy"]
    axes = numpy.empty((nrows, ncols), object)
    for place in range(axes.size):
        axes.flat[place] = Quiet("matplotlib")
    figure = Quiet("matplotlib")
    if not squeeze:
        return figure, axes
    return figure, axes.item() if axes.size == 1 else axes.squeeze()


def _axes_of_subplots(*counts: Any, **options: Any) -> Any:
    return _subplots(*counts, **options)[1]


class _Figure(Quiet):
    """What `plt.figure` returns: its own `subplots` returns the axes only."""

    subplots = staticmethod(_axes_of_subplots)


def _figure(*_: Any, **__: Any) -> Quiet:
    return _Figure("matplotlib")


_KNOWN: dict[str, Any] = {
    "subplots": _subplots,
    "figure": _figure,
    **dict.fromkeys(("tqdm", "tqdm_notebook", "tqdm_gui", "progressbar", "ProgressBar"), Bar),
    **dict.fromkeys(("trange", "tnrange"), _range),
}

_PLOTTING = (
    "annotate", "arrow", "axes", "axhline", "axhspan", "axis", "axvline", "axvspan", "bar", "barh", "boxplot",
    "cla", "clabel", "clf", "clim", "close", "cm", "colorbar", "contour", "contourf", "draw", "errorbar",
    "eventplot", "figlegend", "figtext", "figure", "fill", "fill_between", "fill_betweenx", "gca", "gcf",
    "get_cmap", "get_current_fig_manager", "get_fignums", "grid", "hexbin", "hist", "hist2d", "hlines", "imread",
    "imsave", "imshow", "ioff", "ion", "isinteractive", "legend", "loglog", "margins", "matshow", "minorticks_on",
    "pause", "pcolor", "pcolormesh", "pie", "plot", "plot_date", "polar", "quiver", "quiverkey", "rc", "rc_context",
    "rcParams", "rcdefaults", "savefig", "scatter", "set_cmap", "setp", "show", "specgram", "spy", "stackplot",
    "stairs", "stem", "step", "streamplot", "style", "subplot", "subplot2grid", "subplot_mosaic", "subplots",
    "subplots_adjust", "suptitle", "switch_backend", "table", "text", "tick_params", "ticklabel_format",
    "tight_layout", "title", "tricontour", "tricontourf", "tripcolor", "triplot", "twinx", "twiny", "violinplot",
    "vlines", "xcorr", "xkcd", "xlabel", "xlim", "xscale", "xticks", "ylabel", "ylim", "yscale", "yticks",
)  # fmt: skip
_BUILT_IN = frozenset(("abs", "bool", "bytes", "max", "min", "pow", "round"))  # pylab leaves these Python's own
_of_numpy: dict[str, Any] = {}


def _numpy_names() -> dict[str, Any]:
    """Return what pylab takes from numpy, by name; the later of two of a name wins there, too."""
    if not _of_numpy:
        numpy = sys.modules["numpy"]
        _of_numpy.update({name: getattr(builtins, name) for name in _BUILT_IN})
        for module in (numpy, numpy.fft, numpy.random, numpy.linalg):
            for name in module.__all__:
                if name not in _BUILT_IN and not name.startswith("_"):
                    _of_numpy[name] = getattr(module, name)
    return _of_numpy


def draw_nowhere() -> None:
    """Say in the environment that matplotlib draws nowhere and where it may keep a list of fonts; tqdm shows no bar.

    Packages that plot import matplotlib by themselves, so this is said before anything is imported.
    """
    os.environ.update(MPLBACKEND="Agg", TQDM_DISABLE="1")
    if os.name == "posix":  # it wants a folder that looks writable, and does without the list where it is not
        os.environ["MPLCONFIGDIR"] = SCRATCH if os.environ.get("HOME") == SCRATCH else SCRATCH_PARENT


def settled() -> None:
    """Keep what was just imported from asking for a screen, from its threads and from remarks about these."""
    threads = sys.modules.get("threadpoolctl")
    if threads is not None and sys.platform == "linux":
        threads.__dict__.update(_HAS_PROCFS=False)  # it has another way; Landlock lets nobody read its maps there
    bars: Any = sys.modules.get("tqdm.std")
    if bars is not None:
        bars.tqdm.monitor_interval = 0  # seconds between looks of a thread
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None:
        return
    import logging
    import warnings

    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", message=".*non-interactive, and thus cannot be shown")
    matplotlib.__dict__["use"] = _stay
    figures.remember()
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and pyplot.switch_backend is not _stay:
        pyplot.switch_backend("agg")
        pyplot.switch_backend = _stay
        pyplot.close = figures.noting(pyplot.close)
        pyplot.Figure.savefig = _saved_if_possible(pyplot.Figure.savefig)


def _saved_if_possible(save: Callable[..., None]) -> Callable[..., None]:
    """Return `save`, which does nothing where no file may be written: a picture that nobody looks at."""

    def savefig(*arguments: Any, **options: Any) -> None:
        with suppress(PermissionError):
            save(*arguments, **options)

    return savefig


def _stay(*_: Any, **__: Any) -> None: ...


def missing_in(value: Any) -> str | None:
    """Return the absent module that a value, or something in it, would have come from; `None` if there is none."""
    waiting: list[Any] = [value]
    for _ in range(_LOOKED_AT):
        if not waiting:
            break
        each = waiting.pop()
        kind = type(each)
        if kind is Quiet or kind is _Figure:
            return str(each.__dict__["_module"])
        if kind is tuple or kind is list:
            waiting += each[:_LOOKED_AT]
        elif kind is dict:
            waiting += [*each.values()][:_LOOKED_AT]
        elif kind is sys.modules["numpy"].ndarray and each.dtype == object:
            waiting += each.ravel()[:_LOOKED_AT].tolist()
    return None


_LOOKED_AT = 1000
