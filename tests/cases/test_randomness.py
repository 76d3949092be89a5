"""Seeds are the same everywhere, and turns are fair."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from grader.cases.randomness import MOST_CARDS, Decks, InOrder, Randomness, case_seed, digest, shuffled


def test_seeds_are_the_same_on_every_machine():
    assert [case_seed(20240501, "zero_pad.随机输入", number) for number in range(3)] == [
        728816158,
        2835613966,
        2189934105,
    ]
    assert digest(1, "a", 2) == 77241740625428797085048056356371625894
    assert shuffled(6, 1, "a") == [3, 1, 4, 5, 2, 0]
    assert Randomness(1, 0, InOrder()).rng.integers(0, 1000, 4).tolist() == [535, 914, 796, 328]


def test_seeds_fit_numpys_legacy_seed():
    assert all(0 <= case_seed(seed, "s", 0) < 2**32 for seed in range(50))


def played(deck, count, times, site=("x", 0)):
    cards = []
    for _ in range(times):
        cards.append(deck.turn(site, count))
        deck.keep()
    return cards


@given(st.integers(2, 9), st.integers(0, 99), st.integers(1, 30))
def test_every_card_is_played_before_one_comes_again(count, seed, times):
    cards = Counter(played(Decks(seed, "s"), count, times))
    assert max(cards.values()) - min([cards[card] for card in range(count)]) <= 1


def test_decks_differ_by_stream_site_and_round():
    rounds = played(Decks(1, "s"), 8, 16)
    assert rounds[:8] != rounds[8:]
    others = [played(Decks(2, "s"), 8, 8), played(Decks(1, "t"), 8, 8), played(Decks(1, "s"), 8, 8, ("y", 0))]
    others.append(played(Decks(1, "s"), 8, 8, ("x", 4)))
    assert all(other != rounds[:8] for other in others)


def test_a_rejected_card_is_not_lost():
    deck = Decks(1, "s")
    deck.turn(("x", 0), 5)
    deck.pass_on({"x"})
    assert sorted(played(deck, 5, 5)) == [0, 1, 2, 3, 4]


def test_rejected_draws_try_other_combinations():
    deck, seen = Decks(1, "s"), set()
    for _ in range(60):
        seen.add((deck.turn(("x", 0), 3), deck.turn(("y", 0), 3)))
        deck.pass_on({"x", "y"})
    assert len(seen) == 9


def test_a_value_that_did_not_matter_keeps_its_turn():
    deck, xs, ys = Decks(1, "s"), set(), set()
    for _ in range(20):
        xs.add(deck.turn(("x", 0), 5))
        ys.add(deck.turn(("y", 0), 5))
        deck.pass_on({"x"})
    assert len(xs) == 5
    assert len(ys) == 1


@given(st.integers(2, 6), st.integers(0, 50))
def test_cards_that_are_never_accepted_do_not_pile_up(count, seed):
    deck, accepted, tries = Decks(seed, "s"), [], 0
    while len(accepted) < 60:
        card = deck.turn(("x", 0), count)
        tries += 1
        if card == 0:
            deck.pass_on({"x"})
        else:
            accepted.append(card)
            deck.keep()
    assert tries <= 60 * 8
    counts = Counter(accepted)
    assert max(counts.values()) - min(counts[card] for card in range(1, count)) <= 3


def test_in_order_goes_round():
    turns = InOrder()
    seen = []
    for _ in range(3):
        seen.append((turns.turn(("a", 0), 2), turns.turn(("b", 0), 3)))
        turns.keep()
    turns.pass_on({"a"})
    assert seen == [(0, 0), (1, 1), (0, 2)]
    assert turns.turn(("a", 0), 2) == 0


def test_large_ranges_need_no_deck():
    source = Randomness(1, 0, Decks(1, "s"))
    assert 0 <= source.turn(10**9) < 10**9
    assert source.turn(1) == 0
    assert {source.turn(MOST_CARDS + 1) > 500 for _ in range(50)} == {True, False}


def test_each_value_and_each_try_has_its_own_stream():
    def first(seed, attempt, name):
        source = Randomness(seed, attempt, InOrder())
        source.value(name)
        return source.rng.integers(0, 2**60)

    assert first(1, 0, "X") == first(1, 0, "X")
    assert len({first(1, 0, "X"), first(1, 0, "Y"), first(1, 1, "X"), first(2, 0, "X")}) == 4
