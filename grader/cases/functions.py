"""What an expression may call: the table of functions, and the plain ones, which draw nothing and compute as numpy."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Sequence
from keyword import iskeyword
from typing import Any, TypeVar

from msgspec import Struct

from grader.cases.evaluation import NUMBERS, bounded, elements, is_array, kind, shape_of, whole
from grader.cases.expression import Failure
from grader.language import say

_Work = TypeVar("_Work", bound=Callable[..., Any])
_VARARGS, _VARKEYWORDS = 0x04, 0x08


class Function(Struct, frozen=True, kw_only=True):
    """A function by the name it has in a rubric.

    It takes from `least` to `most` arguments (None: any number). A function that `draws` gets the source of random
    numbers first; one that is `legacy` needs a `legacy_seed`. `sizes` is the position of the first size of an array
    among its arguments, -1 if it takes no sizes. One that is `named` takes other arguments by name, whatever they are
    called.
    """

    name: str
    work: Callable[..., Any]
    least: int
    most: int | None
    draws: bool = False
    legacy: bool = False
    sizes: int = -1
    named: bool = False


FUNCTIONS: dict[str, Function] = {}
"""Every registered function by name."""


def plain(work: _Work) -> _Work:
    """Register a function that draws nothing; an underscore at the end of its name is left out."""
    return _registered(work, draws=False, legacy=False)


def generator(work: _Work) -> _Work:
    """Register a function that draws: it takes the source, its own arguments, and perhaps the sizes of an array."""
    return _registered(work, draws=True, legacy=False)


def legacy_generator(work: _Work) -> _Work:
    """Register a generator that has a meaning only after `numpy.random.seed`."""
    return _registered(work, draws=True, legacy=True)


def _registered(work: _Work, *, draws: bool, legacy: bool) -> _Work:
    code, name = work.__code__, work.__name__.rstrip("_")
    count = code.co_argcount - draws
    rest = code.co_varnames[code.co_argcount] if code.co_flags & _VARARGS else ""
    FUNCTIONS[name] = Function(
        name=name,
        work=work,
        least=count - len(work.__defaults__ or ()),
        most=None if rest else count,
        draws=draws,
        legacy=legacy,
        sizes=count if draws and rest == "shape" else -1,
        named=bool(code.co_flags & _VARKEYWORDS),
    )
    return work


_ELEMENTWISE = ("exp", "log", "sqrt", "sin", "cos", "tanh", "floor", "ceil", "sign", "isnan")
_REDUCTIONS = ("sum", "mean", "std", "any", "all", "argmax")


@plain
def min_(first: Any, *others: Any) -> Any:
    """Return the least of several values, or of one array or list."""
    return first.min() if is_array(first) and not others else builtins.min(_several(first, others))


@plain
def max_(first: Any, *others: Any) -> Any:
    """Return the greatest of several values, or of one array or list."""
    return first.max() if is_array(first) and not others else builtins.max(_several(first, others))


@plain
def abs_(value: Any) -> Any:
    """Return the absolute value, element by element."""
    return builtins.abs(_numeric(value))


@plain
def round_(value: Any, digits: int = 0) -> Any:
    """Return a number rounded to `digits` decimals (a whole number if they are left out), or an array so."""
    places = whole(digits, -300, 300)
    if is_array(value):
        return value.round(places)
    return builtins.round(_numeric(value), places) if places else builtins.round(_numeric(value))


@plain
def len_(value: Any) -> int:
    """Return the number of items, or the length of an array's first axis."""
    return builtins.len(value)


@plain
def int_(value: Any) -> int:
    """Return a number without its fraction."""
    return int(_numeric(value))


@plain
def float_(value: Any) -> float:
    """Return a number as a float."""
    return float(_numeric(value))


@plain
def range_(start: int, stop: int | None = None, step: int = 1) -> list[int]:
    """Return a list of whole numbers, as Python's range counts them."""
    numbers = builtins.range(start, stop, step) if stop is not None else builtins.range(start)
    bounded(builtins.len(numbers))
    return builtins.list(numbers)


@plain
def list_(items: Any) -> list[Any]:
    """Return the items of a tuple or array as a list."""
    return builtins.list(_items(items))


@plain
def tuple_(items: Any) -> tuple[Any, ...]:
    """Return the items of a list or of an array's first axis as a tuple."""
    return builtins.tuple(_items(items))


@plain
def sort(items: Any) -> Any:
    """Return a list in rising order, or an array sorted along its last axis."""
    if not is_array(items):
        return sorted(items)
    import numpy as np

    return np.sort(items)


@plain
def array(items: Any) -> Any:
    """Return a list of numbers, or of lists of them all of one length, as an array: int64, float64 or bool."""
    import numpy as np

    sizes, inner = [], items
    while type(inner) in (list, tuple) and inner:
        sizes.append(len(inner))
        inner = inner[0]
    elements(sizes)
    try:
        found = np.array(items)
    except (ValueError, TypeError, OverflowError):
        found = np.array("")
    if found.dtype.kind not in "bifc":
        raise Failure(say("This does not make an array of numbers."), word="TypeError")
    return found


@plain
def reshape(array: Any, *shape: int) -> Any:
    """Return an array's numbers in another shape; one size may be -1."""
    shape_of([size for size in shape if size != -1])
    return _array(array).reshape(shape)


@plain
def transpose(array: Any, *axes: int) -> Any:
    """Return an array with its axes reversed, or in the order given."""
    return _array(array).transpose(*axes)


