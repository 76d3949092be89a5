"""One wrong variant for every hypothesis, on functions that have nothing to do with one another."""

import re

import numpy as np
import pytest
from comparison_samples import part
from diagnosis_lab import Asked, diagnosed, draws, said

RNG = np.random.default_rng(11)
BATCHES = [
    names | {"X": RNG.normal(size=(names["m"], names["n"])), "b": RNG.normal(size=(1, names["n"]))}
    for names in draws(m=(1, 4), n=(2, 6))
]
EXAMPLE = {"X": RNG.normal(size=(5, 3)), "b": RNG.normal(size=(1, 3))}
PARAMETERS = ("X", "b")


def affine(x, b):
    return 2.5 * x + b


def batch(wrong, right=affine, **more):
    """Return the diagnosis of a function of a batch X and a row b."""
    return diagnosed(right, wrong, BATCHES, PARAMETERS, example=EXAMPLE, **more)


HARD_CODED = "Other inputs get the public example's answer; is it written into the code instead of worked out?"
ZEROS = "Nothing but zeros comes back; is the result ever filled in?"
SIGN = "Every number has the wrong sign."


def test_a_right_function_has_no_diagnosis():
    assert batch(affine) is None


def test_noise_has_no_diagnosis():
    rng = np.random.default_rng(0)
    assert batch(lambda x, b: affine(x, b) + rng.normal(size=x.shape)) is None


def test_hard_coded():
    answer = affine(**{"x": EXAMPLE["X"], "b": EXAMPLE["b"]})
    assert said(batch(lambda x, b: answer)) == HARD_CODED


def test_hard_coded_numbers():
    shown = {"n": 3}
    draw = [{"n": n} for n in (4, 5, 6, 7)]
    assert said(diagnosed(lambda n: n * n, lambda n: 9, draw, ("n",), example=shown)) == HARD_CODED


def test_zeros_for_some_inputs_are_explained_by_a_function_or_a_mode_first():
    def right(x, b):
        return np.sum(x)

    diagnosis = batch(lambda x, b: max(np.sum(x), 0.0), right, shown=True)
    assert said(diagnosis) == "Negative numbers come back as 0; the others are right."
    noise = np.random.default_rng(3)
    chosen = {names["X"].tobytes(): noise.random() < 0.5 for names in BATCHES}
    some = batch(lambda x, b: affine(x, b) * chosen.get(x.tobytes(), True))
    assert said(some) == ZEROS
    modes = diagnosed(
        pooled, lambda x, o, mode: pooled(x, o) if mode == "max" else 0 * pooled(x, o), MODES, ("x", "options", "mode")
    )
    assert said(modes) == f'Only where mode == "mean": {ZEROS}'


def test_same_every_time():
    same = [{"X": RNG.normal(size=(2, 2)), "b": RNG.normal(size=(1, 2))} for _ in range(5)]
    answer = RNG.normal(size=(2, 2))
    told = said(diagnosed(affine, lambda x, b: answer, same, PARAMETERS))
    assert told == "Different inputs get one and the same answer; are the arguments used at all?"


def test_zeros():
    assert said(batch(lambda x, b: np.zeros_like(x))) == ZEROS


def test_echo():
    assert said(batch(lambda x, b: x)) == "This is the argument X as it came in."


def test_other_output():
    parts = (part("Y", 60), part("Z", 40))

    def right(x, b):
        return x + b, x - b

    told = said(batch(lambda x, b: (x - b, x + b), right, returns=parts))
    assert told == "The outputs are right, but in the wrong order: your function returns Z, Y, but Y, Z is expected."


@pytest.mark.parametrize("finish", [lambda y: y, lambda y: y.astype(float)])
def test_single_precision(finish):
    diagnosis = batch(lambda x, b: finish(affine(x, b).astype(np.float32)), rtol=1e-9)
    assert said(diagnosis) == ("The numbers are only as precise as float32; is an array of that dtype made on the way?")


@pytest.mark.parametrize(
    ("decimals", "told"),
    [
        (0, "The numbers are rounded to whole numbers."),
        (2, "The numbers are rounded to 2 decimals; return them as they are."),
        (4, "The numbers are rounded to 4 decimals; return them as they are."),
    ],
)
def test_rounded(decimals, told):
    assert said(batch(lambda x, b: np.round(affine(x, b), decimals))) == told


def test_right_but_dtype():
    diagnosis = batch(lambda x, b: (x > b).astype(float), lambda x, b: x > b)
    assert said(diagnosis) == "The numbers are right; only their dtype should not be float64."


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (
            "Every number is NaN or infinite; is something divided by zero, or an array never filled?",
            lambda x, b: np.full(x.shape, np.nan),
        ),
        (
            "NaN or infinity stands exactly where X is 0; what is divided by it, or logged?",
            lambda x, b: np.where(x == 0, np.nan, affine(x, b)),
        ),
        (
            "NaN stands exactly where X is negative; is a root or a logarithm taken of it?",
            lambda x, b: np.where(x < 0, np.nan, affine(x, b)),
        ),
        (
            "NaN or infinity stands exactly where X is large; does exp overflow?",
            lambda x, b: np.where(x > 30, np.inf, affine(x, b)),
        ),
        (
            "Perhaps: Some numbers are NaN or infinite; is something divided by zero there?",
            lambda x, b: np.where(np.arange(x.size).reshape(x.shape) % 3, np.nan, affine(x, b)),
        ),
    ],
)
def test_not_finite(told, wrong):
    values = [0.0, -1.0, 2.0, 100.0, 3.0, 0.5, -2.0, 50.0]
    cases = [{"X": np.roll(np.array(values), k).reshape(2, 4), "b": np.ones((1, 4))} for k in range(4)]
    assert said(diagnosed(affine, wrong, cases, PARAMETERS)) == told


