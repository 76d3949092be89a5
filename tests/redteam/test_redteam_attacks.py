"""Every attack in every setting; `make redteam` prints the same as a table, and waits a minute for late markers.

As an ordinary user every attack runs twice, the second time several at once and in every report format. In the other
settings those of the classes that confinement has to hold run once, without the reports: what else an attack does is
the same there. `make redteam` runs all of them in all settings.
"""

import os

import pytest
import redteam_campaign
from redteam_workspace import FUNCTIONS, attacks

ATTACKS = attacks()
CONFINED = {"result_channel", "stealing", "resources", "filesystem"}


def test_the_index_is_complete():
    assert len([attack for attack in ATTACKS if attack.path.parent.name == "attacks"]) == 72
    assert len({attack.id for attack in ATTACKS}) == len(ATTACKS)
    for attack in ATTACKS:
        assert attack.path.is_file(), attack
        assert attack.must_fail | attack.may_full <= set(FUNCTIONS)


@pytest.mark.parametrize("setting", ["user", "asis", "bare", "docker"])
def test_every_attack_is_contained(setting):
    if setting == "docker" and os.geteuid() != 0:
        pytest.skip("only root can take capabilities away")
    if setting == "asis" and os.geteuid() != 0:
        pytest.skip("the same as the ordinary user's")
    whole = setting == "user"
    chosen = [attack for attack in ATTACKS if whole or attack.kind in CONFINED]
    outcome = redteam_campaign.campaign(setting, chosen, twice=whole)
    assert outcome.breaches == {}
    assert outcome.tier == ("namespaces" if setting == "asis" else outcome.tier)
    assert outcome.tier == ("landlock+seccomp" if setting in ("bare", "docker") else outcome.tier)
