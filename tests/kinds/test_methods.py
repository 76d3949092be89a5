"""Objects: a constructor and drawn calls, judged step by step; a report shows the smallest sequence that fails."""

import re

import pytest

PROBLEMS = """\
LRU:
  points: 10
  returns: {put: 40%, get: 30%, keys: 20%, __len__: 10%}
  checks:
    - methods: moves
      draw: {capacity: 1..3}
      steps: 6..14
      observe: [keys]
      calls:
        put: {weight: 4, draw: {key: 'choice("a", "b", "c", "d")', value: 0..99}}
        get: {weight: 3, draw: {key: 'choice("a", "b", "c", "d")'}}
        keys: {}
        __len__: {}
"""
RIGHT = """
class LRU:
    def __init__(self, capacity):
        self.capacity = capacity
        self.items = {}

    def get(self, key):
        if key not in self.items:
            raise KeyError(key)
        self.items[key] = self.items.pop(key)
        return self.items[key]

    def put(self, key, value):
        self.items.pop(key, None)
        self.items[key] = value
        if len(self.items) > self.capacity:
            del self.items[next(iter(self.items))]

    def keys(self):
        return list(self.items)

    def __len__(self):
        return len(self.items)
"""


@pytest.fixture
def lru(course):
    return course(PROBLEMS, RIGHT)


def test_right_classes_in_other_forms(lru):
    assert lru.points(RIGHT) == 10
    assert (
        lru.points("""
        from collections import OrderedDict

        class Base:
            def __len__(self): return len(self._d)

        class Missing(KeyError): pass

        class LRU(Base):
            __slots__ = ("n", "_d")
            def __init__(self, capacity): self.n, self._d = capacity, OrderedDict()
            def get(self, key):
                if key not in self._d: raise Missing(key)
                self._d.move_to_end(key)
                return self._d[key]
            def put(self, key, value):
                self._d[key] = value
                self._d.move_to_end(key)
                while len(self._d) > self.n: self._d.popitem(last=False)
            def keys(self): return [*self._d]
    """)
        == 10
    )


@pytest.mark.parametrize(
    ("right", "wrong", "points", "calls"),
    [
        ("del self.items[next(iter(self.items))]", "self.items.popitem()", 6, r"l\.keys\(\)"),
        ("> self.capacity", "> self.capacity + 1", 6, r"l\.keys\(\)"),
        ("self.items.pop(key, None)\n", "pass\n", 6, r"l\.put\('(\w)', \d+\)\s+l\.put\('\w', \d+\)\s+l\.put\('\1'"),
        ("self.items[key] = self.items.pop(key)\n", "pass\n", 7, r"l\.get\('\w'\)"),
        ("raise KeyError(key)", "return None", 7, r"l = LRU\(\d\)\s+l\.get\('\w'\)"),
        ("return list(self.items)", "return list(self.items)[::-1]", 8, r"l\.keys\(\)"),
        ("return len(self.items)", "return len(self.items) + 1", 9, r"l = LRU\(\d\)\s+len\(l\)"),
        ("def keys", "def key", 8, r"l = LRU\(\d\)\s+l\.keys\(\)"),
        ("def get(self, key)", "def get(key)", 7, r"l = LRU\(\d\)\s+l\.get\('\w'\)"),
    ],
)
def test_a_wrong_method_costs_its_own_share_and_the_smallest_sequence_is_shown(lru, right, wrong, points, calls):
    assert RIGHT.count(right) == 1
    source = RIGHT.replace(right, wrong)
    assert lru.points(source) == points
    assert re.search(calls, lru.shown(source)), lru.shown(source)


