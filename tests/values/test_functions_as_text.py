"""A function is text on the wire, and only a worker that serves a source ever runs one."""

import pytest

from grader.course.store.encoding import decoded, encoded
from grader.model import Mismatch
from grader.values import pack, unpack
from grader.values.functions import WrittenFunction


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').mkdir({folder!r})\ndef f(): pass",
        "lambda x=__import__('os').mkdir({folder!r}): x",
        "def f(x=__import__('os').mkdir({folder!r})): pass",
    ],
)
def test_the_grader_runs_no_text_that_a_worker_sent(tmp_path, text):
    """What a submission returned is kept in files, and read from them by whoever runs the grader."""
    folder = tmp_path / "made"
    (sent,) = [unpack(["L", text.format(folder=str(folder)), ["d"]], b"")]
    packed = pack({"kept": sent}, 10_000, by_name=True)
    again = unpack(packed.node, b"".join(packed.buffers), copied=True)["kept"]
    mismatch, bodies = Mismatch(category="type", output="result", got=sent, want=sent), {}
    kept = decoded(encoded(mismatch, bodies), lambda digest: bodies[digest]).got
    for each in (again, kept):
        assert type(each) is WrittenFunction
        assert each.text == sent.text
    assert not folder.exists()
