"""Outputs to be read by people, kept as files.

`GOLDEN=write pytest tests/report` writes them anew; read the difference before it is committed.
"""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def check_golden(name: str, text: str) -> None:
    """Fail if `text` is not what the golden file says."""
    path = FOLDER / name
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert path.exists(), f"{path} is missing; {__doc__}"
    assert text == path.read_text("utf-8"), f"{path.name} differs; {__doc__}"