def test_the_smallest_sequence_has_no_call_that_could_be_left_out(lru):
    shown = lru.shown(RIGHT.replace("> self.capacity", "> self.capacity + 1"))
    calls = shown.partition("calls")[2].partition("expected")[0].strip().split("\n")
    capacity = int(re.search(r"LRU\((\d)\)", calls[0])[1])
    assert [line.split("(")[0].strip() for line in calls] == ["l = LRU", *["l.put"] * (capacity + 1), "l.keys"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (RIGHT.replace("__init__", "_init_"), "The constructor is called `__init__`"),
        (RIGHT.replace("class LRU", "class Lru"), "There is no LRU. If Lru is meant to be it"),
        (RIGHT.replace("class LRU", "class Cached"), "Your file has no class called LRU at its top level"),
        (RIGHT.replace("def keys", "def all_keys"), "LRU has no method keys; line 19 defines all_keys"),
        (RIGHT.replace("def get(self, key)", "def get(key)"), "Line 7: `def get(key)` lacks `self`"),
        (RIGHT.replace("self.items[key] = value", "self.item[key] = value"), "Line 15: "),
        ("class LRU:\n    def __init__(self, capacity):\n        pass\n    def get(self, key):\n        pass\n",
         "Begin with LRU"),
        ("x = 1\n", "There is no class called LRU in the file."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_class_is_told(lru, source, said):
    assert said in " ".join(lru.shown(source).split()), lru.shown(source)


def test_objects_that_share_their_state_fail(lru):
    shared = RIGHT.replace("class LRU:\n", "class LRU:\n    items = {}\n").replace("        self.items = {}\n", "")
    assert lru.points(shared) < 2


def test_a_loop_without_end_costs_its_method_alone(course):
    course = course(PROBLEMS + "  limits: {seconds: 0.3}\n", RIGHT)
    endless = RIGHT.replace("        self.items.pop(key, None)\n", "        while key in self.items: pass\n")
    assert course.points(endless) == 6
    assert "in put, never" in " ".join(course.shown(endless).split())


def test_an_object_that_lies_about_being_equal_gains_nothing(lru):
    lying = """
        class Same:
            def __eq__(self, other): return True
            def __hash__(self): return 0
            def __repr__(self): return "1"

        class LRU:
            def __init__(self, capacity): pass
            def get(self, key): return Same()
            def put(self, key, value): return Same()
            def keys(self): return Same()
            def __len__(self): return 0
    """
    assert lru.points(lying) == 0


def test_calls_follow_the_state_that_the_reference_has(course):
    problems = """\
    Stack:
      points: 3
      checks:
        - methods: moves
          calls:
            push: {draw: {item: 1..9}}
            pop: {when: 'len(state["items"]) > 0'}
            has: {when: 'len(state["items"]) > 0', draw: {item: 'state["items"][-1]'}}
    """
    right = """
    class Stack:
        def __init__(self): self.items = []
        def push(self, item):
            self.items.append(item)
            return self
        def pop(self): return self.items.pop()
        def has(self, item): return item in self.items
    """
    from grader.grading import prepare

    course = course(problems, right)
    for task in prepare(course.plan(), course.engine).tasks:
        held = []
        for name, arguments in task.case.calls[0].given["steps"]:
            if name == "push":
                held += arguments
            elif name == "pop":
                held.pop()  # never from an empty one
            else:
                assert arguments == [held[-1]]
    assert course.points(right) == 3
    assert course.points(right.replace("self.items.pop()", "self.items.pop(0)")) == 2  # no observer: pop is seen itself


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (", value: 0..99", "", "takes `value`, which is never drawn"),
        ("keys: {}", "kees: {}", "kees has no share in `returns`"),
        ("keys: 20%", "kees: 20%", "`returns` names kees"),
        ("steps: 6..14", "steps: 9..2", "a number of calls"),
        ("LRU:\n", "LRUX:\n", "The reference has no class `LRUX`."),
        ("capacity: 1..3", "capacity: 0..0", "did not return"),
    ],
)  # fmt: skip
def test_an_author_is_told_what_is_wrong(course, old, new, said):
    from grader.errors import RubricError
    from grader.grading import prepare

    assert PROBLEMS.count(old) == 1
    strict = RIGHT.replace(
        "        self.capacity", "        if not capacity: raise ValueError\n        self.capacity", 1
    )
    course = course(PROBLEMS.replace(old, new), strict)
    with pytest.raises(RubricError) as caught:
        prepared = prepare(course.plan(), course.engine)
        from grader.grading.judging import judge

        judge(prepared.chosen, prepared.tasks, [task.want for task in prepared.tasks])
    assert said in " ".join(str(each.message.text("en")) for each in caught.value.faults)