def test_transposed():
    told = said(batch(lambda x, b: affine(x, b).T))
    assert told == "The axes are in another order; this is the right result with its axes as 1, 0."


def test_reshaped():
    told = "The numbers and their order are right, only the shape is not; look at reshape and keepdims."
    assert said(batch(lambda x, b: affine(x, b).reshape(-1))) == told
    assert said(batch(lambda x, b: affine(x, b)[None])) == told


def test_a_sum_missing_and_a_sum_too_many():
    def row(x, b):
        return affine(x, b).sum(axis=0)

    assert said(batch(affine, row)) == "A sum is missing; summed over axis 0, this would be right."
    assert (
        said(batch(row, affine)) == "Perhaps: Summed over too many axes; this is the right result summed over axis 0."
    )


def test_axes_too_many_and_too_few():
    more, less = said(batch(lambda x, b: np.ones((2, *x.shape)) * x)), said(batch(lambda x, b: x[0] * 3))
    assert more == "The result has 1 axis too many; is a sum or an index missing?"
    assert less == "The result has 1 axis too few; was something summed or indexed away?"


SIDES = [
    names | {"X": RNG.normal(size=(names["h"], names["w"]))}
    for names in draws(12, h=(6, 11), w=(4, 9), pad=(0, 2), stride=(1, 3), f=(1, 4))
]
SHOWN = {"X": RNG.normal(size=(7, 6)), "pad": 1, "stride": 2, "f": 3}


def lengths(height, width):
    """Return a function whose answer has these lengths; numbers are told apart by their places."""

    def made(x, f, pad, stride):
        h, w = x.shape
        shape = height(h, w, f, pad, stride), width(h, w, f, pad, stride)
        return np.arange(1.0, 1 + shape[0] * shape[1]).reshape(shape) + x.sum()

    return made


def _height(h, w, f, pad, stride):
    return (h - f + 2 * pad) // stride + 1


def _width(h, w, f, pad, stride):
    return (w - f + 2 * pad) // stride + 1


