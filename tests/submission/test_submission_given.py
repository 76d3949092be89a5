"""What an author gave is no attempt: a stub with lines in it is told from work, whatever is right in it already."""

import pytest

from grader.submission.stubs import digest, given_in

SOLVED = '''
def zero_pad(X, pad):
    """Pads."""
    m, n = X.shape
    out = np.zeros((m + 2 * pad, n))
    for i in range(m):
        ### START CODE HERE ###
        row = X[i]
        out[i + pad] = row
        ### END CODE HERE ###
    cache = (X, pad)
    return out, cache
'''
STUB = SOLVED.replace("row = X[i]", "row = None").replace("out[i + pad] = row", "out[i + pad] = None")


@pytest.fixture
def untouched(desk):
    """Return whether the function of a text is untouched, by what is given in a solution or in a stub."""

    def judged(text, *, solution="", stub="", name="cnn.py"):
        from grader import submission

        source, solved = (solution, True) if solution else (stub, False)
        given = {name: {digest(found)} for name, found in given_in(source, ["zero_pad"], solved=solved).items()}
        student = submission.load(desk.put(text, name), ["zero_pad"], given=lambda _: given)
        return student.symbols["zero_pad"].untouched

    return judged


SAME = {
    "as it is given": STUB,
    "a comment more": STUB.replace("row = None", "row = None  # what here?"),
    "no docstring": STUB.replace('    """Pads."""\n', ""),
    "pass for a placeholder": STUB.replace("row = None", "pass"),
    "a placeholder less": STUB.replace("        row = None\n", ""),
    "white space": STUB.replace("m, n = X.shape", "m,n  =  X.shape\n\n"),
    "nothing between the markers": STUB.replace("        row = None\n        out[i + pad] = None\n", "        pass\n"),
    "without markers": STUB.replace("### START CODE HERE ###", "").replace("### END CODE HERE ###", ""),
    "dots": STUB.replace("row = None", "row = ..."),
}
TOUCHED = {
    "one line written": STUB.replace("row = None", "row = X[i]"),
    "a given line changed": STUB.replace("np.zeros", "np.ones").replace("### START CODE HERE ###", ""),
    "a line below the markers": STUB.replace("    cache =", "    out[pad:-pad] = X\n    cache ="),
    "all written": SOLVED,
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_what_is_given_is_no_attempt(untouched, text):
    assert untouched(text, solution=SOLVED)
    assert untouched(text, stub=STUB)


@pytest.mark.parametrize("text", TOUCHED.values(), ids=TOUCHED)
def test_one_line_is_an_attempt(untouched, text):
    assert not untouched(text, solution=SOLVED)
    assert not untouched(text, stub=STUB)


UNKNOWN = {
    "loops given": """
def zero_pad(X, pad):
    m = X.shape[0]
    out = np.zeros((m, 3))
    ### START CODE HERE ###
    for i in range(m):
        for h in range(3):
            start = None
            if pad:
                out[i, h] = None
    ### END CODE HERE ###
    cache = (X, pad)
    assert out.shape == (m, 3)
    return out, cache
""",
    "several regions": """
def zero_pad(X, pad):
    m = len(X)
    # YOUR CODE HERE
    ### START CODE HERE ### (1 line)
    a = None
    ### END CODE HERE ###
    b = a
    # BEGIN SOLUTION
    c = None
    # END SOLUTION
    return c
""",
    "CS231n": """
def zero_pad(X, pad):
    out = np.zeros_like(X)
    # *****START OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
    out[0] = None
    # *****END OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
    return out
""",
}


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN)
def test_markers_tell_the_stub_of_another_course(untouched, text):
    assert untouched(text)


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN)
@pytest.mark.parametrize("line", ["out = X * 2", "out[0] = X[0].max()", "out = helper(X)"])
def test_a_line_between_or_below_the_markers_is_work(untouched, text, line):
    place = text.rindex("\n    ### END") if "### END" in text else text.rindex("\n    # *****END")
    assert not untouched(f"{text[:place]}\n    {line}{text[place:]}")
    place = text.rindex("\n    return")
    assert not untouched(f"{text[:place]}\n    {line}{text[place:]}")
    assert not untouched(text.replace("None", "X[0]"))


TWO_REGIONS = """
def zero_pad(x, dy):
    {above}
    ### START CODE HERE ###
    {first}
    ### END CODE HERE ###
    {between}
    ### START CODE HERE ###
    db = None
    ### END CODE HERE ###
    return dW, db
"""


@pytest.mark.parametrize(
    "parts",
    [
        {"between": "dW = x.T @ dy", "first": ""},
        {"above": "dW = x.T @ dy", "first": ""},
        {"between": "dW = x.T @ dy"},
        {"above": "dW = np.zeros(3)", "first": "np.matmul(x.T, dy, out=dW)"},
        {"above": "dW = []", "first": "dW.append(x.T @ dy)"},
        {"above": "m = len(x) - 1", "first": "dW = (x, dy)"},
    ],
)
def test_one_of_two_regions_that_is_still_empty_makes_no_stub(untouched, parts):
    blank = {"above": "pass", "first": "dW = None", "between": "pass"}
    assert untouched(TWO_REGIONS.format(**blank))
    assert not untouched(TWO_REGIONS.format(**blank | parts))


def test_a_text_that_costs_much_to_compare_is_read_all_the_same(untouched):
    branches = "".join(f"    elif x == {number}:\n        out = {number}\n" for number in range(1200))
    assert not untouched(
        f"def zero_pad(x, pad):\n    out = None\n    if x < 0:\n        out = 1\n{branches}", stub=STUB
    )
    one_line = "; ".join(f"a{number} = 1" for number in range(4000))
    assert not untouched(f"def zero_pad(x, pad):\n    out = None\n    z = '{'q' * 400_000}'; {one_line}\n", stub=STUB)


def test_an_empty_region_alone_does_not_tell(untouched):
    text = STUB.replace("        row = None\n        out[i + pad] = None\n", "        pass\n")
    assert not untouched(text.replace("        ### START", "        out[i] = X[i]\n        ### START"))


BELOW = {
    "another function's name": "\ndef mine(X, pad):\n    return X\n\nzero_pad = mine\n",
    "a lambda": "\nzero_pad: object = lambda X, pad: X\n",
    "written again in a branch": "\nif True:\n    def zero_pad(X, pad):\n        return X\n",
    "written again in a try": "\ntry:\n    pass\nfinally:\n    def zero_pad(X, pad):\n        return X\n",
    "from a file beside": "\nfrom mine import pad_it as zero_pad\n",
    "one of two names": "\nother, zero_pad = [lambda X, pad: X] * 2\n",
}


@pytest.mark.parametrize("below", BELOW.values(), ids=BELOW)
def test_a_stub_that_something_else_replaces_was_left_behind(untouched, below):
    assert not untouched(STUB + below, stub=STUB)
    assert untouched(below.lstrip() + STUB, stub=STUB)


@pytest.mark.parametrize(
    "below",
    ["zero_pad = timed(zero_pad)\n", "pad = zero_pad\n", "class Other:\n    def zero_pad(X, pad):\n        return X\n"],
)
def test_a_stub_that_is_wrapped_or_named_elsewhere_is_still_the_stub(untouched, below):
    assert untouched(f"{STUB}\n\n{below}", stub=STUB)
