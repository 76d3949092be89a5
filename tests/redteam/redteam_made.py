"""Submissions that only a program can make: pipes, links, devices, archives and notebooks that lie about themselves."""

import json
import os
import struct
import zipfile
from pathlib import Path

WORK = "def zero_pad(X, pad):\n    return X\n"
MARKER = "REDTEAM_PWNED_made"


def make(folder: Path, secret: Path) -> list[Path]:
    """Make them in `folder`; the links lead to `secret`. Return their paths, in no order that matters."""
    folder.mkdir()
    _special(folder, secret)
    _texts(folder)
    _archives(folder)
    _notebooks(folder)
    return sorted(folder.iterdir())


def swollen(folder: Path, right: str, wrong: str) -> list[Path]:
    """Make ten that take much memory to read or to explain, around `right` and `wrong` work; return their paths."""
    folder.mkdir()
    cell = json.dumps({"cell_type": "code", "metadata": {}, "outputs": [], "source": wrong})
    book = f'{{"nbformat":4,"nbformat_minor":5,"cells":[{cell},%s],"metadata":{{"e":"😀","x":%s}}}}'
    other = '{"cell_type":"code","metadata":{},"outputs":[],"source":%s}'
    keys = ",".join(f'"key{number}":1e{number % 300}' for number in range(340_000))
    whole = 20 << 20
    texts = {
        "slips_1.py": right + "a b\n" * 20_000,
        "slips_2.py": right + "return\n" * 30_000,
        "markers.py": wrong + "# GRADED FUNCTION: a\n" * 12_000,
        "lines.py": f"{wrong}def g():\n" + " a\n" * 49_000,
        "lambdas.py": f"{wrong}def g():\n    return [" + "lambda:a," * 19_500 + "]\n",
        "too_long.py": wrong + "a;" * 400_000,
        "lines.ipynb": book % (other % json.dumps("\n" * (whole // 2 - 5000)), "0"),
        "strings.ipynb": book % (cell, "[" + ",".join(['"ab"'] * (whole // 5 - 5000)) + "]"),
        "keys.ipynb": book % (cell, f'["{"p" * (whole - len(keys) - 5000)}",{{{keys}}}]'),
        "with_helper/norms.py": f"import tools\n{wrong}",
        "with_helper/tools.py": "x = [" + "a," * 500_000 + "]\n",
    }
    (folder / "with_helper").mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return sorted(folder.iterdir())


def _special(folder, secret):
    os.mkfifo(folder / "pipe.py")
    for name, target in (("zero.py", "/dev/zero"), ("stdin.py", "/dev/stdin"), ("loop.py", folder / "loop.py")):
        (folder / name).symlink_to(target)
    (folder / "link.py").symlink_to(secret)
    for name in ("folder_pipe", "folder_link", "folder_linked_folder", "folder_beside", "folder_many", "folder_empty"):
        (folder / name).mkdir()
    os.mkfifo(folder / "folder_pipe" / "cnn.py")
    (folder / "folder_link" / "cnn.py").symlink_to(secret)
    (folder / "folder_linked_folder" / "more").symlink_to(secret.parent)
    (folder / "folder_beside" / "cnn.py").write_text("from helper import *\n" + WORK)
    (folder / "folder_beside" / "helper.py").symlink_to(secret)
    for number in range(1500):
        (folder / "folder_many" / f"s{number}.py").write_text(WORK)
    with (folder / "sparse.py").open("wb") as file:
        file.truncate(1 << 40)


def _texts(folder):
    marker = "#" + " " * 20_000 + "评分函数" + " " * 20_000 + "\n"
    texts = {
        "wide.py": "x = " + "1 + " * 200_000 + "1\n" + WORK,
        "long.py": "\n" * 900_000 + WORK,
        "brackets.py": "x = " + "(" * 5000 + ")" * 5000 + "\n" + WORK,
        "nots.py": "x = " + "not " * 50_000 + "1\n" + WORK,
        "lambdas.py": "x = " + "lambda: " * 30_000 + "1\n" + WORK,
        "decorators.py": "@f\n" * 200_000 + WORK,
        "constants.py": 'x = 9 ** 9 ** 9\ny = "a" * 10 ** 12\n' + WORK,
        "digits.py": "x = " + "9" * 900_000 + "\n" + WORK,
        "markers.py": marker * 8 + WORK,
        "tries.py": "try:\n" * 20_000 + WORK,
        "names.py": "def " + "z" * 500_000 + "(): pass\n" + WORK,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    for encoding in ("utf-16", "utf-16-le", "utf-32", "utf-7"):
        (folder / f"{encoding}.py").write_bytes(WORK.encode(encoding))
    (folder / "nul.py").write_bytes(WORK.encode() + b"\0" * 100)
    (folder / "surrogate.py").write_bytes(WORK.encode() + b's = "\xed\xa0\x80"\n')


def _archives(folder):
    bomb = folder / "bomb.zip"
    _zip(bomb, {"cnn.py": b"#" * (1 << 27)})
    _zip(folder / "many.zip", {f"a/{number}.py": "x = 1" for number in range(20_000)})
    _zip(folder / "deep.zip", {"/".join(["d"] * 2000) + "/cnn.py": WORK})
    _zip(folder / "inner.zip", {"inner.zip": bomb.read_bytes()})
    _zip(folder / "up.zip", {f"a/../../../../../../tmp/{MARKER}": "x", "cnn.py": WORK})
    _zip(folder / "absolute.zip", {f"/tmp/{MARKER}": "x", f"C:\\{MARKER}": "x", "cnn.py": WORK})
    _zip(folder / "plain.zip", {"cnn.py": WORK})
    plain = (folder / "plain.zip").read_bytes()
    central = plain.index(b"PK\1\2")
    lies = bytearray(plain)
    lies[central + 24 : central + 28] = struct.pack("<I", 7)
    (folder / "size.zip").write_bytes(lies)
    locked = bytearray(plain)
    locked[6] |= 1
    locked[central + 8] |= 1
    (folder / "locked.zip").write_bytes(locked)
    (folder / "cut.zip").write_bytes(plain[:-8])
    device = zipfile.ZipInfo("cnn.py")
    device.external_attr = 0o020666 << 16
    with zipfile.ZipFile(folder / "device.zip", "w") as archive:
        archive.writestr(device, WORK)


def _zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def _notebooks(folder):
    def cell(source, **more):
        return {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source, **more}

    books = {
        "output": [cell(WORK, outputs=[{"output_type": "stream", "name": "stdout", "text": "x" * 15_000_000}])],
        "sources": [cell([[WORK]]), cell([1, 2]), cell({"a": 1}), cell(None), cell(WORK)],
        "cells": [cell("x = 1")] * 20_000,
    }
    for name, cells in books.items():
        book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
        (folder / f"{name}.ipynb").write_text(json.dumps(book))
    raw = {
        "deep": "[" * 200_000,
        "objects": '{"a":' * 200_000,
        "nan": '{"nbformat": NaN, "cells": Infinity}',
        "number": '{"nbformat": ' + "9" * 100_000 + ', "cells": []}',
        "twice": '{"cells": [], "nbformat": 4, "cells": ' + json.dumps([cell(WORK)]) + "}",
        "empty": "",
    }
    for name, text in raw.items():
        (folder / f"{name}.ipynb").write_text(text)
