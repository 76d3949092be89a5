"""Draws the orders of a shop, as the columns of a table."""

import random

DAYS = [f"2024-{month:02}-{day:02}" for month in range(1, 5) for day in (3, 11, 24)]
PRICES = {"pen": 1.5, "mug": 6.0, "bag": 18.5, "lamp": 24.0, "desk": 96.0}


def orders_of(seed, index):
    rng = random.Random(seed)
    n = rng.randint(9, 14)
    product = [rng.choice(list(PRICES)) for _ in range(n)]
    columns = {
        "day": [rng.choice(DAYS) for _ in range(n)],
        "region": [rng.choice(["north", "south", "west"]) for _ in range(n)],
        "product": product,
        "units": [float(rng.randint(1, 9)) for _ in range(n)],
        "price": [PRICES[name] for name in product],
    }
    first, second = rng.sample(range(n), 2)  # one cell of either column is always missing, in different rows
    columns["region"][first] = None
    columns["units"][second] = float("nan")
    return columns
