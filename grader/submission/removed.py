"""Names that NumPy removed, and other remarks on a text that need no tree."""

from __future__ import annotations

import re

from grader.language import Message, say
from grader.submission.text import line_at

_ALIAS = re.compile(r"import[ \t]+numpy[ \t]+as[ \t]+(\w+)")
GONE = {
    # Long before: 1.18 and 1.23, https://numpy.org/doc/stable/release.html
    "rank": ("np.ndim", "1.18"),
    "alen": ("len", "1.23"),
    "asscalar": ("a.item()", "1.23"),
    "loads": ("pickle.loads", "1.23"),
    # NumPy 1.24 took out the aliases of Python's own types.
    "float": ("float", "1.24"),
    "int": ("int", "1.24"),
    "object": ("object", "1.24"),
    "str": ("str", "1.24"),
    "complex": ("complex", "1.24"),
    "unicode": ("str", "1.24"),
    "bool": ("bool", "1.24"),
    "long": ("int", "1.24"),
    "MachAr": ("np.finfo", "1.24"),
    # NumPy 2.0, https://numpy.org/doc/stable/numpy_2_0_migration_guide.html
    "float_": ("np.float64", "2.0"),
    "complex_": ("np.complex128", "2.0"),
    "cfloat": ("np.complex128", "2.0"),
    "singlecomplex": ("np.complex64", "2.0"),
    "longfloat": ("np.longdouble", "2.0"),
    "longcomplex": ("np.clongdouble", "2.0"),
    "clongfloat": ("np.clongdouble", "2.0"),
    "string_": ("np.bytes_", "2.0"),
    "unicode_": ("np.str_", "2.0"),
    "bool8": ("np.bool_", "2.0"),
    "int0": ("np.intp", "2.0"),
    "uint0": ("np.uintp", "2.0"),
    "object0": ("np.object_", "2.0"),
    "str0": ("np.str_", "2.0"),
    "bytes0": ("np.bytes_", "2.0"),
    "void0": ("np.void", "2.0"),
    "product": ("np.prod", "2.0"),
    "cumproduct": ("np.cumprod", "2.0"),
    "sometrue": ("np.any", "2.0"),
    "alltrue": ("np.all", "2.0"),
    "round_": ("np.round", "2.0"),
    "asfarray": ("np.asarray(…, dtype=float)", "2.0"),
    "cast": ("np.asarray(…, dtype=…)", "2.0"),
    "find_common_type": ("np.result_type", "2.0"),
    "obj2sctype": ("np.dtype(…).type", "2.0"),
    "sctype2char": ("np.dtype(…).char", "2.0"),
    "nbytes": ("np.dtype(…).itemsize", "2.0"),
    "issubsctype": ("np.issubdtype", "2.0"),
    "issubclass_": ("issubclass", "2.0"),
    "issctype": ("issubclass(…, np.generic)", "2.0"),
    "Inf": ("np.inf", "2.0"),
    "Infinity": ("np.inf", "2.0"),
    "infty": ("np.inf", "2.0"),
    "PINF": ("np.inf", "2.0"),
    "NINF": ("-np.inf", "2.0"),
    "NaN": ("np.nan", "2.0"),
    "NAN": ("np.nan", "2.0"),
    "PZERO": ("0.0", "2.0"),
    "NZERO": ("-0.0", "2.0"),
    "mat": ("np.asmatrix", "2.0"),
    "msort": ("np.sort(…, axis=0)", "2.0"),
    "math": ("math (import math)", "2.0"),
    "fastCopyAndTranspose": ("a.T.copy()", "2.0"),
    "recfromcsv": ("np.genfromtxt(…, delimiter=',')", "2.0"),
    "recfromtxt": ("np.genfromtxt", "2.0"),
    "safe_eval": ("ast.literal_eval", "2.0"),
    "set_string_function": ("np.set_printoptions", "2.0"),
    "geterrobj": ("np.errstate", "2.0"),
    "seterrobj": ("np.errstate", "2.0"),
    "deprecate": ("warnings.warn", "2.0"),
    "deprecate_with_doc": ("warnings.warn", "2.0"),
    "disp": ("print", "2.0"),
    "source": ("inspect.getsource", "2.0"),
    "who": ("locals()", "2.0"),
    "DataSource": ("np.lib.npyio.DataSource", "2.0"),
    "format_parser": ("np.rec.format_parser", "2.0"),
    "compare_chararrays": ("np.char.compare_chararrays", "2.0"),
    "byte_bounds": ("np.lib.array_utils.byte_bounds", "2.0"),
    "add_newdoc": ("np.lib.add_newdoc", "2.0"),
    # NumPy 2.4, where they were deprecated since 2.0
    "in1d": ("np.isin", "2.4"),
    "trapz": ("np.trapezoid", "2.4"),
}
"""Names that NumPy removed: what to write instead, and the release."""
STILL_THERE = frozenset({"bool", "long", "in1d", "trapz"})
"""Those of them that a supported release has: they are told only where they raised."""
_PLACEHOLDER = re.compile(r"range\([ \t]*None[ \t]*\)")
_OF_A_MODULE = re.compile(r"\.(\w+)")
_IS_LITERAL = re.compile(r"""\bis(?:[ \t]+not)?[ \t]+(?:["']|\d)|["'][ \t]+is\b""")
_BEFORE = re.compile(r"(?<![\w.])(\w+)$")


def remarks(bare: str) -> list[tuple[Message, int]]:
    """Return remarks with their lines, each name once; `bare` is code with comments and strings blanked."""
    found: list[tuple[Message, int]] = []
    aliases = {"np", "numpy", *_ALIAS.findall(bare)}
    seen: set[str] = set()
    for match in _OF_A_MODULE.finditer(bare):
        old = match[1]
        if old not in GONE or old in STILL_THERE or old in seen:
            continue
        module = _BEFORE.search(bare, max(0, match.start() - 80), match.start())
        if module is None or module[1] not in aliases:
            continue
        seen.add(old)
        new, version = GONE[old]
        found.append(
            (
                say("NumPy {version} removed np.{old}; write {new}.", old=old, version=version, new=new),
                line_at(bare, match.start()),
            )
        )
    if left := _PLACEHOLDER.search(bare):
        found.append((say("range(None) is still the placeholder; fill it in."), line_at(bare, left.start())))
    if compared := _IS_LITERAL.search(bare):
        said = say("Compare with ==, not with is: two equal texts or numbers need not be one and the same object.")
        found.append((said, line_at(bare, compared.start())))
    return found
