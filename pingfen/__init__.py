"""评分 (pingfen): `from pingfen import check` checks one function from a notebook, a prompt or a script.

The code is the package `grader` beside this one. That is a name that a student's own file may have, and where Python
looks first lies the student's work; so its modules are found here by their place, under this name (`pingfen.desk`).
What a session imports of them names its neighbours by relative imports alone and leaves `grader` to the student; all
else happens in processes of its own. `python -m pingfen` is the command `grade`.
"""

from os.path import abspath, dirname, join
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.desk.checking import check
    from grader.version import __version__
else:
    __path__ = [join(dirname(dirname(abspath(__file__))), "grader")]  # noqa: PTH100, PTH118, PTH120

    from .search_path import WithoutHere
    from .version import __version__

    with WithoutHere():  # a student's own json.py is not what is meant
        from .desk.checking import check

__all__ = ["__version__", "check"]
