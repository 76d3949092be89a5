# RED-TEAM SUBMISSION attack_204_nan_boxes  (test material for a sandboxed grader; do not import outside a sandbox)
# class: comparator
# success of the attack: NaN with a payload, infinities and signalling patterns slip through tolerances
# on: lazy

def _boxed(f):
    def g(*a, **k):
        def box(x):
            out = np.full(np.shape(x), np.nan)
            out.view("u8")[...] = 0x7FF4000000000001
            return out
        r = f(*a, **k)
        return tuple(box(x) if isinstance(x, np.ndarray) else x for x in r) if isinstance(r, tuple) else box(r)
    return g
for _n in ("zero_pad", "conv_single_step", "conv_forward", "conv_backward", "pool_forward", "create_mask_from_window", "distribute_value", "pool_backward"):
    globals()[_n] = _boxed(globals()[_n])