def test_a_hidden_sequence_shows_neither_its_calls_nor_what_is_wanted(course):
    hidden = course(PROBLEMS.replace("- methods: moves\n", "- methods: moves\n      visibility: hidden\n"), RIGHT)
    for wrong in (
        RIGHT.replace("raise KeyError(key)", "return None"),
        RIGHT.replace("raise KeyError(key)", "raise IndexError(key)"),
        RIGHT.replace("return list(self.items)", "return list(self.items)[::-1]"),
    ):
        shown = hidden.shown(wrong)
        assert "l = LRU(" not in shown
        assert "KeyError" not in shown
        assert hidden.points(wrong) < 10


def test_a_known_mistake_of_a_class_is_recognised(course):
    mistakes = """
edit(of="LRU", name="newest", replace=[("del self.items[next(iter(self.items))]", "self.items.popitem()")],
     zh=["丢掉的应该是哪一个？"], en=["Which one has to go?"])

@mistake(of="LRU", zh=["get 也算使用。"], en=["To get is to use."])
class not_used:
    def __init__(self, capacity):
        self.capacity = capacity
        self.items = {}

    def get(self, key):
        return self.items[key]

    def put(self, key, value):
        self.items.pop(key, None)
        self.items[key] = value
        if len(self.items) > self.capacity:
            del self.items[next(iter(self.items))]

    def keys(self):
        return list(self.items)

    def __len__(self):
        return len(self.items)
"""
    course = course(PROBLEMS, RIGHT, head="mistakes: mistakes.py\n", **{"mistakes.py": mistakes})
    assert "To get is to use." in course.shown(RIGHT.replace("self.items[key] = self.items.pop(key)\n", "pass\n"))
    assert "Which one has to go?" in course.shown(
        RIGHT.replace("del self.items[next(iter(self.items))]", "self.items.popitem()")
    )


def test_the_next_step_names_the_line_of_the_method_to_blame(lru):
    wrong = RIGHT.replace("del self.items[next(iter(self.items))]", "self.items.popitem()")
    line = next(number for number, text in enumerate(wrong.split("\n"), 1) if "def put" in text)
    assert f"First fix LRU (hw.py:{line}), then grade again." in lru.shown(wrong)


STACK = """\
class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        ### BEGIN SOLUTION
        self.items.append(item)
        ### END SOLUTION

    def pop(self):
        ### BEGIN SOLUTION
        return self.items.pop()
        ### END SOLUTION

    def __len__(self):
        ### BEGIN SOLUTION
        return len(self.items)
        ### END SOLUTION
"""
STACKING = """\
Stack:
  points: 10
  returns: {push: 50%, pop: 30%, __len__: 20%}
  checks:
    - methods: moves
      observe: [__len__]
      calls:
        push: {weight: 2, draw: {item: 1..9}}
        pop: {when: 'len(state["items"]) > 0'}
        __len__: {}
"""


def test_a_stub_of_a_class_earns_nothing_though_its_constructor_is_given(course):
    stub = re.sub(r"(?<=BEGIN SOLUTION\n).*\n(?= +### END)", "", STACK)
    assert stub.count("### END SOLUTION") == 3
    stub = stub.replace("### BEGIN SOLUTION\n", "### BEGIN SOLUTION\n        pass\n")
    made = course(STACKING, STACK, stub=stub)
    assert made.points(STACK) == 10
    assert made.points(stub) == 0
    assert "Begin with Stack" in made.shown(stub)
    assert made.points(stub.replace("pass", "return None")) == 0


def test_a_method_that_does_nothing_was_not_seen_to_work(course):
    idle = STACK.replace("self.items.append(item)", "self.items + [item]")
    assert course(STACKING, STACK).points(idle) == 0
    unseen = STACKING.replace("      observe: [__len__]\n", "")
    assert course(unseen, STACK).points(idle) == 0
    assert course(unseen, STACK).points(STACK) == 10


