"""Tensors of torch and arrays of jax: on the wire they are arrays, and so they are compared.

A tensor is read by the base class's own methods: `detach`, `cpu`, `resolve_conj`, `numpy`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .family import Family, Node, Pack, Packer, Refused, Value, name_of


def _pack_tensor(packer: Packer, value: Value, depth: int) -> Node:
    kind = sys.modules["torch"].Tensor
    try:
        array: Any = kind.cpu(kind.detach(value))
        for step in ("resolve_conj", "resolve_neg"):
            array = getattr(kind, step, lambda same: same)(array)
        array = kind.numpy(array)
    except (TypeError, RuntimeError):  # sparse, quantised, bfloat16
        raise Refused(name_of(type(value))) from None
    return _as_array(packer, array, value, depth)


def _pack_jax(packer: Packer, value: Value, depth: int) -> Node:
    return _as_array(packer, np.asarray(value), value, depth)


def _as_array(packer: Packer, array: Any, value: Value, depth: int) -> Node:
    if type(array) is not np.ndarray:
        raise Refused(name_of(type(value)))
    return packer.pack(array, depth)


class Tensors(Family):
    """What is an array in the grader."""

    compared_as = "number"

    def assign(self, old: Value, new: Value, inner: Callable[[Value, Value], bool]) -> bool:
        return False


def with_torch() -> tuple[Family, ...]:
    """Return the family of tensors; torch was imported."""
    kind = getattr(sys.modules["torch"], "Tensor", None)
    return _known(_TORCH, {kind: _pack_tensor}) if isinstance(kind, type) else ()


def with_jax() -> tuple[Family, ...]:
    """Return the family of jax's arrays; jaxlib was imported."""
    found = getattr(sys.modules["jaxlib"], "_jax", None) or getattr(sys.modules["jaxlib"], "xla_extension", None)
    kind = getattr(found, "ArrayImpl", None)
    return _known(_JAX, {kind: _pack_jax}) if isinstance(kind, type) else ()


def _known(family: Tensors, packs: Mapping[type, Pack]) -> tuple[Family, ...]:
    family.packs = packs
    return (family,)


_TORCH, _JAX = Tensors(), Tensors()
FAMILIES: tuple[Family, ...] = ()
LATE = {"torch": with_torch, "jaxlib": with_jax}
