"""What an application exports: a network of ONNX operators with its weights, and examples of what it computes.

Both come from a process that ran a student's code, so nothing of them is believed: kinds, names, sizes, shapes and what
the operators are given are checked here, and what is left is made of our own tuples, texts and arrays.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any, NoReturn

from msgspec import Struct

from grader.application.operators import BATCH, OPERATORS, RANK, Attribute, Misfit, OnnxOperator, Shape
from grader.errors import UsageError
from grader.language import Message, inert, listed, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NODES = 200
WEIGHTS = 200
NUMBERS = 4_000_000
"""The most numbers of all weights, of all tensors of one input, and of all examples."""
PRODUCTS = 100_000_000
"""The most products that one input may need."""
EXAMPLES = 500
ABOUT = 100_000
"""The most numbers, and characters of texts, of what is told about a network."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_KEYS = {"input", "output", "nodes", "weights", "about"}


class Layer(Struct, frozen=True, kw_only=True):
    """A node: an operator, the tensors that it takes and the one that it makes; `attributes` with their defaults."""

    op: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, Any]


class Network(Struct, frozen=True, kw_only=True):
    """A network that was checked: each tensor is made before it is used, and all shapes fit.

    `shape` is that of one input and `result` that of one output; the tensors have a batch dimension in front. The
    weights are arrays of float64 that cannot be written to.
    """

    input: str
    shape: Shape
    output: str
    result: Shape
    nodes: tuple[Layer, ...]
    weights: Mapping[str, NDArray[np.float64]]
    about: Any = None

    def plain(self) -> dict[str, Any]:
        """Return the network as JSON has it, in the form in which a module gives it."""
        nodes = [
            {"op": node.op, "inputs": node.inputs, "output": node.output, **node.attributes} for node in self.nodes
        ]
        weights = {name: array.tolist() for name, array in self.weights.items()}
        return {
            "input": {"name": self.input, "shape": self.shape},
            "output": self.output,
            "nodes": nodes,
            "weights": weights,
            "about": self.about,
        }


class Examples(Struct, frozen=True, kw_only=True):
    """Inputs (n, …) and what the student's functions made of them (n, …), as float64."""

    inputs: NDArray[np.float64]
    outputs: NDArray[np.float64]

    def plain(self) -> dict[str, Any]:
        """Return the examples as JSON has them."""
        return {"inputs": self.inputs.tolist(), "outputs": self.outputs.tolist()}


def read_network(value: object) -> Network:
    """Return the network that an application's `network` gave. Raises UsageError for the first thing that is wrong."""
    given = _keys(value, "network", _KEYS, optional={"about"})
    head = _keys(given["input"], "input", {"name", "shape"})
    name, shape = _name(head["name"], "input.name"), _shape_of_input(head["shape"])
    weights = _weights(given["weights"])
    shapes: dict[str, Shape] = {each: array.shape for each, array in weights.items()}
    if name in shapes:
        _refuse("input.name", say("The name {name} is taken.", name=name))
    shapes[name] = (BATCH, *shape)
    nodes = given["nodes"]
    if type(nodes) not in (list, tuple) or not 1 <= len(nodes) <= NODES:
        _refuse("nodes", say("This must be a list of 1 to {most} nodes.", most=NODES))
    layers, room = [], _Room()
    for at, node in enumerate(nodes):
        layers.append(_layer(node, f"nodes[{at}]", shapes, room))
    output = _name(given["output"], "output")
    if output not in {layer.output for layer in layers}:
        _refuse("output", say("No node makes {name}.", name=output))
    return Network(
        input=name, shape=shape, output=output, result=shapes[output][1:], nodes=tuple(layers), weights=weights,
        about=_about(given.get("about"), [0], 0),
    )  # fmt: skip


def read_examples(value: object, network: Network) -> Examples:
    """Return the examples that an application's `examples` gave. Raises UsageError for the first thing wrong."""
    given = _keys(value, "examples", {"inputs", "outputs"}, origin="examples")
    arrays = {}
    for key, shape in (("inputs", network.shape), ("outputs", network.result)):
        array = _array(given[key], key, origin="examples")
        if array.shape[1:] != shape or not 1 <= len(array) <= EXAMPLES:
            what = say(
                "The shape is {got}; it must be {wanted}, and n from 1 to {most}.",
                got=_shown(array.shape), wanted=_shown((BATCH, *shape)), most=EXAMPLES,
            )  # fmt: skip
            _refuse(key, what, origin="examples")
        arrays[key] = array
    if len(arrays["inputs"]) != len(arrays["outputs"]):
        _refuse("outputs", say("There must be as many outputs as inputs."), origin="examples")
    return Examples(**arrays)