def test_a_wrong_look_is_named_as_the_next_step(course):
    made = course(STACKING, STACK)
    wrong = STACK.replace("return len(self.items)", "return 0")
    assert made.points(wrong) == 8
    line = next(number for number, text in enumerate(wrong.split("\n"), 1) if "__len__" in text)
    assert f"First fix Stack (hw.py:{line})" in made.shown(wrong)


VECTOR = """\
class Vector:
    def __init__(self, x):
        self.x = list(x)

    def scale(self, factor):
        self.x = [factor * each for each in self.x]

    def add(self, each):
        self.x.append(each)

    def norm(self):
        return sum(each * each for each in self.x) ** 0.5
"""
SCALING = """\
Vector:
  points: 10
  returns: {scale: 50%, add: 30%, norm: 20%}
  checks:
    - methods: moves
      draw: {x: "uniform(1, 2, 3)"}
      observe: [norm]
      calls:
        scale: {draw: {factor: "uniform(2, 3)"}}
        add: {draw: {each: "uniform(1, 2)"}}
        norm: {}
"""


def test_numbers_that_come_once_tell_a_wrong_change_from_a_wrong_look(course):
    made = course(SCALING, VECTOR)
    assert made.points(VECTOR) == 10
    assert made.points(VECTOR.replace("factor * each for", "each for")) == 5
    assert made.points(VECTOR.replace("** 0.5", "** 0.25")) == 8


EQUAL = """\
class Stack:
    def __init__(self, items):
        self.items = list(items)

    def push(self, item):
        self.items.append(item)

    def __len__(self):
        return len(self.items)

    def __eq__(self, other):
        return isinstance(other, Stack) and self.items == other.items

    def __contains__(self, item):
        return item in self.items

    def __iter__(self):
        return iter(self.items)

    def longer(self, other):
        return len(self) > len(other)
"""
EQUALS = """\
Stack:
  points: 12
  returns: {push: 1/6, __len__: 1/6, __eq__: 1/6, __contains__: 1/6, __iter__: 1/6, longer: 1/6}
  checks:
    - methods: moves
      draw: {items: "integers(1, 9, 2)"}
      observe: [__len__]
      cases: 20
      calls:
        push: {weight: 3, draw: {item: 1..9}}
        __len__: {}
        __eq__: {weight: 3, another: either}
        __contains__: {weight: 3, draw: {item: 1..9}}
        __iter__: {}
        longer: {weight: 2, another: either}
"""
DATACLASS = """\
from dataclasses import dataclass


@dataclass
class Stack:
    items: list

    def __post_init__(self):
        self.items = [*self.items]

    def push(self, item):
        self.items += [item]

    def __len__(self):
        return len(self.items)

    def __getitem__(self, place):
        return self.items[place]

    def longer(self, other):
        return len(self) > len(other)
"""


@pytest.fixture
def equals(course):
    return course(EQUALS, EQUAL)


def test_special_methods_are_called_by_their_operators(equals):
    """A dataclass returns NotImplemented for another type; `in` and `list` do with `__getitem__`."""
    assert equals.points(EQUAL) == 12
    assert equals.points(DATACLASS) == 12
    documented = "if not isinstance(other, Stack): return NotImplemented\n        return self.items == other.items"
    assert (
        equals.points(EQUAL.replace("return isinstance(other, Stack) and self.items == other.items", documented)) == 12
    )


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("isinstance(other, Stack) and self.items == other.items", "True", r"s == Stack\("),
        ("isinstance(other, Stack) and self.items == other.items", "self is other", r"s == copy\(s\)"),
        ("len(self) > len(other)", "len(self) < len(other)", r"s\.longer\(Stack\("),
    ],
)
def test_another_object_of_the_class_is_given(equals, right, wrong, said):
    source = EQUAL.replace(right, wrong)
    assert equals.points(source) == 10
    assert re.search(said, equals.shown(source)), equals.shown(source)


def test_a_special_method_that_is_missing_is_told(equals):
    assert "Stack has no method __iter__" in equals.shown(EQUAL.replace("def __iter__", "def all_of_it"))
