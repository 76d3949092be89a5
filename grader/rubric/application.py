"""What a course puts its students' functions to use in: the keys below `application`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.language import Bilingual, say
from grader.model import Application
from grader.reading import nodes
from grader.reading.nodes import Log, Node, did_you_mean, quoted
from grader.reading.scalars import TEXT, WORD, Type, Word
from grader.reading.tables import BILINGUAL, Entries, Key, list_of, mapping_of, table
from grader.rubric.files import DATA_FILES, absolute, data_files, existing

FUNCTIONS = list_of(WORD, say("a list of functions, like `[zero_pad]`"))
_BY_STAGE = mapping_of(FUNCTIONS, say("a mapping from functions of the module to lists of functions"))


def _needs(node: Node, log: Log) -> tuple[tuple[Word | None, tuple[Word, ...]], ...] | None:
    """Return what each function of the module calls; of a plain list, what all of them call, under `None`."""
    if isinstance(node, nodes.Mapping):
        return _BY_STAGE.read(node, log)
    every = FUNCTIONS.read(node, log)
    return None if every is None else ((None, every),)


TITLE = Key(
    name="title",
    type=BILINGUAL,
    zh="应用的名字，写在网页上；不写则是作业的名字",
    en="what its page is called; the assignment's name if left out",
)
MODULE = Key(
    name="module",
    type=TEXT,
    zh="作者写的 Python 文件，把学生的函数组合起来",
    en="the author's Python file, which composes the students' functions",
    required=True,
)
PAGE = Key(
    name="page", type=TEXT, zh="展示它的网页，一个 HTML 文件", en="the page that shows it, one HTML file", required=True
)
DATA = Key(
    name="data",
    type=DATA_FILES,
    zh="它要读的数据文件：路径的列表，或 {代码里的文件名: 路径}",
    en="the data files that it reads: a list of paths, or {name in the code: path}",
)
STAGES = Key(
    name="needs",
    type=Type(read=_needs, schema={"anyOf": [FUNCTIONS, _BY_STAGE]}),
    zh="它用到的、这份评分标准里的函数：一个列表，或 {它的函数: 列表}；有一个还不对，用到它的就锁着",
    en="the functions of this rubric that it calls: a list, or {a function of its own: a list}; while one of them is "
    "not right, what calls it is locked",
    required=True,
)
APPLICATION_KEY: Key[Entries] = Key(
    name="application",
    type=table(TITLE, MODULE, PAGE, DATA, STAGES, name="application"),
    zh="学生写好的函数派上什么用场，用 grade app 运行",
    en="what the finished functions are put to use in; grade app runs it",
)


def application(
    entries: Entries, title: Bilingual, functions: Sequence[str], folder: Path, log: Log
) -> Application | None:
    """Return the application of a rubric with this title, `None` if it has none or it has a fault.

    `functions` are what it may need: those of the rubric, and in a student kit those that only the course grades.
    """
    inner = entries.get(APPLICATION_KEY)
    if inner is None:
        return None
    module, page = existing(inner, MODULE, folder, log), existing(inner, PAGE, folder, log)
    home = Path(absolute(inner.get(MODULE, ""), folder)).parent
    data = data_files(inner.get(DATA, ()), [home, folder], folder, log)
    needs = inner.get(STAGES, ())
    for word in (word for _, words in needs for word in words if word.text not in functions):
        said = say("This rubric has no function `{name}`.", name=quoted(word.text))
        log.add(word.at, said, did_you_mean(log.nearest(word.text, functions)))
    if not module or not page:
        return None
    return Application(
        title=inner.get(TITLE, title),
        module=module,
        page=page,
        data=data,
        needs=tuple(word.text for stage, words in needs if stage is None for word in words),
        stages=tuple((stage.text, tuple(word.text for word in words)) for stage, words in needs if stage is not None),
        at=entries.place(APPLICATION_KEY),
    )
