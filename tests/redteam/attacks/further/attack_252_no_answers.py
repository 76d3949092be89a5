# RED-TEAM SUBMISSION attack_252_no_answers  (test material for a sandboxed grader; do not import outside a sandbox)
# class: return_values
# success of the attack: coroutines, generators, iterators, memory views, classes, modules and functions stand where values should
# on: lazy

import array
async def zero_pad(X, pad): return X
def conv_single_step(a, W, b): yield 1
def conv_forward(A_prev, W, b, hparameters): return memoryview(b"123"), array.array("d", [1.0])
def conv_backward(dZ, cache): return map(float, dZ.ravel())
def pool_forward(A_prev, hparameters, mode="max"): return np, type
def create_mask_from_window(x): return lambda: x
def distribute_value(dz, shape): return Ellipsis
def pool_backward(dA, cache, mode="max"): return np.array([{"a": 1}, None], dtype=object)
