"""Short ways to run a piece of text in an engine."""

import textwrap

from grader.model import Call, Limits, Source

LIMITS = Limits(seconds=10, load_seconds=10)


def source(text, path="work.py", modules=(), files=()):
    return Source(path=path, text=textwrap.dedent(text), digest="", modules=modules, files=files)


def run(engine, text, *calls, limits=LIMITS, modules=(), files=(), **options):
    """Run `calls` (function, *arguments) on `text`; return the Ran."""
    made = [Call(function=name, arguments=arguments) for name, *rest in calls for arguments in [tuple(rest)]]
    return engine.run(
        source(text, modules=modules, files=files), made, {call.function: limits for call in made}, **options
    )


def one(engine, text, *call, **options):
    """Run one call and return its outcome."""
    return run(engine, text, call, **options).outcomes[0]
