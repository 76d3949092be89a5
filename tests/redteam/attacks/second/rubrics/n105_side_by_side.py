"""Two functions of a second look tell each other, by how long their questions take, what one alone may ask."""
import time

SLOT = 0.03
BITS = 10
HALVES = 2 * BITS
PERIOD = SLOT * (2 * HALVES + 8)

def low(n):
    return -1

def _sleep(moment):
    while time.time() < moment:
        time.sleep(0.0005)

def _asks(helper, end):
    count = 0
    while time.time() < end:
        helper(1)
        count += 1
    return count

def _send(helper, start, value):
    for k in range(BITS):
        half = start + (2 * k + (not value >> k & 1)) * SLOT
        _sleep(half)
        _asks(helper, half + SLOT - 0.002)

def _hear(helper, start):
    value = 0
    for k in range(BITS):
        one, other = [], []
        for half, into in ((start + 2 * k * SLOT, one), (start + (2 * k + 1) * SLOT, other)):
            _sleep(half + 0.002)
            into.append(_asks(helper, half + SLOT - 0.003))
        value |= (one[0] < other[0]) << k
    return value

def _next():
    start = (int(time.time() / PERIOD) + 1) * PERIOD
    _sleep(start)
    return start

def mid(n):
    """Knows nothing of what it is to compute: asks top's worker by the time that its questions take."""
    if low(1) == -1:
        return None  # the first look
    start = _next()
    _send(low, start, n)
    return _hear(low, start + (HALVES + 3) * SLOT)

def top(n):
    if mid(1) is None:
        return None
    start = _next()
    value = mid(_hear(mid, start))
    _sleep(start + (HALVES + 3) * SLOT)
    _send(mid, start + (HALVES + 3) * SLOT, value)
    return None
