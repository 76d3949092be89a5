"""How often `grade class similar` names two who worked alone, and how many copies it finds.

The right answers of `tests/assignment/implementations` were written apart from one another, so none may be equal to
another. A class of 300 is drawn from them: everybody starts from one of the right ways, the reference's being the
commonest, and writes it by habits of their own. Mistakes come from a list with the long tail that classes have; some
are misreadings that spoil several functions at once. Then pairs who copied are planted in it.

What this does not show: that a real class is like this one. A textbook that half of the class copies from is not in it.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import time
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

from grader.course.similarity.evidence import THRESHOLD, Leads, PersonsWork, leads
from grader.course.similarity.shapes import CodeShape, shapes_of

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = (ROOT / "solutions" / "cnn.py").read_text("utf-8")
STUB = (ROOT / "assignment" / "cnn.py").read_text("utf-8")
RIGHT = ROOT / "tests" / "assignment" / "implementations" / "right.txt"
FUNCTIONS = tuple(node.name for node in ast.parse(STUB).body if isinstance(node, ast.FunctionDef))
PEOPLE = 300
MISTAKES = 60
"""Different mistakes that are made in one function, the commonest first: the n-th is made 1/n as often as the first."""
MISREADINGS = 25
WRONG, MISREAD = 0.3, 0.25
"""How many people make a mistake in one function, and how many have a misreading."""
COPIES = ("whole", "two functions", "mistakes alone")
PLANTED = 4
"""Pairs of each kind of copying in a class."""


def ways() -> Mapping[str, list[str]]:
    """Return by function the ways in which it can be written right, the reference's first."""
    found = {
        node.name: [ast.unparse(node)]
        for node in ast.parse(REFERENCE).body
        if isinstance(node, ast.FunctionDef) and node.name in FUNCTIONS
    }
    text = RIGHT.read_text("utf-8")
    for name, code in re.findall(r"^### (\w+): \w+\n(.*?)(?=^### |\Z)", text, re.DOTALL | re.MULTILINE):
        found[name].append(code)
    return found


