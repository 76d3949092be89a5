"""Compiles the catalogues of sentences where the package is built, an editable installation included."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogues(BuildHookInterface[Any]):
    """Beside each `.po` makes the `.mo` that is read when the program runs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile what has changed; what is in use meanwhile and has not changed is left alone."""
        for source in Path(self.root).glob("grader/language/locale/*/LC_MESSAGES/*.po"):
            made = BytesIO()
            with source.open("rb") as file:
                write_mo(made, read_po(file))
            compiled = source.with_suffix(".mo")
            if not compiled.exists() or compiled.read_bytes() != made.getvalue():
                compiled.write_bytes(made.getvalue())
