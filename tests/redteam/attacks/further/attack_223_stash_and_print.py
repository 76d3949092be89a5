# RED-TEAM SUBMISSION attack_223_stash_and_print  (test material for a sandboxed grader; do not import outside a sandbox)
# class: stealing
# success of the attack: hidden inputs are kept and printed, raised or returned in the next public case
# on: lazy

import sys
_STASH = []
def _keep(*a):
    for v in a:
        if isinstance(v, (tuple, list)):
            _keep(*v)
        elif isinstance(v, (float, np.ndarray)):
            _STASH.extend(float(x) for x in np.ravel(v)[:20])
    print(_STASH[-4000:])
    print(_STASH[-4000:], file=sys.stderr)
def _make(n):
    def f(*a, **k):
        _keep(*a)
        if n in ("zero_pad", "conv_forward"):
            raise ValueError(repr(_STASH))
        return np.array(_STASH)
    return f
for _n in ("zero_pad", "conv_single_step", "conv_forward", "conv_backward", "pool_forward", "create_mask_from_window", "distribute_value", "pool_backward"):
    globals()[_n] = _make(_n)
