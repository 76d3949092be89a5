"""A check that earns in proportion is never half right for nothing."""

from grading_kit import by_function

NEARLY = """
def zero_pad(X, pad):
    if pad > 1:
        X += 1
    return np.zeros((1, 1))
"""


def test_no_check_is_partly_right_with_no_points(graded, reference_text):
    start = reference_text.index("def zero_pad")
    end = reference_text.index("def conv_single_step")
    problem = by_function(graded(reference_text[:start] + NEARLY.lstrip() + "\n\n" + reference_text[end:]))["zero_pad"]
    properties = [check for check in problem.checks if check.kind == "properties"]
    assert properties
    passed = [case.status == "passed" for check in properties for case in check.cases]
    assert any(passed) and not all(passed)
    assert problem.score == 0
    assert {check.status for check in problem.checks} == {"failed"}
