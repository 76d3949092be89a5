"""Modules that are not there: placeholders that complain when used, and quiet ones for plots and notebooks."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any, NoReturn

QUIET = frozenset(("matplotlib", "pylab", "seaborn", "IPython", "ipywidgets", "plotly", "mpl_toolkits", "tqdm"))
"""What only shows things: calls to it do nothing, so that a plot between two functions stops neither."""


class Placeholder:
    """Something out of a module that is not installed: it can be named and passed on, and raises when used."""

    _module: str

    def __init__(self, module: str, name: str) -> None:
        self.__dict__.update(_module=module, __name__=name, __doc__=None)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder(self._module, name)

    def __mro_entries__(self, _: Any) -> tuple[type, ...]:
        return ()

    def __repr__(self) -> str:
        return f"<{self.__name__} of {self._module}, which is not available>"

    def _complain(self, *_: Any, **__: Any) -> NoReturn:
        raise absent(self._module)

    __call__ = __getitem__ = __setitem__ = __setattr__ = __iter__ = __len__ = __bool__ = __enter__ = _complain
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __neg__ = _complain
    __matmul__ = __rmatmul__ = __pow__ = __rpow__ = __float__ = __int__ = __index__ = __array__ = _complain


class Quiet:
    """Something out of a module that only shows things: whatever is done with it does nothing."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _UNLIKE.get(name) or Quiet()

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Do nothing, whatever was asked."""
        return Quiet()

    def __mro_entries__(self, _: Any) -> tuple[type, ...]:
        return (Quiet,)

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, _: Any) -> Quiet:
        return self

    def __setitem__(self, _: Any, __: Any) -> None: ...

    def __setattr__(self, _: str, __: Any) -> None: ...

    def __enter__(self) -> Quiet:
        return self

    def __exit__(self, *_: Any) -> None: ...


def _pair(*_: Any, **__: Any) -> tuple[Quiet, Quiet]:
    return Quiet(), Quiet()


def _triple(*_: Any, **__: Any) -> tuple[Quiet, Quiet, Quiet]:
    return Quiet(), Quiet(), Quiet()


def _itself(iterable: Any = (), *_: Any, **__: Any) -> Any:
    return iterable


def _range(*bounds: Any, **_: Any) -> range:
    return range(*bounds)


# `fig, ax = plt.subplots()` unpacks; `for i in tqdm(range(3))` goes on as without.
_UNLIKE: dict[str, Any] = {"subplots": _pair, "hist": _triple, "tqdm": _itself, "trange": _range}


class MissingModule(ModuleType):
    """A module that is not installed: any name can be imported from it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__all__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        top = self.__name__.partition(".")[0]
        return getattr(Quiet(), name) if top in QUIET else Placeholder(top, name)


def absent(module: str) -> ModuleNotFoundError:
    """Return the error that says `module` is not there."""
    return ModuleNotFoundError(f"No module named '{module}' where this is graded", name=module)
