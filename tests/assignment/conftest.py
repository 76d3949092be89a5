"""The assignment's own files, loaded from their paths."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load(path: Path) -> ModuleType:
    """Return the module at `path`."""
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def solution() -> ModuleType:
    """Return the reference solutions."""
    return load(ROOT / "solutions" / "cnn.py")


@pytest.fixture(scope="session")
def stub() -> ModuleType:
    """Return the student's file as it is handed out."""
    return load(ROOT / "assignment" / "cnn.py")