@pytest.mark.parametrize(
    ("height", "told"),
    [
        (
            lambda h, w, f, pad, stride: (h - f + 2 * pad) + 1,
            "has the length X.shape[0] + 2*pad - f + 1; stride is missing from that formula.",
        ),
        (
            lambda h, w, f, pad, stride: (h - f) // stride + 1,
            "has the length (X.shape[0] - f)//stride + 1; pad is missing from that formula.",
        ),
        (
            lambda h, w, f, pad, stride: (h + 2 * pad) // stride + 1,
            "has the length (X.shape[0] + 2*pad)//stride + 1; f is missing from that formula.",
        ),
        (
            lambda h, w, f, pad, stride: (h - f + pad) // stride + 1,
            "has the length (X.shape[0] + pad - f)//stride + 1; check how often pad belongs in that formula.",
        ),
        (
            lambda h, w, f, pad, stride: (w - f + 2 * pad) // stride + 1,
            "has the length (X.shape[1] + 2*pad - f)//stride + 1; X.shape[1] stands where X.shape[0] belongs.",
        ),
        (
            lambda h, w, f, pad, stride: -(-(h - f + 2 * pad) // stride) + 1,
            "has the length ceil((X.shape[0] + 2*pad - f)/stride) + 1; it should be rounded down, not up.",
        ),
        (
            lambda h, w, f, pad, stride: (h - f + 2 * pad) // stride,
            "is too short by 1; its length is (X.shape[0] + 2*pad - f)//stride.",
        ),
    ],
)
def test_the_slip_in_the_formula_of_a_length(height, told):
    right = lengths(_height, _width)
    diagnosis = diagnosed(right, lengths(height, _width), SIDES, ("X", "f", "pad", "stride"), example=SHOWN)
    assert said(diagnosis) == f"Axis 0 {told}"


def test_the_formula_is_what_the_student_computes():
    right, wrong = lengths(_height, _width), lengths(lambda h, w, f, pad, stride: h - f + 2 * pad + 1, _width)
    diagnosis = diagnosed(right, wrong, SIDES, ("X", "f", "pad", "stride"))
    formula = re.search("length (.*);", said(diagnosis))[1]
    for names in SIDES:
        computed = eval(formula, {}, names)
        assert computed == names["h"] - names["f"] + 2 * names["pad"] + 1


def test_a_length_of_few_cases_is_told_without_a_formula():
    diagnosis = diagnosed(
        lambda x: 2 * x, lambda x: np.append(2 * x, 1.0), [{"x": RNG.normal(size=4)}, {"x": RNG.normal(size=5)}], ("x",)
    )
    assert said(diagnosis) == "Axis 0 is too long by 1."


def test_another_formula_altogether():
    right, wrong = lengths(_height, _width), lengths(lambda h, w, f, pad, stride: w + f, _width)
    diagnosis = diagnosed(right, wrong, SIDES, ("X", "f", "pad", "stride"))
    told = re.fullmatch(r"Perhaps: Axis 0 has the length (.*); check that formula\.", said(diagnosis))
    assert set(told[1].split(" + ")) == {"X.shape[1]", "f"}


def test_sign():
    assert said(batch(lambda x, b: -affine(x, b))) == SIGN


@pytest.mark.parametrize(
    ("times", "name"),
    [
        (lambda x: 0.5, "0.5"),
        (lambda x: 1 / len(x), "1/X.shape[0]"),
        (lambda x: x.shape[1], "X.shape[1]"),
        (lambda x: x.shape[1] ** 2, "X.shape[1]*X.shape[1]"),
        (lambda x: x.size / 7, "result.size/7"),
        (lambda x: 12 / x.shape[1], "12/X.shape[1]"),
        (lambda x: 12 * x.shape[1], "12*X.shape[1]"),
        (lambda x: 1 / x.size, "1/result.size"),
        (lambda x: np.sqrt(x.size), "sqrt(result.size)"),
        (lambda x: 1 / np.sqrt(x.shape[1]), "1/sqrt(X.shape[1])"),
    ],
)
def test_factor(times, name):
    assert said(batch(lambda x, b: affine(x, b) * times(x))).startswith(
        f"Every number is {name} times what it should be"
    )


def test_a_factor_of_numbers_that_are_sometimes_zero():
    cases = [{"n": n, "k": k, "X": RNG.normal(size=4)} for n, k in [(0, 5), (1, 0), (2, 3), (3, 0), (4, 1), (5, 2)]]
    diagnosis = diagnosed(lambda n, k, x: x, lambda n, k, x: x * np.sqrt(1.3 + n), cases, ("n", "k", "X"))
    assert "factor" not in said(diagnosis) and " times " not in said(diagnosis)


def test_a_factor_on_all_but_an_added_argument():
    def right(x, b):
        return np.sum(x) + b.reshape(-1)[0]

    cases = [names | {"b": np.array([[names["X"][0, 0] + 3.0]])} for names in BATCHES]
    diagnosis = diagnosed(right, lambda x, b: np.mean(x) + b.item(), cases, PARAMETERS)
    assert said(diagnosis) == "All but the added b is 1/(X.shape[0]*X.shape[1]) times what it should be."


def test_a_bias_missing_subtracted_or_in_every_term():
    assert said(batch(lambda x, b: 2.5 * x)) == "b is missing; with it added, every number would be right."
    assert said(batch(lambda x, b: 2.5 * x - b)) == "b is subtracted where it should be added."
    assert said(batch(lambda x, b: affine(x, b) + b)) == "b is added once too often."
    assert said(batch(lambda x, b: 2.5 * x - 0.5 * b)) == "Every number is off by -1.5 times b."

    def right(x, b):
        return np.sum(x) + b.item()

    cases = [names | {"b": RNG.normal(size=(1, 1))} for names in BATCHES]
    diagnosis = diagnosed(right, lambda x, b: np.sum(x + b), cases, PARAMETERS)
    assert said(diagnosis) == "b is added X.shape[0]*X.shape[1] times instead of once; is it inside the sum?"


def test_constant_offset():
    assert said(batch(lambda x, b: affine(x, b) + 1)) == "Every number is too large by 1."
    squares = diagnosed(lambda n: n * n + 1, lambda n: n * n, draws(n=(2, 50)), ("n",))
    assert said(squares) == "Every number is too small by 1."


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (np.abs, "abs(x)"),
        (np.square, "x**2"),
        (np.tanh, "tanh(x)"),
        (lambda y: 1 / (1 + np.exp(-y)), "1/(1 + exp(-x))"),
        (np.floor, "floor(x)"),
    ],
)
def test_elementwise(function, name):
    assert said(batch(lambda x, b: function(affine(x, b)))) == comes_back(name)


def test_the_x_of_a_function_is_no_drawn_name():
    cases = [{"x": count, "X": RNG.normal(size=(count, 3))} for count in (2, 3, 4, 5)]
    told = said(diagnosed(lambda m: 2 * m, lambda m: np.square(2 * m), cases, ("X",)))
    assert told == comes_back("x**2")


def test_elementwise_but_for_negative_numbers():
    told = said(batch(lambda x, b: np.maximum(affine(x, b), 0)))
    assert told == "Negative numbers come back as 0; the others are right."


def comes_back(name):
    steps = {"x**2": "is a root missing, or a square too many?"}
    step = steps.get(name, "is a step missing, or one too many?")
    return f"What comes back is {name}, where x is the right answer; {step}"


def test_a_mask_inverted():
    assert said(batch(lambda x, b: x <= b, lambda x, b: x > b)) == comes_back("1 - x")