class _Room:
    """What one input has cost so far."""

    def __init__(self) -> None:
        self.numbers = 0
        self.products = 0

    def take(self, numbers: int, terms: int, place: str) -> None:
        self.numbers += numbers
        self.products += numbers * terms
        if self.numbers > NUMBERS or self.products > PRODUCTS:
            _refuse(place, say("The network is too large: up to here, one input makes too many numbers or products."))


def _layer(value: object, place: str, shapes: dict[str, Shape], room: _Room) -> Layer:
    """Return the node of a value, and add the shape of its output to `shapes`."""
    if type(value) is not dict or len(value) > 20:
        _refuse(place, say("This must be a dict with the keys {keys}.", keys="op, inputs, output"))
    kind: Any = value.get("op")
    operator = OPERATORS.get(kind) if type(kind) is str else None
    if operator is None:
        _refuse(f"{place}.op", say("This must be one of {names}.", names=", ".join(OPERATORS)))
    inputs: Any = value.get("inputs")
    if type(inputs) not in (list, tuple) or not operator.least <= len(inputs) <= operator.most:
        what = say("{op} takes {least} to {most} inputs, in a list.", op=kind, least=operator.least, most=operator.most)
        _refuse(f"{place}.inputs", what)
    names = tuple(_name(each, f"{place}.inputs[{at}]") for at, each in enumerate(inputs))
    for name in names:
        if name not in shapes:
            _refuse(f"{place}.inputs", say("Nothing before this node makes {name}.", name=name))
    output = _name(value.get("output"), f"{place}.output")
    if output in shapes:
        _refuse(f"{place}.output", say("The name {name} is taken.", name=output))
    rest = {key: item for key, item in value.items() if key not in ("op", "inputs", "output")}
    layer = Layer(op=kind, inputs=names, output=output, attributes=_attributes(rest, operator, f"{place} ({kind})"))
    shapes[output] = _inferred(layer, operator, place, shapes, room)
    return layer


def _inferred(layer: Layer, operator: OnnxOperator, place: str, shapes: Mapping[str, Shape], room: _Room) -> Shape:
    taken = [shapes[name] for name in layer.inputs]
    place = f"{place} ({layer.op})"
    try:
        shape, terms = operator.infer(taken, layer.attributes)
    except Misfit:
        told = listed([_shown(each) for each in taken])
        _refuse(place, say("It does not fit inputs of the shapes {shapes}; n is the size of the batch.", shapes=told))
    if shape[:1] != (BATCH,) or any(side >= BATCH for side in shape[1:]) or len(shape) > RANK:
        what = say(
            "What it makes has the shape {shape}: the batch, n, must stay the first of at most {most} dimensions.",
            shape=_shown(shape), most=RANK,
        )  # fmt: skip
        _refuse(place, what)
    room.take(math.prod(shape[1:]), terms, place)
    return shape


def _attributes(given: dict[object, object], operator: OnnxOperator, place: str) -> dict[str, Any]:
    """Return the attributes of a node; those that are not given have their defaults, if they have one."""
    for key in given:
        if key not in operator.attributes:
            shown = inert(repr(key) if isinstance(key, str) else type(key).__name__, 60)
            _refuse(place, say("There is no attribute {name} here.", name=shown))
    found = {}
    for name, attribute in operator.attributes.items():
        if name in given:
            found[name] = _attribute(given[name], attribute, f"{place}.{name}")
        elif attribute.default is None:
            _refuse(place, say("The attribute {name} is missing.", name=name))
        elif attribute.default != ():
            found[name] = attribute.default
    return found


