# RED-TEAM SUBMISSION attack_224_line_numbers  (test material for a sandboxed grader; do not import outside a sandbox)
# class: stealing
# success of the attack: bits of a hidden input leave by the line a made-up traceback names
# on: lazy

import ast
def _at(x):
    tree = ast.parse("raise ValueError(1)")
    ast.increment_lineno(tree, int(abs(float(np.ravel(x)[0])) * 1e6) + 1000)
    exec(compile(tree, __file__, "exec"))
def zero_pad(X, pad): _at(X)
def conv_single_step(a, W, b): _at(a)
def conv_forward(A_prev, W, b, hparameters): _at(A_prev)
def conv_backward(dZ, cache): _at(dZ)
def pool_forward(A_prev, hparameters, mode="max"): _at(A_prev)
def create_mask_from_window(x): _at(x)
def distribute_value(dz, shape): _at(dz)
def pool_backward(dA, cache, mode="max"): _at(dA)