LONG = [{"X": RNG.normal(size=(rows, 5))} for rows in (4, 5, 6, 7)]


def rows(wrong, **more):
    """Return the diagnosis of a wrong way to double a matrix, the first of which is public."""
    return diagnosed(lambda x: 2 * x, wrong, LONG[1:], ("X",), example=LONG[0], **more)


def _put(x, place, value):
    y = 2 * x
    y[place] = value
    return y


def test_flipped():
    assert said(rows(lambda x: 2 * x[:, ::-1])) == "The result is reversed along axis 1."
    assert said(rows(lambda x: 2 * x[::-1, ::-1])) == "The result is reversed along axes 0, 1."


@pytest.mark.parametrize(("axis", "by"), [(0, 1), (1, -1), (1, 2)])
def test_shifted(axis, by):
    told = said(rows(lambda x: 2 * np.roll(x, by, axis)))
    assert told == f"Everything is moved by {by} along axis {axis}; do the indices start in the right place?"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            lambda x: _put(x, slice(1, None), 0.0),
            "only index 0 is right, the rest is zero; does the loop end after one turn, at a return inside it?",
        ),
        (
            lambda x: np.broadcast_to(2 * x[:1], x.shape),
            "everything repeats index 0; is an index fixed or forgotten?",
        ),
        (lambda x: np.vstack([2 * x[:1], 3 * x[1:]]), "only index 0 is right; is an index fixed at 0?"),
        (lambda x: np.broadcast_to(2 * x[-1:], x.shape), "everything repeats the last place; is an index forgotten?"),
        (
            lambda x: _put(x, slice(0, -1), 0.0),
            "only the last place is right; is what came before overwritten?",
        ),
        (lambda x: _put(x, 0, 0.0), "only index 0 is wrong; does the loop start at 1?"),
        (lambda x: _put(x, -1, 0.0), "only the last place is wrong; does the loop stop too early?"),
    ],
)
def test_part_of_an_axis(wrong, told):
    assert said(rows(wrong)) == f"Along axis 0 {told}"


def test_a_place_left_out_on_axes_that_are_sometimes_one_long():
    cases = [{"X": RNG.normal(size=(3, columns))} for columns in (1, 4, 3, 1)]
    diagnosis = diagnosed(lambda x: 2 * x, lambda x: _put(x, (slice(None), -1), 0.0), cases, ("X",), shown=True)
    assert said(diagnosis) == "Along axis 1 only the last place is wrong; does the loop stop too early?"


def test_zeros_do_not_count_as_unmoving():
    cases = [{"X": RNG.normal(size=(4, 4))} for _ in range(4)]
    spoilt = cases[0]["X"].tobytes()
    diagnosis = diagnosed(
        lambda x: 2 * x, lambda x: 3 * x[:, :1] + 0 * x if x.tobytes() == spoilt else 0 * x, cases, ("X",)
    )
    assert diagnosis is None


def test_constant_along():
    told = said(rows(lambda x: np.repeat(x[:, 2:3] * 3, 5, axis=1)))
    assert told.startswith("Nothing changes along axis 1, but it should; does an index not move, or is one value")


def test_border():
    def interior(x, k):
        y = x * 2
        y[k:-k, k:-k] = x[k:-k, k:-k] * 7
        return y

    def rim(x, k):
        y = x * 7
        y[k:-k, k:-k] = x[k:-k, k:-k] * 2
        return y

    cases = [{"X": RNG.normal(size=(7, 8)), "k": k} for k in (1, 2, 1, 2)]
    for wrong, told in ((rim, "wrong; what belongs there?"), (interior, "right.")):
        diagnosis = diagnosed(lambda x, k: 2 * x, wrong, cases, ("X", "k"), shown=True)
        assert said(diagnosis) == f"Only a border k wide along axes 0, 1 is {told}"


CHANGED = "In these cases the call changes its argument X; work on a copy."


def test_an_argument_that_comes_back_changed():
    def wrong(x, b):
        x *= 2
        return x, affine(x / 2, b)

    diagnosis = batch(wrong, lambda x, b: (x, affine(x, b)), returns=(part("kept", 60), part("Y", 40)))
    assert said(diagnosis) == f"kept: {CHANGED}"


def test_changed_input():
    def wrong(x):
        if len(x) > 4:
            x[0] = 0.0
        rng = np.random.default_rng(len(x))
        return 2 * x + (rng.normal(size=x.shape) if len(x) > 4 else 0.0)

    assert said(rows(wrong)) == CHANGED


WINDOWS = [
    names | {"x": RNG.normal(size=names["n"]), "options": {"step": names["step"], "pad": names["pad"]}}
    for names in draws(10, n=(8, 14), step=(1, 3), pad=(0, 2))
]
MODES = [names | {"mode": mode} for names, mode in zip(WINDOWS, ["max", "mean"] * 5, strict=True)]


def pooled(x, options, mode="max"):
    """Return the maximum or mean of every window of three."""
    step, pad = options["step"], options["pad"]
    padded = np.pad(x, pad)
    work = np.max if mode == "max" else np.mean
    return np.array([work(padded[k : k + 3]) for k in range(0, len(padded) - 2, step)])


