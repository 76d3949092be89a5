"""`confined` runs a piece of code in a confined worker of a server prepared as the engine's is."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SERVER = """
import json, os, sys, traceback
root, site, without, readable, breaking, code = sys.argv[1:]
sys.path[:0] = [site, root]
import numpy
from grader.execution.confinement.layers import prepare
without, readable = filter(None, without.split(",")), filter(None, readable.split(":"))
layers = prepare([*without], [*readable])
def worker(code):
    source, sink = os.pipe()
    pid = layers.fork()
    if not pid:
        try:
            exec(breaking)
            tier = layers.enter()
            layers.seal(memory=256 << 20, cpu_seconds=5)
            names = {"tier": tier}
            exec(code, names)
            answer = names.get("answer")
        except BaseException:
            answer = "failed: " + traceback.format_exc()
        os.write(sink, json.dumps(answer, default=str).encode())
        os._exit(0)
    os.close(sink)
    with open(source, "rb") as file:
        text = file.read()
    status = os.waitpid(pid, 0)[1]
    return json.loads(text) if text else f"died: {os.WTERMSIG(status)}"
answers = [worker(each) for each in json.loads(code)]
print(json.dumps({"tier": layers.tier, "missing": dict(layers.missing), "answers": answers}))
"""


@pytest.fixture(scope="session")
def confined():
    def run(*codes, without="", readable="", breaking=""):
        import numpy

        site = str(Path(numpy.__file__).parents[1])
        texts = json.dumps([textwrap.dedent(code) for code in codes])
        ran = subprocess.run(
            [sys.executable, "-I", "-c", SERVER, str(ROOT), site, without, readable, breaking, texts],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={"OPENBLAS_NUM_THREADS": "1", "PATH": os.defpath},
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr.decode()
        return json.loads(ran.stdout)

    return run