@plain
def concatenate(arrays: Any, axis: int = 0) -> Any:
    """Return a list of arrays joined along `axis`."""
    import numpy as np

    elements([builtins.sum(_array(array).size for array in arrays)])
    return np.concatenate(arrays, axis)


@plain
def arange(count: int) -> Any:
    """Return the whole numbers from 0 to `count` - 1, int64."""
    import numpy as np

    return np.arange(*shape_of((count,)), dtype="int64")


@plain
def linspace(start: float, stop: float, count: int) -> Any:
    """Return `count` numbers from `start` to `stop`, both included, float64."""
    import numpy as np

    return np.linspace(start, stop, shape_of((count,))[0])


@plain
def eye(rows: int) -> Any:
    """Return the identity matrix, float64."""
    import numpy as np

    return np.eye(shape_of((rows, rows))[0])


@plain
def func(text: str, **names: Any) -> Any:
    """Return a function of the names in `text` that are not given: `func("x**2 - a", a=2)`, `func("t, y: -2 * y")`."""
    from grader.cases.expression import names as names_in
    from grader.cases.expression import parse
    from grader.values.functions import MATHS, WrittenFunction

    if not isinstance(text, str):
        raise Failure(say("A text with an expression is needed, not {kind}.", kind=kind(text)), word="TypeError")
    said = _TAKES.match(text)
    body = text[said.end() :] if said else text
    used = [each.id for each in names_in(parse(body)) if each.id not in names and each.id not in MATHS]
    taken = dict.fromkeys(re.findall(r"\w+", said[1]) if said else used)
    if not taken:
        raise Failure(say("This function takes nothing: every name in it is given."))
    for name in used:
        if name not in taken:
            raise Failure(say("`{name}` is neither taken nor given.", name=name))
    for name in taken:
        if iskeyword(name) or name in names or (said and said[1].replace(" ", "").split(",").count(name) > 1):
            raise Failure(
                say("`{name}` cannot be taken here: it is given, taken twice, or a word of Python.", name=name)
            )
    return WrittenFunction(f"lambda {', '.join(taken)}: {body.strip()}", names)


_TAKES = re.compile(r"\s*([^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)*)\s*:")


@plain
def sorted_(items: Any) -> Any:
    """Return what `sort` returns."""
    return sort(items)


@plain
def rows(array: Any) -> list[Any]:
    """Return the rows of an array as a list of arrays; the items of a list or tuple as a list."""
    if isinstance(array, list | tuple):
        return builtins.list(array)
    bounded(builtins.len(_array(array)))
    return builtins.list(array)


@plain
def diag(array: Any) -> Any:
    """Return the diagonal of a matrix, or the matrix with these numbers on its diagonal."""
    import numpy as np

    shape_of((_array(array).size,) * (2 if array.ndim == 1 else 1))
    return np.diag(array)


@plain
def tril(array: Any) -> Any:
    """Return a matrix with zeros above its diagonal."""
    import numpy as np

    return np.tril(_array(array))


@plain
def triu(array: Any) -> Any:
    """Return a matrix with zeros below its diagonal."""
    import numpy as np

    return np.triu(_array(array))


@plain
def allclose(left: Any, right: Any) -> bool:
    """Return whether all numbers agree to a millionth of the largest; in `holds`, within the check's tolerance."""
    import numpy as np

    one, other = _numeric(left), _numeric(right)
    top = builtins.max((float(np.abs(each).max()) for each in (one, other) if np.size(each)), default=0.0)
    return bool(np.shape(one) == np.shape(other) and np.all(np.abs(np.subtract(one, other)) <= 1e-6 * top))


@plain
def all_in(items: Any, pool: Any) -> bool:
    """Return, in `holds`, whether all items of a list, or rows of an array, are in another one."""
    raise _only_in_conditions("all_in")


@plain
def all_different(items: Any) -> bool:
    """Return, in `holds`, whether no two items of a list, or rows of an array, are equal."""
    raise _only_in_conditions("all_different")


@plain
def same_items(items: Any, others: Any) -> bool:
    """Return, in `holds`, whether two lists or arrays have the same items or rows, in whatever order."""
    raise _only_in_conditions("same_items")


def _only_in_conditions(name: str) -> Failure:
    return Failure(say("`{name}` may stand in `holds` alone.", name=name), word="NameError")


def _by_numpy(name: str, most: int) -> Function:
    def work(value: Any, axis: int | None = None) -> Any:
        import numpy as np

        if most == 2:
            return getattr(np, name)(value if isinstance(value, list | tuple) else _numeric(value), axis=axis)
        return getattr(np, name)(_numeric(value))

    return Function(name=name, work=work, least=1, most=most)


def _several(first: Any, others: Sequence[Any]) -> Any:
    return (first, *others) if others else first


def _numeric(value: Any) -> Any:
    if type(value) not in NUMBERS and not is_array(value):
        raise Failure(say("A number or an array is needed, not {kind}.", kind=kind(value)), word="TypeError")
    return value


def _items(value: Any) -> Any:
    if not is_array(value):
        return value
    bounded(value.size)
    return value.tolist()


def _array(value: Any) -> Any:
    if not is_array(value):
        raise Failure(say("An array is needed, not {kind}.", kind=kind(value)), word="TypeError")
    return value


FUNCTIONS.update({name: _by_numpy(name, 1) for name in _ELEMENTWISE})
FUNCTIONS.update({name: _by_numpy(name, 2) for name in _REDUCTIONS})