def as_if(name, value):
    return f"This is what comes out if {name} is replaced by {value}; is {name} used everywhere it should be?"


def test_as_if_a_mode_were_another():
    diagnosis = diagnosed(pooled, lambda x, o, mode: pooled(x, o, "max"), MODES, ("x", "options", "mode"))
    assert said(diagnosis) == 'Only where mode == "mean": ' + as_if("mode", '"max"')


def test_as_if_a_default_were_another():
    cases = [{k: v for k, v in names.items() if k != "mode" or v == "mean" or i % 4} for i, names in enumerate(MODES)]
    diagnosis = diagnosed(pooled, lambda x, o, mode="max": pooled(x, o, "mean"), cases, ("x", "options", "mode"))
    assert said(diagnosis) == 'Only where mode == "max": ' + as_if("mode", '"mean"')


def test_only_calls_that_leave_an_argument_out_are_wrong():
    plain = [{k: v for k, v in names.items() if k != "mode"} for names in WINDOWS[:2]]

    def wrong(x, o, mode="mean"):
        return pooled(x, o, mode)

    diagnosis = diagnosed(pooled, wrong, [*MODES, *plain], ("x", "options", "mode"))
    assert said(diagnosis) == (
        'Only calls that leave mode out are wrong: they are answered as if it were "mean". What is its default?'
    )

    def odd(x, o, mode=None):
        return pooled(x, o, mode) if mode else x[:3] ** 2 + len(x)

    told = "Only calls that leave mode out are wrong; what is its default?"
    assert said(diagnosed(pooled, odd, [*MODES, *plain], ("x", "options", "mode"))) == told
    assert said(diagnosed(pooled, odd, plain, ("x", "options", "mode"))) != told


def weighted(x, options):
    """Return a sum in which every third number counts by its place."""
    return np.cumsum(x * (1 + np.arange(len(x)) * options["step"])) + options["pad"] ** 3 * x


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [
        (lambda o: o | {"step": 1}, "step", "1"),
        (lambda o: o | {"pad": 0}, "pad", "0"),
        (lambda o: o | {"pad": o["pad"] + 1}, "pad", "pad + 1"),
        (lambda o: o | {"pad": 2 * o["pad"]}, "pad", "2*pad"),
        (lambda o: o | {"pad": o["step"]}, "pad", "step"),
        (lambda o: {"pad": o["step"], "step": o["pad"]}, "step", "pad"),
        (lambda o: o | {"step": 7}, "step", "7"),
    ],
)
def test_as_if_a_number_were_another(change, name, value):
    shown = {"x": RNG.normal(size=9), "options": {"step": 7, "pad": 2}}
    asked = Asked(weighted)
    diagnosis = diagnosed(
        weighted, lambda x, o: weighted(x, change(o)), WINDOWS, ("x", "options"), example=shown, asked=asked
    )
    told = as_if(name, value)
    if name in value:
        told = f"This is what comes out if {name} is replaced by {value}."
    if change({"step": 1, "pad": 2}) == {"step": 2, "pad": 1}:
        told = f"This is what comes out if {name} and {value} change places; is one taken for the other?"
    assert said(diagnosis) == told
    assert asked.calls <= 24


def test_an_array_ignored():
    def right(x, b):
        return np.tanh(x * x + b) * 3

    told = said(batch(lambda x, b: right(x, 0 * b), right))
    assert told == "This is what comes out if b is all zeros; is b used?"


def test_the_least_for_the_largest():
    told = said(batch(lambda x, b: x.min(axis=0) * 2, lambda x, b: x.max(axis=0) * 2))
    assert told == "Smallest and largest of X are exchanged; is it min where max belongs, or the reverse?"


def test_one_array_taken_for_another_and_one_turned():
    squares = [{"X": RNG.normal(size=(n, n)), "Y": RNG.normal(size=(n, n))} for n in (2, 3, 4, 5)]

    def right(x, y):
        return np.tanh(x @ x) * y

    assert said(diagnosed(right, lambda x, y: right(y, y), squares, ("X", "Y"))) == as_if("X", "Y")
    told = said(diagnosed(right, lambda x, y: right(x, y.T), squares, ("X", "Y")))
    assert told == ("This is what comes out if axes 0 and 1 of Y are exchanged; are its indices in the right order?")


@pytest.mark.parametrize(
    ("kept", "which", "how"), [(slice(None, -1), "last", "stop too early"), (slice(1, None), "first", "start too late")]
)
def test_an_entry_left_out_of_a_sum(kept, which, how):
    def right(x, b):
        return (x * x * b).sum(axis=1)

    told = said(batch(lambda x, b: right(x[:, kept], b[:, kept]), right))
    assert told == f"The {which} entry of X along axis 1 does not count; does a loop or a slice {how}?"


def test_a_kept_argument_in_the_place_of_another():
    parts = (part("Y", 60), part("x", 20), part("b", 20))
    diagnosis = batch(lambda x, b: (x + b, b, x), lambda x, b: (x + b, x, b), returns=parts)
    assert (
        said(diagnosis)
        == "The outputs are right, but in the wrong order: your function returns Y, b, x, but Y, x, b is expected."
    )


