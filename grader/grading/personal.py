"""A student's own hidden cases: their seed follows from the course's secret, and so does the token that stands for it.

Both are HMAC-SHA256 (RFC 2104) of a purpose, the rubric's seed and who it is. Without the secret nobody can find the
seed of anybody, or test a guess of it or of whose a token is. The rubric's seed tells assignments apart: a mended
rubric draws the same cases for everybody, another seed other ones.
"""

from __future__ import annotations

import json
from base64 import b32encode
from collections.abc import Iterable
from typing import NoReturn

from msgspec import Struct
from msgspec.structs import replace

from grader.errors import UsageError
from grader.grading.prepared import Plan
from grader.language import say
from grader.model import Person, Rubric

LEAST_BYTES = 16
"""Bytes of a secret: 128 bits, if they are random, cannot be tried."""
LEAST_DIFFERENT = 6
"""Different bytes of a secret; one with fewer was typed. Of 16 random hexadecimal digits 9,999 in 10,000 do."""
_OF_PERSON, _OF_RUBRIC = 10, 5
"""Bytes of a token that tell whose it is (the chance that two of a million share one is 10⁻¹²), and which rubric's."""


class PersonalCases(Struct, frozen=True, kw_only=True):
    """The variant of one student or group (`who`): the seed of its hidden cases, and its replay token."""

    who: str
    seed: int
    replay: str


class CourseSecret:
    """The secret of a course. Nothing shows it: neither `repr`, nor a message, nor a record."""

    __slots__ = ("_key",)

    def __init__(self, data: bytes) -> None:
        """Take the secret's bytes, without space around them. Raises UsageError for what can be guessed."""
        self._key = data.strip()
        if len(self._key) < LEAST_BYTES or len({*self._key}) < LEAST_DIFFERENT:
            raise UsageError(
                say("The course's secret can be guessed: it has to be {count} bytes or more, and random.",
                    count=LEAST_BYTES),
                say("Make one: python -c \"import secrets; print(secrets.token_hex(32))\""),
            )  # fmt: skip

    def __reduce__(self) -> NoReturn:
        """Refuse to be sent to another process. Raises TypeError."""
        raise TypeError("a secret stays in the process that read it")

    def cases(self, plan: Plan, who: str) -> PersonalCases:
        """Return the variant of a student, by id, or of a group, by `group:` and its name."""
        own = self._mac("whose", plan.rubric, who)[:_OF_PERSON]
        made_with = self._mac("rubric", plan.rubric, own.hex(), plan.digest)[:_OF_RUBRIC]
        text = b32encode(own + made_with).decode()
        seed = int.from_bytes(self._mac("seed", plan.rubric, who)[:8], "big") >> 1
        return PersonalCases(who=who, seed=seed, replay="-".join(text[at : at + 4] for at in range(0, len(text), 4)))

    def owner(self, plan: Plan, token: str, people: Iterable[str]) -> tuple[PersonalCases, bool] | None:
        """Return whose variant of `people` a token stands for, and whether the rubric is still what it was then."""
        spelt = "".join(token.upper().replace("-", "").split())
        length = _OF_PERSON * 8 // 5
        for who in people:
            found = self.cases(plan, who)
            own = found.replay.replace("-", "")
            if own[:length] == spelt[:length]:
                return found, own == spelt
        return None

    def mark(self, rubric: Rubric) -> str:
        """Return what tells this secret from another one."""
        return self._mac("mark", rubric).hex()[:32]

    def _mac(self, purpose: str, rubric: Rubric, *words: str) -> bytes:
        import hmac

        said = json.dumps([purpose, rubric.seed, *words]).encode()
        return hmac.digest(self._key, said, "sha256")


def with_cases(plan: Plan, cases: PersonalCases) -> Plan:
    """Return the plan with the hidden cases of one student; public ones stay those that a student kit has."""
    return replace(plan, rubric=replace(plan.rubric, seed=cases.seed), replay=cases.replay)


def who_of(person: Person, partners: Iterable[str] = ()) -> str:
    """Return by whose name the cases are drawn: a group's where there is one, since its members hand in one work.

    `partners` are the ids of all who handed in that very work, where no roster names the group.
    """
    if person.group:
        return f"group:{person.group}"
    together = sorted({person.id, *partners})
    return f"group:{'+'.join(together)}" if len(together) > 1 else person.id
