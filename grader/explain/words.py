"""What an exception's own words say plainly enough: of shapes that do not fit, of lists taken for arrays."""

from __future__ import annotations

from msgspec.structs import replace

from grader.explain.scene import Scene
from grader.language import Message, inert, say


def by_words(scene: Scene) -> Message | None:
    """Return the sentence for words that say enough by themselves: of shapes that do not fit, for example."""
    for pattern, hidden, *public in _WORDS:
        if found := scene.matches(pattern):
            if not public or not scene.public:
                return hidden
            return replace(public[0], parameters={name: inert(text, 60) for name, text in found.groupdict().items()})
    return None


_SHAPES = r"(?P<first>\([\d, ]*\)){} (?P<second>\([\d, ]*\))"
_ELSEWHERE = say("An array is assigned to a place of another shape.")
_PRODUCT = say("Two matrices have sizes that cannot be multiplied.")
_ALONE = (  # what a confined worker may not start or reach; a file's name would stand behind the words
    r"can't start new thread|^(?:\[Errno 1\] )?Operation not permitted$|^\[Errno (?:2|13)\] [\w ]+$|: '/psm_"
    "|urlopen error|name resolution"
)
_WORDS: tuple[tuple[str, Message] | tuple[str, Message, Message], ...] = (
    (
        _ALONE,
        say(
            "Threads, other processes, asyncio and the network are not available here; do the work in the function "
            "itself."
        ),
    ),
    ("remapped shapes", say("np.pad needs one pair (before, after) for every axis of the array.")),
    (
        "could not be broadcast together with shapes " + _SHAPES.format(""),
        say("Two arrays in this line have shapes that do not fit together."),
        say("The shapes {first} and {second} do not fit together."),
    ),
    (
        r"could not broadcast input array from shape \((?:\d+,)*0(?:,\d+)*,?\) into",
        say("An empty array is assigned to a place of another shape; where does its slice begin and end?"),
    ),
    (
        "could not broadcast input array from shape " + _SHAPES.format(" into shape"),
        _ELSEWHERE,
        say("An array of shape {first} is assigned to a place of shape {second}."),
    ),
    (
        "output operand with shape " + _SHAPES.format(" doesn't match the broadcast shape"),
        _ELSEWHERE,
        say("The left side has the shape {first}, but the result has {second}."),
    ),
    (
        "shapes " + _SHAPES.format(" and") + " not aligned",
        _PRODUCT,
        say("A matrix of shape {first} cannot be multiplied by one of shape {second}."),
    ),
    (
        r"^matmul: .*core dimension 0, .*\(size (?P<right>\d{1,9}) is different from (?P<left>\d{1,9})\)",
        _PRODUCT,
        say("In this product the inner lengths differ: {left} on the left, {right} on the right."),
    ),
    ("^matmul: ", _PRODUCT),
    (
        r"cannot reshape array of size (?P<size>\d{1,12}) into shape (?P<shape>\([\d, ]*\))",
        say("The numbers do not fill the shape that reshape is given."),
        say("{size} numbers do not fill the shape {shape}."),
    ),
    (
        r"axis (?P<axis>-?\d{1,3}) is out of bounds for array of dimension (?P<count>\d{1,2})",
        say("There is no such axis; axes are counted from 0."),
        say("There is no axis {axis}: the array has {count}, counted from 0."),
    ),
    ("axes don't match array", say("transpose must name every axis of the array once.")),
    ("zero-size array to reduction", say("The window is empty; where does its slice begin and end?")),
    ("negative dimensions are not allowed", say("A size is negative here; check the formula of the shape.")),
    ("index can't contain negative values", say("np.pad cannot pad by a negative number.")),
    (
        "must match exactly|must have same number of dimensions",
        say("The arrays that are joined must have the same length along every axis but the joined one."),
    ),
    (
        "truth value of an array|truth value of an empty",
        say("A whole array is used as a condition; use np.any or np.all, or one element of it."),
    ),
    ("inhomogeneous shape", say("The rows that this array is made of have different lengths.")),
    (
        "setting an array element with a sequence|only (?:length-1|size-1|0-dimensional|integer scalar) arrays",
        say("A whole array stands where one number belongs; is an index or a sum missing?"),
    ),
    ("cannot convert float (?:NaN|infinity) to integer", say("`int()` is given NaN or infinity here.")),
    (
        r"Cannot cast ufunc .* output from .* to dtype\('u?int",
        say("An array of whole numbers cannot take in floats; make it without dtype=int."),
    ),
    (
        "^'(?:tuple|str)' object does not support item assignment",
        say("A tuple or text cannot be changed in place; make a list or an array of it."),
    ),
    (
        r"^'(?:int|float|numpy\.float64)' object does not support item assignment",
        say("What is filled here is a single number, not an array; where is the array made?"),
    ),
    (
        "^can only concatenate (?:list|tuple)",
        say("`+` joins lists and tuples; to add numbers, make arrays of them with `np.array(…)`."),
    ),
    (
        "^can't multiply sequence by non-int of type 'float'",
        say("A list or text times a number repeats it; to multiply its numbers, make an array with `np.array(…)`."),
    ),
    (
        "^can only concatenate|^must be str, not",
        say("`+` does not work between a text and a number; use an f-string or `str(…)`."),
    ),
    (
        "^(?:list|tuple) indices must be integers or slices, not tuple",
        say("A list or tuple takes one index a bracket: write `x[i][j]`, or make an array with `np.array(…)`."),
    ),
    (
        "^(?:list|tuple|string) indices must be integers(?: or slices)?, not '?str",
        say("A text is the index here, but what it is taken from is no dict."),
    ),
    (
        r"^unhashable type: '(?:list|dict|set|numpy\.ndarray)'",
        say("A list, dict, set or array cannot be a key of a dict or an element of a set; use a tuple."),
    ),
    (
        "^'tuple' object cannot be interpreted as an integer",
        say("One whole number is needed here, but there is a tuple; is an index like [0] missing?"),
    ),
    ("^'list' object cannot be interpreted as an integer", say("A whole number is needed here, but there is a list.")),
    (
        r"^object of type '(?:int|float|numpy\.\w+)' has no len|^len\(\) of unsized",
        say("`len` is asked of a single number."),
    ),
    (
        "^object of type '(?:generator|map|zip|filter|enumerate)' has no len",
        say("`len` is asked of something that gives its values one at a time; make a list of it first: `list(…)`."),
    ),
    (
        "^argument of type '.{1,40}' is not (?:iterable|a container)",
        say("`in` needs a list, text, dict or array on its right side."),
    ),
    (
        r"^ufunc '\w+' did not contain a loop with signature matching types .*dtype\('[<>|]?[US]",
        say("An array of texts stands in a calculation; convert it first: `.astype(float)`."),
    ),
    (
        "has no callable \\w+ method|not supported for the input types, and the inputs could not be safely coerced",
        say("An array here holds no plain numbers (its dtype is object); make it with `dtype=float`."),
    ),
    (
        "numpy boolean (?:subtract|negative)",
        say("`-` does not work with True and False; write `~` or `^`, or make numbers with `.astype(int)`."),
    ),
    (
        "^could not convert string to float|^invalid literal for int",
        say("A text that is no number is converted to one."),
    ),
    (
        "^math domain error|^expected a (?:positive|nonnegative) input",
        say(
            "A function of `math` is given a number for which it is not defined: a root or logarithm of a negative one?"
        ),
    ),
    ("^math range error|^\\(34, ", say("The result is too large for a number; does exp or a power overflow?")),
    (r"^Singular matrix", say("The matrix has no inverse (it is singular).")),
    ("^Last 2 dimensions of the array must be square", say("Only a square matrix can be inverted or solved with.")),
    ("^Matrix is not positive definite", say("The matrix is not positive definite.")),
    (
        "^(?:assignment|output array) (?:destination )?is read-only",
        say("This array cannot be changed; work on a copy of it: `.copy()`."),
    ),
    (
        r"^(?:max|min)\(\) (?:arg is an empty sequence|iterable argument is empty)",
        say("The largest or smallest of nothing is asked for: the list is empty here."),
    ),
    (
        "^attempt to get argm(?:ax|in) of an empty sequence",
        say("The largest or smallest of nothing is asked for: the array is empty here."),
    ),
    (
        "changed size during iteration",
        say("What is looped over is changed inside the loop; loop over `list(…)` of it."),
    ),
    (
        r"^Python integer \S{1,24} out of bounds for",
        say("A whole number does not fit the dtype of an array; use a larger dtype."),
    ),
    ("cannot unpack non-iterable", say("Several names stand on the left, but the right side is a single value.")),
)
"""A pattern of an exception's words, its sentence, and another for public cases if the words hold numbers."""