def test_one_number_everywhere():
    diagnosis = rows(lambda x: np.full(x.shape, x.max()))
    assert said(diagnosis) == (
        "The same number stands in every place, but it should not; is one value filled in everywhere?"
    )


def test_lengths_have_the_names_that_a_student_knows():
    known = {"X.shape[0]": "n_H", "X.shape[1]": "n_W"}
    wrong = lengths(lambda h, w, f, pad, stride: (w - f + 2 * pad) // stride + 1, _width)
    diagnosis = diagnosed(lengths(_height, _width), wrong, SIDES, ("X", "f", "pad", "stride"), names=known)
    assert said(diagnosis) == ("Axis 0 has the length (n_W + 2*pad - f)//stride + 1; n_W stands where n_H belongs.")


def test_without_a_reference_to_ask_there_is_no_such_answer():
    def right(x, b):
        return np.tanh(x * x + b) * 3

    assert batch(lambda x, b: right(x, 0 * b), right, asked=False) is None


def test_overwritten_instead_of_accumulated():
    def right(x, b):
        total = np.zeros(x.shape[1])
        for row in x:
            total += row * row * b[0]
        return total

    def wrong(x, b):
        total = np.zeros(x.shape[1])
        for row in x:
            total = row * row * b[0]
        return total

    assert said(batch(wrong, right)) == (
        "Only the last entries of X count; is something overwritten (=) that should be added up (+=)?"
    )


def test_a_return_inside_the_loop():
    def right(x, b):
        return (x * x * b).sum(axis=0)

    told = said(batch(lambda x, b: x[0] * x[0] * b[0], right))
    assert told == "Only the first entry of X counts; does the function return inside the loop?"


def _noisy(x, o):
    return weighted(x, o) + np.random.default_rng(0).normal(size=len(x))


def test_right_only_where_a_number_has_its_least_value():
    cases = [names | {"c": c} for names, c in zip(WINDOWS, [1, 2, 3, 1, 2, 3, 1, 2, 3, 2], strict=True)]
    diagnosis = diagnosed(
        lambda x, o, c: weighted(x, o),
        lambda x, o, c: weighted(x, o) if c == 1 else _noisy(x, o),
        cases,
        ("x", "options", "c"),
    )
    assert said(diagnosis) == "It is right only where c == 1."


def test_no_condition_where_some_cases_raise_or_few_are_on_one_side():
    """What raises is left out of the evidence, so that a condition on the others would mislead."""

    def wrong(x, o, c):
        if c == 3:
            raise ValueError
        return weighted(x, o) if c == 1 else _noisy(x, o)

    several = [names | {"c": c} for names, c in zip(WINDOWS, [1, 2, 2, 1, 2, 2, 1, 2, 2, 3], strict=True)]
    few = [names | {"c": c} for names, c in zip(WINDOWS, [1, 1, 2, 2, 2, 2, 2, 2, 2, 2], strict=True)]
    for cases in (several, few):
        assert diagnosed(lambda x, o, c: weighted(x, o), wrong, cases, ("x", "options", "c")) is None
    cases = several[:-1]
    assert said(diagnosed(lambda x, o, c: weighted(x, o), wrong, cases, ("x", "options", "c"))) == (
        "It is right only where c == 1."
    )


def test_right_by_luck_in_a_case_or_two():
    cases = [names | {"c": c} for names, c in zip(WINDOWS, [1, 2, 3, 1, 2, 3, 1, 2, 3, 2], strict=True)]
    lucky = cases[1]["x"]
    diagnosis = diagnosed(
        lambda x, o, c: weighted(x, o),
        lambda x, o, c: weighted(x, o) if c == 1 or np.array_equal(x, lucky) else _noisy(x, o),
        cases,
        ("x", "options", "c"),
    )
    assert said(diagnosis) == "It is right where c == 1, and wrong in most other cases."


def test_wrong_only_in_one_mode():
    diagnosis = diagnosed(
        lambda x, o, mode: weighted(x, o),
        lambda x, o, mode: weighted(x, o) if mode == "max" else _noisy(x, o),
        MODES,
        ("x", "options", "mode"),
    )
    assert said(diagnosis) == 'It is wrong only where mode == "mean".'


def test_right_only_for_squares():
    def wrong(x, b):
        if x.shape[0] == x.shape[1]:
            return affine(x, b)
        return affine(x, b) + np.random.default_rng(0).normal(size=x.shape)

    sides = [(2, 2), (2, 3), (3, 3), (4, 2), (4, 4), (3, 4), (2, 4), (5, 5), (5, 3), (4, 3)]
    cases = [{"h": h, "w": w, "X": RNG.normal(size=(h, w)), "b": np.ones((1, w))} for h, w in sides]
    told = said(diagnosed(affine, wrong, cases, PARAMETERS))
    assert told == "It is right only where X.shape[0] == X.shape[1]."


def test_right_only_where_one_number_is_no_less_than_another():
    cases = draws(16, seed=5, step=(1, 5), f=(1, 5), n=(3, 9), k=(1, 4))
    cases = [names | {"x": RNG.normal(size=names["n"])} for names in cases]

    def wrong(x, step, f):
        return x * 2 if step >= f else x * 2 + np.random.default_rng(0).normal(size=len(x))

    diagnosis = diagnosed(lambda x, step, f: x * 2, wrong, cases, ("x", "step", "f"))
    assert said(diagnosis) == "It is right only where step >= f."


def test_two_right_cases_among_few_prove_no_condition():
    cases = [names | {"c": c} for names, c in zip(WINDOWS[:4], [1, 2, 3, 4], strict=True)]
    diagnosis = diagnosed(
        lambda x, o, c: weighted(x, o),
        lambda x, o, c: weighted(x, o) if c == 1 else _noisy(x, o),
        cases,
        ("x", "options", "c"),
    )
    assert diagnosis is None


def test_only_one_mode_is_wrong_by_a_factor():
    diagnosis = diagnosed(
        pooled,
        lambda x, o, mode: pooled(x, o, mode) * (1 if mode == "max" else 3),
        MODES,
        ("x", "options", "mode"),
    )
    assert said(diagnosis) == 'Only where mode == "mean": Every number is 3 times what it should be.'


WORDS = [{"text": text} for text in ("Hello world", "A b c", "x Y", "Last one")]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda text: text.upper(), "Only capital and small letters differ."),
        (lambda text: text.replace(" ", "  ") + "\n", "Only spaces or line ends differ."),
        (lambda text: text[::-1], "The text is right, but backwards."),
        (lambda text: text[1:], ""),
    ],
)
def test_texts(wrong, told):
    diagnosis = diagnosed(lambda text: text, wrong, WORDS[1:], ("text",), example=WORDS[0])
    assert said(diagnosis) == told


