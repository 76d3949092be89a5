# RED-TEAM SUBMISSION attack_251_odd_but_right  (test material for a sandboxed grader; do not import outside a sandbox)
# class: return_values
# success of the attack: right values in Fortran order, reversed, read-only, broadcast, big-endian or in a subclass are refused or crash
# on: honest

class Sub(np.ndarray):
    pass
_h = {n: globals()[n] for n in ("zero_pad", "conv_single_step", "conv_forward", "conv_backward", "pool_forward", "create_mask_from_window", "distribute_value", "pool_backward")}
def zero_pad(X, pad):
    r = np.asfortranarray(_h["zero_pad"](X, pad)); r.flags.writeable = False
    return r
def conv_single_step(a, W, b): return np.float64(_h["conv_single_step"](a, W, b))
def conv_forward(A_prev, W, b, hparameters):
    Z, c = _h["conv_forward"](A_prev, W, b, hparameters)
    return [Z[::-1][::-1], list(c)]
def conv_backward(dZ, cache):
    return tuple(x.astype(x.dtype.newbyteorder(">")) for x in _h["conv_backward"](dZ, cache))
def pool_forward(A_prev, hparameters, mode="max"):
    A, c = _h["pool_forward"](A_prev, hparameters, mode)
    return A.view(Sub), c
def create_mask_from_window(x): return _h["create_mask_from_window"](x).astype(int)
def distribute_value(dz, shape): return np.broadcast_to(np.float64(dz / (shape[0] * shape[1])), shape)
def pool_backward(dA, cache, mode="max"): return np.moveaxis(np.ascontiguousarray(np.moveaxis(_h["pool_backward"](dA, cache, mode), 3, 0)), 0, 3)