def _attribute(value: Any, attribute: Attribute, place: str) -> Any:
    import numpy as np

    if attribute.kind == "float":
        if not isinstance(value, int | float | np.floating) or not math.isfinite(_as_float(value)):
            _refuse(place, say("This must be a number."))
        return _as_float(value)
    whole = isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind == "i" and value.size <= RANK
    numbers = [value] if attribute.kind == "int" else value.tolist() if whole else value
    counts = (attribute.number,) if attribute.number else range(1, RANK + 1)
    right = type(numbers) in (list, tuple) and len(numbers) in counts
    if not right or not all(type(each) is int and attribute.least <= each <= attribute.most for each in numbers):
        many = str(attribute.number or f"1–{RANK}")
        what = say(
            "This must be whole numbers from {least} to {most}; so many: {count}.",
            least=attribute.least, most=attribute.most, count=many,
        )  # fmt: skip
        _refuse(place, what)
    return numbers[0] if attribute.kind == "int" else tuple(numbers)


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _weights(value: object) -> dict[str, NDArray[np.float64]]:
    if type(value) is not dict or len(value) > WEIGHTS:
        _refuse("weights", say("This must be a dict of at most {most} arrays.", most=WEIGHTS))
    found: dict[str, NDArray[np.float64]] = {}
    for key, item in value.items():
        name = _name(key, "weights")
        found[name] = _array(item, f"weights.{name}")
        if sum(array.size for array in found.values()) > NUMBERS:
            _refuse("weights", say("There are more than {most} numbers.", most=NUMBERS))
    return found


def _array(value: object, place: str, origin: str = "network") -> NDArray[np.float64]:
    """Return an array, or a number, as float64 that cannot be written to; it has at least one element."""
    import numpy as np

    if isinstance(value, float | int) and not isinstance(value, bool):
        value = np.array(_as_float(value))
    if not isinstance(value, np.ndarray | np.generic) or value.dtype.kind not in "iuf":
        _refuse(place, say("This must be an array of numbers."), origin)
    if not 1 <= value.size <= NUMBERS or value.ndim > RANK:
        what = say("There must be 1 to {most} numbers in at most {rank} dimensions.", most=NUMBERS, rank=RANK)
        _refuse(place, what, origin)
    array = np.array(value, dtype=np.float64, order="C")
    if not np.isfinite(array).all():
        _refuse(place, say("There is a number that is not finite."), origin)
    array.flags.writeable = False
    return array


def _keys(
    value: object, place: str, wanted: Set[str], optional: Set[str] = frozenset(), origin: str = "network"
) -> dict[str, Any]:
    if type(value) is not dict or not wanted - optional <= value.keys() or not value.keys() <= wanted:
        _refuse(place, say("This must be a dict with the keys {keys}.", keys=", ".join(sorted(wanted))), origin)
    return value


def _name(value: object, place: str) -> str:
    if type(value) is not str or not _NAME.fullmatch(value):
        what = say("A name is a letter, then letters, digits or underscores: at most 40 in all. This is {name}.",
                   name=inert(repr(value), 60) if isinstance(value, str) else type(value).__name__)  # fmt: skip
        _refuse(place, what)
    return value


def _shape_of_input(value: Any) -> Shape:
    shape = _attribute(value, Attribute("ints"), "input.shape")
    if math.prod(shape) > NUMBERS or len(shape) >= RANK:
        what = say("There must be 1 to {most} numbers in at most {rank} dimensions.", most=NUMBERS, rank=RANK - 1)
        _refuse("input.shape", what)
    return tuple(shape)


def _about(value: Any, count: list[int], depth: int) -> Any:
    """Return what is told about a network as JSON has it; what is not finite becomes None."""
    import numpy as np

    count[0] += 1 + (len(value) if type(value) is str else value.size if isinstance(value, np.ndarray) else 0)
    if count[0] > ABOUT or depth > 10:
        _refuse("about", say("This holds too much."))
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biuf":
        return _about(value.tolist(), count, depth + 1)
    if type(value) is dict and all(type(key) is str and len(key) <= 200 for key in value):
        return {key: _about(item, count, depth + 1) for key, item in value.items()}
    if type(value) in (list, tuple):
        return [_about(item, count, depth + 1) for item in value]
    if type(value) is float:
        return value if math.isfinite(value) else None
    if value is not None and type(value) not in (bool, str) and (type(value) is not int or value.bit_length() > 53):
        _refuse("about", say("This must be made of dicts, lists, arrays, numbers and texts."))
    return value


def _shown(shape: Shape) -> str:
    inner = ", ".join("n" if side == BATCH else str(side) if side < BATCH else "n·…" for side in shape[: RANK + 2])
    return f"({inner}{',' if len(shape) == 1 else ''})"


def _refuse(place: str, what: Message, origin: str = "network") -> NoReturn:
    said = say("{place}: {what}", place=inert(place), what=what)
    raise UsageError(said, say("It is what {function} of the application's module returned.", function=f"`{origin}`"))