def test_the_order_of_a_list():
    diagnosis = diagnosed(
        lambda text: sorted(text.split()), lambda text: text.split()[::-1], WORDS[1:], ("text",), example=WORDS[0]
    )
    assert said(diagnosis) == "The items are right, but in another order."


def test_the_output_that_most_points_hang_on_comes_first():
    parts = (part("small", 20), part("large", 80))

    def right(x, b):
        return x + b, x * b

    diagnosis = batch(lambda x, b: (-(x + b), 3 * x * b), right, returns=parts)
    assert said(diagnosis) == "large: Every number is 3 times what it should be."


def test_an_output_without_explanation_does_not_hide_the_next():
    parts = (part("small", 20), part("large", 80))

    def right(x, b):
        return x + b, x * b

    noise = np.random.default_rng(0)
    diagnosis = batch(lambda x, b: (-(x + b), noise.normal(size=x.shape)), right, returns=parts)
    assert said(diagnosis) == f"small: {SIGN}"


def test_every_failing_case_must_be_explained():
    def wrong(x, b):
        return -affine(x, b) if len(x) > 1 else affine(x, b) ** 3 + b

    assert SIGN not in said(batch(wrong))


def test_right_cases_must_fit_too():
    def wrong(x, b):
        return affine(x, b) * (-1 if x.shape[1] % 2 else 1)

    assert SIGN not in said(batch(wrong))


def test_a_known_answer_is_told_no_factor_and_no_difference():
    """Where one number answers everything, a factor would be the expected value."""
    secret = {"n": 40.7310943}
    for answer in (1, 2.5):
        diagnosis = diagnosed(lambda n: n, lambda n, answer=answer: answer, [secret], ("n",))
        assert not re.search(r"\d| times |too (large|small) by", said(diagnosis))


SECRET = {"n": 40.7310943, "b": 3.5}


def told_of_one_hidden_case(answer, *, spread):
    """Return the sentence where a hidden case expects five times one number and gets five like `answer`, or ""."""
    diagnosis = diagnosed(
        lambda n, b: np.full(5, n), lambda n, b: answer + spread * np.arange(5), [SECRET], ("n", "b"), asked=False
    )
    return said(diagnosis)


@pytest.mark.parametrize("answer", [1e-30, 0.5, 3.25, 1234567.25, 1e12, 1e16, 1e300])
def test_a_chosen_answer_makes_no_sentence_spell_what_is_expected(answer):
    """Nearly equal numbers pass for different ones: a measured factor or offset would hold the digits of the secret."""
    for spread in (answer * 1e-9, answer * 1e-15, 1e-9, 0.37):
        told = told_of_one_hidden_case(answer, spread=spread)
        assert not any(char.isdigit() for char in told), told
        assert told == told_of_one_hidden_case(answer * 1.01, spread=spread * 1.01)


MEASURED = re.compile("too (large|small) by|off by|once too often|subtracted|times what it should be")
"""What is said of a factor or an offset."""


def test_an_offset_is_not_measured_by_the_answer():
    """Else the size at which it is told would say how far apart the expected numbers are, ever more closely."""
    wants = {"n": 40.7310943, "b": 3.5}
    for scale in (1e4, 1e7, 1e10, 2.0**53, 2.0**60):
        diagnosis = diagnosed(lambda n, b: np.array([n, n + b, n - b]), lambda n, b, scale=scale: np.full(3, scale)
                              + np.array([0, 1, 2]), [wants], ("n", "b"), asked=False)  # fmt: skip
        assert not MEASURED.search(said(diagnosis)), scale


