"""One text holds many mended functions: each number makes it do what that function alone does."""

import ast

from grader.explain.mending.switches import CHOICE, switched
from grader.explain.mending.written import FunctionText

TEXT = """
def f(x, n):
    total = 0
    for i in range(n):
        if i > 1:
            total += x[i]
        else:
            total -= i
    while total > 50:
        total = total - n
    return total * n
"""


def variants(written):
    """Return one edit for each number of the text, one for each name that is read, and one that holds two lines."""
    for node in written.nodes:
        if isinstance(node, ast.Constant):
            yield [written.replaced(node, str(node.value + 1))]
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in ("i", "n"):
            yield [written.replaced(node, f"({node.id} + 2)")]
    yield [written.replaced(written.function.body[-1], "total += 1\n    return total")]
    yield [edit for edits in list(variants_of_numbers(written)) for edit in edits]


def variants_of_numbers(written):
    for node in written.nodes:
        if isinstance(node, ast.Constant):
            yield [written.replaced(node, str(node.value + 3))]


def run(text, number=None):
    scope = {CHOICE: number}
    exec(text, scope)
    try:
        return scope["f"](list(range(20, 40)), 6)
    except Exception as error:
        return type(error)


def test_each_number_makes_it_the_function_alone():
    written = FunctionText(ast.parse(TEXT).body[0])
    every = list(variants(written))
    whole = switched(written, every)
    assert len(whole.held) == len(every) - 1, "all but the one of two lines"
    found = [run(whole.text, number) for number in range(len(whole.held))]
    assert found == [run(written.made(every[index])) for index in whole.held]
    assert len(set(found)) > 5
    assert run(whole.text, -1) == run(TEXT)