class Habits(ast.NodeTransformer):
    """Rewrites right code into right code, at each place as the author is used to, or else by chance."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._usual = {habit: draw.random() < 0.25 for habit in ("turned", "added", "from zero", "named", "method")}

    def rewritten(self, text: str) -> str:
        """Return code as this author would have written it."""
        return ast.unparse(ast.fix_missing_locations(self.visit(ast.parse(text))))

    def _does(self, habit: str) -> bool:
        return self._usual[habit] if self._draw.random() < 0.9 else not self._usual[habit]

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Return a product, perhaps with its factors exchanged."""
        self.generic_visit(node)
        if isinstance(node.op, ast.Mult) and self._does("turned"):
            node.left, node.right = node.right, node.left
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """Return `x += y`, perhaps as `x = x + y`."""
        self.generic_visit(node)
        if not self._does("added"):
            return node
        read = ast.parse(ast.unparse(node.target), mode="eval").body
        return ast.Assign(targets=[node.target], value=ast.BinOp(left=read, op=node.op, right=node.value))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Return `range(n)`, perhaps as `range(0, n)`, and `np.sum(x)`, perhaps as `x.sum()`."""
        self.generic_visit(node)
        called = ast.unparse(node.func)
        if called == "range" and len(node.args) == 1 and self._does("from zero"):
            node.args.insert(0, ast.Constant(value=0))
        if called in ("np.sum", "np.mean", "np.max") and len(node.args) == 1 and self._does("method"):
            return ast.Call(func=ast.Attribute(value=node.args[0], attr=called[3:]), args=[], keywords=node.keywords)
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
        """Return a result, perhaps with a name of its own first."""
        self.generic_visit(node)
        if node.value is None or isinstance(node.value, ast.Name | ast.Tuple) or not self._does("named"):
            return node
        result = ast.Name(id="result")
        return [ast.Assign(targets=[result], value=node.value), ast.Return(value=ast.Name(id="result"))]


class Person:
    """One simulated student: the code of each function, and which mistake it has."""

    def __init__(self, name: str, draw: random.Random, pool: Mapping[str, list[str]]) -> None:
        self.name = name
        self.code: dict[str, str] = {}
        self.mistakes = _mistakes(draw)
        habits = Habits(draw)
        for function, texts in pool.items():
            (way,) = draw.choices(texts, [5.0, *(1 / place for place in range(1, len(texts)))])
            text = habits.rewritten(way)
            slip = self.mistakes.get(function)
            self.code[function] = text if slip is None else f"{text}\n    return {slip!r}"

    def work(self) -> PersonsWork:
        """Return what is compared of the student."""
        shapes: dict[str, CodeShape] = {}
        for function, text in self.code.items():
            shapes |= shapes_of(text, [function])
        wrong = dict.fromkeys(self.mistakes, 5)
        return PersonsWork(person=self.name, unit=self.name, shapes=shapes, answers=self.mistakes, wrong=wrong)


def _mistakes(draw: random.Random) -> dict[str, str]:
    found = {}
    for function in FUNCTIONS:
        if draw.random() < WRONG:
            found[function] = f"slip {_ranked(draw, MISTAKES)}"
    if draw.random() < MISREAD:
        number = _ranked(draw, MISREADINGS)
        spoilt = random.Random(number).sample(FUNCTIONS, 2 + number % 3)
        found |= dict.fromkeys(spoilt, f"misread {number}")
    return found


def _ranked(draw: random.Random, most: int) -> int:
    return draw.choices(range(most), [1 / place for place in range(1, most + 1)])[0]


def classroom(seed: int, people: int = PEOPLE) -> list[Person]:
    """Return a class in which everybody worked alone."""
    pool = ways()
    return [Person(f"s{number:03}", random.Random(f"{seed} {number}"), pool) for number in range(people)]


def plant(students: list[Person], draw: random.Random) -> dict[tuple[str, str], str]:
    """Let pairs copy; return them with what they copied."""
    chosen = draw.sample(students, 2 * PLANTED * len(COPIES))
    planted = {}
    for number, (giver, taker) in enumerate(zip(chosen[::2], chosen[1::2], strict=True)):
        kind = COPIES[number % len(COPIES)]
        copied = list(FUNCTIONS)
        if kind == "two functions":
            copied = draw.sample([name for name in FUNCTIONS if "forward" in name or "backward" in name], 2)
        if kind == "mistakes alone":
            giver.mistakes |= {name: f"own {seed_of(giver)} {name}" for name in draw.sample(FUNCTIONS, 4)}
            taker.mistakes = dict(giver.mistakes)
        else:
            for name in copied:
                taker.code[name] = disguised(giver.code[name])
                taker.mistakes.pop(name, None)
            taker.mistakes |= {name: giver.mistakes[name] for name in copied if name in giver.mistakes}
        first, second = sorted((giver.name, taker.name))
        planted[first, second] = kind
    return planted


def seed_of(person: Person) -> str:
    """Return what tells one student's mistakes from all others'."""
    return person.name


def disguised(text: str) -> str:
    """Return a function with other names for its variables, and comments in it."""
    tree = ast.parse(text)
    own = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    for each in ast.walk(tree):
        if isinstance(each, ast.Name) and each.id in own:
            each.id = f"my_{each.id}"
    return ast.unparse(tree).replace("\n    ", "\n    # my own\n    ", 1)


def found_in(students: list[Person], threshold: float) -> Leads:
    """Return the leads of a simulated class."""
    given = [shapes_of(text, FUNCTIONS) for text in (REFERENCE, STUB)]
    return leads([each.work() for each in students], given, FUNCTIONS, threshold)


def written_apart() -> Iterator[tuple[str, int, int]]:
    """Yield by function how many pairs of the right answers there are, and how many of them are equal up to names."""
    for function, texts in ways().items():
        forms = [shapes_of(text, [function])[function].form for text in texts]
        pairs = list(combinations(forms, 2))
        yield function, len(pairs), sum(one == other for one, other in pairs)


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--first", type=int, default=1000, help="the seed of the first class; 0 to 9 set the threshold")
    asked = parser.parse_args()
    rows = list(written_apart())
    print(f"right answers written apart: {sum(row[1] for row in rows)} pairs, {sum(row[2] for row in rows)} equal")
    false, seconds = [], []
    hits = dict.fromkeys(COPIES, 0)
    beside = 0
    for seed in range(asked.first, asked.first + asked.classes):
        students = classroom(seed, asked.people)
        began = time.perf_counter()
        alone = found_in(students, 1.0)
        seconds.append(time.perf_counter() - began)
        false.append([lead.expected for lead in alone.leads])
        planted = plant(students, random.Random(seed))
        named = {(lead.first, lead.second) for lead in found_in(students, THRESHOLD).leads}
        for pair, kind in planted.items():
            hits[kind] += pair in named
        beside += len(named - planted.keys())
    print(f"classes of {asked.people} who worked alone: {asked.classes}, {max(seconds):.1f} s each at most")
    for threshold in (1.0, 0.3, 0.1, THRESHOLD, 0.01):
        total = sum(expected <= threshold for each in false for expected in each)
        print(f"  threshold {threshold}: {total / asked.classes:.2f} false leads a class")
    print(f"with copies planted, at the threshold {THRESHOLD}: {beside / asked.classes:.2f} false leads a class")
    for kind, count in hits.items():
        print(f"  {kind}: {count} of {PLANTED * asked.classes} pairs found")


if __name__ == "__main__":
    main()