STEPS = np.array([1.0, 2.0, 3.0, 4.0, 5.0])


@pytest.mark.parametrize("answer", [1.0, 0.5, -20.0, 1.3e7, 1.5e7])
@pytest.mark.parametrize("right", [lambda n, x: n * x, lambda n, x: n + x, lambda n, x: x * n + x])
def test_what_is_expected_but_for_one_number_does_not_tell_the_number(right, answer):
    """A lone hidden case of 14 * [1, 2, 3] said 0.0714286 times to [1, 2, 3], and whether k / 14 is below a million."""
    wrongs = (lambda n, x: right(answer, x), lambda n, x: answer * x, lambda n, x: answer * x + 0 * n)
    for drawn in ([{"n": 14.0, "x": STEPS}], [{"n": 14.0, "x": STEPS}, {"n": 14.0, "x": STEPS.copy()}]):
        for wrong in wrongs:
            diagnosis = diagnosed(right, wrong, drawn, ("n", "x"), asked=False)
            assert not MEASURED.search(said(diagnosis)), said(diagnosis)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda n: n * STEPS / 2, "Every number is 0.5 times what it should be."),
        (lambda n: n * STEPS + 3, "Every number is too large by 3."),
    ],
)
def test_two_hidden_cases_bear_a_factor_or_an_offset_out(wrong, told):
    diagnosis = diagnosed(lambda n: n * STEPS, wrong, [{"n": 14.123457}, {"n": 9.7654321}], ("n",), asked=False)
    assert said(diagnosis) == told


@pytest.mark.parametrize(
    "coarse",
    [
        *(lambda n, digits=digits: np.round(n, digits) for digits in range(5)),
        np.floor, np.ceil, np.trunc, lambda n: max(n, 0.0), lambda n: min(n, 0.0), np.float32, np.float16,
    ],
)  # fmt: skip
@pytest.mark.parametrize("secret", [40.7310943, -0.3141592])
def test_digits_are_not_found_one_after_the_other(coarse, secret):
    """One hidden case alone is not told to be right but for its digits or its sign; several are."""
    alone = diagnosed(lambda n: n, lambda n: float(coarse(n)), [{"n": secret}], ("n",), asked=False)
    assert alone is None or "Nothing but zeros" in said(alone)
    two = diagnosed(lambda n: n, lambda n: float(coarse(n)), [{"n": secret}, {"n": 7.7310943}], ("n",), asked=False)
    assert two is None or re.search("Nothing but zeros|It is (right|wrong) ", said(two))


def test_one_number_of_one_case_is_never_certain():
    diagnosis = diagnosed(lambda n: 2 * n, lambda n: 7 * n + 1, [{"n": 3}], ("n",))
    assert diagnosis is None or said(diagnosis).startswith("Perhaps: ")


def test_huge_answers_are_not_looked_at():
    assert said(rows(lambda x: np.zeros((300, 500)))) == ZEROS
    assert rows(lambda x: np.zeros((3000, 500))) is None


def test_the_reference_is_asked_sparingly():
    asked = Asked(weighted)
    noise = np.random.default_rng(0)
    assert diagnosed(
        weighted, lambda x, o: noise.normal(size=len(x)), WINDOWS, ("x", "options"), asked=asked
    ) is None  # fmt: skip
    assert 0 < asked.calls <= 24


def test_calls_that_raised_or_returned_nothing_are_left_out():
    def wrong(x, b):
        if len(x) == 1:
            raise ValueError
        return None if len(x) == 2 else -affine(x, b)

    assert said(batch(wrong)) == SIGN
    assert batch(lambda x, b: None) is None
    assert batch(lambda x, b: "text") is None


def test_a_sentence_leads_with_the_output_and_says_how_sure_it_is():
    """Two numbers are few: so it may be another slip, and only in one mode."""

    def right(x, b, mode):
        return x + b, x * b

    def wrong(x, b, mode):
        return x + b, x * b * (-1 if mode == "max" else 1)

    cases = [
        {"x": 2.5 + k, "b": 3.25 - k, "mode": mode} for k, mode in enumerate(["mean", "mean", "max", "mean", "max"])
    ]
    diagnosis = diagnosed(right, wrong, cases, ("x", "b", "mode"), returns=(part("Y", 40), part("dW", 60)))
    assert said(diagnosis) == 'dW: Perhaps: Only where mode == "max": Every number has the wrong sign.'
    assert diagnosis.text("zh") == 'dW：看起来，仅在 mode == "max" 时，每个数的正负号都反了。'


def test_sentences_fill_every_place():
    for diagnosis in (
        batch(lambda x, b: affine(x, b).T),
        batch(lambda x, b: affine(x, b) / len(x)),
        batch(lambda x, b: 2.5 * x - b),
        batch(lambda x, b: affine(x, b) + 1),
        batch(lambda x, b: x[0] * 3),
        rows(lambda x: 2 * x[::-1, ::-1]),
        rows(lambda x: 2 * np.roll(x, 1, 0)),
        rows(lambda x: _put(x, slice(1, None), 0.0)),
    ):
        for language in ("zh", "en"):
            text = diagnosis.text(language)
            assert text
            assert "{" not in text
